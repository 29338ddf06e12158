"""Stars that a row ends: by which decision, from which day, why. Never a star."""

from __future__ import annotations

from datetime import date

from labelsvc.catalogue.importing.heads.headings import Context
from labelsvc.catalogue.importing.heads.kinds import ListKind, ended_by, state_ended
from labelsvc.catalogue.importing.rows.line import Reader, Withdrawal
from labelsvc.catalogue.importing.values import cell as cells
from labelsvc.catalogue.importing.values.decisions import Mention, giving, mentions, withdrawing
from labelsvc.catalogue.stars.withdrawing import reason_of
from labelsvc.clock import today
from labelsvc.errors import BadInput
from labelsvc.i18n import fold

_NOTES = ("note", "status", "stars")
#: Below "Thu hồi": it was not. A tick is no such word.
_NO = frozenset(("", "-", "–", "—", "/", "0", "khong", "khong co", "chua", "k", "ko"))


def kind_of(reader: Reader, context: Context) -> ListKind | None:
    """The end that the row's own cells speak of, whatever the list is; None where they do not."""
    if context.judgement.kind.ends_stars:
        if context.judgement.kind is ListKind.EXPIRED and _has_decision(reader):
            return ListKind.WITHDRAWN
        return context.judgement.kind
    if context.judgement.kind in (ListKind.POINTS_OF_SALE, ListKind.VILLAGES):
        return None
    if (
        _has_decision(reader)
        or _filled(reader, "withdrawal_date")
        or _filled(reader, "withdrawal_reason")
    ):
        return ListKind.WITHDRAWN
    for name in _NOTES:
        if name in reader.header.columns or name == "note":
            text = reader.text(name)
            found = ended_by(text)
            if found is None and name == "status" and state_ended(text):
                found = ListKind.EXPIRED
            if found and not _is_to_come(text):
                if name != "status":
                    reader.line.note("“{text}”: no star is taken from this row.", text=text[:120])
                return found
    return None


def _has_decision(reader: Reader) -> bool:
    return _filled(reader, "withdrawal_decision")


def _filled(reader: Reader, name: str) -> bool:
    text = reader.text(name)
    return bool(text) and fold(text).strip(" .") not in _NO


def _is_to_come(text: str) -> bool:
    """ "Hết hạn 04/03/2029": it has not ended."""
    try:
        days = cells.days_in(text)
    except BadInput:
        return False
    return bool(days) and min(days) > today()


def read_ending(reader: Reader, context: Context) -> None:
    """Put the withdrawal into the line; what is missing is asked when it is compared."""
    line = reader.line
    notes = " ".join(reader.text(name) for name in ("note", "status", "withdrawal_reason"))
    own = _by(reader, reader.text("withdrawal_decision"), "withdrawal_decision", first=True)
    noted = None if own else _by(reader, notes, "note", first=False)
    given = _given(reader)
    held = context.decision if context.judgement.kind.ends_stars else None
    by = own or noted or held
    if by is not None and by is held and not own and not noted:
        line.note("The decision stands in the {place}: {number} of {day}.", place="title",
                  number=by.number, day=f"{by.day:%d/%m/%Y}" if by.day else "–")  # fmt: skip
    day = by.day if by else None
    on = reader.day("withdrawal_date")
    if on is None and line.kind is ListKind.EXPIRED and day is None:
        on = reader.get("valid_to", lambda cell: cells.end_of(cell, given[1] or date(2019, 1, 1)))
    words = reader.text("withdrawal_reason") or reader.text("note") or reader.text("status")
    told = " ".join(
        part for part in (words, *(one.words for one in context.judgement.sayings)) if part
    )
    line.withdrawal = Withdrawal(
        line.kind, by.number if by else "", day or on, on or day, str(reason_of(words or told)), words[:300], given
    )  # fmt: skip


def _by(reader: Reader, text: str, column: str, *, first: bool) -> Mention | None:
    if not text:
        return None
    try:
        found = withdrawing(text)
        if found is None and first:
            named = [one for one in mentions(text) if one.role != "basis"]
            if not named and text not in ("-", "–"):
                reader.refuse(column, BadInput(
                    "“{text}” is not the number of a decision.",
                    fix="Write it in full, such as 1147/QĐ-UBND.", text=text[:60],
                ))  # fmt: skip
            return named[-1] if len({one.number for one in named}) == 1 else None
        return found
    except BadInput as error:
        reader.refuse(column, error)
        return None


def _given(reader: Reader) -> tuple[str, date | None]:
    """The recognition that the row names, by number and day; nothing where it is not clear."""
    try:
        named = giving(reader.text("decision"))
        written = cells.day_of(reader.cell("decision_date"), from_1904=reader.from_1904)
    except BadInput:
        return "", None
    return (named.number, written or named.day) if named else ("", written)
