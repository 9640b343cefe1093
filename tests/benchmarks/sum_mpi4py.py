#!/usr/bin/python3
"""The sum of each row of a file of three numbers a row, by a farm with mpi4py.

Rank 0 reads blocks, cuts them at line ends and hands them out, two at a time to each worker; the workers have numpy
parse them and send the sums back; rank 0 puts them in the order of the rows. All are up before the clock starts: it
runs from the first read to the last sum in the array. While rank 0 has nothing to do it sleeps: a rank that waits in
MPI_Probe keeps a core busy, which the workers need where there are as many of them as cores.

    mpirun -np 3 tests/benchmarks/sum_mpi4py.py FILE [--block BYTES] [--spin] [--repeats R] [--json]
"""

import argparse
import json
import statistics
import sys
import time

import numpy
from mpi4py import MPI

COLUMNS = 3
IN_FLIGHT = 2
NO_MORE = 0  # the tag that ends a worker; a block's tag is its number from 1, modulo what a tag may be
TAGS = 1 << 14

world = MPI.COMM_WORLD


def blocks(path, size):
    """The file in blocks of whole lines."""
    rest = b""
    with open(path, "rb") as file:
        while text := file.read(size):
            end = text.rfind(b"\n") + 1
            if end == 0:
                rest += text
                continue
            yield rest + text[:end]
            rest = text[end:]
    if rest:
        yield rest


def work():
    status = MPI.Status()
    while True:
        world.Probe(0, MPI.ANY_TAG, status)
        text = bytearray(status.Get_count(MPI.BYTE))
        world.Recv([text, MPI.BYTE], 0, status.tag)
        if status.tag == NO_MORE:
            return
        sums = numpy.fromstring(bytes(text), sep=" ").reshape(-1, COLUMNS).sum(axis=1)
        world.Send(sums, 0, status.tag)


def hand_out(path, size, spin):
    """The sum of each row."""
    todo, done, status = enumerate(blocks(path, size)), {}, MPI.Status()
    in_flight = {}  # (worker, tag): number of the block, the send and the text it still needs

    def send(worker):
        number, text = next(todo, (None, None))
        if text is None:
            return
        tag = 1 + number % TAGS
        in_flight[worker, tag] = number, world.Isend([text, MPI.BYTE], worker, tag), text

    for _ in range(IN_FLIGHT):
        for worker in range(1, world.size):
            send(worker)
    while in_flight:
        while not spin and not world.Iprobe(MPI.ANY_SOURCE, MPI.ANY_TAG):
            time.sleep(50e-6)
        world.Probe(MPI.ANY_SOURCE, MPI.ANY_TAG, status)
        sums = numpy.empty(status.Get_count(MPI.DOUBLE))
        world.Recv(sums, status.source, status.tag)
        number, request, _ = in_flight.pop((status.source, status.tag))
        request.Wait()
        done[number] = sums
        send(status.source)
    for worker in range(1, world.size):
        world.Send([b"", MPI.BYTE], worker, NO_MORE)
    return numpy.concatenate([done[number] for number in range(len(done))])


def count(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return number


def main():
    parser = argparse.ArgumentParser(description="Sum each row of a file by a farm with mpi4py and time it.")
    parser.add_argument("file", help="rows of three numbers")
    parser.add_argument("--block", type=count, default=1 << 20, help="bytes at a time (default %(default)s)")
    parser.add_argument("--spin", action="store_true", help="let rank 0 wait in MPI_Probe, as most such farms do")
    parser.add_argument("--repeats", type=count, default=1, help="timed repeats (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the line")
    options = parser.parse_args()
    if world.size < 2:
        sys.exit("sum_mpi4py.py: start it with mpirun -np 2 or more: rank 0 hands out, the others work")

    seconds = []
    for _ in range(options.repeats):
        world.Barrier()
        start = time.perf_counter()
        if world.rank > 0:
            work()
        else:
            sums = hand_out(options.file, options.block, options.spin)
        seconds.append(time.perf_counter() - start)
    if world.rank > 0:
        return
    median = statistics.median(seconds)

    if options.json:
        print(json.dumps({"rows": len(sums), "total": sums.sum(), "seconds": seconds, "median_seconds": median}))
    else:
        print(f"mpi4py: {median:.3f} s, the median of {options.repeats}, {world.size - 1} workers, {len(sums)} rows, "
              f"total {sums.sum()}")


if __name__ == "__main__":
    main()
