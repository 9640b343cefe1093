"""The doubles of `reduce --data`, made once more by other means, and their sums by math.fsum.

    exact_data.py DATA ELEMENTS      prints the sum in hexadecimal, as reduce --expect wants it
"""
import math
import sys

MASK = 2**64 - 1


def random_bits(counter):
    z = (counter + 1) * 0x9E3779B97F4A7C15 & MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def scaled(random, power, negative):
    value = math.ldexp(1 + (random >> 12) * 2.0**-52, power)
    return -value if negative else value


def element(data, index, elements):
    bits = random_bits(index)
    if data == "whole":
        return float(bits >> 54)
    if data == "uniform":
        return (bits >> 11) * 2.0**-53
    if data == "signed":
        return ((bits - 2**64 if bits >= 2**63 else bits) >> 10) * 2.0**-53
    if data == "wide":
        other = random_bits(~bits & MASK)
        return scaled(bits, ((other >> 32) * 600 >> 32) - 300, other & 1)
    assert data == "cancelling"
    mirrored = min(index, elements - 1 - index)
    if mirrored % 3 == 0 or 2 * index == elements - 1:
        return scaled(bits, -20, False)
    shared = random_bits(mirrored)
    return scaled(shared, 20, (shared & 1) != (mirrored != index))


if __name__ == "__main__":
    wanted, count = sys.argv[1], int(sys.argv[2])
    print(math.fsum(element(wanted, i, count) for i in range(count)).hex())
