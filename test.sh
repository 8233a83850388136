#!/usr/bin/env bash
# Passes the tests: installs the Debian packages that they need and this machine lacks, then runs them all.
set -euo pipefail
cd "$(dirname "$0")"

# postgresql: a database server of the tests' own; clang, zlib1g-dev: the native binary; php-cli and python3-msgpack: other implementations that must agree with
# ours; chromium, with letters for Chinese: the console; nodejs and npm, from wherever they are: the console, and a client generated from the OpenAPI document.
packages=(postgresql php-cli python3-msgpack clang zlib1g-dev chromium fonts-noto-cjk)
command -v npm >/dev/null || packages+=(nodejs npm)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "these packages are missing and this is no Debian: ${missing[*]}; the tests that need them are skipped" >&2
  else
    sudo=''; [ "$(id -u)" = 0 ] || sudo='sudo'
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  fi
fi

dotnet build OrderCenter.slnx --nologo --verbosity quiet

# Tests run most code a few times: to instrument it for a better second compilation costs a seventh of the processor time and gains nothing (measured).
export DOTNET_TieredPGO=0

run() {
  dotnet test tests/OrderCenter.Tests --no-build --nologo --logger 'console;verbosity=minimal' "$@"
}

# The native binary is made beside the tests, by what they leave of the processors.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
publishing=''
if [ "$#" = 0 ] && command -v clang >/dev/null; then
  nice -n 19 ./publish.sh >"$log" 2>&1 &
  publishing=$!
fi

# The whole suite on SQLite (with what is PostgreSQL's own), then all that touches the store again on PostgreSQL: without what is pure bytes and arithmetic.
status=0
run "$@" || status=$?
if [ "$#" = 0 ]; then
  ORDERCENTER_TESTS_ENGINE=postgres run \
    --filter 'FullyQualifiedName!~.Architecture.&FullyQualifiedName!~.Encodings.&FullyQualifiedName!~.Domain.&FullyQualifiedName!~.Vectors.&FullyQualifiedName!~.Client.&FullyQualifiedName!~.Simulator.&FullyQualifiedName!~.Console.&FullyQualifiedName!~.Deploy.&FullyQualifiedName!~.Persistence.&FullyQualifiedName!~NodesTests&FullyQualifiedName!~AppleChain&FullyQualifiedName!~AppleChannel&FullyQualifiedName!~AppleHostile&FullyQualifiedName!~GoogleChannel&FullyQualifiedName!~GoogleHostile&FullyQualifiedName!~ChannelProperties&FullyQualifiedName!~ChannelSettings&FullyQualifiedName!~RecipeProperties&FullyQualifiedName!~RecipeTextProperties&FullyQualifiedName!~RecipeValue' || status=$?

  # The native binary as a process: starts, kills and nodes, and every suite of hostile requests (without the two that need a clock of their own).
  if [ -n "$publishing" ]; then
    published=0
    wait "$publishing" || published=$?
    cat "$log"
    [ "$published" = 0 ] || exit "$published"
    # The newest: there may be releases of other versions and platforms.
    ORDERCENTER_TESTS_PROGRAM=$(ls -t "$PWD"/dist/ordercenter-*/ordercenter | head -1) run \
      --filter '(FullyQualifiedName~.EndToEnd.|FullyQualifiedName~.HostileTests.|FullyQualifiedName~.Deploy.PackageTests.|FullyQualifiedName~.Console.FirstStepsTests.)&FullyQualifiedName!~Time_is_judged_by_form_and_window&FullyQualifiedName!~A_day_that_is_not_over' || status=$?
  fi
fi
exit "$status"
