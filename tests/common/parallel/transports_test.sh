#!/usr/bin/env bash
# The ways in which Open MPI moves messages and does one-sided operations, and an MPI without threads: right answers by
# all, since the standard promises no more. Wants $BIN, the folder of the programs. Usage: transports_test.sh FAULTS_LIBRARY
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

cp "$1" "$scratch/faults.so" # LD_PRELOAD takes no path with a blank
cd "$scratch"
[[ $(mpirun --version) == *'Open MPI'* ]] || { without 'the components are those of Open MPI' && finish; }

transports=(
    'OMPI_MCA_osc=pt2pt'
    'OMPI_MCA_btl=self,tcp'
    'OMPI_MCA_pml=ob1 OMPI_MCA_btl=self,tcp OMPI_MCA_osc=pt2pt'
    'OMPI_MCA_pml=cm OMPI_MCA_mtl=ofi'
    "LD_PRELOAD=$scratch/faults.so FAULT=single"
)
launches=(
    'reduce -n 1e6 --variants mpi,shared,chunked'
    'reduce -n 1e6 --source memory --variants mpi,chunked'
    'race -n 1e4 --window-increments 100'
    'queues -n 20 --steps 1e4'
)
for transport in "${transports[@]}"; do
    if [[ $transport == *mtl=ofi* ]] && ! grep -q '^mca:mtl:ofi:' <<<"$(ompi_info --parsable 2>/dev/null)"; then
        without 'this Open MPI has no messages over libfabric' && continue
    fi
    for launch in "${launches[@]}"; do
        # shellcheck disable=SC2086 # words
        run env $transport timeout 60 mpirun -np 3 "$BIN/"$launch --no-limits --no-dump --repeats 2 --quiet
        expect 0 "$transport, $launch"
    done
done

finish
