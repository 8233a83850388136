#!/usr/bin/env bash
# Makes the Debian package of a release folder (publish.sh calls this).
#   deploy/debian/build.sh dist/ordercenter-VERSION-RID FOLDER      makes FOLDER/ordercenter_VERSION_ARCHITECTURE.deb
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

[ "$#" = 2 ] || { echo 'build.sh: allowed: build.sh RELEASE-FOLDER FOLDER' >&2; exit 2; }
release=$1
[ -x "$release/ordercenter" ] || { echo "build.sh: '$release' has no program ordercenter; allowed: a folder that publish.sh made" >&2; exit 2; }
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$here/../../Directory.Build.props")
# The machine of an ELF file, bytes 18 and 19: what the program is for, whatever this machine is.
case "$(od -An -tx1 -j18 -N2 "$release/ordercenter" | tr -d ' ')" in
  3e00) architecture=amd64 ;;
  b700) architecture=arm64 ;;
  *) echo "build.sh: '$release/ordercenter' is for a machine that no package is made for; allowed: x86-64, aarch64" >&2; exit 1 ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
root=$work/ordercenter
mkdir -p "$root"/{DEBIAN,etc/ordercenter,usr/bin,usr/lib/ordercenter,usr/lib/systemd/system,usr/share/doc/ordercenter}
install -m 755 "$release/ordercenter" "$root/usr/lib/ordercenter/"
install -m 644 "$release"/*.so "$release/appsettings.json" "$root/usr/lib/ordercenter/"
ln -s ../lib/ordercenter/ordercenter "$root/usr/bin/ordercenter"
install -m 644 "$here/../systemd/ordercenter.service" "$root/usr/lib/systemd/system/"
install -m 640 "$here/ordercenter.env" "$root/etc/ordercenter/"
for file in README.md README.zh-CN.md; do
  [ ! -f "$release/$file" ] || install -m 644 "$release/$file" "$root/usr/share/doc/ordercenter/"
done
find "$release" -maxdepth 1 -type f -name 'LICENSE*' -exec install -m 644 {} "$root/usr/share/doc/ordercenter/" \;
printf 'OrderCenter %s\n\nLicense: Apache-2.0 (LICENSE); what the program contains: LICENSES.txt\n' "$version" > "$root/usr/share/doc/ordercenter/copyright"
gzip -9n < "$release/CHANGELOG.md" > "$root/usr/share/doc/ordercenter/changelog.gz"

echo /etc/ordercenter/ordercenter.env > "$root/DEBIAN/conffiles"
install -m 755 "$here/postinst" "$here/prerm" "$here/postrm" "$root/DEBIAN/"
(cd "$root" && find etc usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum > DEBIAN/md5sums)
cat > "$root/DEBIAN/control" <<CONTROL
Package: ordercenter
Version: $version
Architecture: $architecture
Maintainer: The OrderCenter founders <ordercenter@localhost>
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)
Depends: libc6 (>= 2.34), libssl3 | libssl3t64, ca-certificates, adduser, init-system-helpers (>= 1.52)
Suggests: postgresql
Section: net
Priority: optional
Description: payment order center of a game platform
 One service between game servers, app stores and payment platforms: it creates
 orders, verifies receipts, and reports payments to the games. A receipt pays
 exactly one order. It stores in an embedded SQLite database, or as any number
 of equal nodes in one PostgreSQL.
CONTROL
mkdir -p "$2"
dpkg-deb --root-owner-group -Zxz --build "$root" "$2/ordercenter_${version}_$architecture.deb" >/dev/null
echo "$2/ordercenter_${version}_$architecture.deb"
