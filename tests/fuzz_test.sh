#!/usr/bin/env bash
# Throws what libFuzzer makes up at the reading of records and at exact sums, under sanitizers and side by side.
# Exit 77: skipped, with the reason.
#
#     SOURCE=. [FUZZ_SECONDS=10] tests/fuzz_test.sh
set -euo pipefail

cd "${SOURCE:?the checkout}"
# shellcheck source=tests/support/lib.sh
source tests/support/lib.sh

skip() {
    echo "skipped: $*"
    exit 77
}

compiler=$(command -v clang++ || command -v clang++-14) || skip "clang++ is not installed"
echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' >"$scratch/empty.cpp"
instrumented=("-fsanitize=fuzzer,address,undefined" -fno-sanitize-recover=all)
"$compiler" "${instrumented[@]}" "$scratch/empty.cpp" -o "$scratch/empty" 2>/dev/null ||
    skip "clang++ comes without libFuzzer (on Debian: libclang-rt-14-dev)"
"$scratch/empty" -runs=1 >/dev/null 2>&1 || skip "sanitizers do not run here (do they get the address space they want?)"

compile() { # compile FOLDER TARGET ARGUMENT...
    "$compiler" -std=c++20 -g -O2 -I. "${instrumented[@]}" "tests/$1/$2.cpp" "${@:3}" -o "$scratch/$2"
}
mapfile -t reading < <(sed -n '/pacer_records STATIC/,/)/ s/^ *\(records\/[a-z_]*\.cpp\)$/io\/\1/p' io/CMakeLists.txt)
compile io/records fuzz_records common/base/bytes.cpp io/files/stream.cpp "${reading[@]}" -lfmt -lz -lzstd -lxxhash
exact_sum=(-ffp-contract=off common/exact_sum/{accumulator,fold_window,scatter}.cpp)
compile common/exact_sum fuzz_exact_sum "${exact_sum[@]}"
# The committed bits by another compiler than the project's.
"$compiler" -std=c++20 -O3 -I. tests/common/exact_sum/exact_sum_golden.cpp apps/reduce/data.cpp "${exact_sum[@]}" -o "$scratch/golden"
"$scratch/golden" || fail "exact sums by $compiler have other bits"

mkdir "$scratch"/{fuzz_records,fuzz_exact_sum}.corpus
records=$scratch/fuzz_records.corpus
printf '# x y z\r\n  1.23456789012345E+00 -1.23456789012345E+01\r\n1.0D+00,1.0+100 ,\t+.5\n\n7' >"$records/plain"
printf '1.7976931348623157e308 4.9e-324 nan\n1,,2\n1.2.3\n0.30000000000000004#\n1\t\t2\n1,5 2\n1;2 # x\r3\n' >"$records/odd"
printf '1 2\n3 4\n' | gzip -c >"$records/gzip"
# Mode and pieces; then runs: kind, length, lowest exponent, spread, and outliers.
printf '\0\377@\055\0\003\350\0\020A\055\0\001\0\002\0@\055\0\003\350\0\020' >"$scratch/fuzz_exact_sum.corpus/modes"
printf '\1\003\300\055\0\003\350\0\004\003\350\177\340\0\0\0\0\0\0' >"$scratch/fuzz_exact_sum.corpus/outliers"

fuzz() { # fuzz TARGET LENGTH
    "$scratch/$1" -max_total_time="${FUZZ_SECONDS:-10}" -max_len="$2" -rss_limit_mb=4096 \
        -artifact_prefix="$scratch/$1." "$scratch/$1.corpus" >"$scratch/$1.log" 2>&1 </dev/null
}
fuzz fuzz_records 600 &
first=$!
fuzz fuzz_exact_sum 200 || fail "fuzz_exact_sum: exit status $?: $(tail -n 30 "$scratch/fuzz_exact_sum.log")"
wait "$first" || fail "fuzz_records: exit status $?: $(tail -n 30 "$scratch/fuzz_records.log")"
for target in fuzz_records fuzz_exact_sum; do
    echo "$target:"
    tail -n 2 "$scratch/$target.log"
    for found in "$scratch/$target".crash-*; do
        [[ ! -e $found ]] || echo "what broke it, in base64: $(base64 -w0 "$found")"
    done
done
finish
