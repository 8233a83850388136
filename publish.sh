#!/usr/bin/env bash
# Makes the release: one native binary, and what belongs beside it, in dist/ordercenter-VERSION-RID/; where dpkg-deb is at hand, the Debian package
# dist/ordercenter_VERSION_ARCHITECTURE.deb of it.
#   ./publish.sh          for this machine: linux-x64 or linux-arm64
#   ./publish.sh RID      for another one; its C compiler and libraries must be at hand
# Needs the .NET SDK 10, clang and zlib's headers (on Debian: clang zlib1g-dev).
set -euo pipefail
cd "$(dirname "$0")"

case "$(uname -m)" in x86_64) here=linux-x64 ;; aarch64 | arm64) here=linux-arm64 ;; *) here=unknown ;; esac
rid=${1:-$here}
case "$rid" in
  linux-x64 | linux-arm64) ;;
  *) echo "publish.sh: '$rid' is no platform of a release; allowed: linux-x64, linux-arm64" >&2; exit 2 ;;
esac
command -v clang >/dev/null || command -v gcc >/dev/null || { echo 'publish.sh: a C compiler is needed to link the binary (on Debian: clang zlib1g-dev)' >&2; exit 1; }

version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
out=dist/ordercenter-$version-$rid
rm -rf "$out"
mkdir -p "$out"
dotnet publish src/OrderCenter -c Release -r "$rid" -o "$out" --nologo --verbosity quiet
# Symbols are not part of a release; whoever wants to read a crash keeps them from here.
mkdir -p "dist/symbols-$version-$rid"
find "$out" \( -name '*.dbg' -o -name '*.pdb' -o -name '*.xml' -o -name '*.deps.json' -o -name '*.staticwebassets.*' \) -exec mv -f {} "dist/symbols-$version-$rid/" \;
cp LICENSE README.md README.zh-CN.md CHANGELOG.md "$out/"

# The licence of every package that is in the binary, as its own file of NuGet says.
packages=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: *//')
{
  echo 'OrderCenter is under the Apache License 2.0 (LICENSE). The binary contains these packages:'
  echo
  sed -n '/"libraries": {/,/^  },/s/^    "\([^"]*\/[^"]*\)": {.*/\1/p' src/OrderCenter/obj/project.assets.json | sort -f | while IFS=/ read -r name number; do
    case "$name" in *Analyzer*) continue ;; esac # Not in the binary.
    spec=$(echo "$name" | tr '[:upper:]' '[:lower:]')
    spec=${packages%/}/$spec/$number/$spec.nuspec
    [ -f "$spec" ] || continue # A project of our own.
    licence=$(sed -n 's:.*<license type="expression">\([^<]*\)</license>.*:\1:p' "$spec" | head -1)
    text=$(sed -n 's:.*<license type="file">\([^<]*\)</license>.*:\1:p' "$spec" | head -1)
    if [ -n "$text" ]; then
      cp "$(dirname "$spec")/${text//\\//}" "$out/LICENSE-$name.txt"
      licence=LICENSE-$name.txt
    fi
    [ -n "$licence" ] || licence=$(sed -n 's:.*<licenseUrl>\([^<]*\)</licenseUrl>.*:\1:p' "$spec" | head -1)
    echo "$name $number: ${licence:-see the package}"
  done
  echo '.NET runtime and ASP.NET Core 10: MIT'
} > "$out/LICENSES.txt"

# The same of the console, whose files are in the binary: every package that it loads, with the text of its licence.
if command -v npm >/dev/null && [ -d src/console/node_modules ]; then
  {
    echo 'The console in the binary contains these packages:'
    (cd src/console && npm ls --omit=dev --all --parseable 2>/dev/null || true) | sed 1d | sort -u | while read -r folder; do
      echo
      node -p 'const p = require(process.argv[1] + "/package.json"); `${p.name} ${p.version}: ${p.license}`' "$folder"
      find "$folder" -maxdepth 1 -iname 'licen[cs]e*' -type f -exec cat {} \; | tr -d '\r'
    done
  } > "$out/LICENSES-console.txt"
  echo 'The console: LICENSES-console.txt' >> "$out/LICENSES.txt"
fi
(cd "$out" && find . -type f ! -name SHA256SUMS -printf '%P\n' | sort | xargs -d '\n' sha256sum > SHA256SUMS)
echo "$out: $(du -h "$out/ordercenter" | cut -f1) ordercenter"
if command -v dpkg-deb >/dev/null; then deploy/debian/build.sh "$out" dist; fi
