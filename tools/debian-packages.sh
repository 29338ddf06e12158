#!/bin/sh
# Installs what the tests need beside Python: Chromium, PostgreSQL, SoftHSM, Redis, the TypeScript checker. Says
# what before it does, and installs only what is missing and where it may (root on Debian or Ubuntu, or
# passwordless sudo); else it names what is missing, and the tests that need it skip and say so.
# LABELSVC_INSTALL=no only names it.
set -eu
missing=""
# Chromium without its window parts takes half the processor time. Ubuntu has no such package.
shell=chromium-headless-shell
if ! command -v $shell >/dev/null; then
    if apt-cache show $shell >/dev/null 2>&1; then
        missing="$missing $shell"
    elif ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null; then
        missing="$missing chromium"
    fi
fi
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$missing postgresql"
command -v softhsm2-util >/dev/null || missing="$missing softhsm2"
command -v redis-server >/dev/null || missing="$missing redis-server"
command -v tsc >/dev/null || missing="$missing node-typescript"
[ -n "$missing" ] || exit 0
as_root=""
if [ "${LABELSVC_INSTALL:-yes}" = no ] || ! command -v apt-get >/dev/null; then
    echo "Missing, tests that need it are skipped:$missing" >&2
    exit 0
elif [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
        echo "Missing, tests that need it are skipped. Install it with: sudo apt-get install$missing" >&2
        exit 0
    fi
    as_root="sudo -n"
fi
echo "Installing Debian packages for the tests:$missing (LABELSVC_INSTALL=no leaves them out)" >&2
# shellcheck disable=SC2086
$as_root apt-get update -qq
# A new machine knows its packages only now.
if apt-cache show $shell >/dev/null 2>&1; then
    missing=$(echo "$missing" | sed "s/ chromium / $shell /; s/ chromium\$/ $shell/")
fi
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
