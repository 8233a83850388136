#!/usr/bin/env bash
# Makes the pictures of docs/console.md anew (docs/images/console-*.png), from the demo. Needs what the tests need: run test.sh once before.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build tests/OrderCenter.Tests --nologo --verbosity quiet
mkdir -p docs/images
dotnet tests/OrderCenter.Tests/bin/Debug/net10.0/OrderCenter.Tests.dll -explicit only -class OrderCenter.Tests.Console.Screenshots
