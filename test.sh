#!/usr/bin/env bash
# Passes the tests: installs the Debian packages that they need and this machine lacks, then runs them all.
set -euo pipefail
cd "$(dirname "$0")"

# libsqlite3-0, postgresql: the stores; php-cli and python3-msgpack: other implementations that must agree with ours.
packages=(libsqlite3-0 postgresql php-cli python3-msgpack)
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

# The whole suite on SQLite (with what is PostgreSQL's own), then all that touches the store again on PostgreSQL: without what is pure bytes and arithmetic.
status=0
dotnet test tests/OrderCenter.Tests --no-build --nologo --logger 'console;verbosity=minimal' "$@" || status=$?
if [ "$#" = 0 ]; then
  ORDERCENTER_TESTS_ENGINE=postgres dotnet test tests/OrderCenter.Tests --no-build --nologo --logger 'console;verbosity=minimal' \
    --filter 'FullyQualifiedName!~.Tidy.&FullyQualifiedName!~.Wire.&FullyQualifiedName!~.Model.&FullyQualifiedName!~.Vectors.&FullyQualifiedName!~.Client.&FullyQualifiedName!~.Simulator.&FullyQualifiedName!~.Store.&FullyQualifiedName!~NodesTests&FullyQualifiedName!~AppleChain&FullyQualifiedName!~AppleChannel&FullyQualifiedName!~AppleHostile&FullyQualifiedName!~GoogleChannel&FullyQualifiedName!~GoogleHostile&FullyQualifiedName!~ChannelProperties&FullyQualifiedName!~ChannelSettings' || status=$?
fi
exit "$status"
