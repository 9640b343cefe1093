#!/usr/bin/env bash
# Pacer with MPICH, in a build of its own: that nothing rests upon what one MPI alone gives. Of the whole suite, which
# `ctest --preset mpich` runs, this is what takes a few minutes.
#
#     SOURCE=. tests/mpich_test.sh build
#     SOURCE=. tests/mpich_test.sh APP|farm|loop|resume|slurm [RANKS]
set -euo pipefail

source=$(cd "${SOURCE:?the checkout}" && pwd)
what=${1:?what is to be tested} ranks=${2-}
# shellcheck source=tests/support/lib.sh
. "$source/tests/support/lib.sh"
root=$source
# shellcheck source=jobs/lib.sh
. "$source/jobs/lib.sh"
build=$source/build/mpich

command -v mpicc.mpich mpiexec.mpich >/dev/null || { without "MPICH is not installed" && finish; }
if [[ $what == build ]]; then
    cd "$source"
    run cmake --preset mpich -DBUILD_TESTING=ON "-DPython3_EXECUTABLE=$(command -v python3)"
    expect 0 "configuring: $out"
    run cmake --build --preset mpich --parallel "$(build_jobs)" --target reduce fileio queues race memory syntax overhead \
        storage fileio_test run_test broken_calculations
    expect 0 "the build: $out"
    for program in "$build"/bin/* "$build"/tests/*_test; do
        linked=$(ldd "$program")
        [[ $linked == *libmpich.so* && $linked != *libmpi.so* && $linked != *libopen-* ]] ||
            fail "$program has not MPICH alone: $linked"
    done
    finish
    exit
fi

[[ $what != slurm ]] || MPICH=$build/bin exec "$source/tests/jobs/slurm/mpich_test.sh"
export PATH=$build/launcher:$PATH BIN=$build/bin # its mpirun
cd "$scratch"
small=(--repeats 6 --max-seconds 30 --no-limits --no-dump)
case $what in
farm) command=("$build/tests/fileio_test" '--gtest_filter=Farm.*') ;;
loop) command=("$build/tests/run_test") ;;
resume) exec "$source/tests/apps/fileio/fileio_resume_test.sh" "$(find "$build" -name 'libbroken_calculations.so')" ;;
reduce) command=("$BIN/reduce" -n 1e6 "${small[@]}") ;;
fileio) command=("$BIN/fileio" -n 100 "${small[@]}") ;;
queues) command=("$BIN/queues" -n 20 --steps 1e4 "${small[@]}") ;;
race) command=("$BIN/race" -n 1e4 --window-increments 200 "${small[@]}") ;;
memory) command=("$BIN/memory" -n 1e5 "${small[@]}") ;;
syntax) command=("$BIN/syntax" -n 100 --work 100 --files 20 "${small[@]}") ;;
storage) command=("$BIN/storage" -n 64Ki --block 4Ki --files 20 "${small[@]}") ;;
overhead) command=("$BIN/overhead" -n 8 --workers 2 "${small[@]}") ;;
*) refuse "unknown test '$what'" ;;
esac
run timeout 200 mpirun -np "$ranks" "${command[@]}"
expect 0 "$what on $ranks ranks: $out"
[[ $what == farm || $what == loop ]] || says out "$ranks ranks" "$what"
[[ $out$err != *leaked* ]] || fail "$what keeps what it has from MPI: $err"
finish
