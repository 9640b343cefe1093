#!/usr/bin/python3
"""The file lesson a Python workshop arrives at: a master, a queue of records and worker processes.

The main process reads the file line by line and puts the records into a queue. Each worker takes one after the
other, sleeps 1 ms for a long calculation, sums the row, and puts the sum into a queue of results, or what is wrong
with the record into a queue of errors. When it meets the end signal it puts one into both. The main process gathers
until it has met one from every worker. The workers are up before the clock starts: it runs from opening the file to
the last end signal. Afterwards every sum is compared with that of a plain loop.

    tests/benchmarks/workshop_fileio.py [FILE] [--rows N] [--workers N] [--milliseconds T] [--repeats R] [--json]
"""

import argparse
import json
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time

END = None


def row_sum(line):
    return sum(float(field) for field in line.split())


def work(tasks, results, errors, ready, seconds):
    ready.wait()
    while (task := tasks.get()) is not END:
        number, line = task
        time.sleep(seconds)
        try:
            results.put((number, row_sum(line)))
        except ValueError as error:
            errors.put((number, str(error)))
    results.put(END)
    errors.put(END)


def gather(queue, workers):
    """What the queue holds by line number, once every worker has put its end signal."""
    gathered, working = {}, workers
    while working > 0:
        if (item := queue.get()) is END:
            working -= 1
        else:
            number, value = item
            if number in gathered:
                sys.exit(f"workshop_fileio.py: record {number} came twice")
            gathered[number] = value
    return gathered


def process(path, workers, work_seconds):
    """The sums and the errors by line number, and the seconds it took."""
    tasks, results, errors = (multiprocessing.Queue() for _ in range(3))
    ready = multiprocessing.Barrier(workers + 1)
    processes = [multiprocessing.Process(target=work, args=(tasks, results, errors, ready, work_seconds))
                 for _ in range(workers)]
    for one in processes:
        one.start()
    ready.wait()

    start = time.perf_counter()
    with open(path) as file:
        for task in enumerate(file, 1):
            tasks.put(task)
    for _ in processes:
        tasks.put(END)
    sums, wrong = gather(results, workers), gather(errors, workers)
    seconds = time.perf_counter() - start

    for one in processes:
        one.join()
    return sums, wrong, seconds


def make_input(rows):
    """A file of so many rows of three numbers, as the workshop's."""
    numbers = random.Random(1)
    with tempfile.NamedTemporaryFile("w", prefix="workshop-", suffix=".txt", delete=False) as file:
        for _ in range(rows):
            file.write("".join(f"{numbers.uniform(-10, 10):22.14E}" for _ in range(3)) + "\n")
    return file.name


def count(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return number


def main():
    parser = argparse.ArgumentParser(description="Process a file of records through queues and time it.")
    parser.add_argument("file", nargs="?", help="rows of numbers (default: made, and removed again)")
    parser.add_argument("--rows", type=count, default=1000, help="rows to make (default %(default)s)")
    parser.add_argument("--workers", type=count, default=4, help="worker processes (default %(default)s)")
    parser.add_argument("--milliseconds", type=float, default=1, help="what a record takes (default %(default)s)")
    parser.add_argument("--repeats", type=count, default=5, help="timed repeats (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the line")
    options = parser.parse_args()

    path = options.file or make_input(options.rows)
    try:
        with open(path) as file:
            want = {number: row_sum(line) for number, line in enumerate(file, 1)}
        seconds = []
        for _ in range(options.repeats):
            sums, wrong, took = process(path, options.workers, options.milliseconds / 1000)
            if sums != want or wrong:
                sys.exit(f"workshop_fileio.py: {len(sums)} sums and {len(wrong)} errors of {len(want)} records, "
                         f"or wrong sums")
            seconds.append(took)
    finally:
        if not options.file:
            os.unlink(path)
    median = statistics.median(seconds)

    if options.json:
        print(json.dumps({"records": len(want), "workers": options.workers, "seconds": seconds,
                          "median_seconds": median}))
    else:
        print(f"python: {median:.4f} s, the median of {options.repeats} ({min(seconds):.4f} to {max(seconds):.4f} s), "
              f"{options.workers} workers, {len(want)} sums are right")


if __name__ == "__main__":
    main()
