#!/usr/bin/env python3
"""Reads results of fileio with other HDF5 programs (h5py, h5dump), and compares them with what Python computes.

    BIN=build/release/bin tests/apps/fileio/read_results.py

Exit 77: skipped, with the reason.
"""
import csv
import fractions
import gzip
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy
except ImportError:
    print("skipped: python3 has no h5py, results are not read with other programs")
    sys.exit(77)

BIN = pathlib.Path(os.environ["BIN"]).resolve()


def run(*command, status=0):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
    assert done.returncode == status, f"{command}: {done.returncode}, {done.stdout}{done.stderr}"
    return done.stdout


def make_input(folder):
    """Files with records of any length, in the order they are read; [(name, bytes)]."""
    numbers = random.Random(20261122)

    def line():
        words = [f"{numbers.uniform(-1, 1) * 10 ** numbers.randint(-30, 30):.{numbers.randint(0, 17)}E}" for _ in range(numbers.randint(1, 9))]
        return numbers.choice([" ", "\t", ",", "  ", " , "]).join(words)

    def text(lines):
        return "".join(numbers.choice([line() + "\n"] * 8 + [line() + "\r\n", "# a comment\n", "\n", "not a number\n"]) for _ in range(lines))

    content = {"a.txt": text(1000), "b/empty": "", "b/packed": text(300), "c d, \u00e4.txt": text(500) + line()}
    for name, written in content.items():
        (folder / name).parent.mkdir(exist_ok=True)
        data = written.encode()
        (folder / name).write_bytes(gzip.compress(data) if name == "b/packed" else data)
    return [(f"data/{name}", written) for name, written in content.items()]


def expected_records(files):
    """[(file, line, fields)], how many are rejected, how many skipped."""
    records, rejected, skipped = [], 0, 0
    for index, (_, text) in enumerate(files):
        lines = text.split("\n")
        for number, line in enumerate(lines[:-1] if lines[-1] == "" else lines, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                skipped += 1
            elif line == "not a number":
                rejected += 1
            else:
                records.append((index, number, [float(word) for word in line.replace(",", " ").split()]))
    return records, rejected, skipped


def total(fields):
    return float(sum(map(fractions.Fraction, fields)))


def check_attributes(file, calculation, records, rejected, skipped):
    assert file.attrs["format"] == b"pacer-results" and file.attrs["format_version"] == 1
    assert file.attrs["written_by"].startswith(b"Pacer ")
    assert file.attrs["calculation"] == calculation.encode(), file.attrs["calculation"]
    counts = tuple(int(file.attrs[name]) for name in ("records", "rejected", "skipped"))
    assert counts == (records, rejected, skipped), counts
    assert f"calculation: {calculation}\n".encode() in file.attrs["options"], file.attrs["options"]
    assert b" bytes, " in file.attrs["input"], file.attrs["input"]
    assert len(file.attrs["content"]) == 16 and int(file.attrs["content"], 16), file.attrs["content"]
    assert len(file.attrs) == 10, list(file.attrs)


def check_sums(path, files, records, rejected, skipped):
    with h5py.File(path, "r") as file:
        check_attributes(file, "sum", len(records), rejected, skipped)
        assert set(file) == {"results", "file", "line", "files"}, list(file)
        assert [name.decode() for name in file["files"][:]] == [name for name, _ in files]
        assert file["results"].dtype == numpy.float64 and file["results"].shape == (len(records), 1)
        assert file["file"].dtype == numpy.int32 and file["line"].dtype == numpy.int64
        assert file["file"][:].tolist() == [index for index, _, _ in records]
        assert file["line"][:].tolist() == [number for _, number, _ in records]
        sums = [total(fields) for _, _, fields in records]
        assert file["results"][:, 0].tobytes() == numpy.array(sums).tobytes(), "other sums"


def check_csv(path, files, records):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["file", "line", "result_1"], rows[0]
    got = [(name, int(line), float(value)) for name, line, value in rows[1:]]
    assert got == [(files[index][0], number, total(fields)) for index, number, fields in records]


def columns_of(records):
    """count, mean, variance, min, max of each column, from exact sums."""
    width = max(len(fields) for _, _, fields in records)
    for column in range(width):
        values = [fields[column] for _, _, fields in records if len(fields) > column]
        exact = [fractions.Fraction(value) for value in values]
        mean = sum(exact) / len(exact)
        variance = sum((value - mean) ** 2 for value in exact) / (len(exact) - 1)
        yield len(values), float(mean), float(variance), min(values), max(values)


def check_statistics(path, records, rejected, skipped):
    with h5py.File(path, "r") as file:
        check_attributes(file, "stats", len(records), rejected, skipped)
        assert set(file) == {"statistics"}, list(file)
        table = file["statistics"]
        names = ("count", "mean", "variance", "min", "max")
        assert set(table) == set(names), list(table)
        got = list(zip(*(table[name][:].tolist() for name in names)))
        assert got == list(columns_of(records)), f"{got}, not {list(columns_of(records))}"


def check_h5dump(path, records):
    whole = run("h5dump", path)
    assert "pacer-results" in whole and f"( {len(records)}, 1 )" in whole and "H5T_VARIABLE" not in whole
    for name in ("results", "file", "line", "files"):
        assert f'DATASET "{name}"' in whole, name


def main():
    if not shutil.which("h5dump"):
        print("skipped: the HDF5 tools are not installed, results are not read with other programs")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        pathlib.Path("data").mkdir()
        files = make_input(pathlib.Path("data"))
        records, rejected, skipped = expected_records(files)
        account = f"records in {len(records) + rejected + skipped} = done {len(records)} + rejected {rejected} + skipped {skipped}\n"
        for ranks in (1, 3):
            launch = ["mpirun", "-np", ranks, BIN / "fileio", "--on-error", "skip", "--block", 1000 * ranks, "--ragged", "--force", "data"]
            assert account in run(*launch, "--calculation", "sum", "--out", "r.h5"), account
            check_sums("r.h5", files, records, rejected, skipped)
            assert account in run(*launch, "--calculation", "sum", "--out", "r.csv")
            check_csv("r.csv", files, records)
            assert account in run(*launch, "--calculation", "stats", "--out", "s.h5")
            check_statistics("s.h5", records, rejected, skipped)
        check_h5dump("r.h5", records)
        # No records at all.
        run(BIN / "fileio", "--calculation", "lorenz:5", "--out", "none.h5", "data/b/empty", status=1)
        with h5py.File("none.h5", "r") as file:
            assert file["results"].shape == (0, 3) and file["line"].shape == (0,) and len(file["files"]) == 1
        run("h5dump", "none.h5")
        os.chdir("/")
    print("other HDF5 programs read the results")


main()
