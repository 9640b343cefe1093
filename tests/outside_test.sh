#!/usr/bin/env bash
# A project that is no part of Pacer, tests/outside, built against an installed one: with the sources and the build
# hidden, as they are for somebody who has but what was installed. And the job scripts, as they are installed.
#
#     BUILD=build/release SOURCE=. tests/outside_test.sh
set -euo pipefail

# The whole test runs in a mount namespace: what it hides nobody else misses, and it ends with it.
if [[ ${1-} != in-namespace ]]; then
    namespace=(unshare --mount)
    ((EUID == 0)) || namespace+=(--map-root-user)
    "${namespace[@]}" true 2>/dev/null ||
        { echo "skipped: no mount namespaces here, so sources cannot be hidden from a build" && exit 77; }
    exec "${namespace[@]}" "$0" in-namespace
fi

source=$(cd "${SOURCE:?the checkout}" && pwd)
build=$(cd "${BUILD:?the build folder}" && pwd)
# shellcheck source=tests/support/lib.sh
. "$source/tests/support/lib.sh"
unset CMAKE_PREFIX_PATH PACER_BIN PACER_HOME TIMINGS DESTDIR
export TMPDIR=$scratch # Open MPI has a folder in it for root, who may be another than root in the namespace
cd "$scratch"
if [[ $(type -P mpirun) == "$build"/* ]]; then # MPICH's, in what is hidden
    mkdir launcher
    cp "$(type -P mpirun)" launcher
    export PATH=$scratch/launcher:$PATH
fi

# --- what apps/README.md shows is what is built here
# shown FILE: the lines of apps/README.md that are those of the file, in order and in one piece, each four blanks in.
shown() {
    python3 - "$source/apps/README.md" "$1" <<'PY'
import sys
readme, wanted = open(sys.argv[1]).read(), open(sys.argv[2]).read()
sys.exit(0 if "\n\n" + "".join(("    " + line).rstrip() + "\n" for line in wanted.splitlines()) + "\n" in readme else 1)
PY
}
for file in pi.cpp CMakeLists.txt; do
    shown "$source/tests/outside/$file" || fail "apps/README.md does not show tests/outside/$file as it is"
done
(($(wc -l <"$source/tests/outside/pi.cpp") <= 80)) || fail "pi.cpp has more than 80 lines"
(($(wc -l <"$source/tests/outside/CMakeLists.txt") <= 6)) || fail "CMakeLists.txt has more than 6 lines"

# --- installed twice: what a site has written into env.sh stays
prefix=$scratch/installed
jobs=$prefix/share/pacer/jobs
run cmake --install "$build" --prefix "$prefix"
expect 0 "cmake --install"
[[ $status -eq 0 ]] || finish
echo "# a site's own" >>"$jobs/env.sh"
run cmake --install "$build" --prefix "$prefix"
expect 0 "cmake --install again"
says out "Left as it is: $jobs/env.sh" "cmake --install again"
grep -qF "a site's own" "$jobs/env.sh" || fail "installing again takes away what was written into env.sh"

cp -r "$source/tests/outside" pi
mkdir empty
for folder in "$source" "$build"; do
    [[ ! -d $folder ]] || mount --bind "$scratch/empty" "$folder"
done
[[ ! -e $source/README.md && ! -e $build/CMakeCache.txt ]] || fail "the sources, or the build, are still there"

# What is for a debugger may name sources.
cp -r "$prefix" named
find named \( -path '*/bin/*' -o -name '*.a' \) -type f -exec strip --strip-debug {} +
for folder in "$source" "$build"; do
    found=$(grep -rlF "$folder" named) && fail "installed files name $folder: $found"
done
found=$(grep -rhE '^#include "(apps|common|io)/' "$prefix/include") && fail "headers include what is not installed: $found"

# --- a project in git, whose commit its dumps know
git_pi() { git -C pi -c user.name=t -c user.email=t@t "$@" >git.log 2>&1; }
commit=unknown
if command -v git >/dev/null; then
    git_pi init
    git_pi add -A
    git_pi commit -m 1
    commit=$(git -C pi rev-parse HEAD)
fi
# made SOURCE BUILD OPTION...: configured and built.
made() {
    run cmake -S "$1" -B "$2" "-DCMAKE_PREFIX_PATH=$prefix" "${@:3}"
    [[ $status -ne 0 ]] || run cmake --build "$2" --parallel 2
}
made pi built -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror"
expect 0 "the build of pi"
[[ $status -eq 0 ]] || finish
pi=$scratch/built/pi
timings=$prefix/bin/timings
quick=(-n 1e6 --repeats 6)

# --- an app like the others
for ranks in 1 2 3; do
    run mpirun -np "$ranks" "$pi" "${quick[@]}" --dump "$ranks.h5" --proof
    expect 0 "$ranks ranks"
    for variant in serial openmp mpi hybrid; do
        grep -qE "^$variant .* verified" <<<"$out" || fail "$ranks ranks: $variant is not verified: $out"
    done
    says out "FMA/s of float64 by" "$ranks ranks"
    says out "items/s  verified" "$ranks ranks"
    says out "pi 1.0 " "$ranks ranks"
    run "$timings" validate "$ranks.h5"
    expect 0 "the dump of $ranks ranks"
done
run "$pi" -n 1 --repeats 6 --no-limits --no-dump
expect 0 "one step"
run "$pi" --list
says out "each thread its share" "--list"
run "$pi" --version
says out "pi 1.0 (Pacer " "--version"
run "$pi" --variants nonesuch
expect 2 "a wrong variant"
once "unknown variant 'nonesuch'; choose from serial, openmp, mpi, hybrid" "a wrong variant"
run "$pi" -n 0
expect 2 "no step"
once "-n wants 1 to 2^50 steps" "no step"
run "$timings" show --environment 1.h5
for fact in "program +pi" "version +1\.0" "commit +$commit" "build_type +Release" "compiler_flags +.*-Wextra" \
    "pacer_version +[0-9.]+" "pacer_commit +[0-9a-z]+"; do
    grep -qE "^ *$fact" <<<"$out" || fail "the dump does not have '$fact': $out"
done

# --- comparing, with the scripts that are installed
cd "$scratch/pi" # from any folder
run "$jobs/launches.sh" 4 -o "$scratch/a.h5" mpirun -np 2 "$pi" "${quick[@]}" --variants serial,mpi
expect 0 "launches.sh"
run "$jobs/launches.sh" 4 -o "$scratch/b.h5" mpirun -np 2 "$pi" "${quick[@]}" --variants serial,mpi
expect 0 "launches.sh again"
run "$timings" compare "$scratch/a.h5" --to "$scratch/b.h5"
[[ $status -eq 0 || $status -eq 1 || $status -eq 3 ]] || fail "timings compare: exit status $status: $err"
grep -qE '^pi/mpi 2 x 1' <<<"$out" || fail "timings compare does not tell of mpi: $out"
run "$jobs/compare.sh" --launches 4 --np 2 -o "$scratch/compared" "$pi" "$pi" "${quick[@]}" --variants serial,mpi --no-limits
[[ $status -eq 0 || $status -eq 1 || $status -eq 3 ]] || fail "compare.sh: exit status $status: $err"
grep -qE '^pi/serial 1 x 1' <<<"$out" || fail "compare.sh does not tell of serial: $out"
run "$jobs/suite.sh" -o "$scratch/suite.h5" --quick --apps reduce mpirun -np 2
expect 0 "suite.sh"
cd "$scratch"

# --- a job script where a job of Slurm is pretended, submitted from a folder of the user's
mkdir job
cat >job/srun <<'SH'
#!/bin/sh
while [ "${1#-}" != "$1" ]; do shift; done
exec mpirun -np 2 "$@"
SH
chmod +x job/srun
slurm=(SLURM_JOB_ID=7 SLURM_JOB_NAME=reduce SLURM_JOB_NUM_NODES=1 SLURM_NTASKS=2 SLURM_CPUS_PER_TASK=1
    SLURM_SUBMIT_DIR="$scratch/job" PATH="$scratch/job:$PATH")
cp "$jobs/reduce.slurm" job/slurm_script # as Slurm does
run env --chdir=job "${slurm[@]}" bash slurm_script -n 1e6 --repeats 6 --variants mpi --no-limits
expect 0 "reduce.slurm"
[[ -e job/reduce-7.h5 ]] || fail "reduce.slurm leaves no dump where it was submitted: $(ls job)"
cp "$jobs/array.slurm" job/slurm_script
run env --chdir=job "${slurm[@]}" VALUES="1e5" bash slurm_script "$pi" -n {} --repeats 6 --variants mpi --no-limits
expect 0 "array.slurm with another project's app"
run "$timings" validate job/array-7_0.h5
expect 0 "the dump of array.slurm"

# --- a wrong answer is found
cp -r pi wrong
sed -i 's/+ 0\.5) \* width/+ 0.6) * width/' wrong/pi.cpp
! cmp -s pi/pi.cpp wrong/pi.cpp || fail "nothing is wrong"
made wrong built_wrong -DCMAKE_BUILD_TYPE=Release
expect 0 "the build of what is wrong"
run mpirun -np 2 built_wrong/pi "${quick[@]}" --no-limits --dump wrong.h5
[[ $status -eq 1 ]] || fail "a wrong answer: exit status $status: $out"
says out "WRONG" "a wrong answer"
run "$timings" validate wrong.h5
expect 1 "the dump of a wrong answer"

# --- all headers, in both orders so that each brings what it needs, where other files have the names of Pacer's
mkdir -p headers/common/base
echo '#error "the header of somebody else"' >headers/common/base/number.hpp
(cd "$prefix/include" && find pacer -name '*.hpp') | sed 's/.*/#include <&>/' | sort >headers/forwards.cpp
sort -r headers/forwards.cpp >headers/backwards.cpp
cat >headers/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(headers)
find_package(Pacer REQUIRED)
add_library(headers OBJECT forwards.cpp backwards.cpp)
target_include_directories(headers PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(headers Pacer::pacer)
CMAKE
made headers built_headers -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror"
expect 0 "the headers"
run cmake -S pi -B built_slow "-DCMAKE_PREFIX_PATH=$prefix"
expect 0 "without a build type"
says err "-DCMAKE_BUILD_TYPE=Release" "without a build type"
sed 's/project(headers)/project(headers CXX)/' -i headers/CMakeLists.txt
run cmake -S headers -B built_cxx "-DCMAKE_PREFIX_PATH=$prefix"
expect 1 "without C"
says err "project(headers LANGUAGES C CXX)" "without C"

finish
