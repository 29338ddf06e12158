"""Counts codes whose tag or signature does not hold, by how they begin. No address, no whole code.

Somebody who prints a made-up code shows as many refusals that begin alike; somebody who tries codes,
as many refusals of one form ("S*"). What is kept of a short code are four characters of its shuffled
number, of the other forms what they claim to be: a GTIN, or a key and a lot.
"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date

from sqlalchemy.dialects import postgresql, sqlite

from labelsvc import clock
from labelsvc.codes import uri
from labelsvc.codes.carton import CartonCode
from labelsvc.codes.gs1 import Gs1Code
from labelsvc.codes.offline import OfflineCode
from labelsvc.codes.short import ShortCode
from labelsvc.db import Database
from labelsvc.scans.models import Refused

#: Different beginnings of one day that are kept; a guesser makes up new ones for ever.
LARGEST = 20_000


class Refusals:
    """A counter in memory that is written down now and then; one a process."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[date, str]] = Counter()
        self._lock = threading.Lock()

    def add(self, parsed: uri.ParsedCode | None) -> None:
        """Count a code that was refused; links without a tag have nothing to refuse."""
        prefix = prefix_of(parsed)
        if not prefix:
            return
        key = clock.today(), prefix
        with self._lock:
            self._counts[key[0], prefix[0] + "*"] += 1
            if key in self._counts or len(self._counts) < LARGEST:
                self._counts[key] += 1

    def flush(self, database: Database) -> None:
        """Add what was counted to the table."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        with database.writing() as session:
            make = sqlite.insert if database.is_sqlite else postgresql.insert
            for (day, prefix), count in sorted(counts.items()):
                statement = make(Refused).values(day=day, prefix=prefix, count=count)
                session.execute(
                    statement.on_conflict_do_update(
                        index_elements=["day", "prefix"],
                        set_={"count": Refused.count + statement.excluded.count},
                    )
                )


def prefix_of(parsed: uri.ParsedCode | None) -> str:
    """What the code begins with; "" where there is nothing that could be forged.

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
