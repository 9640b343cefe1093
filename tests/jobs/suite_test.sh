#!/usr/bin/env bash
# Tests of jobs/suite.sh and timings summary: with stand-ins for the apps, and once with all that is really there.
#
#     BIN=build/release/bin SOURCE=. tests/jobs/suite_test.sh build/release/tests/make_launches
set -euo pipefail

checkout=$(cd "${SOURCE:?the checkout}" && pwd)
bin=$(cd "${BIN:?the folder of the programs}" && pwd)
make_launches=$(realpath "${1:?the program make_launches}")
# shellcheck source=tests/support/lib.sh
. "$checkout/tests/support/lib.sh"
unset TIMINGS
suite=$checkout/jobs/suite.sh
mkdir "$scratch/here" "$scratch/stand-ins"
cd "$scratch/here"

# Stand-ins note how they were called and leave a dump; one ends as the file of its name says, or hangs.
for folder in "$checkout"/apps/*/; do
    app=$(basename "$folder")
    [[ $app != timings ]] || continue
    cat >"$scratch/stand-ins/$app" <<SH
#!/usr/bin/env bash
echo "$app \$*" >>"$scratch/calls"
if [[ -e "$scratch/hang-$app" ]]; then
    trap 'exit 75' INT TERM
    touch "$scratch/hangs"
    for ((i = 0; i < 300; ++i)); do sleep 0.1; done
fi
number=\$(wc -l <"$scratch/calls")
[[ -e "$scratch/no-dump-$app" ]] || "$make_launches" "\${!#}" --launches 1 --seed "\$number" --app "$app\$number"
[[ ! -e "$scratch/status-$app" ]] || exit "\$(cat "$scratch/status-$app")"
SH
    chmod +x "$scratch/stand-ins/$app"
done
ln -s "$bin/timings" "$scratch/stand-ins"

try() { # try ARGUMENT...: with the stand-ins and a clean slate
    rm -rf "$scratch/calls" ./*
    run env PACER_BIN="$scratch/stand-ins" "$suite" "$@"
}
nothing_left() {
    [[ -z $(find . -name '.suite.*') ]] || fail "$1: leaves a folder behind"
}

try -o all.h5 env
expect 0 'all is well'
says out 'all.h5' 'all is well'
says out 'best of' 'all is well'
nothing_left 'all is well'
launches=$(wc -l <"$scratch/calls")
for folder in "$checkout"/apps/*/; do
    app=$(basename "$folder")
    [[ $app == timings ]] || grep -q "^$app " "$scratch/calls" || fail "the suite leaves out $app"
done
run "$bin/timings" validate all.h5
says out "$launches launches" 'all is well'

try -o some.h5 --apps race,reduce env
expect 0 'some apps'
[[ $(cut -d ' ' -f 1 "$scratch/calls" | tr '\n' ' ') == 'race reduce reduce ' ]] || fail "some apps: $(<"$scratch/calls")"

try -o some.h5 --apps race --apps reduce env
expect 0 'some apps, and some'
[[ $(wc -l <"$scratch/calls") -eq 3 ]] || fail "some apps, and some: $(<"$scratch/calls")"

# The largest size of a problem counts, whatever the order.
"$make_launches" large.h5 --elements 2000 --base 0.02 --between 0 --within 0
"$make_launches" small.h5 --seed 2 --elements 1000 --base 0.01 --between 0 --within 0
for files in "large.h5 small.h5" "small.h5 large.h5"; do
    # shellcheck disable=SC2086 # two names
    run "$bin/timings" summary $files
    grep -qE '^reduce +serial +1 x 1 +20\.00 ms' <<<"$out" || fail "summary $files: not of the largest: $out"
done

# The second app fails: the others are run nevertheless, what it left counts, and its status is that of the suite.
echo 1 >"$scratch/status-fileio"
try -o all.h5 env
expect 1 'one fails'
says err 'ended with status 1' 'one fails'
[[ $(wc -l <"$scratch/calls") -eq $launches ]] || fail 'one fails: the others are not run'
says out 'dump: all.h5' 'one fails'
touch "$scratch/no-dump-fileio"
try -o all.h5 env
expect 1 'one leaves nothing'
says err "$((launches - 1)) of $launches launches" 'one leaves nothing'
rm "$scratch/status-fileio" "$scratch/no-dump-fileio"
# One that had no time for a variant tells less than one that fails, whichever comes first.
for statuses in '3 0 3' '3 1 1' '1 3 1' '0 3 3'; do
    read -r fileio memory wanted <<<"$statuses"
    echo "$fileio" >"$scratch/status-fileio"
    echo "$memory" >"$scratch/status-memory"
    try -o all.h5 env
    expect "$wanted" "fileio ends with $fileio, memory with $memory"
done
rm "$scratch/status-fileio" "$scratch/status-memory"

# Ctrl-C: no other app is started, what was done is shown.
touch "$scratch/hang-fileio"
rm -f "$scratch/hangs"
try_stopped() {
    set -m # a process group of its own, as a terminal gives
    rm -f "$scratch/calls" ./*
    PACER_BIN="$scratch/stand-ins" "$suite" -o all.h5 env >"$scratch/stdout" 2>"$scratch/stderr" </dev/null &
    local pid=$!
    set +m
    for ((i = 0; i < 200; ++i)); do
        [[ ! -e $scratch/hangs ]] || break
        sleep 0.05
    done
    kill -INT -- "-$pid"
    status=0
    wait "$pid" || status=$?
    err=$(cat "$scratch/stderr")
}
try_stopped
expect 130 'Ctrl-C'
says out 'dump: all.h5' 'Ctrl-C'
[[ $(tail -n 1 "$scratch/calls") == fileio* ]] || fail 'Ctrl-C: goes on with another app'
nothing_left 'Ctrl-C'
rm "$scratch/hang-fileio"

refused() { # refused TEXT ARGUMENT...
    local text=$1
    shift
    try "$@"
    expect 2 "suite.sh $*"
    once "$text" "suite.sh $*"
    [[ ! -e $scratch/calls ]] || fail "suite.sh $*: runs an app although it refuses"
}
refused "unknown option '--fast'" --fast env
refused 'name the command that starts the processes' -o all.h5
refused 'there is no reduce to start the processes' reduce mpirun -np 2
refused '-o needs a file name' -o
refused "unknown app 'smid'; choose from fileio, memory, overhead, queues, race, reduce, storage, syntax" --apps reduce,smid env
refused 'cannot write beside missing/all.h5' -o missing/all.h5 env
touch "$scratch/kept"
run env PACER_BIN="$scratch/stand-ins" "$suite" -o "$scratch/kept" env
expect 2 'an existing file'
once 'kept exists; choose another name, or --force' 'an existing file'
run env PACER_BIN="$scratch/nowhere" "$suite" env
expect 2 'no programs'
once 'there is no program' 'no programs'
run "$suite" --help
expect 0 'help'
says out '--quick' 'help'
run env PATH="$PATH" "$checkout/jobs/local.sh" --launches 2 suite
expect 2 'several suites'
once 'the suite is run once' 'several suites'

# Acceptance names them, but for storage.
usual=$(sed -n 's/^usual=//p' "$checkout/jobs/acceptance.slurm" | tr , '\n' | sort)
[[ $usual == "$(sed -nE "s/^    '([a-z]+) .*\|.*/\1/p" "$suite" | sort -u | grep -vx storage)" ]] ||
    fail "acceptance.slurm runs other apps than the suite has: $usual"

# The real apps, quickly, on two ranks.
rm -rf ./*
run env PACER_BIN="$bin" "$suite" --quick -o quick.h5 mpirun -np 2
expect 0 'the real apps'
says err "$launches of $launches launches" 'the real apps'
says out 'every answer was checked and right, or wrong as promised' 'the real apps'
says out 'a quick run: with sizes so small' 'the real apps'
! grep -qE '^overhead .{22}(call|copy) ' "$scratch/stdout" || fail 'the page takes a baseline of overhead for its best'
for folder in "$checkout"/apps/*/; do
    app=$(basename "$folder")
    [[ $app == timings ]] || grep -q "^$app " "$scratch/stdout" || fail "the page has no best variant of $app"
done
run "$bin/timings" validate quick.h5
expect 0 'the real apps: validate'

finish
