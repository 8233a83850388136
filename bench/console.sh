#!/bin/bash
# What the console reads, over a database of a million orders on SQLite, and what live consoles cost createorder, side by side. Prints a table.
#   ORDERS=1000000 RUNS=5 SECS=5 BENCH_DIR=/var/tmp    how full the database is, rounds (the median counts), seconds a load, where the database goes
#   CONSOLES=10                         how many consoles are live
#   LOAD=0 READS=0                      do not measure the load; do not measure the reads
#   SERVICE=path/to/ordercenter BUILD=0 as for bench/all.sh
set -euo pipefail
command -v wrk >/dev/null || { echo "wrk is missing: apt-get install wrk" >&2; exit 1; }
cd "$(dirname "$0")/.."
[ "${BUILD:-1}" = 0 ] || dotnet build -c Release -v quiet --nologo bench >&2
export PYTHONDONTWRITEBYTECODE=1 RUNS=${RUNS:-5}
exec python3 bench/all/console.py
