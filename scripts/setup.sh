#!/usr/bin/env bash
# Makes one part of the development set-up, where it is absent: system, qgis, worker or tools.
set -euo pipefail
cd "$(dirname "$0")/.."
part=${1:?"usage: setup.sh system|qgis|worker|tools"}
torch=$(sed -n 's/^torch.*# installed: *//p' requirements/deep.txt)

system_packages() {
  echo ca-certificates git make python3-venv qgis python3-qgis qgis-providers python3-gdal gdal-bin
  echo xvfb xauth xdotool imagemagick fonts-dejavu-core
}

missing_packages() {
  local name
  for name in $(system_packages); do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || echo "$name"
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  elif command -v sudo >/dev/null; then
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  else
    echo "setup: $* needs root; run it as root or install sudo." >&2
    return 1
  fi
}

install_system() {
  if ! command -v apt-get >/dev/null; then
    echo "setup: this system has no apt-get; install QGIS 3.22 or later, PyQGIS, GDAL, Xvfb and xdotool yourself." >&2
    return
  fi
  local missing
  missing=$(missing_packages)
  [ -z "$missing" ] && return
  echo "setup: installing" $missing
  as_root apt-get update -q
  # shellcheck disable=SC2086 -- a list of package names
  as_root apt-get install -q -y --no-install-recommends $missing
}

# $1: environment; the rest: options of venv. An environment whose Python still runs is kept.
make_environment() {
  local place=.venv/$1
  shift
  "$place/bin/python" -c "import pip" 2>/dev/null || /usr/bin/python3 -m venv --clear "$@" "$place"
}

install_into() {
  local python=.venv/$1/bin/python
  shift
  "$python" -m pip install --quiet --disable-pip-version-check "$@"
}

case $part in
  system)
    install_system
    mkdir -p .venv
    touch .venv/.system
    exit ;;
  qgis)
    make_environment qgis --system-site-packages
    install_into qgis -r requirements/tests.txt pytest-qgis
    .venv/qgis/bin/python -c "import qgis.core, osgeo.gdal" ;;
  worker)
    if [ -n "${LODESCOPE_SYSTEM_TORCH:-}" ]; then  # PyTorch of the system, with the rest of its Python packages
      as_root apt-get install -q -y --no-install-recommends python3-torch
      make_environment worker --system-site-packages
      install_into worker -r requirements/tests.txt -r requirements/base.txt -r requirements/cluster.txt \
        -r requirements/oracles.txt
    else
      make_environment worker
      install_into worker -r requirements/tests.txt -r requirements/deep.txt -r requirements/cluster.txt \
        -r requirements/oracles.txt "torch==$torch"
    fi ;;
  tools)
    make_environment tools
    install_into tools -r requirements/tools.txt ;;
  *)
    echo "setup: there is no part called $part" >&2
    exit 2 ;;
esac
touch ".venv/$part/.ready"
echo "setup: .venv/$part is ready"
