#!/bin/sh
# What the tests need beside Python: Chromium, PostgreSQL, SoftHSM, Redis, the TypeScript checker. Installs what is missing where
# it may (root on Debian or Ubuntu, or passwordless sudo), else names it; the tests that need it
# then skip and say so.
set -eu
missing=""
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing="$missing chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$missing postgresql"
command -v softhsm2-util >/dev/null || missing="$missing softhsm2"
command -v redis-server >/dev/null || missing="$missing redis-server"
command -v tsc >/dev/null || missing="$missing node-typescript"
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null; then
    echo "Missing for some tests:$missing" >&2
elif [ "$(id -u)" = 0 ]; then
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n apt-get update -qq
    # shellcheck disable=SC2086
    sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "Missing for some tests, install with: sudo apt-get install$missing" >&2
fi
