#!/bin/sh
# Make a virtual environment in $1 with $PYTHON, which must be 3.11 or newer.
set -eu
python=${PYTHON:-python3}
command -v "$python" >/dev/null || { echo "python3 is missing: apt-get install python3 python3-venv" >&2; exit 1; }
"$python" - <<'CHECK' || exit 1
import sys
if sys.version_info < (3, 11):
    sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: set PYTHON=python3.11")
CHECK
"$python" -m venv "$1" 2>/dev/null && exit 0
rm -rf "$1"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq "python$version-venv" >/dev/null
    exec "$python" -m venv "$1"
fi
echo "Python cannot make virtual environments here: apt-get install python$version-venv" >&2
exit 1
