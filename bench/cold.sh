#!/bin/bash
# Two builds of the service side by side from their start on, in turns, on SQLite: how soon they are ready, what they hold idle, how slow their first seconds are,
# and how fast they send a backlog that became due while they were stopped. Prints a table of medians and ratios.
#   bench/cold.sh BEFORE AFTER          the programs (…/ordercenter), e.g. the JIT build and the native binary
#   SECS=5 RUNS=5 JOBS=36000 BENCH_DIR=/var/tmp   as for bench/all.sh
set -euo pipefail
[ $# = 2 ] || { sed -n '2,6p' "$0" >&2; exit 2; }
command -v wrk >/dev/null || { echo "wrk is missing: apt-get install wrk" >&2; exit 1; }
before=$(realpath "$1") after=$(realpath "$2")
cd "$(dirname "$0")/.."
[ "${BUILD:-1}" = 0 ] || dotnet build -c Release -v quiet --nologo bench >&2
export PYTHONDONTWRITEBYTECODE=1 RUNS=${RUNS:-5} JOBS=${JOBS:-36000} ENGINES=sqlite
exec python3 bench/all/cold.py "$before" "$after"
