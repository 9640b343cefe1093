#!/usr/bin/env python3
"""Reads dumps with other HDF5 programs (h5py, h5dump, h5repack), and gives timings dumps changed by them.

    BIN=build/release/bin tests/io/dump/read_dump.py build/release/tests/make_dump

Exit 77: skipped, with the reason.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy
except ImportError:
    print("skipped: python3 has no h5py, dumps are not read with other programs")
    sys.exit(77)

BIN = pathlib.Path(os.environ["BIN"]).resolve()


def run(*command, status=0):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode == status, f"{command}: {done.returncode}, {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def checksum_line(data):
    """The last line of a dump, by its description in io/dump/dump.hpp."""
    fnv = 0xCBF29CE484222325
    for byte in data:
        fnv = ((fnv ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return b"\npacer-fnv1a64 %016x\n" % fnv


def check_storage(name, item):
    """Numbers and fixed-length strings ("O" would be of variable length), checksums on every dataset."""
    for key in item.attrs:
        assert item.attrs.get_id(key).dtype.kind in "Sif", f"{name}: {key}"
    if not isinstance(item, h5py.Dataset):
        return
    assert item.fletcher32 and item.chunks, name
    members = [item.dtype[n] for n in item.dtype.names] if item.dtype.names else [item.dtype]
    assert all(member.kind in "Sif" for member in members), f"{name}: {members}"


def check_content(path):
    with h5py.File(path, "r") as file:
        assert file.attrs["format"] == b"pacer-timings" and file.attrs["format_version"] == 1
        file.visititems(check_storage)
        launch = file["launch/20261122T120721Z-00000001"]
        assert len(launch.attrs) == 7 and launch.attrs["cores"] == -64
        assert launch.attrs["hosts"].decode() == "h\u00fctte, \u6e96"
        assert launch["placement"]["rank"].tolist() == [0, 1, 2]
        assert launch["placement"]["host"].tolist() == [b"node-two", b"node1", b"node-two"]
        assert launch["warnings"][:].tolist() == ["drift: the last third is slower".encode(), b"", "\u00e4".encode()]
        assert list(launch["case"]) == ["0000", "0001", "0002"]
        hybrid = launch["case/0001"]
        assert hybrid["seconds"].shape == (4, 3) and hybrid["seconds"].dtype == numpy.float64
        assert hybrid["seconds"][1, 2] == 1e-3 * 2 / 3 + 1e-5 * 2
        assert hybrid["round"].dtype == numpy.int32 and hybrid["round"][:].tolist() == [3, 4, 5, 6]
        assert hybrid["shares"]["work_items"].tolist() == [250, 251, 252]
        assert hybrid["parameters"].attrs["elements"] == 1 << 62
        assert hybrid.attrs["got"] == b"10633823966279326980924856586993369088"
        assert hybrid.attrs["baseline"] == b"simd" and list(hybrid["observed"]) == ["idle_seconds", "lost_updates"]
        assert hybrid["observed/idle_seconds"][:].ravel().tolist() == [0, 0.5, 1, 1.5]
        assert "seconds" not in launch["case/0002"] and launch["case/0002"].attrs["not_run"] == b"it needs 2 ranks"


def check_h5dump(path):
    assert "20261122T120721Z-00000001" in run("h5dump", "-H", path)
    whole = run("h5dump", "-p", path)
    assert "CHECKSUM FLETCHER32" in whole and "H5T_VARIABLE" not in whole
    assert "it needs 2 ranks" in whole


def changed(source, target, change, sign):
    """A copy of the dump, changed by h5py, which drops the last line; signed anew if asked."""
    shutil.copy(source, target)
    with h5py.File(target, "r+") as file:
        change(file)
    if sign:
        data = target.read_bytes()
        target.write_bytes(data + checksum_line(data))
    return target


def check_changed(source):
    folder = source.parent

    def newer(file):
        file.attrs["format_version"] = 2
        file.attrs["written_by"] = numpy.bytes_("Pacer 9.1.0")

    def foreign(file):
        file.attrs["format"] = numpy.bytes_("others")

    def extended(file):
        file.attrs["colour"] = numpy.bytes_("blue")
        file["launch/20261122T120721Z-00000001/case/0000"].attrs["mood"] = [1, 2]
        file["launch/20261122T120721Z-00000001"].attrs["spoken"] = "of variable length"

    def misshapen(file):
        del file["launch/20261122T120721Z-00000001/case/0001/round"]

    def unobserved(file):
        observed = file["launch/20261122T120721Z-00000001/case/0001/observed"]
        del observed["lost_updates"]
        observed["lost_updates"] = numpy.zeros((3, 1))

    def older(file):
        for case in file["launch/20261122T120721Z-00000001/case"].values():
            del case.attrs["baseline"]

    unsigned = run(BIN / "timings", "validate", changed(source, folder / "a.h5", extended, False), status=2)
    assert "changed by another program" in unsigned, unsigned
    expected = run(BIN / "timings", "export", "--format", "json", source)
    assert run(BIN / "timings", "export", "--format", "json", changed(source, folder / "b.h5", extended, True)) == expected
    without = run(BIN / "timings", "export", "--format", "json", changed(source, folder / "c.h5", older, True))
    assert expected.count('"baseline": "simd"') == without.count('"baseline": "serial"') == 3
    for change, words in (
        (newer, "format 2, written by Pacer 9.1.0: this program reads formats up to 1"),
        (foreign, "not a timing dump of Pacer"),
        (misshapen, "4 x 3 samples for 0 repeats on 3 ranks"),
        (unobserved, "3 x 1 numbers called lost_updates for 4 repeats"),
    ):
        message = run(BIN / "timings", "show", changed(source, folder / f"{change.__name__}.h5", change, True), status=2)
        assert words in message and message.count("\n") == 1, message
    run("h5repack", source, folder / "repacked.h5")
    assert "changed by another program" in run(BIN / "timings", "show", folder / "repacked.h5", status=2)


def main():
    if not shutil.which("h5dump") or not shutil.which("h5repack"):
        print("skipped: the HDF5 tools are not installed, dumps are not read with other programs")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "right.h5"
        run(pathlib.Path(sys.argv[1]).resolve(), "right", path)
        data = path.read_bytes()
        cut = data.rindex(b"\npacer-")
        assert data[cut:] == checksum_line(data[:cut])
        check_content(path)
        check_h5dump(path)
        check_changed(path)
    print("other HDF5 programs read the dump")


main()
