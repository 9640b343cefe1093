#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests.
#
#     tests/run.sh [CTEST-ARGUMENT]...        e.g. tests/run.sh -R record_test
#
# With CI=true in the environment, as in most CI systems, a warning of the compiler is an error.
# The exit status is CTest's; no test at all is a failure.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=jobs/lib.sh
. "$root/jobs/lib.sh"

if [[ ${1-} == --help || ${1-} == -h ]]; then
    header "$0"
    exit 0
fi

settings=()
[[ ${CI-} != true ]] || settings+=(-DPACER_WERROR=ON)
"$root/jobs/setup.sh" --tests "${settings[@]}"

# CTest keeps why a test was skipped to itself; its log does not.
log=$root/build/release/Testing/Temporary/LastTest.log
rm -f "$log"
status=0
# Twice as many at a time as there are cores: most tests wait, for mpirun to start or end, or for Slurm.
jobs=$(build_jobs)
(cd "$root" && CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-$((jobs < 32 ? 2 * jobs : 64))} \
    ctest --preset release --no-tests=error "$@") || status=$?
[[ ! -e $log ]] || sed -n -e '/^skipped: /p' -e '/: Skipped$/ { n; s/^/skipped: /p }' "$log" # ours, GoogleTest's
exit "$status"
