"""Machine checks: settings, secret keys, address, files, permissions, clock. Used by `doctor`."""

from __future__ import annotations

import itertools
import os
import shutil
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import URL

from labelsvc import clock, i18n, setting_names
from labelsvc.cli import base, causes
from labelsvc.codes.forms import uri
from labelsvc.errors import ConfigurationError, Doubt, Phrase
from labelsvc.files import Files
from labelsvc.setting_files import config_file
from labelsvc.settings import DEVELOPMENT_KEY, Settings, loopback
from labelsvc.weak_keys import weakness

#: Clocks that differ more than this put wrong days on pages and labels.
_DRIFT: Final = timedelta(minutes=5)
#: Less free room than this and a print run may not fit, bytes.
_ROOM: Final = 500_000_000


def setting_names_known() -> str:
    """The settings file, when all names in it and in the environment are names of settings."""
    if unknown := setting_names.unknown_names():
        raise ConfigurationError(
            "These settings do not exist and are ignored: {names}.",
            fix="Correct the names, or take them away (docs/settings.md).",
            names="; ".join(_words(setting_names.told(one)) for one in unknown),
        )
    file = config_file()
    return str(file.absolute()) if file else base.say("from the environment alone")


def _words(phrase: Phrase | str) -> str:
    return phrase if isinstance(phrase, str) else base.say(phrase.text, **phrase.params)


def secret_keys(settings: Settings) -> int:
    """Count the secret keys of the settings, and doubt the development key."""
    if DEVELOPMENT_KEY in settings.keys:
        raise Doubt(
            "The development key, known to everybody, seals and signs here.",
            fix="It is for the demo alone. Elsewhere leave LABELSVC_DEV out and set LABELSVC_SECRET_KEYS_FILE.",
        )
    if any(weakness(key) for key in settings.keys):
        raise Doubt(
            "An older secret key can be guessed, and still signs in who made a token with it.",
            fix="Reseal with the newest key and take the old one away (docs/trust.md, “Another secret key”).",
        )
    return len(settings.keys)


def base_url(settings: Settings) -> str:
    """The host of the codes."""
    host = urlsplit(settings.base_url).hostname or ""
    if loopback(host) and not settings.dev:
        raise Doubt(
            "Codes would lead to {url}, which no telephone reaches.",
            fix="Set LABELSVC_BASE_URL to the public address before the first label is printed.",
            url=settings.base_url,
        )
    if settings.base_url.startswith("http:") and not settings.dev:
        raise Doubt(
            "Codes would lead to {url}, without encryption.",
            fix="Set LABELSVC_BASE_URL to an https:// address before the first label is printed.",
            url=settings.base_url,
        )
    return uri.authority(settings.base_url)


def files_kept(settings: Settings, files: Files) -> str:
    """The place of the files, when one is written, read and deleted there."""
    parts = urlsplit(settings.files)
    try:
        files.put("doctor/probe.txt", b"probe")
        same = files.get("doctor/probe.txt") == b"probe"
        files.delete("doctor/probe.txt")
    except Exception as error:  # each kind of store has errors of its own
        if cause := causes.cause(error):
            raise cause from None
        raise ConfigurationError(
            "The store of files {place} does not answer: {reason}.",
            fix="Correct LABELSVC_FILES_URL, or look at the variables AWS_… and at the right to list "
            "the bucket (docs/settings.md).",
            place=settings.files,
            reason=str(error).partition("\n")[0].rstrip(".") or type(error).__name__,
        ) from None
    if not same:
        raise ConfigurationError("What is written is not what is read.", fix="Look at the disk.")
    if parts.scheme == "file":
        free = shutil.disk_usage(parts.path).free
        if free < _ROOM:
            raise Doubt(
                "Only {free} MB are free for files.", fix="Make room.", free=free // 1_000_000
            )
    return settings.files


def permissions(settings: Settings, url: URL) -> str:
    """Nobody but the user of the service reads the data, and the user who runs this is that user."""
    data = settings.data_dir.absolute()
    database = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    local = urlsplit(settings.files)
    files = Path(local.path) if local.scheme in ("", "file") else None
    owner = data.stat().st_uid if data.exists() else os.geteuid()
    if os.geteuid() == 0 and owner != 0:
        raise Doubt(
            "The data belong to {owner} and this runs as root: what root makes there the service may not "
            "read.",
            fix="Run commands as {owner}: runuser -u {owner} -- labelsvc …",
            owner=causes.user_name(owner),
        )
    for place in (data, database, files):
        if place and (found := _open_to_others(place)):
            facts = {
                "path": ", ".join(map(str, found)),
                "folder": place if place == files or place.parent != data else data,
            }
            if any(stat.S_IMODE(path.stat().st_mode) & 0o022 for path in found):
                raise ConfigurationError(
                    "Other users of this machine may write {path}.",
                    fix="Run: labelsvc doctor --repair (or chmod -R go= {folder})",
                    **facts,
                )
            raise Doubt(
                "Other users of this machine may read {path}.",
                fix="Run: labelsvc doctor --repair (or chmod -R go= {folder})",
                **facts,
            )
    file = config_file()
    if file and _holds_secret(settings, file) and stat.S_IMODE(file.stat().st_mode) & 0o007:
        raise Doubt(
            "Other users of this machine may read {path}, and a secret stands in it.",
            fix="Run: chmod o= {path}",
            path=file.absolute(),
        )
    return base.say("only {owner} reads the data", owner=causes.user_name(owner))


def _open_to_others(place: Path) -> list[Path]:
    """The first things in *place* with more rights than we made them with, or *place* itself.

    Also where a folder above keeps others out: that is one chmod away.
    """
    every = itertools.chain((place,), place.rglob("*") if place.is_dir() else ())
    loose = (p for p in every if not p.is_symlink() and p.exists() and p.stat().st_mode & 0o077)
    return list(itertools.islice(loose, 3))


def _holds_secret(settings: Settings, file: Path) -> bool:
    words = file.read_text(encoding="utf-8")
    return any(key in words for key in (*settings.secret_keys, settings.kms_pin) if key) or bool(
        ":" in urlsplit(settings.database_url).netloc.partition("@")[0]
        and settings.database_url in words
    )


def check_clock(last: datetime | None) -> None:
    """Nothing can have been written in the future: then the clock went back, or was ahead."""
    if last is not None and last > clock.now() + _DRIFT:
        raise ConfigurationError(
            "The clock is behind: something was recorded at {moment}.",
            fix="Set the clock of the machine (timedatectl set-ntp true).",
            moment=i18n.moment(last),
        )
