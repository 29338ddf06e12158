"""Counts codes whose tag or signature does not hold, by how they begin and by network of the day.

Somebody who prints a made-up code shows as many refusals that begin alike, from many networks;
somebody who tries codes, as many refusals of one form ("S*") and of one network. No address and no
whole code is kept: a network is a token of the day, whose rows go when the day is over. What is kept of a short code are four characters of its shuffled
number, of the other forms what they claim to be: a GTIN, or a key and a lot.
"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.codes.forms import uri
from labelsvc.codes.forms.carton import CartonCode
from labelsvc.codes.forms.gs1 import Gs1Code
from labelsvc.codes.forms.offline import OfflineCode
from labelsvc.codes.forms.short import ShortCode
from labelsvc.db import Database
from labelsvc.scans.models import Refused, RefusedNetwork

#: Different beginnings that are kept from one writing to the next, and networks as many again; a
#: guesser makes up new ones for ever.
LARGEST = 20_000
#: Stands for all codes in `RefusedNetwork`.
ALL = "*"


class Refusals:
    """A counter in memory that is written down now and then; one a process."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[date, str]] = Counter()
        self._networks: Counter[tuple[date, str, str]] = Counter()
        self._lock = threading.Lock()

    def add(self, parsed: uri.ParsedCode | None, network: str = "") -> None:
        """Count a code that was refused; links without a tag have nothing to refuse.

        :param network: token of the day for the network that sent it; "": not known.
        """
        prefix = prefix_of(parsed)
        if not prefix:
            return
        today, form = clock.today(), prefix[0] + ALL
        with self._lock:
            self._counts[today, form] += 1
            _bounded(self._counts, (today, prefix), LARGEST)
            if network:
                _bounded(self._networks, (today, prefix, network), LARGEST)
                for whole in (form, ALL):
                    _bounded(self._networks, (today, whole, network), 2 * LARGEST)

    def flush(self, database: Database) -> None:
        """Add what was counted to the tables; networks of days that are over are forgotten."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            networks, self._networks = self._networks, Counter()
        with database.writing() as session:
            session.execute(delete(RefusedNetwork).where(RefusedNetwork.day < clock.today()))
            for (day, prefix), count in sorted(counts.items()):
                _add(session, Refused, {"day": day, "prefix": prefix}, count)
            for (day, prefix, network), count in sorted(networks.items()):
                _add(
                    session, RefusedNetwork, {"day": day, "prefix": prefix, "network": network}, count
                )  # fmt: skip


def _bounded(counter: Counter[Any], key: tuple[Any, ...], most: int) -> None:
    if key in counter or len(counter) < most:
        counter[key] += 1


def _add(
    session: Session, table: type[Refused | RefusedNetwork], key: dict[str, Any], count: int
) -> None:
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = make(table).values(**key, count=count)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=list(key), set_={"count": table.count + statement.excluded.count}
        )
    )


def prefix_of(parsed: uri.ParsedCode | None) -> str:
    """Tell the beginning of the code; "" if there is nothing that could be forged.

    "S3K7F" of a short code, "G" and the GTIN of a gs1 one, "K7L31" of an offline or carton one: the
    key and the lot that it claims.
    """
    if isinstance(parsed, ShortCode):
        return "S" + parsed.canonical[:4]
    if isinstance(parsed, Gs1Code):
        return "G" + parsed.gtin
    if isinstance(parsed, OfflineCode | CartonCode):
        return f"K{parsed.payload.kid}L{parsed.payload.lot}"
    return ""
