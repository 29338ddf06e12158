"""Visit tokens: tell visits of one day apart, and cannot be traced once the day's key is gone."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import threading
from datetime import date
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from labelsvc import clock


class DayKey:
    """A random key that lives one day in the data folder, shared by the processes of one machine.

    When the day is over the file is removed: no token of that day can be tied to a network again,
    not even by whoever holds the database and its backups. The folder `ephemeral` belongs in no
    backup (docs/decisions/0004).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "ephemeral"
        self._day: date | None = None
        self._key = b""
        self._lock = threading.Lock()

    def token(self, network: str, device: str) -> str:
        """Sixteen hex characters (keyed BLAKE2s) for one network and browser family, all day.

        :raises OSError: the key can be neither read nor made.
        """
        today = clock.today()
        with self._lock:
            if today != self._day:
                self._key, self._day = self._load(today), today
            key = self._key
        return hashlib.blake2s(f"{network}|{device}".encode(), key=key, digest_size=8).hexdigest()

    def forget(self) -> None:
        """Destroy the keys of days that are over."""
        with self._lock:
            self._remove_before(clock.today())
            if self._day != clock.today():
                self._key, self._day = b"", None

    def _load(self, today: date) -> bytes:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._remove_before(today)
        path = self._folder / f"day-{today:%Y%m%d}"
        if not path.exists():
            aside = self._folder / f".{secrets.token_hex(8)}"
            with os.fdopen(
                os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb"
            ) as new:
                new.write(secrets.token_bytes(32))
            try:
                path.hardlink_to(aside)  # whole or not at all; the first process of the day wins
            except FileExistsError:
                pass
            finally:
                aside.unlink()
        return path.read_bytes()

    def _remove_before(self, today: date) -> None:
        for old in self._folder.glob("day-*"):
            if old.name < f"day-{today:%Y%m%d}":
                old.unlink(missing_ok=True)


def network_of(address: str) -> str:
    """/24 of an IPv4 address, /48 of an IPv6 one: only ever the input of a day token."""
    try:
        return socket.inet_pton(socket.AF_INET, address)[:3].hex()  # nearly all, and quick
    except OSError:
        pass
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return found.packed[:6].hex()
        found = found.ipv4_mapped
    return found.packed[:3].hex()
