#!/usr/bin/env bash
# The first process of a machine of the test cluster: it makes the machine's own view of the world and then only reaps,
# so that killing it switches the machine off. Started by cluster.sh in new namespaces.
#
#     node.sh FOLDER NAME        FOLDER is the cluster's
set -euo pipefail

folder=$1 name=$2
read -r pid _ </proc/self/stat # in the old /proc still: the id that the others know
echo "$pid" >"$folder/$name/pid"
hostname "$name"
mount --bind "$folder/hosts" /etc/hosts
mount --bind "$folder/$name/tmp" "$folder/tmp" # one path, and what is there differs: a node's own disk
mount -t tmpfs tmpfs /dev/shm
mount -t proc proc /proc
mount -t sysfs sysfs /sys # without cgroups: those are the outer machine's
ip link set lo up
: >"$folder/$name/ready"
trap : TERM
while :; do
    wait || true # adopted processes are reaped, for those that have ended count as running until then
    sleep 1 &
done
