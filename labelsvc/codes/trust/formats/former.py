"""Former: names that a programme had before, as its trust manifest tells them. Used by `manifest`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labelsvc.codes.trust.formats import facts as values


@dataclass(frozen=True)
class FormerHost:
    """A name that the programme had before, and the keys whose codes were printed under it."""

    name: str
    #: From its first label to its last: told to people, no verdict rests on it.
    since: datetime
    until: datetime
    #: Ascending, each once.
    kids: tuple[int, ...]

    def __post_init__(self) -> None:
        """:raises BadTrust: a value that no manifest may have."""
        inside = all(type(kid) is int and 1 <= kid < 4096 for kid in self.kids)
        if not (inside and self.kids and self.until > self.since):
            raise values.damaged()
        if list(self.kids) != sorted(set(self.kids)):
            raise values.damaged()

    def to_facts(self) -> dict[str, Any]:
        """Give it as a manifest holds it."""
        return {
            "name": self.name, "from": values.moment(self.since), "until": values.moment(self.until),
            "kids": list(self.kids),
        }  # fmt: skip

    @classmethod
    def from_facts(cls, facts: Any) -> FormerHost:
        """Undo `to_facts`. :raises BadTrust: a value that no manifest may have."""
        return cls(
            values.host(facts["name"]),
            values.read_moment(facts["from"]),
            values.read_moment(facts["until"]),
            tuple(values.rows(facts["kids"])),
        )
