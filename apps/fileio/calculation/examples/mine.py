import sys, numpy

block = []
for line in sys.stdin:
    if line != "\n":  # which ends a block
        block.append(line)
        continue
    x = numpy.loadtxt(block, ndmin=2)
    numpy.savetxt(sys.stdout, numpy.sqrt((x**2).sum(axis=1)), fmt="%.17g")
    print(flush=True)
    block = []
