#!/bin/bash
# The embedded service (SQLite) beside its limits, in one run: a plain SQLite loop and a bare Kestrel, interleaved, so that whatever else this machine
# does meets all of them alike. Writes bench/reports/DATE-embedded.md. Talks to 127.0.0.1 only, and stops what it started.
#   SECS=5 RUNS=3 bench/run.sh          seconds a measurement, measurements a number (the median counts)
#   PATIENCE=100                        seconds that may go into waiting for a quiet machine and measuring again
#   SERVICE=path/to/ordercenter         measure this build of the service
#   BUILD=0                             do not build first
#   BENCH_DIR=/var/tmp                  where the databases go: a real disk, for fsync is half of what is measured
#   REPORT=path.md                      write the report here
set -euo pipefail
cd "$(dirname "$0")/.."
SECS=${SECS:-5}; RUNS=${RUNS:-3}; WARMUP=${WARMUP:-5}; PATIENCE=${PATIENCE:-100}
REPORT=${REPORT:-bench/reports/$(date +%F)-embedded.md}
OTHERS_MAX=25 # hundredths of a core
PER_SECOND_MAX=40000 # bodies signed ahead for one second of createorder with order numbers
command -v wrk >/dev/null || { echo "wrk is missing: apt-get install wrk" >&2; exit 1; }
command -v dotnet >/dev/null || { echo "dotnet is missing: see global.json" >&2; exit 1; }

[ "${BUILD:-1}" = 0 ] || dotnet build -c Release -v quiet --nologo bench
BENCH="dotnet $PWD/bench/bin/Release/net10.0/OrderCenter.Bench.dll"
SERVICE=${SERVICE:-$PWD/bench/bin/Release/net10.0/ordercenter}
LUA=$PWD/bench/wrk/requests.lua
DIR=$(mktemp -d "${BENCH_DIR:-/var/tmp}/ordercenter-bench.XXXXXX")
STARTED=()
: >"$DIR/results.tsv"; : >"$DIR/faults"
stop() {
  for pid in "${STARTED[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${STARTED[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$DIR"
}
trap stop EXIT
trap 'exit 130' INT TERM

# start NAME COMMAND... sets PID and URL
start() {
  local log=$DIR/$1.log; shift
  "$@" >"$log" 2>&1 & PID=$!; STARTED+=("$PID")
  for _ in $(seq 150); do
    URL=$(sed -n 's/.*Now listening on: *\(http:[^ ]*\).*/\1/p' "$log" | head -1)
    [ -n "$URL" ] && return
    kill -0 "$PID" 2>/dev/null || break
    sleep 0.2
  done
  echo "did not start: $*" >&2; cat "$log" >&2; exit 1
}

cpu_ticks() { awk '{print $14+$15}' "/proc/$1/stat"; }
HZ=$(getconf CLK_TCK)
# All that this machine does: user, nice, system, interrupts, what its host takes.
busy_ticks() { awk '/^cpu /{print $2+$3+$4+$7+$8+$9}' /proc/stat; }
memory_kb() { awk -v f="$2:" '$1==f{print $2}' "/proc/$1/status"; }
# What the measurement before has left to be written would be paid by the next one.
settle() { sync -f "$DIR"; }
fail() { echo "WRONG: $*" | tee -a "$DIR/faults" >&2; }

# load NAME URL PID CONNECTIONS SECONDS KIND FILE: one run of wrk; sets REQUESTS, ROW and OTHERS
load() {
  local name=$1 url=$2 pid=$3 connections=$4 seconds=$5 ticks busy us bytes faults p50 p99
  settle
  ticks=$(cpu_ticks "$pid"); busy=$(busy_ticks); TIMEFORMAT='%U %S'
  { time BENCH_KIND=$6 BENCH_FILE=$7 wrk -t1 -c"$connections" -d"${seconds}s" -s "$LUA" "$url" >"$DIR/wrk.out" 2>&1; } 2>"$DIR/wrk.time" \
    || { cat "$DIR/wrk.out" >&2; exit 1; }
  ticks=$(($(cpu_ticks "$pid") - ticks)); busy=$(($(busy_ticks) - busy))
  read -r _ REQUESTS us bytes faults p50 p99 <<<"$(grep '^RESULT' "$DIR/wrk.out")"
  [ -n "$p99" ] || { cat "$DIR/wrk.out" >&2; exit 1; }
  if [ "$faults" != 0 ]; then fail "$name: $faults of $REQUESTS requests failed"; fi
  ROW=$(awk -v n="$name" -v c="$connections" -v r="$round" -v q="$REQUESTS" -v us="$us" -v p50="$p50" -v p99="$p99" -v t="$ticks" -v y="$busy" -v hz="$HZ" \
    '{s = us/1e6; o = (y/hz - t/hz - $1 - $2)/s
      printf "%s\t%s\t%s\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f", n, c, r, q/s, p50/1000, p99/1000, t/hz/s, o < 0 ? 0 : o}' "$DIR/wrk.time")
  OTHERS=${ROW##*$'\t'}
}

# create NAME CONNECTIONS KIND FILE: as load, and counts the rows
create() {
  local rows added
  if [ "$3" = bodies ]; then BATCH=$((BATCH + 1)); $BENCH bodies $((PER_SECOND_MAX * SECS)) "b$BATCH" "$4"; fi
  rows=$($BENCH rows "$DIR/orders.db")
  load "$1" "$SERVICE_URL/ordercenter/createorder" "$SERVICE_PID" "$2" "$SECS" "$3" "$4"
  added=$(($($BENCH rows "$DIR/orders.db") - rows))
  # What was under way when wrk stopped was committed and not counted.
  if [ "$added" -lt "$REQUESTS" ] || [ "$added" -gt $((REQUESTS + $2)) ]; then fail "$1@$2: $REQUESTS answers, $added rows"; fi
}

query() { load queryorder "$SERVICE_URL/ordercenter/queryorder" "$SERVICE_PID" "$1" "$SECS" targets "$DIR/query.txt"; }
kestrel_query() { load kestrel-query "$KESTREL_URL/ordercenter/queryorder" "$KESTREL_PID" "$1" "$SECS" targets "$DIR/query.txt"; }
kestrel_form() { load kestrel-form "$KESTREL_URL/ordercenter/createorder" "$KESTREL_PID" 64 "$SECS" body "$DIR/create.txt"; }

loop() {
  local rows seconds p50 p99 busy
  settle
  busy=$(busy_ticks); TIMEFORMAT='%R %U %S'
  { time $BENCH loop "$DIR/loop.db" "$SECS" >"$DIR/loop.out"; } 2>"$DIR/loop.time"
  busy=$(($(busy_ticks) - busy))
  read -r rows seconds SQLITE p50 p99 <"$DIR/loop.out"
  ROW=$(awk -v r="$round" -v n="$rows" -v s="$seconds" -v p50="$p50" -v p99="$p99" -v y="$busy" -v hz="$HZ" \
    '{o = (y/hz - $2 - $3)/$1; printf "plain-loop\t1\t%s\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f", r, n/s, p50/1000, p99/1000, ($2 + $3)/$1, o < 0 ? 0 : o}' "$DIR/loop.time")
  OTHERS=${ROW##*$'\t'}
}

# Whether there is time for more than the measurements that are left.
patient() { [ $((SECONDS + LEFT * (SECS + 2))) -lt "$DEADLINE" ]; }

# Waits until other work leaves the machine alone for a second, while there is time.
await_quiet() {
  local busy
  while patient; do
    busy=$(busy_ticks); sleep 1; busy=$(($(busy_ticks) - busy))
    [ "$busy" -gt $((HZ * OTHERS_MAX / 100)) ] || return 0
  done
}

# A measurement during which other work took more than OTHERS_MAX says little; it is made again, once, whatever it showed, while there is time.
measure() {
  await_quiet
  "$@"
  if awk -v o="$OTHERS" -v m="$OTHERS_MAX" 'BEGIN{exit !(o > m/100)}' && patient; then
    echo "again, for others took $OTHERS cores: $ROW" >&2
    AGAIN=$((AGAIN + 1))
    await_quiet
    "$@"
  fi
  LEFT=$((LEFT - 1))
  echo "$ROW" | tee -a "$DIR/results.tsv"
}

TOKEN=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')
start service env ASPNETCORE_URLS=http://127.0.0.1:0 ASPNETCORE_ENVIRONMENT=Development Admin__Token="$TOKEN" \
  ConnectionStrings__OrderCenter="Data Source=$DIR/orders.db" Logging__LogLevel__Default=Warning "$SERVICE"
SERVICE_PID=$PID SERVICE_URL=$URL
start kestrel $BENCH kestrel
KESTREL_PID=$PID KESTREL_URL=$URL
memory_start=$(memory_kb "$SERVICE_PID" VmRSS)
$BENCH prepare "$SERVICE_URL" "$TOKEN" "$DIR"

echo "warming up" >&2
round=0
load warmup "$SERVICE_URL/ordercenter/createorder" "$SERVICE_PID" 64 "$((2 * WARMUP))" body "$DIR/create.txt"
load warmup "$SERVICE_URL/ordercenter/queryorder" "$SERVICE_PID" 64 "$WARMUP" targets "$DIR/query.txt"
load warmup "$KESTREL_URL/ordercenter/createorder" "$KESTREL_PID" 64 "$WARMUP" body "$DIR/create.txt"
load warmup "$KESTREL_URL/ordercenter/queryorder" "$KESTREL_PID" 64 "$WARMUP" targets "$DIR/query.txt"
$BENCH verify "$SERVICE_URL" "$DIR/query.txt" >/dev/null || fail "queryorder answered another order"
# The bare server answers one fixed number; that it answers at all proves that it accepted the signs.
$BENCH verify "$KESTREL_URL" "$DIR/query.txt" >/dev/null || [ $? = 1 ] || fail "the bare server refused a sign"

BATCH=0 AGAIN=0 LEFT=$((9 * RUNS)) DEADLINE=$((SECONDS + LEFT * (SECS + 2) + PATIENCE))
for round in $(seq "$RUNS"); do
  measure loop
  measure create createorder 64 body "$DIR/create.txt"
  measure create createorder-unique 64 bodies "$DIR/bodies.txt"
  measure kestrel_form
  measure query 64
  measure kestrel_query 64
done
memory_rss=$(memory_kb "$SERVICE_PID" VmRSS)
memory_peak=$(memory_kb "$SERVICE_PID" VmHWM)
for round in $(seq "$RUNS"); do
  measure create createorder 256 body "$DIR/create.txt"
  measure query 256
  measure kestrel_query 256
done
memory_peak_256=$(memory_kb "$SERVICE_PID" VmHWM)
$BENCH verify "$SERVICE_URL" "$DIR/query.txt" >/dev/null || fail "queryorder answered another order after the load"
if grep -qE '^(warn|fail|crit)|warn:|fail:|crit:' "$DIR/service.log"; then fail "the service logged: $(grep -m1 -E 'warn:|fail:|crit:' "$DIR/service.log")"; fi

cat >"$DIR/facts" <<FACTS
date	$(date -u '+%F %H:%M UTC')
commit	$(git rev-parse --short HEAD 2>/dev/null || echo unknown)$(git diff --quiet HEAD -- src 2>/dev/null || echo ' and changes')
command	SECS=$SECS RUNS=$RUNS bench/run.sh
cores	$(nproc), $(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -1)
memory	$(awk '/^MemTotal/{printf "%.0f GB", $2/1e6}' /proc/meminfo)
kernel	$(uname -sr)
disk	$(df --output=fstype,source "$DIR" | tail -1 | tr -s ' '); fsync on
dotnet	$(dotnet --version), runtime $(dotnet --list-runtimes | sed -n 's/^Microsoft.AspNetCore.App \([^ ]*\).*/\1/p' | tail -1)
sqlite	$SQLITE
wrk	$(wrk -v 2>&1 | head -1 | cut -d' ' -f2), -t1, on the same cores
again	$AGAIN
memory_start_kb	$memory_start
memory_rss_kb	$memory_rss
memory_peak_kb	$memory_peak
memory_peak_256_kb	$memory_peak_256
orders	$($BENCH rows "$DIR/orders.db")
faults	$(tr '\n' ';' <"$DIR/faults")
FACTS
mkdir -p "$(dirname "$REPORT")"
$BENCH report "$DIR/results.tsv" "$DIR/facts" "$REPORT"
