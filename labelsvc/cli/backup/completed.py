"""Completed: tells what completing a copy gave, in words and as facts. Used by restore and audit-log recover."""

from __future__ import annotations

from typing import Any

from labelsvc.cli import base
from labelsvc.recovery.complete import Completed

#: Kind of fact of `withdrawn.Applied` → words. Others are tables of the database.
_WORDS = {
    "withdrawn": "withdrawals",
    "void": "void labels",
    "recalled": "recalls",
    "frozen": "frozen keys",
    "revoked": "revoked keys",
    "stars": "stars extended or withdrawn",
    "issued": "issues",
    "doubled": "codes given twice, now withdrawn",
}
#: Names that a line tells; --json has all.
_MOST = 12


def facts(found: Completed) -> dict[str, Any]:
    """For --json."""
    return {
        "entries": found.entries,
        "unknown_codes": found.codes,
        "lost_codes": found.lost,
        "applied": found.applied.done,
        "left": found.applied.left,
        "manifests": found.manifests,
        "to_do": found.to_do,
        "shut": found.shut,
    }


def words(found: Completed) -> list[str]:
    """Lines for people; none where nothing was missing."""
    lines = []
    if found.entries:
        lines.append(base.say("{count} entries of the audit trail came back.", count=found.entries))
    done = [
        f"{count} {base.say(_WORDS.get(kind, kind))}" for kind, count in found.applied.done.items()
    ]
    if done:
        lines.append(base.say("Taken back and applied: {list}.", list=", ".join(done)))
    if found.manifests:
        versions = ", ".join(map(str, found.manifests))
        lines.append(base.say("Trust manifests taken back: {list}.", list=versions))
    if found.lost:
        text = "{count} codes were given of which nothing is known; the log says so from here on."
        lines.append(base.say(text, count=found.lost))
    for subject, reason in _some(found.applied.left.items()):
        lines.append(base.say("Not taken back: {subject}, {reason}. Its codes are not called valid.", subject=subject, reason=base.say(reason)))  # fmt: skip
    for action, subjects in _some(found.to_do.items()):
        text = "Done after the copy was made, look whether it must be done again: {action} ({list})"
        lines.append(base.say(text, action=action, list=", ".join(subjects[:_MOST])))
    for name in found.shut:
        text = (
            "{file} does not open with the secret keys of the settings; what it tells is missing."
        )
        lines.append(base.say(text, file=name))
    return lines


def _some(items: Any) -> list[Any]:
    return list(items)[: 4 * _MOST]
