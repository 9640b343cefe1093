#!/usr/bin/python3
"""The sum of each row of a file of three numbers a row, with numpy in worker processes.

Every worker opens the file itself, reads byte ranges that a pool hands out, moved to line ends, and has numpy parse
them; the main process gathers the sums in the order of the rows. --reader chooses numpy's parser:

    fromstring  numpy.fromstring, which takes any numbers between blanks: the fastest (default)
    loadtxt     numpy.loadtxt, which also knows comments and counts columns
    columns     whole-array arithmetic on the digits of "%22.14E", and of nothing else: no parser, but a bound

The workers are up before the clock starts: it runs from the first range handed out to the last sum in the array.

    tests/benchmarks/sum_numpy.py FILE [--processes P] [--range BYTES] [--reader NAME] [--repeats R] [--json]
"""

import argparse
import io
import json
import multiprocessing
import os
import statistics
import time

import numpy

COLUMNS = 3
WIDTH = 22
DIGITS = 10.0 ** numpy.arange(14, -1, -1)


def fromstring(text):
    return numpy.fromstring(text, sep=" ").reshape(-1, COLUMNS)


def loadtxt(text):
    return numpy.loadtxt(io.BytesIO(text), ndmin=2)


def columns(text):
    """Right to the last bit: 15 digits are a whole number that a double holds, as it does powers up to 1e22."""
    rows = numpy.frombuffer(text, numpy.uint8).reshape(-1, COLUMNS * WIDTH + 1)
    field = rows[:, :-1].reshape(-1, WIDTH)
    digits = numpy.empty((len(field), 15))
    digits[:, 0] = field[:, 2]
    digits[:, 1:] = field[:, 4:18]
    whole = (digits - ord("0")) @ DIGITS
    exponent = (field[:, 20] - ord("0")) * 10.0 + (field[:, 21] - ord("0"))
    power = numpy.where(field[:, 19] == ord("-"), -exponent, exponent) - 14
    if power.min() < -22 or power.max() > 22:
        raise ValueError("an exponent beyond what is exact in doubles")
    value = numpy.where(power < 0, whole / 10.0 ** -power, whole * 10.0 ** power)
    return numpy.where(field[:, 1] == ord("-"), -value, value).reshape(-1, COLUMNS)


READERS = {"fromstring": fromstring, "loadtxt": loadtxt, "columns": columns}


def start_worker(path, reader, ready):
    global file, read
    file, read = open(path, "rb"), READERS[reader]
    ready.wait()


def row_sums(begin_end):
    """Sums of the rows that start in the range."""
    begin, end = begin_end
    file.seek(max(begin - 1, 0))
    if begin > 0:
        file.readline()  # the rest of the row that starts before
    begin = file.tell()
    if begin >= end:
        return numpy.empty(0)
    text = file.read(end - begin)
    if not text.endswith(b"\n"):
        text += file.readline()
    return read(text).sum(axis=1)


def count(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return number


def main():
    parser = argparse.ArgumentParser(description="Sum each row of a file with numpy in worker processes and time it.")
    parser.add_argument("file", help="rows of three numbers")
    parser.add_argument("--processes", type=count, default=2, help="worker processes (default %(default)s)")
    parser.add_argument("--range", type=count, default=4 << 20, help="bytes at a time (default %(default)s)")
    parser.add_argument("--reader", choices=READERS, default="fromstring", help="numpy's (default %(default)s)")
    parser.add_argument("--repeats", type=count, default=1, help="timed repeats (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the line")
    options = parser.parse_args()

    size = os.path.getsize(options.file)
    ranges = [(begin, min(begin + options.range, size)) for begin in range(0, size, options.range)]
    seconds = []
    ready = multiprocessing.Barrier(options.processes + 1)
    with multiprocessing.Pool(options.processes, start_worker, (options.file, options.reader, ready)) as pool:
        ready.wait()
        for _ in range(options.repeats):
            start = time.perf_counter()
            sums = numpy.concatenate(list(pool.imap(row_sums, ranges)))
            seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds)

    if options.json:
        print(json.dumps({"rows": len(sums), "total": sums.sum(), "seconds": seconds, "median_seconds": median}))
    else:
        print(f"numpy: {median:.3f} s, the median of {options.repeats}, {options.processes} processes, "
              f"{options.reader}, {len(sums)} rows, total {sums.sum()}")


if __name__ == "__main__":
    main()
