#!/usr/bin/python3
"""The sum a Python workshop arrives at: 0 + 1 + ... + n-1 with numpy and multiprocessing.

A task queue hands chunks to the worker processes, each sums numpy.arange over its chunks and puts its
partial sum into a result queue when it meets the end signal. The workers are up before the clock starts:
it runs from the first task put into the queue to the last partial sum taken out.

    tests/benchmarks/workshop.py [--n N] [--processes P] [--chunk C] [--repeats R] [--json]

The default chunk is the fastest one measured, see tests/benchmarks/README.md.
"""

import argparse
import json
import multiprocessing
import statistics
import sys
import time

import numpy

END = None


def work(tasks, results, ready):
    ready.wait()
    total = 0
    while (chunk := tasks.get()) is not END:
        begin, end = chunk
        total += int(numpy.arange(begin, end, dtype=numpy.int64).sum())
    results.put(total)


def parallel_sum(n, processes, chunk):
    """The sum of 0..n-1 and the seconds it took."""
    tasks, results = multiprocessing.Queue(), multiprocessing.Queue()
    ready = multiprocessing.Barrier(processes + 1)
    workers = [multiprocessing.Process(target=work, args=(tasks, results, ready)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    ready.wait()

    start = time.perf_counter()
    for begin in range(0, n, chunk):
        tasks.put((begin, min(begin + chunk, n)))
    for _ in workers:
        tasks.put(END)
    total = sum(results.get() for _ in workers)
    seconds = time.perf_counter() - start

    for worker in workers:
        worker.join()
    return total, seconds


def count(text):
    """A whole number above 0, written 2000000000, 2e9 or 2_000_000_000."""
    number = float(text) if "e" in text.lower() else int(text)
    if number != int(number) or number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return int(number)


def main():
    parser = argparse.ArgumentParser(description="Sum 0..n-1 with numpy in worker processes and time it.")
    parser.add_argument("-n", "--n", type=count, default=2 * 10**9, help="how many numbers (default 2e9)")
    parser.add_argument("--processes", type=count, default=4, help="worker processes (default %(default)s)")
    parser.add_argument("--chunk", type=count, default=500_000, help="numbers in a task (default %(default)s)")
    parser.add_argument("--repeats", type=count, default=3, help="timed repeats (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the line")
    options = parser.parse_args()

    want = options.n * (options.n - 1) // 2
    seconds = []
    for _ in range(options.repeats):
        got, took = parallel_sum(options.n, options.processes, options.chunk)
        if got != want:
            sys.exit(f"workshop.py: wrong sum: got {got}, want {want}")
        seconds.append(took)
    median = statistics.median(seconds)

    if options.json:
        print(json.dumps({"n": options.n, "processes": options.processes, "chunk": options.chunk, "sum": got,
                          "numpy": numpy.__version__, "seconds": seconds, "median_seconds": median}))
    else:
        print(f"python: {median:.3f} s, the median of {options.repeats} ({min(seconds):.3f} to {max(seconds):.3f} s), "
              f"{options.processes} processes, chunks of {options.chunk}, sum {got} is right")


if __name__ == "__main__":
    main()
