#!/bin/bash
# One game at 20 times its rate limit, and what another game feels of it: createorder of the other one at a steady rate, alone and beside the flood, in turns, on
# SQLite. Prints a line a round, and the medians with the ratio of the p99s, which shall be 1.5 at most. Load generators share the cores with the service.
#   LIMIT=100 ROUNDS=5 SECS=5          requests a second that a game may make, rounds, seconds a measurement
#   SERVICE=path/to/ordercenter BENCH_DIR=/var/tmp BUILD=0     as for bench/run.sh
set -euo pipefail
cd "$(dirname "$0")/.."
LIMIT=${LIMIT:-100}; ROUNDS=${ROUNDS:-5}; SECS=${SECS:-5}
[ "${BUILD:-1}" = 0 ] || dotnet build -c Release -v quiet --nologo bench
BENCH="dotnet $PWD/bench/bin/Release/net10.0/OrderCenter.Bench.dll"
SERVICE=${SERVICE:-$PWD/bench/bin/Release/net10.0/ordercenter}
DIR=$(mktemp -d "${BENCH_DIR:-/var/tmp}/ordercenter-flood.XXXXXX")
PID=
stop() { [ -z "$PID" ] || { kill "$PID" 2>/dev/null && wait "$PID" 2>/dev/null || true; }; rm -rf "$DIR"; }
trap stop EXIT
: >"$DIR/service.log"
TOKEN=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')
env ASPNETCORE_URLS=http://127.0.0.1:0 ASPNETCORE_ENVIRONMENT=Development Admin__Token="$TOKEN" Limits__RequestsPerSecondPerApp="$LIMIT" \
  ConnectionStrings__OrderCenter="Data Source=$DIR/orders.db" Logging__LogLevel__OrderCenter=Error "$SERVICE" >"$DIR/service.log" 2>&1 & PID=$!
URL=
for _ in $(seq 150); do
  URL=$(sed -n 's/.*Now listening on: *\(http:[^ ]*\).*/\1/p' "$DIR/service.log" | head -1)
  [ -z "$URL" ] || break
  kill -0 "$PID" 2>/dev/null || break
  sleep 0.2
done
[ -n "$URL" ] || { echo "the service did not start" >&2; cat "$DIR/service.log" >&2; exit 1; }
$BENCH floodapps "$URL" "$TOKEN" "$DIR"
calm() { $BENCH offer "$URL/ordercenter/createorder" "$DIR/calm.txt" $((LIMIT * 4 / 5)) "$1"; }
# From before the other begins, its warming up included, until after it has ended.
flood() { $BENCH flood "$URL/ordercenter/createorder" "$DIR/flood.txt" $((LIMIT * 20)) $((SECS + 4)); }

calm 5 >/dev/null; flood >/dev/null
for round in $(seq "$ROUNDS"); do
  read -r _ a50 a99 amax _ <<<"$(calm "$SECS")"
  flood >"$DIR/flood.out" & FLOOD=$!
  sleep 2
  read -r _ b50 b99 bmax _ <<<"$(calm "$SECS")"
  wait "$FLOOD"
  read -r taken refused other reached <"$DIR/flood.out"
  echo "round $round: alone p50 $a50 p99 $a99 max $amax ms; beside the flood p50 $b50 p99 $b99 max $bmax ms; flood $reached a second: $taken taken, $refused refused, $other other"
  echo "$a99 $b99" >>"$DIR/p99"
done
median() { cut -d' ' -f"$1" "$DIR/p99" | sort -n | awk '{a[NR] = $1} END {print a[int((NR + 1) / 2)]}'; }
a=$(median 1); b=$(median 2)
echo "median p99: alone $a ms, beside the flood $b ms, ratio $(awk -v a="$a" -v b="$b" 'BEGIN {printf "%.2f", b / a}')"
