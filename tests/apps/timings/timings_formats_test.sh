#!/usr/bin/env bash
# What timings tells programs: JSON by its schema, JUnit's XML, Prometheus' text.
#
#     BIN=build/release/bin SOURCE=. tests/apps/timings/timings_formats_test.sh build/release/tests/make_launches
set -euo pipefail

# shellcheck source=tests/support/lib.sh
. "${SOURCE:?the checkout}/tests/support/lib.sh"
# shellcheck source=tests/apps/timings/lib.sh
. "$SOURCE/tests/apps/timings/lib.sh"
make_launches=$(realpath "${1:?the program make_launches}")
schema=$(realpath "$SOURCE/apps/timings/schema.json")
cd "$scratch"

"$make_launches" base.h5 --cases 3
"$make_launches" same.h5 --cases 3 --seed 2
"$make_launches" slow.h5 --cases 3 --seed 3 --slower 1.5 --slow-cases 1
"$make_launches" lacks.h5 --cases 2 --seed 4 --wrong simd
"$make_launches" few.h5 --cases 3 --seed 5 --launches 2
for number in 1 2 3; do
    "$make_launches" "node$number.h5" --host "node$number" --cases 2 --seed "1$number"
done
"$make_launches" odd.h5 --host 'odd"node' --cases 2 --seed 14 --slower 1.3 --slow-cases 1

# fits FILE: it is as the schema says.
fits() {
    /usr/bin/python3 - "$schema" "$1" <<'EOF'
import json, sys
import jsonschema
schema, document = (json.load(open(path)) for path in sys.argv[1:])
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.Draft202012Validator(schema).validate(document)
# What the schema does not tell of is no part of the promise.
kind = schema["$defs"][document["document"].split()[1]]
unknown = set(document) - set(kind["properties"])
assert not unknown, unknown
for key, its in kind["properties"].items():
    if "items" not in its: continue
    item = its["items"]
    item = schema["$defs"][item["$ref"].split("/")[-1]] if "$ref" in item else item
    for row in document[key]:
        assert set(row) <= set(item["properties"]), set(row) - set(item["properties"])
EOF
}

checked=0
# json STATUS ARGUMENT...: the document that ends with this status fits.
json() {
    ends_with "$@" --format json
    printf '%s\n' "$out" >document.json
    fits document.json || fail "$what: does not fit the schema: $out"
    checked=$((checked + 1))
}
for command in compare verdict; do
    json 0 "$command" base.h5 same.h5
    json 1 "$command" base.h5 slow.h5
    json 1 "$command" base.h5 lacks.h5
    json 3 "$command" base.h5 few.h5
done
json 0 nodes node?.h5
json 1 nodes node?.h5 odd.h5
json 0 summary base.h5 node1.h5
mpirun -np 4 "$BIN/overhead" --pair-ranks -n 1024 --repeats 6 --no-limits --quiet --dump pairs.h5
json 3 network pairs.h5
((checked == 12)) || fail "not all documents were checked"

# The schema refuses what it should.
for change in 'del d["cases"]' 'd["cases"][0]["ratio"] = "1.0"' 'd["status"] = 2' 'd["cases"][0]["more"] = 1'; do
    ends_with 0 compare base.h5 same.h5 --format json
    python3 -c "import json, sys; d = json.load(sys.stdin); $change; print(json.dumps(d))" <<<"$out" >changed.json
    ! fits changed.json 2>/dev/null || fail "the schema takes: $change"
done

# JUnit: a failure for what is slower, an error for what cannot be told; never all green with a status above 0.
count() { python3 -c '
import sys, xml.etree.ElementTree as xml
root = xml.parse(sys.stdin).getroot()
assert root.tag == "testsuites", root.tag
cases = root.findall("testsuite/testcase")
for suite in root:
    for name, tag in (("tests", "testcase"), ("failures", "testcase/failure"), ("errors", "testcase/error"),
                      ("skipped", "testcase/skipped")):
        assert int(suite.get(name)) == len(suite.findall(tag)), (suite.attrib, tag)
print(len(cases), *(sum(len(case.findall(tag)) for case in cases) for tag in ("failure", "error", "skipped")))' <<<"$out"; }
junit() {
    local wanted=$1
    shift
    ends_with "$@" --format junit
    [[ $(count) == "$wanted" ]] || fail "$what: $(count), not $wanted (cases, failures, errors, skipped): $out"
}
junit '4 0 0 0' 0 compare base.h5 same.h5
junit '4 2 0 0' 1 compare base.h5 slow.h5
prints 'name="reduce/serial 1 x 1"'
prints '<failure message="slower: 1.'
junit '4 3 0 0' 1 verdict base.h5 lacks.h5
junit '4 0 4 0' 3 compare base.h5 few.h5
junit '9 2 0 0' 1 nodes node?.h5 odd.h5
prints 'serial 1 x 1 on odd&quot;node'

# Prometheus: as its own parser would read it, each metric in one piece.
metrics() { python3 -c '
import re, sys
known, last = set(), None
label = r"[a-z_]+=\"(?:[^\"\\]|\\[\\\"n])*\""
for line in sys.stdin.read().splitlines():
    if line.startswith("# HELP "):
        last = line.split()[2]
        assert last not in known, f"{last} twice"
        known.add(last)
    elif line.startswith("# TYPE "):
        assert line == f"# TYPE {last} gauge", line
    else:
        found = re.fullmatch(rf"([a-z_]+)(?:\{{{label}(?:,{label})*\}})? (\S+)", line)
        assert found and found[1] == last, line
        float(found[2])
print(len(known))' <<<"$out"; }
ends_with 1 compare base.h5 slow.h5 --format prometheus
[[ $(metrics) == 6 ]] || fail "$what: $out"
prints 'pacer_compare_status 1'
prints 'pacer_compare_finding{app="reduce",variant="serial",ranks="1",threads="1",parameters="elements=1000000 source=iota chunk=32768",finding="slower"} 1'
[[ $(grep -c '^pacer_compare_finding.* 1$' <<<"$out") == 3 ]] || fail "$what: not one finding a case: $out"
[[ $(grep '^pacer_compare_launch_timestamp_seconds ' <<<"$out") =~ \ 1[0-9]{9}(e\+09)?$ ]] || fail "$what: no time: $out"
ends_with 1 nodes node?.h5 odd.h5 --format prometheus
[[ $(metrics) == 6 ]] || fail "$what: $out"
prints '{node="odd\"node",app="reduce"'
ends_with 3 network pairs.h5 --format prometheus
[[ $(metrics) == 6 ]] || fail "$what: $out"
prints 'pacer_network_seconds{part="link rank 0 - rank 1",app="overhead"'
ends_with 0 summary base.h5 --format prometheus
metrics >/dev/null || fail "$what: $out"

# CSV says when, where, in which job and of what commit.
ends_with 0 export base.h5 --format summary-csv
[[ $out == launch,date,host,job,commit,app,variant,* ]] || fail "$what: $out"
grep -qE '^[0-9TZ]+-[0-9a-f]{8},20[0-9-]+T[0-9:]+Z,node1:1,,aaaa,reduce,serial,' <<<"$out" || fail "$what: $out"

ends_with 2 scaling base.h5 --format junit
warns junit
exit $((failures > 0))
