"""Partners: other programmes whose codes people may scan here, as the settings name them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

#: Said in full on one page, and carried by the inspector's application: a list of neighbours, no register.
MOST: Final = 64
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*\.)+[a-z0-9-]*[a-z0-9](?::[0-9]{1,5})?")
_LONGEST: Final = 200


class Partner(NamedTuple):
    """A programme: the host of its codes, how it is called, where it is, how it is reached."""

    host: str
    name: str
    address: str = ""
    contact: str = ""


def read(text: str) -> tuple[Partner, ...]:
    """Programmes of one text: `host | name | address | contact`, separated by semicolons or line ends.

    :raises ValueError: a host that is none, no name, one host twice, or too many; its text is the part.
    """
    found: dict[str, Partner] = {}
    for part in re.split(r"[;\n]+", text):
        if not part.strip():
            continue
        cells = [" ".join(cell.split())[:_LONGEST] for cell in part.split("|")]
        host = cells[0].lower().removesuffix(":443")
        if not (2 <= len(cells) <= 4 and cells[1] and _HOST.fullmatch(host)) or host in found:
            raise ValueError(part.strip()[:80])
        found[host] = Partner(host, *cells[1:])
    if len(found) > MOST:
        raise ValueError(f"> {MOST}")
    return tuple(found.values())


def partner_of(host: str, partners: Sequence[Partner]) -> Partner | None:
    """The programme whose codes lead to *host*; none for a name that only looks like one of theirs."""
    return next((one for one in partners if one.host == host), None)
