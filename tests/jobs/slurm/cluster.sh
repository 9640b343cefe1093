#!/usr/bin/env bash
# A real Slurm on this machine, for tests: slurmctld, munged and a slurmd for each of several nodes.
#
#     tests/jobs/slurm/cluster.sh up [--nodes N] [--cpus N] [--threads N] [--pinning] [--clocks] [--switches] [--ports]
#                                    [--owner PID]
#     tests/jobs/slurm/cluster.sh run FOLDER COMMAND...
#     tests/jobs/slurm/cluster.sh off FOLDER NODE          pulls its plug
#     tests/jobs/slurm/cluster.sh on FOLDER NODE
#     tests/jobs/slurm/cluster.sh link FOLDER NODE [SECONDS [BYTES_PER_SECOND]]    a slow cable to it; or a good one again
#     tests/jobs/slurm/cluster.sh down FOLDER
#
#     --nodes N       3
#     --cpus N        cores of each node (4), whatever this machine has
#     --threads N     hardware threads of each of these cores (1)
#     --pinning       srun can pin tasks; all nodes to the same CPUs, those that this machine has
#     --clocks        each node's clock since boot is another, hours from the others'
#     --switches      two nodes to a switch, s1, s2, ..., and one above them, s0: to Slurm, not to the wires
#     --ports         without namespaces: all nodes are this machine, told apart by their ports
#     --owner PID     whoever starts a cluster later removes this one once that process is gone
#
# "up" prints the FOLDER that holds all of the cluster; "run" runs a command as on its login node. Each node has
# namespaces of its own: network, host name, processes, /dev/shm, /tmp-like folder; the files are shared, as on a
# cluster. That takes root. Where namespaces are not allowed --ports is what remains, and "off", "on", "link" and --clocks
# do not work. The time of day is the same everywhere: the kernel has but one.
# "down" leaves nothing: no process, no mount, no network link, no folder.
# Exit status 77: it cannot run here; the reason is on stderr.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PATH=$PATH:/usr/sbin:/sbin

say() { printf 'cluster.sh: %s\n' "$*" >&2; }
cannot() {
    say "$*"
    exit 77
}

# until_true SECONDS COMMAND...: tries ten times a second.
until_true() {
    local tenths=$(($1 * 10))
    shift
    while ! "$@" 2>/dev/null; do
        ((tenths-- > 0)) || return 1
        sleep 0.1
    done
}

# --- processes: known by their id and the time they started, since ids are used again

started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f1,20; } # state, start time

# record PID WHAT: for "down".
record() { echo "$1 $(started "$1" | cut -d' ' -f2) $2" >>"$folder/processes"; }

# alive PID START: that very process runs. A zombie does not: some first processes reap late.
alive() {
    local state start
    read -r state start <<<"$(started "$1")"
    [[ -n $start && $start == "$2" && $state != Z ]]
}
dead() { ! alive "$@"; }

# end SIGNAL PID START: ends that process, by force if it does not want to.
end() {
    alive "$2" "$3" || return 0
    kill "-$1" "$2" 2>/dev/null || true
    until_true 10 dead "$2" "$3" || kill -KILL "$2" 2>/dev/null || true
    until_true 10 dead "$2" "$3" || say "process $2 cannot be ended"
}

# --- the machines

# inside NAME COMMAND...: in the machine's namespaces.
inside() {
    local name=$1 directory=$PWD time=()
    shift
    [[ ! -e $folder/clocks || $name == head ]] || time=(--time)
    # shellcheck disable=SC2016 # entering loses the working directory, and the inner shell goes back
    nsenter --target "$(<"$folder/$name/pid")" --mount --uts --ipc --net --pid "${time[@]}" \
        bash -c 'cd "$1" && shift && exec "$@"' - "$directory" "$@"
}

# wire NAME COMMAND...: in its network alone; process ids mean what they mean here.
wire() { nsenter --target "$(<"$folder/$1/pid")" --net "${@:2}"; }

# machine NAME NUMBER: boots one; its network card is a cable to the head's bridge.
machine() {
    local name=$1 number=$2 time=()
    [[ ! -e $folder/clocks || $name == head ]] ||
        time=(--time --monotonic $((number * 5000)) --boottime $((number * 5000)))
    mkdir -p "$folder/$name/tmp"
    rm -f "$folder/$name/ready"
    setsid unshare --net --uts --ipc --mount --pid "${time[@]}" --fork --kill-child "$here/node.sh" "$folder" "$name" \
        </dev/null >>"$folder/$name/log" 2>&1 &
    record $! "$name's unshare"
    until_true 20 test -e "$folder/$name/ready" || { cat "$folder/$name/log" >&2 && return 1; }
    record "$(<"$folder/$name/pid")" "$name"
    if [[ $name == head ]]; then
        wire head ip link add eth0 type bridge # the name that MPI is told, on every machine
        wire head ip address add 10.77.0.254/24 dev eth0
        wire head ip link set eth0 up
    else
        wire head ip link add "to-$name" type veth peer name eth0 netns "$(<"$folder/$name/pid")"
        wire head ip link set "to-$name" master eth0 up
        wire "$name" ip address add "10.77.0.$number/24" dev eth0
        wire "$name" ip link set eth0 up
    fi
}

# on_machine NAME COMMAND...: inside it, or with ports simply here.
on_machine() {
    if [[ -e $folder/ports ]]; then
        shift
        command "$@"
    else
        inside "$@"
    fi
}

# daemon NAME WHAT COMMAND...: starts one that detaches itself; its pid file is $folder/NAME/WHAT.pid.
daemon() {
    local name=$1 what=$2 file=$folder/$1/$2.pid pid
    shift 2
    rm -f "$file"
    if ! on_machine "$name" "$@" </dev/null >>"$folder/$name/$what.log" 2>&1 ||
        ! until_true 20 test -s "$file"; then
        say "$what does not start on $name: $(tail -n 5 "$folder/$name/$what.log")"
        return 1
    fi
    # Inside a machine it is counted otherwise, and ends with the machine.
    [[ ! -e $folder/ports ]] || record "$(<"$file")" "$what"
}

start_munged() {
    daemon head munged munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
        --pid-file="$folder/head/munged.pid" --log-file="$folder/head/munged.log" \
        --seed-file="$folder/munge.seed" --num-threads=2
}

start_slurmd() { daemon "$1" slurmd slurmd -N "$1" -f "$folder/slurm.conf"; }

# A port that nobody listens at, and as many after it.
free_ports() {
    local many=$1 first port
    while :; do
        first=$((20000 + RANDOM % 10000))
        for ((port = first; port < first + many; ++port)); do
            ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || continue 2
        done
        echo "$first"
        return
    done
}

write_switches() {
    local number leaf=0
    for ((number = 1; number <= nodes; number += 2)); do
        ((++leaf))
        echo "SwitchName=s$leaf Nodes=node$number$( ((number == nodes)) || echo ",node$((number + 1))")"
    done >"$folder/topology.conf"
    echo "SwitchName=s0 Switches=s[1-$leaf]" >>"$folder/topology.conf"
}

write_settings() {
    local host=head address=10.77.0.254 port=6817 local_disk=$folder/tmp granted=CR_CPU number
    ((threads == 1)) || granted=CR_Core # whole cores, as on most clusters
    if [[ -e $folder/ports ]]; then
        host=$(hostname -s) address=127.0.0.1 local_disk=$folder/tmp/%n
        # Open MPI's launchers on all "nodes" would race to make this folder, and to remove it when it is empty.
        mkdir -p "$folder/tmp/ompi.$host.$(id -u)/kept"
        port=$(free_ports $((nodes + 1)))
    fi
    printf '127.0.0.1 localhost\n10.77.0.254 head\n' >"$folder/hosts"
    cat >"$folder/slurm.conf" <<CONF
ClusterName=pacer
SlurmctldHost=$host($address)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
CredType=cred/munge
# A job that is put back starts again when its old credential has expired: after 120 s otherwise.
AuthInfo=socket=$folder/munge.socket,cred_expire=5
StateSaveLocation=$folder/head/state
SlurmdSpoolDir=$folder/%n/spool
SlurmctldPidFile=$folder/head/slurmctld.pid
SlurmdPidFile=$folder/%n/slurmd.pid
SlurmctldLogFile=$folder/head/slurmctld.log
SlurmdLogFile=$folder/%n/slurmd.log
MailProg=/bin/true
# The default wants a cgroup of the machine's own.
ProctrackType=proctrack/linuxproc
TaskPlugin=$task_plugin
TaskPluginParam=None
TopologyPlugin=$topology_plugin
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=$granted
MpiDefault=pmix
TmpFS=$local_disk
# More processors than there are, since the nodes share them.
SlurmdParameters=config_overrides
TaskProlog=$folder/prolog
ReturnToService=2
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
SlurmctldTimeout=5
SlurmdTimeout=5
KillWait=3
MessageTimeout=5
MinJobAge=300
JobCompType=jobcomp/filetxt
JobCompLoc=$folder/head/jobs
CONF
    for ((number = 1; number <= nodes; ++number)); do
        echo "10.77.0.$number node$number" >>"$folder/hosts"
        if [[ -e $folder/ports ]]; then
            echo "NodeName=node$number NodeHostname=$host NodeAddr=$address Port=$((port + number)) \\"
            mkdir -p "$folder/tmp/node$number"
        else
            echo "NodeName=node$number NodeAddr=10.77.0.$number \\"
        fi
        echo "  Sockets=1 CoresPerSocket=$cpus ThreadsPerCore=$threads RealMemory=1000 State=UNKNOWN"
    done >>"$folder/slurm.conf"
    [[ $topology_plugin != topology/tree ]] || write_switches
    echo "PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP" >>"$folder/slurm.conf"
    echo "CgroupPlugin=cgroup/v1" >"$folder/cgroup.conf" # none is used, but one is loaded

    # What Open MPI has to be told of such a cluster, for the login node and, by a prolog, for the tasks.
    cat >"$folder/environment" <<ENVIRONMENT
SLURM_CONF=$folder/slurm.conf
OMPI_ALLOW_RUN_AS_ROOT=1
OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
OMPI_MCA_hwloc_base_binding_policy=none
OMPI_MCA_mpi_yield_when_idle=1
OMPI_MCA_btl_vader_single_copy_mechanism=none
OMPI_MCA_orte_tmpdir_base=$folder/tmp
ENVIRONMENT
    # Through shared memory, nodes that share a host name would take each other for themselves.
    [[ ! -e $folder/ports ]] || printf '%s\n' OMPI_MCA_btl=self,tcp OMPI_MCA_btl_tcp_if_include=lo \
        OMPI_MCA_oob_tcp_if_include=lo >>"$folder/environment"
    { echo '#!/bin/sh' && sed 's/.*/echo "export &"/' "$folder/environment"; } >"$folder/prolog"
    chmod +x "$folder/prolog"
}

all_idle() { [[ $(run sinfo --noheader --Node --format=%t | sort | uniq -c) =~ ^\ *"$nodes idle"$ ]]; }

# run COMMAND...: as on the login node.
run() {
    local settings
    mapfile -t settings <"$folder/environment"
    on_machine head env "${settings[@]}" "$@"
}

# --- what it is asked for

need_programs() {
    local program missing=()
    for program in slurmctld slurmd munged sbatch srun unshare nsenter setsid; do
        [[ -x $(command -v "$program" || true) ]] || missing+=("$program")
    done
    ((${#missing[@]} == 0)) || cannot "not installed: ${missing[*]} (Debian: slurmctld slurmd slurm-client munge)"
}

namespaces_allowed() {
    command -v ip >/dev/null && unshare --net --uts --ipc --mount --pid --fork --kill-child bash -c '
        mount -t proc proc /proc && mount -t sysfs sysfs /sys && mount -t tmpfs tmpfs /dev/shm &&
            hostname probe && ip link add probe type bridge &&
            ip link add probe1 type veth peer name probe2' >/dev/null 2>&1
}

remove_orphans() {
    local other owner start
    for other in /tmp/pacer-slurm.*/; do
        other=${other%/}
        [[ -O $other && -s $other/owner ]] || continue
        read -r owner start <"$other/owner"
        alive "$owner" "$start" || { say "removing $other, whose owner is gone" && folder=$other down; }
    done
}

up() {
    local ports=false clocks=false owner="" number
    nodes=3 cpus=4 threads=1 task_plugin=task/none topology_plugin=topology/none
    while (($#)); do
        case $1 in
        --nodes) nodes=$2 && shift ;;
        --cpus) cpus=$2 && shift ;;
        --threads) threads=$2 && shift ;;
        --owner) owner=$2 && shift ;;
        --clocks) clocks=true ;;
        --switches) topology_plugin=topology/tree ;;
        --pinning) task_plugin=task/affinity ;;
        --ports) ports=true ;;
        *) say "unknown option $1" && exit 2 ;;
        esac
        shift
    done
    need_programs
    remove_orphans
    if ! $ports && ! namespaces_allowed; then
        ports=true
        say "no namespaces here (not root, or not allowed): the nodes are told apart by their ports"
    fi
    ! $ports || ! $clocks || cannot "nodes have clocks of their own only in namespaces of their own"
    folder=$(mktemp -d /tmp/pacer-slurm.XXXX) # short: names of sockets end at 107 characters
    chmod 755 "$folder"
    # shellcheck disable=SC2154 # set when the trap runs
    trap 'status=$?; ((status == 0)) || down; exit $status' EXIT
    [[ -z $owner ]] || echo "$owner $(started "$owner" | cut -d' ' -f2)" >"$folder/owner"
    ! $ports || : >"$folder/ports"
    ! $clocks || : >"$folder/clocks"
    mkdir -p "$folder/tmp" "$folder/head/state"
    for ((number = 1; number <= nodes; ++number)); do mkdir -p "$folder/node$number/spool"; done
    write_settings
    (umask 077 && head -c 128 /dev/urandom >"$folder/munge.key")
    if ! $ports; then
        machine head 254
        for ((number = 1; number <= nodes; ++number)); do machine "node$number" "$number"; done
    fi
    start_munged
    daemon head slurmctld slurmctld -i -f "$folder/slurm.conf"
    for ((number = 1; number <= nodes; ++number)); do start_slurmd "node$number"; done
    until_true 60 all_idle || { say "the nodes do not become idle: $(run sinfo --Node --long)" && return 1; }
    trap - EXIT
    echo "$folder"
}

off() {
    [[ ! -e $folder/ports ]] || { say "nodes without namespaces have no plug" && return 2; }
    wire head ip link set "to-$1" down # first: a machine without power sends no farewell either
    end KILL "$(<"$folder/$1/pid")" "$(started "$(<"$folder/$1/pid")" | cut -d' ' -f2)"
}

on() {
    wire head ip link delete "to-$1" 2>/dev/null || true
    machine "$1" "${1#node}"
    start_slurmd "$1"
}

# link NODE [SECONDS [BYTES_PER_SECOND]]: between the node's cable and the bridge goes a relay. What was there before goes.
link() {
    local name=$1 relay=$folder/$1/relay
    [[ ! -e $folder/ports ]] || { say "nodes without namespaces have no cable" && return 2; }
    if [[ -e $relay ]]; then
        # shellcheck disable=SC2046 # two words
        end TERM $(<"$relay")
        wire head ip link delete "near-$name"
        rm "$relay"
    fi
    if (($# == 1)); then
        wire head ip link set "to-$name" master eth0
        return
    fi
    wire head ip link set "to-$name" nomaster
    wire head ip link add "near-$name" type veth peer name "far-$name"
    wire head ip link set "near-$name" master eth0 up
    wire head ip link set "far-$name" up
    setsid nsenter --target "$(<"$folder/head/pid")" --net "$here/relay.py" "far-$name" "to-$name" "${@:2}" \
        </dev/null >>"$folder/$name/relay.log" 2>&1 &
    echo "$! $(started "$!" | cut -d' ' -f2)" >"$relay"
    record "$!" "$name's relay"
}

# Slurm keeps no list of the jobs' processes that outlives slurmd; all of them have the cluster's SLURM_CONF.
left_over() {
    local file
    for file in /proc/[0-9]*/environ; do
        # shellcheck disable=SC2094
        ! grep -qsz "^SLURM_CONF=$folder/slurm.conf$" "$file" || { file=${file#/proc/} && echo "${file%/*}"; }
    done 2>/dev/null
}

down() {
    local pid start signal=KILL
    [[ $folder == /tmp/pacer-slurm.* && -d $folder ]] || { say "there is no cluster in $folder" && return 2; }
    if [[ -e $folder/ports && -e $folder/environment ]]; then
        timeout 10 "$0" run "$folder" scancel --user="$(id -un)" 2>/dev/null || true
        until_true 8 no_steps || true
    fi
    [[ ! -e $folder/ports ]] || signal=TERM
    if [[ -e $folder/processes ]]; then
        # The last that was started ends first.
        while read -r pid start _; do end "$signal" "$pid" "$start"; done < <(tac "$folder/processes")
    fi
    for pid in $(left_over); do
        [[ $pid == "$$" || $pid == "$BASHPID" ]] || kill -KILL "$pid" 2>/dev/null || true
    done
    rm -rf "$folder"
}
no_steps() { [[ -z $(pgrep -f "^slurmstepd: .*" | while read -r pid; do
    ! grep -qsz "^SLURM_CONF=$folder/slurm.conf$" "/proc/$pid/environ" || echo "$pid"; done) ]]; }

case ${1-} in
up) up "${@:2}" ;;
run | off | on | link | down)
    folder=${2:?the folder that "up" printed}
    "$1" "${@:3}"
    ;;
*) sed -n '2,/^[^#]/ { s/^# \{0,1\}//p }' "$0" && [[ ${1-} == --help ]] ;;
esac
