# shellcheck shell=bash
# What the scripts share: messages, packages, the number of cores. Sourced, never run:
#
#     . "$root/jobs/lib.sh"
#
# where root is the checkout. Messages go to stderr: stdout carries what a program printed and nothing else.

# The apps there are: each has a folder, whose name is its program's and its CMake target's.
apps=("${root:?}"/apps/*/)
apps=("${apps[@]%/}")
apps=("${apps[@]##*/}")

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# refuse SENTENCE: bad usage.
refuse() {
    say "$*"
    exit 2
}

# header FILE: the comment that opens a script, as its --help.
header() { sed -n '2,/^[^#]/ { s/^# \{0,1\}//p }' "$1"; }

# quietly COMMAND...: what the command prints is shown only if it fails.
quietly() {
    local output status=0
    output=$("$@" 2>&1) || status=$?
    ((status == 0)) || printf '%s\n' "$output" >&2
    return "$status"
}

# The cores this process may use. nproc alone would obey OMP_NUM_THREADS; Open MPI counts whole cores, not
# hardware threads.
cores() {
    local cpus whole
    cpus=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)
    whole=$(lscpu --parse=CORE,SOCKET 2>/dev/null | sed '/^#/d' | sort -u | wc -l) || whole=0
    echo $((whole > 0 && whole < cpus ? whole : cpus))
}

# Compile jobs at a time: one a core, and 1 GiB of memory for each. CMAKE_BUILD_PARALLEL_LEVEL overrules it.
build_jobs() {
    local cpus by_memory
    cpus=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)
    by_memory=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)
    ((by_memory > 0)) || by_memory=1
    echo "${CMAKE_BUILD_PARALLEL_LEVEL:-$((by_memory < cpus ? by_memory : cpus))}"
}

# missing_packages PACKAGE...: those that are not installed, one a line.
missing_packages() {
    local installed package
    # shellcheck disable=SC2016 # the fields are dpkg-query's; it exits 1 when it knows one of the packages not at all
    installed=$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null) || true
    for package; do
        grep -qxF "$package installed" <<<"$installed" || echo "$package"
    done
}

# install_missing PACKAGE...: installs what is missing; nothing missing, nothing is called. Where it cannot, it
# returns 1 and leaves in $advice the one sentence that tells the user what to do.
install_missing() {
    local missing as_root=()
    advice=
    if ! command -v apt-get >/dev/null; then
        advice="this is no Debian (there is no apt-get): install by its own means what Debian calls $*"
        return 1
    fi
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0

    advice="not installed: ${missing[*]}; ask an administrator for: apt-get install ${missing[*]}"
    if (($(id -u) != 0)); then
        command -v sudo >/dev/null || return 1
        as_root=(sudo)
    fi
    say "installing ${missing[*]}"
    # A machine that has just started may be updating itself: wait for its lock.
    quietly "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=120 update &&
        quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 \
            install --yes --no-install-recommends "${missing[@]}" || return 1
    advice=
}
