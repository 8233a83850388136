#!/usr/bin/env bash
# Makes the root folder of a container image from a release folder (publish.sh): the program, the libraries of this machine that it loads, the certificates
# that it trusts, a user, and nothing else: no shell, no package manager. deploy/Containerfile copies the folder into an empty image.
#   deploy/rootfs.sh dist/ordercenter-VERSION-RID dist/rootfs
# Needs glibc's ldd, OpenSSL 3 and ca-certificates (on Debian: libc-bin libssl3 ca-certificates), on a machine of the release's kind.
set -euo pipefail

[ "$#" = 2 ] || { echo 'rootfs.sh: allowed: rootfs.sh RELEASE-FOLDER NEW-FOLDER' >&2; exit 2; }
release=$1
root=$2
[ -x "$release/ordercenter" ] || { echo "rootfs.sh: '$release' has no program ordercenter; allowed: a folder that publish.sh made" >&2; exit 2; }
[ ! -e "$root" ] || { echo "rootfs.sh: '$root' exists; allowed: a folder that does not exist yet" >&2; exit 2; }
ldd "$release/ordercenter" >/dev/null 2>&1 || { echo "rootfs.sh: '$release/ordercenter' is for another kind of machine than this" >&2; exit 1; }
certificates=/etc/ssl/certs/ca-certificates.crt
[ -f "$certificates" ] || { echo "rootfs.sh: $certificates is missing (on Debian: ca-certificates)" >&2; exit 1; }

umask 022
mkdir -p "$root"/{data,dev,etc/ssl/certs,proc,sys,tmp,usr/bin,usr/lib/ordercenter,usr/share/doc/ordercenter}
install -m 755 "$release/ordercenter" "$root/usr/lib/ordercenter/"
install -m 644 "$release"/*.so "$release/appsettings.json" "$root/usr/lib/ordercenter/"
find "$release" -maxdepth 1 -type f -name 'LICENSE*' -exec install -m 644 {} "$root/usr/share/doc/ordercenter/" \;
ln -s ../lib/ordercenter/ordercenter "$root/usr/bin/ordercenter"

# A library keeps its path, which is where the loader looks for it. The program loads OpenSSL itself, so ldd does not show it. Names are resolved by
# glibc, which has had files and DNS in libc itself since 2.34.
library() { install -D -m 755 "$1" "$root$1"; }
libraries_of() { ldd "$1" | sed -nE 's/^.* => (\/[^ ]+) .*$/\1/p; s/^[[:space:]]*(\/[^ ]+) .*$/\1/p'; }
folder=$(dirname "$(libraries_of "$release/ordercenter" | grep '/libc\.so\.6$')")
for name in libssl.so.3 libcrypto.so.3; do
  [ -f "$folder/$name" ] || { echo "rootfs.sh: $folder/$name is missing (on Debian: libssl3)" >&2; exit 1; }
  library "$folder/$name"
done
for file in "$release/ordercenter" "$release"/*.so "$folder/libssl.so.3" "$folder/libcrypto.so.3"; do
  libraries_of "$file"
done | sort -u | while read -r file; do
  [ -e "$root$file" ] || library "$file"
done

for package in libc6 libssl3 libssl3t64 ca-certificates; do
  [ ! -f "/usr/share/doc/$package/copyright" ] || install -m 644 "/usr/share/doc/$package/copyright" "$root/usr/share/doc/ordercenter/LICENSE-$package.txt"
done
install -m 644 "$certificates" "$root/etc/ssl/certs/"
echo 'ordercenter:x:65532:65532::/data:/nonexistent' > "$root/etc/passwd"
echo 'ordercenter:x:65532:' > "$root/etc/group"
# A container engine puts its own hosts and resolv.conf in this place.
echo '127.0.0.1 localhost' > "$root/etc/hosts"
echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
# A new volume takes over the mode of the folder. The image has one user, whatever its number; the service makes its files readable to that user only.
chmod 1777 "$root/data" "$root/tmp"
echo "$root: $(du -sh "$root" | cut -f1), $(find "$root" -type f | wc -l) files"
