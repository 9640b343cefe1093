#!/usr/bin/env bash
# Tests of jobs/launches.sh and jobs/compare.sh: with a stand-in for an app, whose launches have a known truth, with a
# stand-in for mpirun, and once each with what is really there.
#
#     BIN=build/release/bin SOURCE=. tests/jobs/jobs_compare_test.sh build/release/tests/make_launches
set -euo pipefail

checkout=$(cd "${SOURCE:?the checkout}" && pwd)
bin=$(cd "${BIN:?the folder of the programs}" && pwd)
make_launches=$(realpath "${1:?the program make_launches}")
# shellcheck source=tests/support/lib.sh
. "$checkout/tests/support/lib.sh"
for name in $(compgen -e | grep -E '^(OMPI|PRTE)_' || true); do unset "$name"; done
unset TIMINGS

# --- a checkout whose path has a space, and two builds of one app
copy="$scratch/a checkout"
mkdir -p "$copy/build/release/bin" "$copy/apps/reduce"
cp -r "$checkout/jobs" "$copy"
ln -s "$bin/timings" "$copy/build/release/bin"
printf '#!/bin/sh\nexit 0\n' >"$copy/build/may_read_other_processes"

# standin FOLDER FACTOR: an app whose launches take FACTOR times as long as another's. It notes its arguments, and
# fails in the launch whose number is in the file "fail", with the status there.
standin() {
    mkdir -p "$scratch/$1/bin"
    cat >"$scratch/$1/bin/standin" <<SH
#!/usr/bin/env bash
echo "$1: \$*" >>"$scratch/calls"
echo "the app's table"
number=\$(wc -l <"$scratch/calls")
if [[ \$* == *sleep* ]]; then
    trap 'exit 75' INT TERM
    touch "$scratch/asleep"
    for ((i = 0; i < 300; ++i)); do sleep 0.1; done
fi
[[ \$* == *nothing* ]] || "$make_launches" "\${!#}" --launches 1 --seed "\$number" --slower $2
[[ ! -e "$scratch/fail" ]] || { read -r at status <"$scratch/fail" && ((number != at)) || exit "\$status"; }
SH
    chmod +x "$scratch/$1/bin/standin"
    ln -s "$bin/timings" "$scratch/$1/bin"
}
standin "old build" 1
standin same 1
standin slower 1.5
# An mpirun that only notes how it was called: mpirun -np N PROGRAM ...
mkdir "$scratch/mpich" "$scratch/here"
cat >"$scratch/mpich/mpirun" <<SH
#!/bin/sh
[ "\$1" != --version ] || { echo "HYDRA build details:"; exit; }
echo "\$1 \$2" >"$scratch/np"
shift 2
exec "\$@"
SH
chmod +x "$scratch/mpich/mpirun"
cd "$scratch/here"
real_path=$PATH
PATH="$scratch/mpich:$PATH"

# try COMMAND...: runs it, with a clean slate
try() {
    what="$*"
    rm -f "$scratch/calls" "$scratch/asleep"
    touch "$scratch/calls"
    run "$@"
}
ends_with() { expect "$1" "$what"; }
warns() { says err "$1" "$what"; }
prints() { says out "$1" "$what"; }
judge() {
    local description=$1
    shift
    "$@" || fail "$description: $what: exit status $status"$'\n'"  stdout: $out"$'\n'"  stderr: $err"
}
not() { ! "$@"; }
count() { wc -l <"$scratch/calls"; }
# holds FILE LAUNCHES: the dump has so many.
holds() { [[ $("$bin/timings" validate "$1") == *" $2 launch"* ]] || fail "$what: $1: $("$bin/timings" validate "$1" 2>&1)"; }
# no folder of dumps is left in those where a script worked
clean() { judge "the scripts clean up" not compgen -G "$PWD/.launches.*" -G "*/.launches.*"; }

launches="$copy/jobs/launches.sh" compare="$copy/jobs/compare.sh" app="$scratch/same/bin/standin"

# --- usage
for script in "$launches" "$compare"; do
    try "$script" --help
    ends_with 0
    prints "jobs/${script##*/}"
done
try "$launches"
ends_with 2
warns "the number of launches needs a whole number above 0"
try "$launches" 3
ends_with 2
warns "name the command to launch"
try "$launches" 3 --nonsense "$app"
ends_with 2
try "$launches" 3 "$app" --dump=a.h5
ends_with 2
warns "leave out --dump=a.h5"
try "$launches" 3 -o missing/a.h5 "$app"
ends_with 2
warns "cannot write beside missing/a.h5"
try "$compare"
ends_with 2
try "$compare" "$scratch/same"
ends_with 2
try "$compare" "$scratch/same" "$scratch/slower"
ends_with 2
warns "name the app after the two builds"
try "$compare" "$scratch/same" "$scratch/missing" standin
ends_with 2
warns "there is no build folder $scratch/missing"
try "$compare" "$scratch/same" "$scratch/slower" reduce
ends_with 2
warns "$scratch/same has no program bin/reduce"
try "$compare" --launches 0 "$scratch/same" "$scratch/slower" standin
ends_with 2
judge "bad usage runs nothing" test "$(count)" -eq 0

# --- launches.sh
try "$launches" 3 -o "three of them.h5" "$app" -n "1 000"
ends_with 0
judge "stdout is the file alone" test "$out" = "three of them.h5"
warns "launch 3 of 3"
warns "the app's table"
judge "the arguments, then the dump" grep -q "^same: -n 1 000 --dump $PWD/.launches" "$scratch/calls"
holds "three of them.h5" 3
clean
try "$launches" 2 -o "three of them.h5" "$app"
ends_with 2
warns "three of them.h5 exists"
try "$launches" 2 -o "three of them.h5" --force "$app"
ends_with 0
holds "three of them.h5" 2
try "$launches" 1 "$app"
ends_with 0
holds "$out" 1
echo "3 1" >"$scratch/fail"
try "$launches" 5 -o failed.h5 "$app"
ends_with 1
warns "launch 3 of 5 ended with status 1"
judge "the failure is the last" test "$(count)" -eq 3
judge "what was before is merged" test "$out" = failed.h5
holds failed.h5 2
holds failed-launch3.h5 1
clean
echo "2 3" >"$scratch/fail"
try "$launches" 3 -o untested.h5 "$app"
ends_with 3
judge "a launch without time for a variant is one" test "$(count)" -eq 3
holds untested.h5 3
try "$launches" 3 -o none.h5 "$app" nothing
ends_with 2
echo "1 7" >"$scratch/fail"
try "$launches" 2 -o none.h5 "$app"
ends_with 7
judge "nothing to merge, nothing merged" test ! -e none.h5 -a -z "$out"
rm "$scratch/fail"
try "$launches" 2 -o none.h5 "$app" nothing
ends_with 2
warns "launch 1 left no dump"
try env TIMINGS=false "$launches" 1 -o none.h5 "$app"
ends_with 2
warns "the dumps of the launches are in $PWD/.launches."
judge "they are" test "$(find .launches.* -name '*.h5' | wc -l)" -eq 1
rm -r .launches.*

# --- compare.sh
try "$compare" --launches 4 --np 3 -o equal "$scratch/old build" "$scratch/same" standin -n 5
judge "they differ by chance alone" test "$status" -eq 0 -o "$status" -eq 3
judge "in turns" test "$(cut -d: -f1 "$scratch/calls" | tr '\n' ' ')" = \
    "old build same same old build old build same same old build "
judge "--np" test "$(cat "$scratch/np")" = "-np 3"
judge "the tables are not shown" not grep -qF "the app's table" <<<"$err"
holds equal/a.h5 4
holds equal/b.h5 4
clean
try "$compare" --launches 4 -o equal "$scratch/same" "$scratch/slower" standin
ends_with 2
warns "equal has dumps of another comparison"
try "$compare" --launches 6 -o slower "$scratch/same" "$scratch/slower" standin
ends_with 1
prints "compared  launches in pairs, one of each side, as they took turns"
prints REGRESSED
try "$compare" --launches 6 -o faster "$scratch/slower/bin/standin" "$scratch/same/bin/standin" -n 5
ends_with 0
prints IMPROVED
judge "programs take no app" grep -q "^same: -n 5 --dump" "$scratch/calls"
try "$compare" --launches 1 -o one "$scratch/same" "$scratch/same" standin
ends_with 3
warns "A and B are the same program"
warns "it takes 4"
echo "3 3" >"$scratch/fail"
try "$compare" --launches 4 -o untested "$scratch/same" "$scratch/slower" standin
judge "a launch without time for a variant is one" test "$(count)" -eq 8
judge "they are compared" test "$status" -eq 1 -o "$status" -eq 3
holds untested/b.h5 4
echo "3 5" >"$scratch/fail" # B's second launch
try "$compare" --launches 4 -o failed "$scratch/same" "$scratch/slower" standin
ends_with 5
warns "launch 2 of B ended with status 5"
warns "the app's table"
judge "nothing is compared" test -z "$out"
holds failed/a.h5 1
holds failed/b.h5 1
holds failed/b-launch2.h5 1
rm "$scratch/fail"
clean

# --- a signal: SIGTERM to the script alone, SIGINT to its whole group (Ctrl-C)
# stop SIGNAL COMMAND...: sends it once the second launch sleeps
stop() {
    local signal=$1 script tenths
    shift
    what="$signal: $*" status=0
    rm -f "$scratch/calls" "$scratch/asleep"
    touch "$scratch/calls"
    # Perl, because a background command ignores SIGINT and a shell cannot undo that.
    perl -e '$SIG{INT} = "DEFAULT"; setpgrp; exec @ARGV' "$@" >"$scratch/stdout" 2>"$scratch/stderr" &
    script=$!
    for ((tenths = 0; tenths < 300; ++tenths)); do
        [[ ! -e $scratch/asleep ]] || break
        sleep 0.1
    done
    if [[ $signal == INT ]]; then kill -INT -- "-$script"; else kill -TERM "$script"; fi
    wait "$script" || status=$?
    out=$(<"$scratch/stdout") err=$(<"$scratch/stderr")
    judge "the status tells that it was stopped" test "$status" -eq \
        "$([[ $1 == "$compare" ]] && echo 75 || echo $((128 + $(kill -l "$signal"))))"
    judge "it is the last launch" test "$(count)" -eq 1
    judge "the app has ended" not pgrep -f "$scratch/same/bin/standin"
    clean
}
for signal in TERM INT; do
    stop "$signal" "$launches" 3 -o "stopped $signal.h5" "$app" sleep
    warns "launch 1 of 3 was stopped"
    stop "$signal" "$compare" --launches 4 -o "stopped $signal" "$scratch/same" "$scratch/slower" standin sleep
    warns "launch 1 of A was stopped"
done

# --- with the mpirun and the app there are
PATH=$real_path
few=(-n 1e5 --no-limits --repeats 5 --variants "serial,mpi")
try "$compare" --launches 2 --np 2 -o real "$bin/reduce" "$bin/reduce" "${few[@]}"
ends_with 3
holds real/b.h5 2
try env OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 "$launches" 2 -o real.h5 mpirun -np 1 "$bin/reduce" "${few[@]}"
ends_with 0
holds real.h5 2

finish
