#!/usr/bin/env bash
# Installs the package in a copy of this machine that is thrown away (an overlay in memory, in a mount namespace of its own), starts the program as its user with
# its settings, creates an app, pays an order, upgrades, backs up, restores to another path, checks the books, removes and purges it. Nothing of the machine is
# changed. Needs root, dpkg, and what the package depends on: nothing but Debian.
#   deploy/debian/try.sh PACKAGE.deb
set -euo pipefail

if [ "${1:-}" != --inside ]; then
  [ "$#" = 1 ] && [ -f "$1" ] || { echo 'try.sh: allowed: try.sh PACKAGE.deb' >&2; exit 2; }
  [ "$(id -u)" = 0 ] || { echo 'try.sh: needs root' >&2; exit 2; }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cp "$1" "$work/package.deb"
  cp "$0" "$work/try.sh"
  unshare --mount --pid --fork --kill-child bash -euc '
    mount -t tmpfs tmpfs "$1/" -o mode=755
    cd "$1" && mkdir up work root
    mount -t overlay -o lowerdir=/,upperdir=up,workdir=work overlay root
    mount -t proc proc root/proc
    mount --rbind /dev root/dev
    mount -t tmpfs tmpfs root/run
    mount -t tmpfs -o mode=1777 tmpfs root/tmp
    cat > root/tmp/package.deb < /proc/self/fd/8
    cat > root/tmp/try.sh < /proc/self/fd/9
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot root bash /tmp/try.sh --inside' try "$work" 8< "$work/package.deb" 9< "$work/try.sh"
  exit
fi

fail() { echo "FAILED: $*" >&2; exit 1; }
deb=/tmp/package.deb
export DEBIAN_FRONTEND=noninteractive
env=/etc/ordercenter/ordercenter.env
secrets=/etc/ordercenter/secrets.env
port=5871
purge() { dpkg --purge ordercenter; }
! dpkg-query -W ordercenter >/dev/null 2>&1 || purge >/dev/null

# 1. The installation: user, key, files and their modes.
output=$(dpkg --force-unsafe-io -i "$deb" 2>&1) || fail "$output"
key=$(sed -n 's/^Secrets__MasterKey=//p' "$secrets")
[ "$(printf %s "$key" | base64 -d | wc -c)" = 32 ] || fail 'the master key is not 32 bytes'
case "$output" in *"$key"*) fail 'the master key was shown' ;; esac
[ "$(stat -c '%a %U %G' "$secrets")" = '640 root ordercenter' ] || fail "secrets.env: $(stat -c '%a %U %G' "$secrets")"
[ "$(stat -c '%a %U %G' "$env")" = '640 root ordercenter' ] || fail "ordercenter.env: $(stat -c '%a %U %G' "$env")"
[ "$(stat -c '%a %U' /var/lib/ordercenter)" = '700 ordercenter' ] || fail "/var/lib/ordercenter: $(stat -c '%a %U' /var/lib/ordercenter)"
[ -L /etc/systemd/system/multi-user.target.wants/ordercenter.service ] || fail 'the service is not enabled'
dpkg --verify ordercenter || fail 'files differ from the package'
echo "installed: $(ordercenter --version)"

# 2. The program with these settings, as its user; an address of its own, since the network is the machine's.
run() {
  local settings
  mapfile -t settings < <(grep -hv -e '^#' -e '^$' "$env" "$secrets")
  cd /var/lib/ordercenter && exec setpriv --reuid ordercenter --regid ordercenter --init-groups --no-new-privs env -i "${settings[@]}" /usr/bin/ordercenter "$@"
}
serve() {
  (run --urls "http://127.0.0.1:$port") > /tmp/log 2>&1 &
  pid=$!
  for _ in $(seq 100); do
    if (exec 3<> "/dev/tcp/127.0.0.1/$port" && printf 'GET /healthz/ready HTTP/1.0\r\n\r\n' >&3 && head -1 <&3 | grep -q ' 200 ') 2>/dev/null; then
      return
    fi
    kill -0 "$pid" 2>/dev/null || fail "it ended: $(cat /tmp/log)"
    sleep 0.1
  done
  fail "not ready: $(cat /tmp/log)"
}
stop() { kill -TERM "$pid" && wait "$pid" || fail "it ended with $?: $(cat /tmp/log)"; }
# One command of the program on its database; it must succeed.
program() { (run "$@") > /tmp/out 2>&1 || fail "ordercenter $*: $(cat /tmp/out)"; }
# call METHOD PATH [BODY]: the answer's body.
call() {
  local answer body=${3:-}
  exec 3<> "/dev/tcp/127.0.0.1/$port"
  printf '%s /api/v1%s HTTP/1.0\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' \
    "$1" "$2" "$token" "${#body}" "$body" >&3
  answer=$(cat <&3)
  exec 3<&-
  case "$answer" in 'HTTP/1.1 2'*) ;; *) fail "$1 $2: $answer" ;; esac
  printf '%s' "${answer#*$'\r\n\r\n'}"
}
field() { sed -n "s/^[^{]*{.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
# pay NUMBER: creates an order of that number, pays it, and sets order to its id.
pay() {
  order=$(call POST /orders "{\"gameId\":\"1001\",\"merchantOrderId\":\"$1\",\"productId\":\"gold\",\"money\":\"6.50\",\"currency\":\"CNY\",\"userId\":\"u1\"}" | field orderId)
  [ -n "$order" ] || fail 'the order has no number'
  call POST "/orders/$order/paid" "{\"channel\":\"bank\",\"transactionId\":\"T-$1\"}" >/dev/null
  paid "$order"
}
paid() { [ "$(call GET "/orders/$1" | field payState)" = paid ] || fail "order $1 is not paid: $(call GET "/orders/$1")"; }
token=token-of-the-trial-$RANDOM$RANDOM
echo "Admin__Token=$token" >> "$secrets"
serve
call PUT /apps/1001 '{"name":"game","protocol":"OrderApi","secret":"a-secret-of-16-or-more"}' >/dev/null
pay first
first=$order
stop
[ "$(stat -c '%a %U' /var/lib/ordercenter/ordercenter.db)" = '600 ordercenter' ] || fail 'the database is not the service'\''s alone'
echo 'served: ready, an app created, an order paid, stopped by SIGTERM'

# 3. An upgrade keeps what was set, the key and the data.
echo '# ours' >> "$env"
dpkg --force-unsafe-io -i "$deb" >/dev/null 2>&1 < /dev/null || fail 'the upgrade failed'
[ "$(tail -1 "$env")" = '# ours' ] || fail 'the upgrade lost a setting'
[ "$(sed -n 's/^Secrets__MasterKey=//p' "$secrets")" = "$key" ] || fail 'the upgrade changed the master key'
serve
paid "$first"
pay second
second=$order
echo 'upgraded: settings, key and data kept'

# 4. Backed up while it serves, and restored to another path: the books agree, and it goes on.
program backup /var/lib/ordercenter/backup.db
pay third
third=$order
stop
restored=/srv/ordercenter
install -d -m 0700 -o ordercenter -g ordercenter "$restored"
install -m 0600 -o ordercenter -g ordercenter /var/lib/ordercenter/backup.db "$restored/ordercenter.db"
sed -i "s|^ConnectionStrings__OrderCenter=.*|ConnectionStrings__OrderCenter=Data Source=$restored/ordercenter.db|" "$env"
program check
serve
paid "$first"
paid "$second"
pay third
[ "$order" != "$third" ] || fail "order number $order was given twice"
stop
program check
echo 'backed up and restored: the books agree'
sed -i "s|^ConnectionStrings__OrderCenter=.*|ConnectionStrings__OrderCenter=Data Source=/var/lib/ordercenter/ordercenter.db|" "$env"
program check

# 5. Removed, and installed again.
dpkg --remove ordercenter >/dev/null 2>&1 || fail 'it was not removed'
[ ! -e /usr/lib/ordercenter/ordercenter ] || fail 'the program was not removed'
[ -s /var/lib/ordercenter/ordercenter.db ] && [ -s "$secrets" ] && [ -s "$env" ] || fail 'removing lost the data, the key or the settings'
dpkg --force-unsafe-io -i "$deb" >/dev/null 2>&1 || fail 'it was not installed again'
serve
paid "$third"
stop
echo 'removed and installed again: data and key kept'

# 6. Purged.
purge >/dev/null 2>&1 || fail 'it was not purged'
[ ! -e /var/lib/ordercenter ] && [ ! -e /etc/ordercenter ] || fail 'purging left files'
[ ! -e /etc/systemd/system/multi-user.target.wants/ordercenter.service ] || fail 'purging left the service enabled'
echo 'purged'
