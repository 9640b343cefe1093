#!/usr/bin/env bash
# Installs missing Debian packages, configures and builds. Prints one line if everything is up to date.
#
#     jobs/setup.sh [--mpi NAME] [--tests] [--preset NAME] [-DNAME=VALUE]... [APP]...
#
#     APP             build only these apps (all)
#     --mpi NAME      openmpi or mpich, each with a build of its own: build/release and build/mpich. Without it that which
#                     has one, Open MPI if both or neither do
#     --tests         also install what the tests need, and build everything
#     --preset NAME   a preset of CMakePresets.json (release); the programs land in build/NAME/bin
#     -DNAME=VALUE    a CMake setting, kept in that build folder
#     --help          this text
#
# CMAKE_BUILD_PARALLEL_LEVEL: number of compile jobs at a time; by default one per core, as far as memory allows.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=jobs/lib.sh
. "$root/jobs/lib.sh"

packages=(
    g++                # compiles C++20 and OpenMP
    cmake              # configures and drives the build
    make               # what CMake builds with unless told otherwise
    pkg-config         # how CMake finds hwloc
    libhdf5-dev        # the format of the timing dumps
    libboost-dev       # Boost.Math: intervals of medians
    libcli11-dev       # the command line
    libfmt-dev         # the tables
    libhwloc-dev       # where ranks and threads run
    zlib1g-dev         # reads .gz
    libzstd-dev        # reads .zst
    libfast-float-dev  # numbers from text
    libxxhash-dev      # checksums of dumps, journals and answers
    librandom123-dev   # test data that depends on its index alone
    nlohmann-json3-dev # --format json
    gnuplot-nox        # draws for timings plot and timings report
)
test_packages=(
    libmpich-dev       # a second MPI
    mpich              # its mpiexec.mpich; mpirun stays Open MPI's
    libgtest-dev       # the unit and MPI tests
    gfortran           # fileio's example of a calculation in Fortran
    git                # the commit noted in dumps is tested in a repository made for it
    hdf5-tools         # h5dump: a dump as somebody without Pacer reads it
    python3            # judges JSON and CSV output
    python3-jsonschema # and whether JSON is as its schema says
    python3-h5py       # a second reader of the dumps
    python3-pandas     # a third
    python3-tables     # by which it reads HDF5
    python3-xxhash     # their checksums, computed by others
    shellcheck         # judges these scripts
    chromium           # opens the pages of timings report
    clang              # libFuzzer: random text for the reading of records
    libclang-rt-14-dev # its library
    clang-format       # judges the layout of the C++ sources
    slurmctld          # a real Slurm to submit the job scripts to: its controller
    slurmd             # its nodes
    slurm-client       # sbatch, srun, scontrol
    munge              # by which they know each other
    iproute2           # gives each node a network of its own
    util-linux         # unshare and nsenter: and a name, processes and files of its own
)

mpi=
preset=
tests=false
settings=()
wanted=()
while (($#)); do
    case $1 in
    --help | -h)
        header "$0"
        exit 0
        ;;
    --tests) tests=true ;;
    --preset)
        (($# > 1)) || refuse "--preset needs a name"
        preset=$2
        shift
        ;;
    --mpi)
        (($# > 1)) || refuse "--mpi needs a name: openmpi or mpich"
        mpi=$2
        shift
        ;;
    -D?*=*) settings+=("$1") ;;
    [^-]*) wanted+=("$1") ;;
    *) refuse "unknown argument '$1', see --help" ;;
    esac
    shift
done

[[ -z $mpi || -z $preset ]] || refuse "--mpi and --preset both name a build: leave out one"
case $preset in
'') ;;
mpich) mpi=mpich ;;
*) mpi=openmpi ;;
esac
choose_mpi "$mpi"
preset=${preset:-$mpi_preset}
if [[ $mpi == mpich ]]; then
    packages+=(libmpich-dev mpich) # to compile with, and mpiexec.mpich; mpirun stays Open MPI's where that is installed
else
    packages+=(libopenmpi-dev openmpi-bin) # to compile with, and mpirun
fi
build=$root/build/$preset
if ! mkdir -p "$build" 2>/dev/null || [[ ! -w $build ]]; then
    say "cannot write to $build: work in your own copy of the checkout"
    exit 1
fi
# CMake refuses the build of another folder, in more lines and without saying what to do.
made_in=$(cache_value "$build" CMAKE_HOME_DIRECTORY)
if [[ -n $made_in && ! $made_in -ef $root ]]; then
    say "build/$preset was made for a checkout in $made_in, and this one is in $root: remove $build and try again"
    exit 1
fi
first=false
[[ -e $build/Makefile || -e $build/build.ninja ]] || first=true
if $tests; then
    packages+=("${test_packages[@]}")
    settings+=(-DBUILD_TESTING=ON)
    # Debian's modules are there for Debian's Python; another one may come first in PATH.
    [[ ! -x /usr/bin/python3 ]] || settings+=(-DPython3_EXECUTABLE=/usr/bin/python3)
elif $first; then
    settings+=(-DBUILD_TESTING=OFF) # a later --tests turns them on, and they stay on
fi

complete=true
install_missing "${packages[@]}" || complete=false
if ! command -v cmake >/dev/null; then
    say "$advice"
    exit 1
fi
# What the package manager does not know may still be there (modules, Spack, /opt): CMake decides.
! $first || say "configuring build/$preset"
if ! quietly cmake -S "$root" --preset "$preset" "${settings[@]}"; then
    $complete || say "$advice"
    exit 1
fi
# PACER_APPS may have left some out.
IFS=';' read -ra there <<<"$(cache_value "$build" PACER_APPS)"
((${#there[@]})) || there=("${apps[@]}")
for app in "${wanted[@]}"; do
    [[ " ${there[*]} " == *" $app "* ]] || refuse "build/$preset does not include $app: add it to PACER_APPS with -D"
done
targets=("${wanted[@]}")
((${#targets[@]})) || targets=("${there[@]}")
! $tests || targets=(all)
show_build "$build" --target "${targets[@]}" --parallel "$(build_jobs)" || exit 1
$complete || ! command -v apt-get >/dev/null || say "$advice (built without them)"
say "build/$preset is up to date"
