"""Comparable: tells which words stand on the labels of a code, for a buyer to compare. Used by the scan page."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.codes.models import Issue
from labelsvc.codes.register import blank
from labelsvc.labels.layouts.template import placeholders
from labelsvc.labels.models import BlankRoll, PrintRun

_CODE = frozenset({"code", "code_printed", "code_top", "code_bottom"})


def compared(session: Session, issue: Issue) -> str:
    """ "code" where its characters are printed, "host" where the address alone is, "" where neither
    is; "unknown" where the labels were not printed by a run of ours."""
    toml = session.scalar(select(PrintRun.layout_toml).where(PrintRun.issue_id == issue.id))
    if toml is None and (pieces := blank.find_blank(session, issue.first)) is not None:
        toml = session.scalar(select(BlankRoll.layout_toml).where(BlankRoll.blank_id == pieces.id))
    if not toml:
        return "unknown"
    names = set(placeholders(toml))
    return "code" if names & _CODE else "host" if "host" in names else ""
