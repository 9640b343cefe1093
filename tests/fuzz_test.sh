#!/usr/bin/env bash
# Throws text made up by libFuzzer at the reading of records, under sanitizers. Exit 77: skipped, with the reason.
#
#     SOURCE=. [FUZZ_SECONDS=10] tests/fuzz_test.sh
set -euo pipefail

cd "${SOURCE:?the checkout}"
# shellcheck source=tests/lib.sh
source tests/lib.sh

skip() {
    echo "skipped: $*"
    exit 77
}

compiler=$(command -v clang++ || command -v clang++-14) || skip "clang++ is not installed"
echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' >"$scratch/empty.cpp"
instrumented=("-fsanitize=fuzzer,address,undefined" -fno-sanitize-recover=all)
"$compiler" "${instrumented[@]}" "$scratch/empty.cpp" -o "$scratch/empty" 2>/dev/null ||
    skip "clang++ comes without libFuzzer (on Debian: libclang-rt-14-dev)"

"$compiler" -std=c++20 -g -O2 -I. "${instrumented[@]}" tests/fuzz_records.cpp common/bytes.cpp io/cutter.cpp \
    io/range_reader.cpp io/reader.cpp io/records.cpp io/stream.cpp io/walk.cpp -lfmt -lz -lzstd -lxxhash -o "$scratch/fuzz_records"

mkdir "$scratch/corpus"
printf '# x y z\r\n  1.23456789012345E+00 -1.23456789012345E+01\r\n1.0D+00,1.0+100 ,\t+.5\n\n7' >"$scratch/corpus/plain"
printf '1.7976931348623157e308 4.9e-324 nan\n1,,2\n1.2.3\n0.30000000000000004#' >"$scratch/corpus/odd"
printf '1 2\n3 4\n' | gzip -c >"$scratch/corpus/gzip"

run "$scratch/fuzz_records" -max_total_time="${FUZZ_SECONDS:-10}" -max_len=600 -rss_limit_mb=4096 \
    -artifact_prefix="$scratch/" "$scratch/corpus"
expect 0 "fuzzing"
tail -n 2 "$scratch/stderr"
((failures == 0)) || { for found in "$scratch"/crash-*; do echo "the text, in base64: $(base64 -w0 "$found")"; done; exit 1; }
