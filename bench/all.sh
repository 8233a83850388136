#!/bin/bash
# Everything side by side in one go: the machine's limits, OrderCenter on PostgreSQL and SQLite, and other engines that deliver callbacks durably; in rounds,
# so that whatever else this machine does meets all alike. Writes bench/reports/DATE-all.md and docs/charts/*.svg. Talks to 127.0.0.1 only (but for packages
# that are missing), keeps all databases in a directory of its own, stops and removes what it started. docs/benchmarks.md says what the numbers mean.
#   SECS=5 RUNS=3 bench/all.sh          seconds a measurement, rounds (the median counts)
#   JOBS=40000                          callbacks a run (without it: what takes SECS seconds, 40,000 at least)
#   PARTS=limits,us,peers,isolation,rising,flat   default all; flat takes long, for it first fills a database
#   ENGINES=postgres,sqlite  PEERS=pgboss,graphile,bullmq,masstransit,rabbitmq,quartz
#   FLAT_ORDERS=5000000 FLAT_WAITING=1000000      how full that database is
#   BENCH_DIR=/var/tmp                  where the databases go: a real disk, for fsync is half of what is measured
#   SERVICE=path/to/ordercenter         measure this build of the service
#   BUILD=0 INSTALL=0                   do not build first; do not install packages of the operating system
#   REPORT=path.md CHARTS=directory     write there
set -euo pipefail
cd "$(dirname "$0")/.."
PEERS_DIR=bench/peers
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
say() { echo "$*" >&2; }
# A part may be named by its beginning, and no two begin alike.
wanted() { [[ ",${PARTS:-limits,us,peers,isolation,rising,flat}," == *",${1:0:1}"* ]]; }

# A failure here ends nothing: what cannot be measured without it is reported as failed, with the reason.
install_packages() {
  local missing=()
  command -v wrk >/dev/null || missing+=(wrk)
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
  if wanted peers; then
    command -v redis-server >/dev/null || missing+=(redis-server)
    [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || missing+=(rabbitmq-server)
    command -v node >/dev/null || missing+=(nodejs npm)
  fi
  [ ${#missing[@]} -gt 0 ] || return 0
  say "missing: ${missing[*]}"
  if [ "${INSTALL:-1}" = 0 ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "install them: apt-get install --no-install-recommends ${missing[*]}"
    return 0
  fi
  # Their own servers would be started on their own ports; this run starts what it needs.
  local policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } >&2 || say "could not install: ${missing[*]}"
  if [ -n "$(trap -p EXIT)" ]; then rm -f $policy; trap - EXIT; fi
}

# attempt NAME COMMAND...: what it said at the end, where it failed, is the reason that the report gives.
attempt() {
  local name=$1 said; shift
  if said=$("$@" 2>&1); then return 0; fi
  said=$(tail -n 4 <<<"$said" | tr '\n' ' ')
  say "$name: $said"
  export "PEER_FAULT_$name=$said"
  return 1
}

build() {
  dotnet build -c Release -v quiet --nologo bench >&2
  wanted peers || return 0
  for project in masstransit quartz; do
    # What was built before is not measured in place of what does not build.
    attempt $project dotnet build -c Release -v quiet --nologo "$PEERS_DIR/$project" || rm -rf "$PEERS_DIR/$project/bin/Release"
  done
  attempt node npm ci --prefix "$PEERS_DIR/node" --ignore-scripts --no-audit --no-fund --loglevel=error || rm -rf "$PEERS_DIR/node/node_modules"
}

for tool in dotnet python3; do
  command -v $tool >/dev/null || { say "$tool is missing$([ $tool = dotnet ] && echo ': the .NET SDK of global.json')"; exit 2; }
done
install_packages
[ "${BUILD:-1}" = 0 ] || build
export PYTHONDONTWRITEBYTECODE=1
exec python3 bench/all/main.py
