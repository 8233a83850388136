#!/usr/bin/env bash
# Starts the service in the root folder of the image without a container engine: the folder read-only, /data and /tmp writable, the environment and the user of
# the Containerfile, no new privileges. It must become ready, and stop by SIGTERM with exit code 0. Needs root.
#   deploy/try-image.sh dist/rootfs
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ "$#" = 1 ] && [ -d "$1/usr/lib/ordercenter" ] || { echo 'try-image.sh: allowed: try-image.sh FOLDER, one that rootfs.sh made' >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo 'try-image.sh: needs root' >&2; exit 2; }
root=$(cd "$1" && pwd)
port=5872

mapfile -t environment < <(sed -nE 's/^ENV ([A-Za-z_0-9]+)="?([^"]*)"?$/\1=\2/p' "$here/Containerfile")
user=$(sed -nE 's/^USER (.*)$/\1/p' "$here/Containerfile")
entry=$(sed -nE 's/^ENTRYPOINT \["(.*)"\]$/\1/p' "$here/Containerfile")
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# No other program than ours and the loader: nobody who gets in finds a shell.
others=$(find "$root" -type f -perm /111 ! -name '*.so*' ! -path "$root/usr/lib/ordercenter/ordercenter")
[ -z "$others" ] || { echo "FAILED: programs that are not needed: $others" >&2; exit 1; }

env -i PATH="$PATH" "${environment[@]}" ASPNETCORE_URLS="http://127.0.0.1:$port" Secrets__MasterKey="$(head -c 32 /dev/urandom | base64)" \
  unshare --mount bash -euc '
  root=$1 user=$2
  shift 2
  mount --bind "$root" "$root"
  mount -o remount,bind,ro "$root"
  mount -t tmpfs -o mode=1777 tmpfs "$root/data"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  mount --rbind /proc "$root/proc"
  mount --rbind /dev "$root/dev"
  unset PATH PWD SHLVL OLDPWD _
  exec /usr/bin/setpriv --no-new-privs /usr/sbin/chroot --userspec="$user" "$root" "$@"' try "$root" "$user" "$entry" > "$log" 2>&1 &
pid=$!
for _ in $(seq 100); do
  if (exec 3<> "/dev/tcp/127.0.0.1/$port" && printf 'GET /healthz/ready HTTP/1.0\r\n\r\n' >&3 && head -1 <&3 | grep -q ' 200 ') 2>/dev/null; then
    ready=yes
    break
  fi
  kill -0 "$pid" 2>/dev/null || break
  sleep 0.1
done
[ "${ready:-}" = yes ] || { kill "$pid" 2>/dev/null || true; echo "FAILED: not ready: $(cat "$log")" >&2; exit 1; }
[ "$(stat -c %u:%g "/proc/$pid")" = "$user" ] || { kill "$pid"; echo "FAILED: it runs as $(stat -c %u:%g "/proc/$pid")" >&2; exit 1; }
kill -TERM "$pid"
wait "$pid" || { echo "FAILED: it ended with $?: $(cat "$log")" >&2; exit 1; }
echo "ready as $user on a read-only root, stopped by SIGTERM"
