#!/usr/bin/env bash
# The whole test suite on Debian 13 with its QGIS 3.40 and its own PyTorch, in a system of its own below build/matrix.
# Needs root and debootstrap. The committed state is tested; arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
suite=trixie
place=${LODESCOPE_MATRIX:-$root/build/matrix/$suite}
mirror=${LODESCOPE_MIRROR:-http://deb.debian.org/debian}

if [ "$(id -u)" -ne 0 ]; then
  echo "matrix: a system of its own needs root; run 'sudo make matrix'." >&2
  exit 1
fi
if ! command -v debootstrap >/dev/null; then
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends debootstrap
fi
if [ ! -e "$place/.made" ]; then
  mkdir -p "$place"
  debootstrap --variant=minbase --include=ca-certificates,git,make,python3 "$suite" "$place" "$mirror"
  touch "$place/.made"
fi

leave() {
  for point in work/shared proc dev sys; do
    umount --lazy "$place/$point" 2>/dev/null || true
  done
}
trap leave EXIT
mkdir -p "$place/work/shared"
[ -d "$root/../shared" ] && mount --bind "$root/../shared" "$place/work/shared"
mount -t proc proc "$place/proc"
mount --bind /dev "$place/dev"
mount --bind /sys "$place/sys"
cp /etc/resolv.conf "$place/etc/resolv.conf"
# What this system trusts and where its packages come from, so that an offline mirror serves both.
cp /etc/ssl/certs/ca-certificates.crt "$place/opt/certificates.crt"
for file in /etc/pip.conf "$HOME/.config/pip/pip.conf"; do
  [ -e "$file" ] && mkdir -p "$place/$(dirname "$file")" && sed 's#^cert *=.*#cert = /opt/certificates.crt#' "$file" >"$place/$file"
done

clone=$place/work/main
if [ -d "$clone/.git" ]; then
  git -C "$clone" fetch -q "$root" HEAD && git -C "$clone" checkout -q --force FETCH_HEAD
else
  git clone -q "$root" "$clone"
fi
chroot "$place" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  LODESCOPE_SYSTEM_TORCH=1 PIP_CERT=/opt/certificates.crt \
  bash -c 'cd /work/main && make setup && bash scripts/test.sh -W "error::DeprecationWarning:lodescope" "$@"' matrix "$@"
