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

# positive OPTION [VALUE]: refuses a value that is no whole number above 0.
positive() {
    [[ ${2-} =~ ^[1-9][0-9]{0,5}$ ]] || refuse "$1 needs a whole number above 0, not '${2-}'"
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

# choose_mpi [NAME]: the MPI that is worked with from here on, in $mpi: openmpi or mpich. Without a name that which has been
# built here, Open MPI if both or neither have. $mpi_preset is the preset of its build, $mpirun its launcher.
mpirun=mpirun
choose_mpi() {
    mpi=${1-}
    if [[ -z $mpi ]]; then
        if [[ -d $root/build/mpich && ! -d $root/build/release ]]; then mpi=mpich; else mpi=openmpi; fi
    fi
    case $mpi in
    openmpi) mpi_preset=release mpirun=mpirun ;;
    mpich) mpi_preset=mpich mpirun=mpiexec.mpich ;; # Debian leaves mpirun to Open MPI where both are installed
    *) refuse "unknown MPI '$mpi'; choose from openmpi, mpich" ;;
    esac
}

# cache_value BUILD NAME: what CMake keeps under that name in the build folder; nothing if it keeps nothing.
cache_value() { sed -n "s/^$2:[A-Z]*=//p" "$1/CMakeCache.txt" 2>/dev/null || true; }

# show_build BUILD OPTION...: builds, and shows how far it is: on a terminal in a line that changes, elsewhere in a line
# every half minute. Compilers' messages are shown if it fails.
show_build() {
    local build=$1 line share start=$SECONDS next=0 status=0
    shift
    : >"$build/build.log"
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$build/build.log"
        [[ $line =~ ^\[\ *([0-9]+)(%|/([0-9]+))\]\ *Building ]] || continue
        share=${BASH_REMATCH[1]}
        [[ -z ${BASH_REMATCH[3]} ]] || share=$((100 * share / BASH_REMATCH[3]))
        if [[ -t 2 ]]; then
            printf '\r%s: compiling, %d %%, %d s ' "${0##*/}" "$share" $((SECONDS - start)) >&2
        elif ((SECONDS >= next)); then
            say "compiling, $share %"
            next=$((SECONDS + 30))
        fi
    done < <(cmake --build "$build" "$@" 2>&1)
    wait $! || status=$?
    [[ ! -t 2 ]] || printf '\r\033[K' >&2
    ((status == 0)) || grep -vE '^\[[ 0-9%/]*\] *(Building|Built|Linking) ' "$build/build.log" >&2 || true
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

# Hardware threads of a core here.
threads_a_core() {
    local core threads
    read -r threads core < <(lscpu --parse=CORE,SOCKET 2>/dev/null | sed '/^#/d' | sort | uniq -c) || true
    echo "${core:+$threads}" | grep . || echo 1
}

# Jobs at a time: one a CPU, and 1 GiB of memory for each, as far as a container's limits let it have them.
# CMAKE_BUILD_PARALLEL_LEVEL overrules it.
build_jobs() {
    local cpus kib quota period limit
    cpus=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)
    kib=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
    if read -r quota period 2>/dev/null <"${CGROUP:-/sys/fs/cgroup}/cpu.max" && [[ $quota != max ]]; then
        quota=$(((quota + period - 1) / period))
        cpus=$((quota < cpus ? quota : cpus))
    fi
    if read -r limit 2>/dev/null <"${CGROUP:-/sys/fs/cgroup}/memory.max" && [[ $limit != max ]]; then
        kib=$((limit / 1024 < kib ? limit / 1024 : kib))
    fi
    ((kib >= 1048576)) || kib=1048576
    echo "${CMAKE_BUILD_PARALLEL_LEVEL:-$((kib / 1048576 < cpus ? kib / 1048576 : cpus))}"
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

# Debian starts the services that it installs, Slurm's for example, unless a policy says no; one that is made here goes
# again.
policy=/usr/sbin/policy-rc.d
no_services=(
    -o "DPkg::Pre-Invoke::=[ -e $policy ] || { printf '#!/bin/sh\n#pacer\nexit 101\n' >$policy && chmod +x $policy; }"
    -o "DPkg::Post-Invoke::=! grep -qsx '#pacer' $policy || rm $policy"
)

# install_missing PACKAGE...: installs what is missing; if nothing is, it calls nothing. Where it cannot, it
# returns 1 and leaves in $advice the one sentence that tells the user what to do.
install_missing() {
    local missing as_root=()
    advice=
    if ! command -v apt-get >/dev/null; then
        advice="this is not Debian (there is no apt-get): install by its own means what Debian calls $*"
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
            "${no_services[@]}" \
            install --yes --no-install-recommends "${missing[@]}" || return 1
    advice=
}

# Whether a process may read the memory of another of the same user: a container's filter or the kernel may forbid
# it, and Open MPI then complains about every larger message. Tried out, since no setting tells it for sure.
may_read_other_processes() {
    local probe=$root/build/may_read_other_processes made=
    [[ -d $root/build ]] || { made=$(mktemp -d) && probe=$made/probe && command -v "${CXX:-c++}"; } >/dev/null || return 0
    [[ -x $probe ]] || "${CXX:-c++}" -x c++ -o "$probe" - <<'SOURCE' || return 0
#include <csignal>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
int main() {
    char theirs = 1, ours = 0;
    const pid_t child = fork();
    if (child == 0) { pause(); _exit(0); }
    const iovec to{&ours, 1}, from{&theirs, 1};
    const bool read = child > 0 && process_vm_readv(child, &to, 1, &from, 1, 0) == 1;
    if (child > 0 && kill(child, SIGKILL) == 0) waitpid(child, nullptr, 0);
    return read ? 0 : 1;
}
SOURCE
    local status=0
    "$probe" || status=$?
    [[ -z $made ]] || rm -rf "$made"
    return "$status"
}

# set_for_run NAME VALUE REASON: sets an environment variable unless the user did.
set_for_run() {
    [[ -z ${!1-} ]] || return 0
    export "$1=$2"
    say "$1=$2: $3"
}

# wait_for_slurm: in a job script, until Slurm's controller answers, ten minutes at most. It may be restarted while the job
# goes on, but no launch can start meanwhile.
wait_for_slurm() {
    local answer end=$((SECONDS + 600)) said=
    [[ -n ${SLURM_JOB_ID-} && -n ${PACER_LAUNCHER-} ]] && command -v scontrol >/dev/null || return 0
    while answer=$(scontrol ping 2>/dev/null || true) &&
        [[ $answer == *" is DOWN"* && $answer != *" is UP"* ]] && ((SECONDS < end)); do
        [[ -n $said ]] || say "waiting for Slurm's controller, which does not answer"
        said=yes
        sleep 5
    done
}

# lost_nodes NODES: those of them that Slurm has lost, a line each: "node3 died: Slurm says it is down*", or "node3 does not
# answer: Slurm says it is allocated*", which comes before and may pass.
lost_nodes() {
    env -u SINFO_PARTITION sinfo --all --noheader --Node --nodes="$1" --format='%N %T' 2>/dev/null | sort -u |
        awk '$2 ~ /^(down|fail)/ { print $1 " died: Slurm says it is " $2; next }
             $2 ~ /[*]$/ { print $1 " does not answer: Slurm says it is " $2 }' || true
}

# living_nodes: the others of this job, a line each.
living_nodes() {
    scontrol show hostnames "${SLURM_JOB_NODELIST-}" 2>/dev/null |
        grep -vxFf <(lost_nodes "$SLURM_JOB_NODELIST" | cut -d' ' -f1) || true
}

# cpus_of_nodes: the nodes of this job, a line each: "node5 64".
cpus_of_nodes() {
    local number times
    paste -d' ' <(scontrol show hostnames "$SLURM_JOB_NODELIST") <(
        tr ',' '\n' <<<"$SLURM_JOB_CPUS_PER_NODE" | tr -d 'x)' | while IFS='(' read -r number times; do # "64(x2),32"
            for ((times = ${times:-1}; times > 0; --times)); do echo "$number"; done
        done
    )
}

# job_launcher RANKS THREADS NODES [NODE]: leaves in $launcher the command that starts so many ranks, of so many threads
# each, on so many nodes of this Slurm job, as jobs/env.sh wishes; on NODE if it is named.
job_launcher() {
    local ranks=$1 threads=$2 nodes=$3 node=${4-} pinning=${PACER_PINNING:-cores} a_node options
    a_node=$(((ranks + nodes - 1) / nodes))
    read -ra options <<<"${PACER_LAUNCHER_OPTIONS-}"
    export OMP_NUM_THREADS=$threads
    if [[ $PACER_LAUNCHER == srun ]]; then
        # Since Slurm 22.05 srun does not hear of the job's --cpus-per-task unless told. When a rank has crashed it would
        # let the others wait for it until the time limit, and for a node that has died wait as long itself.
        launcher=(srun --wait=60 --immediate=120 --nodes="$nodes" --ntasks="$ranks" --cpus-per-task="$threads"
            ${node:+--nodelist="$node"})
        ((ranks % nodes)) || launcher+=(--ntasks-per-node="$a_node")
        if [[ ${PACER_SRUN_PINS-} != no ]]; then
            launcher+=(--cpu-bind="$pinning")
            # For srun a CPU is a hardware thread, and of a core's two each would go to another rank.
            [[ $pinning != cores || ${SLURM_HINT-} == multithread ]] || launcher+=(--threads-per-core=1)
        fi
        launcher+=("${options[@]}")
        # Before Slurm 23.02.3, when a node of a job dies, the cores of what runs on the others stay taken, and the next
        # launch that needs them waits in vain. So launches, which come one after the other, do not ask for free ones.
        export SLURM_OVERLAP=1 # srun's --overlap, which Slurm has since 20.11
        # From Slurm 20.11 on, where a step has fewer nodes than TreeWidth, PMIx's fences without data wait for nobody: a
        # rank that is ready sends to one that is not, which crashes in MPI_Init if Open MPI receives that by TCP.
        if ((nodes > 1)) && [[ -z ${SLURM_PMIX_FENCE-} ]] &&
            [[ "${options[*]} ${SLURM_MPI_TYPE-} $(scontrol show config 2>/dev/null | grep MpiDefault)" == *pmix* ]]; then
            set_for_run SLURM_PMIX_FENCE ring "Slurm's PMIx lets ranks leave MPI_Init before all are ready otherwise"
        fi
    else
        local version placement=() hosts=$node
        # With fewer nodes than the job has it would start a daemon on the others, too, and fail if one of them is dead.
        ((nodes >= SLURM_JOB_NUM_NODES)) || [[ -n $hosts ]] || hosts=$(living_nodes | head -n "$nodes" | paste -sd,)
        version=$("$PACER_LAUNCHER" --version 2>&1) || true
        launcher=("$PACER_LAUNCHER" -np "$ranks")
        case $version in
        *"Open MPI"*)
            placement=(--map-by "ppr:$a_node:node:PE=$threads" --bind-to core)
            [[ $pinning == cores ]] || placement=(--map-by "ppr:$a_node:node" --bind-to none)
            placement+=(${hosts:+--host "${hosts//,/:$a_node,}:$a_node"})
            # It takes this for the most ranks of a node. The job's own tasks may be fewer, with more cores each.
            export SLURM_TASKS_PER_NODE="$a_node(x$SLURM_JOB_NUM_NODES)"
            ;;
        HYDRA*) # MPICH's: it binds nobody unless told
            placement=(-ppn "$a_node" ${hosts:+-hosts "$hosts"})
            [[ $pinning != cores ]] || placement+=(-bind-to "core:$threads")
            ;;
        Intel*) # it binds everybody unless told, and counts hardware threads
            placement=(-ppn "$a_node" ${hosts:+-hosts "$hosts"} -genv I_MPI_PIN)
            if [[ $pinning == cores ]]; then
                placement+=(1 -genv I_MPI_PIN_DOMAIN "$((threads * $(threads_a_core))):compact")
            else
                placement+=(0)
            fi
            ;;
        *) placement=(-ppn "$a_node" ${hosts:+-hosts "$hosts"}) ;;
        esac
        launcher+=("${placement[@]}" "${options[@]}")
    fi
    # Debian's settings leave Open MPI without one-sided communication between nodes that have but Ethernet.
    if ((nodes > 1)) && grep -qsE '^osc *= *\^ucx,pt2pt' /etc/openmpi/openmpi-mca-params.conf; then
        set_for_run OMPI_MCA_osc ^ucx "Debian's Open MPI has no one-sided communication over Ethernet otherwise"
    fi
}

# mpi_launcher NP: leaves in $launcher the command that starts NP processes of a program: in a job as jobs/env.sh
# wishes, otherwise on this machine. Open MPI refuses some things and does others badly unless told: what it is told
# here is said.
mpi_launcher() {
    local np=$1 options=() version major
    if [[ -n ${SLURM_JOB_ID-} && -n ${PACER_LAUNCHER-} ]]; then
        job_launcher "$np" "${SLURM_CPUS_PER_TASK:-1}" \
            "$((np < SLURM_JOB_NUM_NODES ? np : SLURM_JOB_NUM_NODES))"
        return
    fi
    version=$("$mpirun" --version 2>&1) || true
    if [[ $version =~ "(Open MPI) "([0-9]+) ]]; then
        major=${BASH_REMATCH[1]}
        if (($(id -u) == 0)); then
            set_for_run OMPI_ALLOW_RUN_AS_ROOT 1 "Open MPI refuses root otherwise"
            set_for_run OMPI_ALLOW_RUN_AS_ROOT_CONFIRM 1 "Open MPI asks for confirmation"
        fi
        if ((np > $(cores))); then
            options+=(--oversubscribe)
            say "--oversubscribe: Open MPI refuses more processes ($np) than cores ($(cores)) otherwise"
        fi
        if ! grep -qE '^(OMPI|PRTE)_MCA_.*bind' <<<"$(compgen -e)"; then
            options+=(--bind-to none)
            say "--bind-to none: Open MPI would bind a process to one core, and its threads would share it"
        fi
        if ((major < 5)) && ! may_read_other_processes; then
            set_for_run OMPI_MCA_btl_vader_single_copy_mechanism none \
                "a process may not read the memory of another here, as Open MPI would for larger messages"
        fi
    fi
    launcher=("$mpirun" "${options[@]}" -np "$np")
}

# watch_signals: from here on a signal to this script ends the launch under way in good order, and no other is to
# start: $stopped is then the status to end with, else 0.
watch_signals() {
    stopped=0 launch=
    trap 'stopped=130; pass_on INT' INT
    trap 'stopped=143; pass_on TERM' TERM HUP
}
pass_on() { [[ -z $launch ]] || kill "-$1" -- "-$launch" 2>/dev/null || true; }

# run_launch COMMAND...: runs one launch, without input, and returns its status once it has ended, whatever signals
# arrive meanwhile.
run_launch() {
    local status=0
    wait_for_slurm
    set -m # in a process group of its own: else a shell's background command ignores SIGINT
    "$@" </dev/null &
    set +m
    launch=$!
    ((stopped == 0)) || pass_on TERM # it came before there was anybody to pass it on to
    wait "$launch" || status=$?
    while kill -0 "$launch" 2>/dev/null; do # a signal ends wait, not the launch
        status=0
        wait "$launch" || status=$?
    done
    launch=
    return "$status"
}

# find_timings FOLDER...: leaves in $timings the program timings: $TIMINGS if set, else that of the first folder that
# has it, else that of PATH. Returns 1 if there is none.
find_timings() {
    local folder
    timings=${TIMINGS-}
    [[ -z $timings ]] || return 0
    for folder; do
        timings=$folder/timings
        [[ ! -x $timings ]] || return 0
    done
    timings=$(command -v timings)
}

# merge_launches OUT PART...: merges dumps with $timings, and leaves in $merged the name of the file that has them.
merge_launches() {
    merged=$("$timings" merge "$@") || return
    merged=${merged%: *}
}
