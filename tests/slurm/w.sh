# sub FOLDER ARGS
F=$1; shift; id=$(./cluster.sh run $F sbatch --parsable "$@"); while ./cluster.sh run $F squeue -h -j $id -o %T 2>/dev/null| grep -q .; do sleep 0.2; done; ./cluster.sh run $F scontrol show job $id | grep -E 'JobState|ExitCode'
