#!/bin/bash
# Two builds of the service side by side, in turns, on both engines: what a change cost or gained. Prints a table of medians and ratios.
#   bench/compare.sh BEFORE AFTER       the programs (…/ordercenter) of two Release builds; the bench's own programs are those of this checkout
#   SECS=5 RUNS=5 ENGINES=postgres,sqlite BENCH_DIR=/var/tmp   as for bench/all.sh
#   STEPS=createorder,callbacks         only the measurements whose names begin so
set -euo pipefail
[ $# = 2 ] || { sed -n '2,6p' "$0" >&2; exit 2; }
command -v wrk >/dev/null || { echo "wrk is missing: apt-get install wrk" >&2; exit 1; }
before=$(realpath "$1") after=$(realpath "$2")
cd "$(dirname "$0")/.."
[ "${BUILD:-1}" = 0 ] || dotnet build -c Release -v quiet --nologo bench >&2
export PYTHONDONTWRITEBYTECODE=1 RUNS=${RUNS:-5}
exec python3 bench/all/compare.py "$before" "$after"
