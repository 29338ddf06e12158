"""Keep: takes the PDF of a decision, attaches it and takes it off. Used by the pages of office and register.

The bytes stay as they came, for a digital signature covers them; a file that could act is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, Final

import pikepdf
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.errors import BadInput
from labelsvc.files import Files
from labelsvc.programme.decided import Decision
from labelsvc.programme.papers.models import DecisionPaper, key_of

#: Bytes and pages of one file: an annex of a thousand products has some fifty pages.
MAX_BYTES: Final = 20_000_000
MAX_PAGES: Final = 600
#: What a document may do by itself when it is opened.
_ACTS: Final = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/URI"})


@dataclass(frozen=True)
class Taken:
    """A PDF that may be kept."""

    data: bytes
    sha256: str
    pages: int


def take(data: bytes) -> Taken:
    """Look at a file that somebody sent.

    :raises BadInput: no PDF, too large, behind a password, damaged, or one that acts by itself.
    """
    if not data:
        raise BadInput("No file was chosen.", fix="Choose the PDF of the decision.", field="paper")
    if len(data) > MAX_BYTES:
        raise BadInput(
            "The file has {size} MB, {most} are allowed.", fix="Scan it with 200 dpi, in grey.",
            field="paper", size=round(len(data) / 1e6, 1), most=MAX_BYTES // 1_000_000,
        )  # fmt: skip
    try:
        with pikepdf.open(BytesIO(data), attempt_recovery=False) as found:
            pages, acts = len(found.pages), found.is_encrypted or _acts(found)
    except pikepdf.PasswordError:
        raise BadInput(
            "The PDF is behind a password.", fix="Save it without one.", field="paper"
        ) from None
    except Exception as error:  # the library raises what its parser meets
        raise BadInput(
            "This is no PDF that can be read.", fix="Choose the signed decision as PDF.",
            field="paper",
        ) from error  # fmt: skip
    if acts:
        raise BadInput(
            "The PDF is encrypted, or does something by itself when it is opened.",
            fix="Print it to a new PDF, or scan the paper.", field="paper",
        )  # fmt: skip
    if not 0 < pages <= MAX_PAGES:
        raise BadInput(
            "The PDF has {count} pages; from 1 to {most} are possible.",
            fix="Attach the decision with its annex alone.", field="paper", count=pages, most=MAX_PAGES,
        )  # fmt: skip
    return Taken(data, hashlib.sha256(data).hexdigest(), pages)


def _acts(found: pikepdf.Pdf) -> bool:
    root: Any = found.Root
    names: Any = root.get("/Names", {})
    opening: Any = root.get("/OpenAction", {})
    action = opening.get("/S", "") if isinstance(opening, pikepdf.Dictionary) else ""
    return "/AA" in root or "/JavaScript" in names or "/EmbeddedFiles" in names or str(action) in _ACTS  # fmt: skip


def store(files: Files, taken: Taken) -> None:
    """Keep the bytes; before the transaction that names them."""
    files.put(key_of(taken.sha256), taken.data)


def attach(session: Session, decision: Decision, taken: Taken, *, actor: str) -> DecisionPaper:
    """Make *taken* the PDF of a decision, in place of another one; that stays among the files."""
    row = paper_of(session, decision.number, decision.day)
    before = row.sha256 if row is not None else None
    if row is None:
        row = DecisionPaper(number=decision.number, day=decision.day)
        session.add(row)
    row.sha256, row.bytes, row.pages = taken.sha256, len(taken.data), taken.pages
    row.uploaded_by = actor
    session.flush()
    facts = {"number": row.number, "day": row.day.isoformat(), "sha256": row.sha256}
    _record(session, row, "attach", actor, facts | ({"before": before} if before else {}))
    return row


def detach(session: Session, row: DecisionPaper, *, actor: str) -> None:
    """Take the PDF off its decision; the file stays, for the audit trail names it."""
    facts = {"number": row.number, "day": row.day.isoformat(), "sha256": row.sha256}
    _record(session, row, "detach", actor, facts)
    session.delete(row)


def _record(
    session: Session, row: DecisionPaper, verb: str, actor: str, facts: dict[str, Any]
) -> None:
    audit.record(
        session, actor=actor, action=f"paper.{verb}", subject=f"paper:{row.id}", facts=facts
    )


def paper_of(session: Session, number: str, day: date) -> DecisionPaper | None:
    """The PDF of the decision *number* of a day."""
    return session.scalars(
        select(DecisionPaper).where(DecisionPaper.number == number, DecisionPaper.day == day)
    ).one_or_none()


def papers_of(
    session: Session, decisions: Collection[tuple[str, date]]
) -> dict[tuple[str, date], DecisionPaper]:
    """Those of *decisions* (number, day) that have a PDF."""
    found = session.scalars(
        select(DecisionPaper).where(
            tuple_(DecisionPaper.number, DecisionPaper.day).in_(list(decisions))
        )
    )
    return {(row.number, row.day): row for row in found}
