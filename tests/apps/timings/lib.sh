# shellcheck shell=bash
# What the tests of timings share. To be sourced after tests/support/lib.sh; wants BIN. $tested is the command that is
# tested, if it is one.

timings=$(realpath "${BIN:?the folder of the programs}")/timings

# ends_with STATUS ARGUMENT...: runs timings; a refusal is one line on stderr, all else leaves nothing there.
ends_with() {
    local wanted=$1
    shift
    what="timings ${tested:+$tested }$*"
    run "$timings" ${tested:+"$tested"} "$@"
    expect "$wanted" "$what"
    if ((wanted == 2)); then
        [[ $err == "timings: "* && $err != *$'\n'* ]] || fail "$what: not one line on stderr: $err"
    else
        [[ -z $err ]] || fail "$what: $err"
    fi
}
prints() { says out "$1" "$what"; }
warns() { says err "$1" "$what"; }
