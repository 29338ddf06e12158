"""Reads a list and says what importing it would do. Nothing is written into the catalogue here."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc import db
from labelsvc.catalogue.importing.choices import Choices
from labelsvc.catalogue.importing.files.read import Cells, Table, read_tables
from labelsvc.catalogue.importing.files.spool import Spool
from labelsvc.catalogue.importing.heads.header import Header, beside, header_of, no_header
from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.importing.heads.memory import remembered
from labelsvc.catalogue.importing.known import Known
from labelsvc.catalogue.importing.planned import STATES as STATES
from labelsvc.catalogue.importing.planned import Change as Change
from labelsvc.catalogue.importing.planned import PlanRow as PlanRow
from labelsvc.catalogue.importing.planned import State as State
from labelsvc.catalogue.importing.rows.line import Line, Problem
from labelsvc.catalogue.importing.sheets import Sheet, examine, is_summary, lines_of
from labelsvc.catalogue.importing.values.plain import text_of
from labelsvc.catalogue.models import ImportRun
from labelsvc.clock import HANOI
from labelsvc.errors import ImportRefused
from labelsvc.revisions import WritingSession

#: Names that are shown of products with one guessed set.
_SHOWN = 5
#: PostgreSQL advisory lock of lists: two that are compared at once would both make the same owner.
_LOCK = 0x6C697374


@dataclass
class ProposedDecision:
    """A decision of a title, a heading or a sheet's name that rows rest on; confirmed once.

    `confirmed`: None while nobody has said; rows are planned with it unless somebody says no.
    """

    key: str
    number: str
    day: str
    place: str
    words: str
    rows: int = 0
    confirmed: bool | None = None

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass
class GuessedSet:
    """A criteria set that names of new products point to; looked at once for the whole list."""

    set: int
    words: str
    rows: int = 0
    products: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass
class Question:
    """Something that a person has to say. `blocks`: nothing is taken before.

    `about`: "kind", "sheet", "column", "decision" or "font"; `name`: of which sheet, column, …
    `asks`: somebody who looks at the preview answers it before the list is taken over.
    """

    about: str
    name: str
    message: str
    params: dict[str, str]
    blocks: bool = False

    @property
    def asks(self) -> bool:
        return self.blocks or self.about in ("sheet", "decision", "font")

    def as_json(self) -> dict[str, Any]:
        return vars(self) | {"asks": self.asks}


@dataclass
class Plan:
    """Every row of a file with its state, and what was understood of the file before its rows.

    The rows wait on disk; `counts` are of all of them, by state; `proposals` of proposed withdrawals.
    """

    file_name: str
    sha256: str
    rows: Spool[PlanRow]
    counts: dict[str, int]
    sheets: list[Sheet]
    choices: Choices = field(default_factory=Choices)
    decisions: list[ProposedDecision] = field(default_factory=list)
    proposals: int = 0
    #: Guessed sets of new products: (set, words of the names) → rows and the first names.
    guessed: dict[tuple[int, str], GuessedSet] = field(default_factory=dict)
    #: Rows of points of sale and villages.
    places: int = 0
    #: The run that took the very same file over before.
    before: dict[str, Any] | None = None

    @property
    def read(self) -> list[Sheet]:
        """The sheets whose rows were read."""
        return [
            one
            for one in self.sheets
            if one.header is not None and one.state in ("read", "repeats")
        ]

    @property
    def sheet(self) -> str:
        return self.read[0].name if self.read else ""

    @property
    def columns(self) -> dict[str, str]:
        """Columns that were understood in the first sheet, field → header words."""
        header = self.read[0].header if self.read else None
        return {name: header.label(name) for name in header.columns} if header else {}

    @property
    def kinds(self) -> list[ListKind]:
        """The kinds of the sheets that were read, each once."""
        return list(dict.fromkeys(one.judgement.kind for one in self.read))

    @property
    def blocked(self) -> bool:
        """True if a person has to say something before anything is taken."""
        return any(one.blocks for one in self.questions)

    @property
    def asks(self) -> bool:
        """True if something of the preview is not answered yet."""
        return any(one.asks for one in self.questions)

    @property
    def questions(self) -> list[Question]:
        return list(_questions(self))

    def as_json(self) -> dict[str, Any]:
        """All but the rows."""
        first = self.read[0].judgement if self.read else None
        return {
            "file": self.file_name,
            "sheet": self.sheet,
            "sha256": self.sha256,
            "columns": self.columns,
            "counts": self.counts,
            "proposals": self.proposals,
            "before": self.before,
            "kind": (first.as_json() if first else {"kind": "", "sure": False, "words": []})
            | {"kinds": [str(kind) for kind in self.kinds], "sure": not any(q.about == "kind" for q in self.questions)},
            "blocked": self.blocked,
            "asks": self.asks,
            "sheets": [one.as_json() for one in self.sheets],
            "unknown_columns": [
                {"sheet": sheet["name"], **column}
                for sheet in (one.as_json() for one in self.sheets)
                for column in sheet["columns"]
                if column["state"] in ("unknown", "unsure")
            ],
            "decisions": [one.as_json() for one in self.decisions],
            "guessed_sets": [one.as_json() for _, one in sorted(self.guessed.items())],
            "questions": [one.as_json() for one in self.questions],
            "choices": self.choices.as_json(),
        }  # fmt: skip


def _questions(plan: Plan) -> Any:
    for sheet in plan.sheets:
        judged = sheet.judgement
        if sheet.header is not None and sheet.state != "left_out" and not judged.sure:
            words = "; ".join(f"“{one.shown or one.words}”" for one in judged.sayings)
            yield Question("kind", sheet.name, "It is not sure what this list is: {words}.", {"words": words, "kind": str(judged.kind)}, blocks=True)  # fmt: skip
        if sheet.state == "unread":
            yield Question("sheet", sheet.name, "The sheet {name} is not read: {reason}", {"name": sheet.name, "reason": sheet.reason})  # fmt: skip
        if sheet.header is not None:
            for index in sheet.header.unknown:
                yield Question("column", sheet.header.words[index], "The column {name} is not understood.", {"name": sheet.header.words[index], "fingerprint": sheet.header.fingerprint, "index": str(index)})  # fmt: skip
        if (
            sheet.table.font
            and sheet.header is not None
            and sheet.state != "left_out"
            and not plan.choices.fonts.get(sheet.name)
        ):
            yield Question("font", sheet.name, "Texts are written in the font {font}: look at how they were turned.", {"font": sheet.table.font})  # fmt: skip
    for one in plan.decisions:
        if one.confirmed is None:
            yield Question("decision", one.key, "{rows} rows rest on decision {number} of {day}, which stands in the {place}.", {"rows": str(one.rows), "number": one.number, "day": one.day, "place": one.place})  # fmt: skip


def tables_of(data: bytes, file_name: str) -> list[Table]:
    """The tables of a file, wholly read. :raises ImportRefused: it cannot be read at all."""
    return [table.spooled() for table in chosen_tables(read_tables(data, file_name))]


def plan_import(
    session: Session,
    *,
    data: bytes,
    file_name: str,
    choices: Choices | None = None,
    step: Callable[[int, int], None] | None = None,
    tables: list[Table] | None = None,
) -> Plan:
    """Read a list and say what importing it would do.

    :param tables: of `tables_of`, where *session* writes: files are read before anything is locked.
    :param choices: what somebody has answered about this file.
    :param step: told the rows that are compared, and all rows; costs one more walk over the list.
    :raises ImportRefused: the file cannot be read at all, or holds no list.
    """
    take_turn(session)
    choices = choices or Choices()
    tables = chosen_tables(read_tables(data, file_name)) if tables is None else tables
    tables = [part for table in tables for part in beside(table)]
    for table in tables:
        table.edits = choices.cells.get(table.name, {})
    sheets = _examined(session, tables, file_name, choices)
    plan = Plan(file_name, hashlib.sha256(data).hexdigest(), Spool[PlanRow](), {}, sheets, choices)
    plan.before = _before(session, plan.sha256)
    reading = [one for one in sheets if one.header is not None and one.state == "read"]
    if not reading:
        raise _nothing(sheets)
    # What repeats the others is read last, what says more is read first.
    reading.sort(key=lambda one: (is_summary(one), *_wanting(one)))
    known, found = Known(session), Counter[str]()
    total = _count(reading) if step is not None else 0
    decisions: dict[str, ProposedDecision] = {}
    order, waiting = 0, list[tuple[int, Sheet]]()
    for sheet in reading:
        for line in lines_of(sheet):
            order += 1
            line.order = order
            _rest(line, sheet, decisions, choices)
            if choices.sets is not None and line.product.get("set_guessed"):
                _set_answered(line, choices.sets)
            if not sheet.judgement.sure:
                _unsure(line)
            row = known.compare(line, sheet)
            if row is not None:
                found[row.state] += 1
                if row.state == "refused" and sheet.header is not None:
                    line.cells = _written(line.raw, sheet.header)
                line.raw = []
                plan.places += bool(line.place)
                if row.state == "new" and line.set_words:
                    _guessed(plan, line)
                if row.asked:
                    waiting.append((len(plan.rows), sheet))
                plan.rows.append(row)
            if step is not None:
                step(min(order, total), total)
        if sheet.rows and sheet.repeated == sheet.rows:
            sheet.state, sheet.reason = "repeats", "Every row stands in another sheet."
    if step is not None:
        step(total, total)
    _settle(plan, known, waiting, found)
    if not plan.rows:
        raise ImportRefused("There is no row below the header.", fix="Send the list with its rows.")
    plan.counts = {state: found[state] for state in STATES}
    plan.proposals = found["proposed"]
    plan.decisions = list(decisions.values())
    return plan


def _settle(
    plan: Plan, known: Known, waiting: list[tuple[int, Sheet]], found: Counter[str]
) -> None:
    """Ask once more for owners that were doubtful: a later row of the list may have made them sure."""
    for index, sheet in waiting:
        row = plan.rows[index]
        row.line.problems.clear()
        again = known.compare(row.line, sheet)
        if again is not None and not again.asked:
            if again.state != "refused":
                again.line.cells = {}
            found[row.state] -= 1
            found[again.state] += 1
            plan.rows.replace(index, again)
    if known.contradicted:
        _contradict(plan, known, found)


def _contradict(plan: Plan, known: Known, found: Counter[str]) -> None:
    """Refuse the first of two rows that say other stars too: nobody knows which of them is right."""
    sheets = {one.name: one for one in plan.sheets}
    for index, row in enumerate(plan.rows):
        if row.mark in known.contradicted and row.state in ("new", "changed", "unchanged"):
            found[row.state] -= 1
            known.contradict(row, sheets[row.line.sheet])
            found[row.state] += 1
            plan.rows.replace(index, row)


def take_turn(session: Session) -> None:
    """Let one list at a time compare and write; on SQLite the writing door does so."""
    if isinstance(session, WritingSession):
        db.take_turn(session, _LOCK)


def chosen_tables(tables: list[Table]) -> list[Table]:
    """Of a text file, the reading by the delimiter that gives the best header, or most cells."""
    if not tables or not tables[0].delimited:
        return tables
    scores = [
        (
            len(header.columns) if (header := header_of(table)) else 0,
            sum(len(cells) for _, cells in islice(table.rows(), 20)),
        )
        for table in tables
    ]
    return [tables[scores.index(max(scores))]]


def _before(session: Session, sha256: str) -> dict[str, Any] | None:
    """The run that took the very same file over before; None where there is none, or it was undone."""
    run = session.scalars(
        select(ImportRun)
        .where(ImportRun.sha256 == sha256, ImportRun.undone_at.is_(None))
        .order_by(ImportRun.id.desc())
        .limit(1)
    ).first()
    if run is None:
        return None
    return {"import": run.id, "at": f"{run.at.astimezone(HANOI):%d/%m/%Y %H:%M}", "actor": run.actor}  # fmt: skip


def _written(row: Cells, header: Header) -> dict[str, str]:
    """Column → what a person sees in it, for every column with a head."""
    columns = {*header.words, *header.columns.values()}
    return {str(i): text_of(row[i]) for i in sorted(columns) if i < len(row)}


def _examined(
    session: Session, tables: list[Table], file_name: str, choices: Choices
) -> list[Sheet]:
    held = remembered(session)
    held |= {key: {**held.get(key, {}), **columns} for key, columns in choices.columns.items()}
    sheets: list[Sheet] = []
    before: Sheet | None = None
    for table in tables:
        sheet = examine(
            table, file_name, remembered=held, before=before,
            kind=choices.kinds.get(table.name, choices.kind),
            wanted=choices.sheets.get(table.name) is True, given=choices.heads.get(table.name),
        )  # fmt: skip
        if sheet.header is not None and sheet.header.fingerprint in choices.columns:
            sheet.how = "by_hand"
        if choices.sheets.get(sheet.name) is False:
            sheet.state, sheet.reason = "left_out", "Somebody left it out."
        if sheet.state == "read":
            before = sheet
        sheets.append(sheet)
    return sheets


def _wanting(sheet: Sheet) -> tuple[bool, bool]:
    columns = sheet.header.columns if sheet.header else {}
    return "stars" not in columns, "decision" not in columns and sheet.decision is None


def _count(sheets: list[Sheet]) -> int:
    return sum(max((number for number, _ in one.table.rows()), default=0) for one in sheets)


def _nothing(sheets: list[Sheet]) -> ImportRefused:
    font = next((one.table.font for one in sheets if one.table.font), "")
    if font:
        return ImportRefused(
            "No header row was found; the texts are written in the font {font}.",
            fix="Turn the list into Unicode, with Unikey for example, and send that.", font=font,
        )  # fmt: skip
    return no_header()


def _rest(
    line: Line, sheet: Sheet, decisions: dict[str, ProposedDecision], choices: Choices
) -> None:
    """Count a row that rests on a proposed decision; refuse it where somebody said no."""
    if not line.proposed:
        return
    number, _, day = line.proposed.rpartition(" ")
    if line.proposed not in decisions:
        year, month, date = day.split("-")
        place = next((p["place"] for m, p in line.notes if "place" in p), "title")
        decisions[line.proposed] = ProposedDecision(
            line.proposed, number, f"{date}/{month}/{year}", str(place), sheet.decision_words,
            confirmed=choices.decisions.get(line.proposed),
        )  # fmt: skip
    decisions[line.proposed].rows += 1
    if choices.decisions.get(line.proposed) is False:
        line.problems.append(
            Problem(
                "", "", "The decision is missing.", "Write its number, such as 1147/QĐ-UBND.", {}
            )
        )


def _set_answered(line: Line, right: bool) -> None:
    """Somebody said of the guessed sets that they are right, or that none is to be guessed."""
    if right:
        line.product["set_guessed"] = "set_number" not in line.product
    else:
        line.product.pop("set_number", None)


def _guessed(plan: Plan, line: Line) -> None:
    key = int(line.product["set_number"]), line.set_words.casefold()
    one = plan.guessed.setdefault(key, GuessedSet(*key))
    one.rows += 1
    if len(one.products) < _SHOWN:
        one.products.append(str(line.product["name"]))


def _unsure(line: Line) -> None:
    """Refuse the row of a list of unsure kind: nothing is taken until somebody says what it is."""
    line.problems.append(
        Problem("", "", "It is not sure what this list is: recognised, withdrawn or another kind.",
                "Say what it is, then read it again; on the command line with --kind.", {})
    )  # fmt: skip
