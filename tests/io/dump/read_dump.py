#!/usr/bin/env python3
"""Reads dumps with other HDF5 programs (pandas, h5py, h5dump, h5repack), and gives timings dumps changed by them.

    BIN=build/release/bin tests/io/dump/read_dump.py build/release/tests/make_dump

Exit 77: skipped, with the reason.
"""
import gzip
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import warnings

try:
    import h5py
    import numpy
    import pandas
    import tables  # what pandas reads HDF5 with
    import xxhash
except ImportError as error:
    print(f"skipped: {error}, so dumps are not read with other programs")
    sys.exit(77)

BIN = pathlib.Path(os.environ["BIN"]).resolve()


def run(*command, status=0, stdin=b""):
    done = subprocess.run([str(word) for word in command], capture_output=True, input=stdin)
    text = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == status, f"{command}: {done.returncode}, {text}"
    return text


def exported(path):
    return run(BIN / "timings", "export", "--format", "json", path)


def cell(value):
    """A cell as the checksum takes it, by the description in io/dump/tables.hpp."""
    if isinstance(value, bytes):
        return struct.pack("<q", len(value)) + value
    if isinstance(value, numpy.floating):
        return struct.pack("<d", value) if value == value else struct.pack("<q", 0x7FF8000000000000)
    return struct.pack("<q", value)


def checksum(dataset):
    columns = dataset.attrs["columns"].decode().split(",")
    rows = (b"".join(cell(row[column]) for column in columns) for row in dataset[()])
    return xxhash.xxh3_128_hexdigest(struct.pack("<q", len(dataset)) + b"".join(rows))


def check_storage(path):
    """Numbers and strings of fixed length ("O" would be of variable length), and the checksums."""
    with h5py.File(path, "r") as file:
        assert file.attrs["format"] == b"pacer-timings" and file.attrs["format_version"] == 2
        listed = [line.split() for line in file.attrs["tables"].decode().splitlines()]
        assert sorted(name for name, _, _ in listed) == sorted(file)
        assert file.attrs["tables_checksum"].decode() == xxhash.xxh3_128_hexdigest(cell(file.attrs["tables"]))
        for name, rows, written in listed:
            dataset = file[name]
            assert dataset.chunks and dataset.compression == "gzip" and dataset.shuffle, name
            assert all(dataset.dtype[column].kind in "Sif" for column in dataset.dtype.names), dataset.dtype
            assert dataset.attrs["columns"].decode().split(",") == list(dataset.dtype.names), name
            assert len(dataset) == int(rows) and checksum(dataset) == written, name


def check_content(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pandas.HDFStore(path, mode="r") as dump:
            dump = {name: dump[name] for name in "launches facts placement limits watch cases checks repeats rank_seconds "
                    "rank_summary calls shares observed parameters problems profile doubts".split()}
    cases, repeats = dump["cases"], dump["repeats"]
    assert dump["launches"]["id"].tolist() == ["20261122T120721Z-00000001"]
    facts = dump["facts"][dump["facts"]["host"] == ""].set_index("name")
    assert facts.loc["cores", "whole"] == -64 and facts.loc["hosts", "text"] == "h\u00fctte, \u6e96"
    assert dump["placement"]["host"].tolist() == ["node-two", "node1", "node-two"]
    assert cases["variant"].tolist() == ["serial", "hybrid", "offload"]
    assert cases["not_run"].tolist() == ["", "", "it needs 2 ranks"]
    hybrid = repeats[repeats["case"] == 1]
    assert hybrid["position"].tolist() == [0, 1, 0, 1]
    calls = dump["calls"]
    assert len(calls) == 36 and set(calls["case"]) == {1} and calls["calls"].tolist()[:4] == [5, 5, 5, 6]
    assert calls.groupby(["repeat", "rank"]).size().tolist() == [3] * 12
    facts_of_hosts = dump["facts"][dump["facts"]["host"] != ""]
    assert set(facts_of_hosts["host"]) == {"node-two", "node1"}
    assert hybrid["round"].tolist() == [3, 4, 5, 6] and hybrid["slowest_rank"].tolist() == [2] * 4
    assert hybrid["start_skew_seconds"].isna().all()
    its = dump["rank_seconds"].merge(hybrid, left_on="repeat", right_index=True, suffixes=("_of_rank", ""))
    assert its.groupby("repeat")["seconds_of_rank"].max().tolist() == hybrid["seconds"].tolist()
    assert hybrid["seconds"].tolist()[1] == 1e-3 * 2 / 3 + 1e-5 * 2
    assert dump["shares"].query("case == 1")["items"].tolist() == [250, 251, 252]
    elements = dump["parameters"].query("case == 1 and name == 'elements'")
    assert elements["kind"].tolist() == ["i"] and elements["whole"].tolist() == [1 << 62]
    assert dump["checks"]["got"][1] == "10633823966279326980924856586993369088"
    assert dump["problems"]["baseline_variant"][cases["problem"][1]] == "simd"
    idle = dump["observed"].query("case == 1 and name == 'idle_seconds'")
    assert idle["value"].tolist() == [0, 0.5, 1, 1.5] and idle["repeat"].tolist() == hybrid.index.tolist()
    limits = cases.merge(dump["limits"], left_on="limit", right_index=True, suffixes=("", "_of_limit"))
    assert limits["probe"].to_dict() == {1: "int64_add", 2: "steps"} and cases["limit"].tolist() == [-1, 0, 1]
    assert limits["rate"].tolist() == [1.305e11, 1 / 3] and limits["ranks_of_limit"].tolist() == [3, 1]
    assert (cases["limit_derived"] == "").tolist() == [False, True, False]
    watch = dump["watch"]
    assert watch["host"].tolist() == ["node-two"] * 2 + ["node1"] * 2 and watch["at_seconds"].tolist() == [1.25, 2.5] * 2
    assert watch["frequency"].isna().tolist() == [False, True] * 2
    profile = dump["profile"].query("case == 1 and parent != ''")
    assert profile["rank"].tolist() == [0, 1, 2] and profile["hits"].tolist() == [1000] * 3
    assert len(dump["rank_summary"]) == 0
    whole = run("h5dump", "-p", path)
    assert "DEFLATE" in whole and "H5T_VARIABLE" not in whole and "it needs 2 ranks" in whole


def check_summary(path):
    """Of very many ranks there are quartiles only."""
    with h5py.File(path, "r") as file:
        summary, repeats = file["rank_summary"][()], file["repeats"][()]
        assert len(file["rank_seconds"]) == 4 and summary["repeat"].tolist() == [4, 5, 6, 7]
        assert summary["max"].tolist() == repeats["seconds"][4:].tolist()
        assert repeats["slowest_rank"][4:].tolist() == [2] * 4
        for row in summary:
            assert 0 < row["min"] < row["q1"] < row["median"] < row["q3"] < row["max"], row
    assert "q3" in run("h5dump", "-d", "/rank_summary", path)


def copied(source, target, change):
    shutil.copy(source, target)
    with h5py.File(target, "r+") as file:
        change(file)
    return target


def rewritten(file, name, rows, kind=None):
    """The table anew, as a program of others would write it."""
    attributes = {key: file[name].attrs.get_id(key).dtype for key in file[name].attrs}
    values = dict(file[name].attrs)
    del file[name]
    file.create_dataset(name, data=rows, dtype=kind)
    for key, of in attributes.items():
        file[name].attrs.create(key, values[key], dtype=of)


def check_example(path):
    """What the manual shows."""
    text = (pathlib.Path(__file__).parents[3] / "apps/timings/README.md").read_text()
    lines = text[text.index("    import pandas"):].split("\n\n")[0].splitlines()
    assert len(lines) == 5, lines
    program = "\n".join(line[4:] for line in lines).replace("before.h5", str(path))
    assert "hybrid  3        4.0" in run(sys.executable, "-W", "error", "-c", program)


def remade(source, target):
    """A file of another program with the same tables, without checksums of its structure."""
    with h5py.File(source, "r") as old, h5py.File(target, "w", libver="earliest") as new:
        for old_object, new_object in [(old, new)] + [
                (table, new.create_dataset(name, data=table[()], compression="gzip", maxshape=(None,)))
                for name, table in old.items()]:
            for key, value in old_object.attrs.items():
                new_object.attrs.create(key, value, dtype=old_object.attrs.get_id(key).dtype)
    return target


def relist(file, text):
    file.attrs.create("tables", text, dtype=f"S{len(text)}")
    file.attrs.create("tables_checksum", xxhash.xxh3_128_hexdigest(cell(text)).encode(), dtype="S32")


def unhashing(name):
    def change(file):
        lines = file.attrs["tables"].decode().splitlines(keepends=True)
        relist(file, "".join(line for line in lines if not line.startswith(name + " ")).encode())
    return change


def check_older(source):
    """A dump from before there were these tables."""
    def older(file):
        for name in ("calls", "limits", "watch", "rank_summary", "profile"):
            del file[name]
            unhashing(name)(file)

    path = copied(source, source.parent / "older.h5", older)
    assert "table cases has a limit of 0, which is impossible" in run(BIN / "timings", "show", path, status=2)

    def without_limits(file):
        older(file)
        rows = file["cases"][()]
        rows["limit"] = -1
        rewritten(file, "cases", rows)
        lines = [line.split() for line in file.attrs["tables"].decode().splitlines()]
        text = "".join(f"{name} {count} {checksum(file[name]) if name == 'cases' else written}\n"
                       for name, count, written in lines).encode()
        relist(file, text)

    path = copied(source, source.parent / "older.h5", without_limits)
    assert "right: format 2" in run(BIN / "timings", "validate", path)
    old, new = (json.loads(exported(one))["launches"][0] for one in (path, source))
    assert (old["limits"], old["watch"]) == ([], []) and len(new["limits"]) == 2 and len(new["watch"]) == 4
    for key in new:
        if key not in ("limits", "watch", "records"):
            assert old[key] == new[key], key
    for before, after in zip(old["records"], new["records"]):
        assert before["profile"] == [] and before["limit"] is None
        for key in after:
            if key not in ("profile", "limit", "limit_derived"):
                assert before[key] == after[key], key


def check_harmless_changes(source):
    """Files of others that hold the same numbers are right, and their numbers the same."""
    folder, expected = source.parent, exported(source)

    def extended(file):
        file.attrs["colour"] = "blue"
        file["cases"].attrs["mood"] = [1, 2]
        file["of_others"] = numpy.zeros(5)
        file.create_group("group/in/group")

    def by_others(file):
        for name in list(file):
            rewritten(file, name, file[name][()])

    def big_endian(file):
        rewritten(file, "repeats", file["repeats"][()], file["repeats"].dtype.newbyteorder(">"))

    def version_as_float(file):
        file.attrs["format_version"] = 2.0

    def in_ascii(file):
        for name in list(file):
            rows = file[name][()]
            rewritten(file, name, rows.astype([(column, rows.dtype[column].str) for column in rows.dtype.names]))

    def with_a_column(file):
        rows = file["shares"][()]
        kind = [("note", "S5")] + [(column, rows.dtype[column]) for column in rows.dtype.names] + [("weight", "f4")]
        more = numpy.zeros(len(rows), kind)
        for column in rows.dtype.names:
            more[column] = rows[column]
        rewritten(file, "shares", more)

    changed = [copied(source, folder / f"{change.__name__}.h5", change)
               for change in (extended, by_others, big_endian, with_a_column, in_ascii)]
    changed.append(remade(source, folder / "remade.h5"))
    for number, options in enumerate(([], ["-f", "NONE"], ["-l", "CONTI", "-f", "NONE"], ["-f", "GZIP=9"])):
        repacked = folder / f"repacked{number}.h5"
        run("h5repack", *options, changed[number], repacked)
        changed.append(repacked)
    for path in changed:
        assert exported(path) == expected, path
        assert "right: format 2" in run(BIN / "timings", "validate", path)


def check_harmful_changes(source, summarised):
    """A changed number, row, text or table is found, and the table named."""
    folder = source.parent

    def changing(name, column, value):
        def change(file):
            rows = file[name][()]
            rows[column][-1] = value
            file[name][...] = rows
        return change

    def removing(name):
        def change(file):
            del file[name]
        return change

    def shortening(name):
        def change(file):
            rewritten(file, name, file[name][:-1])
        return change

    def relisted(file):
        text = file.attrs["tables"].replace(b"cases 3", b"cases 2")
        file.attrs.create("tables", text, dtype=f"S{len(text)}")

    def newer(file):
        file.attrs["format_version"] = 3
        file.attrs["written_by"] = numpy.bytes_("Pacer 9.1.0")

    def foreign(file):
        file.attrs["format"] = numpy.bytes_("others")

    def columns_unnamed(file):
        del file["cases"].attrs["columns"]

    def column_unhashed(file):
        columns = file["cases"].attrs["columns"].replace(b",batch", b"")
        file["cases"].attrs.create("columns", columns, dtype=f"S{len(columns)}")

    def limit_unhashed(file):
        columns = file["cases"].attrs["columns"].replace(b",limit,", b",")
        file["cases"].attrs.create("columns", columns, dtype=f"S{len(columns)}")

    damaged = "it is damaged or was changed: "
    for number, (change, words) in enumerate((
        (changing("rank_seconds", "seconds", 1.0), damaged + "the checksum of table rank_seconds differs"),
        (changing("repeats", "seconds", 1.0), damaged + "the checksum of table repeats differs"),
        (changing("cases", "variant", b"shared"), damaged + "the checksum of table cases differs"),
        (changing("facts", "text", b"x"), damaged + "the checksum of table facts differs"),
        (changing("observed", "value", 7.0), damaged + "the checksum of table observed differs"),
        (changing("calls", "seconds", 1.0), damaged + "the checksum of table calls differs"),
        (changing("limits", "rate", 1.0), damaged + "the checksum of table limits differs"),
        (changing("cases", "limit", 0), damaged + "the checksum of table cases differs"),
        (changing("watch", "load", 1.0), damaged + "the checksum of table watch differs"),
        (changing("profile", "seconds", 1.0), damaged + "the checksum of table profile differs"),
        (shortening("profile"), damaged + "table profile has 8 rows, not the 9 written"),
        (removing("calls"), damaged + "it lacks table calls"),
        (removing("limits"), damaged + "it lacks table limits"),
        (removing("watch"), damaged + "it lacks table watch"),
        (removing("rank_summary"), damaged + "it lacks table rank_summary"),
        (removing("profile"), damaged + "it lacks table profile"),
        (limit_unhashed, damaged + "the checksum of table cases differs"),
        (removing("shares"), damaged + "it lacks table shares"),
        (removing("headlines"), damaged + "it lacks table headlines"),
        (shortening("repeats"), damaged + "table repeats has 7 rows, not the 8 written"),
        (unhashing("checks"), "its list of tables lacks checks"),
        (relisted, damaged + "the checksum of its list of tables differs"),
        (columns_unnamed, "table cases does not say which columns its checksum is of"),
        (column_unhashed, "table cases has no column batch of the right kind under its checksum"),
        (newer, "it is of format 3, written by Pacer 9.1.0: this program reads formats up to 2"),
        (foreign, "not a timing dump of Pacer"),
    )):
        path = copied(source, folder / f"harmed{number}.h5", change)
        message = run(BIN / "timings", "show", path, status=2)
        assert f"cannot read {path}: " in message and words in message and message.count("\n") == 1, message
    for change, words in ((changing("rank_summary", "q1", 1e-9), "the checksum of table rank_summary differs"),
                          (shortening("rank_summary"), "table rank_summary has 3 rows, not the 4 written")):
        path = copied(summarised, folder / "harmed_summary.h5", change)
        assert damaged + words in run(BIN / "timings", "show", path, status=2)
    repacked = folder / "harmed.h5"
    run("h5repack", folder / "harmed0.h5", repacked)
    assert "the checksum of table rank_seconds differs" in run(BIN / "timings", "show", repacked, status=2)


def check_damage(source):
    """Files of others have no checksums of their structure, and HDF5 crashes on some damage: timings does not."""
    data = (source.parent / "remade.h5").read_bytes()
    places = set(range(0, len(data), 331))
    with h5py.File(source, "r") as file:
        for table in file.values():  # the size of a row, in the description of its type
            described = struct.pack("<BBHI", 0x16, len(table.dtype.names), 0, table.dtype.itemsize)
            assert described in data, table.name
            places.add(data.index(described) + 6)
    path = source.parent / "flipped.h5"
    expected = exported(source)
    crashed = 0
    for at in sorted(places):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1:])
        done = subprocess.run([BIN / "timings", "export", "--format", "json", path], capture_output=True, timeout=60)
        text = done.stderr.decode(errors="backslashreplace")
        assert (done.returncode, text) == (0, "") or (done.returncode == 2 and text.count("\n") == 1), f"{at}: {done}"
        assert done.returncode == 2 or done.stdout.decode() == expected, f"{at}"
        crashed += text.endswith("it is cut or damaged\n")
    print(f"{crashed} of {len(places)} damages crashed a child process")


def check_pipes(source):
    expected, data = exported(source), source.read_bytes()
    packed = source.parent / "packed.h5.gz"
    packed.write_bytes(gzip.compress(data))
    assert exported(packed) == expected
    assert run(BIN / "timings", "export", "--format", "json", "-", stdin=data) == expected
    assert run(BIN / "timings", "export", "--format", "json", "-", stdin=gzip.compress(data)) == expected
    packed.write_bytes(gzip.compress(data)[:-100])
    assert "cut off" in run(BIN / "timings", "show", packed, status=2)


def main():
    if not shutil.which("h5dump") or not shutil.which("h5repack"):
        print("skipped: the HDF5 tools are not installed, dumps are not read with other programs")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "right.h5"
        run(pathlib.Path(sys.argv[1]).resolve(), "right", path)
        check_storage(path)
        check_content(path)
        check_example(path)
        check_older(path)
        check_harmless_changes(path)
        summarised = path.parent / "summarised.h5"
        run(pathlib.Path(sys.argv[1]).resolve(), "summarised", summarised)
        check_summary(summarised)
        check_harmful_changes(path, summarised)
        check_damage(path)
        check_pipes(path)
    print("other HDF5 programs read the dump")


main()
