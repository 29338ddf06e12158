"""May it be printed, what does starting a run write, and what does voiding a part of it free."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms import alphabet, uri
from labelsvc.codes.models import Issue
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import codes_of, create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.errors import (
    BadInput,
    ContentMissing,
    LabelsvcError,
    PrintRefused,
    QuantityExceeded,
    RecognitionForbids,
)
from labelsvc.jobs.models import Job
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import LabelContent, Unit, sample_content, sample_unit
from labelsvc.labels.drawing.sample_content import sample_unit_of
from labelsvc.labels.layouts import library, reading
from labelsvc.labels.ledger import ledger
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.labels.runs import blank_roll, numbering, parts
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.sheets.imprint import Imprint
from labelsvc.labels.sheets.placement import Placement
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.settings import Settings
from tests.factories import make_lot, make_product, make_recognition
from tests.labels.conftest import HEAD, SYMBOL

TODAY = clock.today()
GTIN = "08935217400119"


def product_of(session: Session, recognition: dict[str, Any] | None, **facts: Any) -> Any:
    product = make_product(session, **facts)
    if recognition is not None:
        make_recognition(session, product, **recognition)
    return product


def lot_of(
    session: Session, settings: Settings, recognition: dict[str, Any] | None = {}, **facts: Any  # noqa: B006
) -> Lot:  # fmt: skip
    create_keys(session, secrets=settings.keys)
    gtin = facts.pop("gtin", None)
    return make_lot(session, product_of(session, recognition, gtin=gtin), **facts)


def start(session: Session, settings: Settings, lot: Lot, **facts: Any) -> PrintRun:
    facts = {"layout": "a4-65", "count": 10} | facts
    return print_run.start_run(
        session, print_run.RunRequest(lot=lot, base_url=settings.base_url, **facts), actor="user:1"
    )


def check(session: Session, settings: Settings, lot: Lot, **facts: Any) -> print_run.RunCheck:
    facts = {"layout": "a4-65", "count": 10} | facts
    return print_run.check_run(
        session, print_run.RunRequest(lot=lot, base_url=settings.base_url, **facts)
    )


def test_a_good_run_has_no_problems_and_says_what_it_would_be(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        found = check(
            session, settings, lot_of(session, settings), count=100, imprint=Imprint(start_at=31)
        )
    assert found.problems == []
    assert found.pages == 2
    assert found.plan is not None
    assert (found.plan.version, found.plan.level) == (3, "Q")  # M was asked for, Q has room
    assert found.plan.module_mm * found.plan.modules > 10
    assert found.content.stars == 4
    assert found.content["decision_number"] == "1147/QĐ-UBND"
    assert found.balance.remaining == 1000


@pytest.mark.parametrize(
    ("kind", "variable", "refused"),
    [
        ("best_before", "expires", True), ("", "best_before", True),
        ("best_before", "best_before", False), ("", "expires", False),
    ],
)  # fmt: skip
def test_a_date_is_printed_or_refused_never_left_out(
    database: Database, settings: Settings, kind: str, variable: str, refused: bool
) -> None:
    text = f'[[elements]]\ntype = "text"\nx = 30\ny = 20\nw = 18\nh = 4\nsize = 6\ntext = "{{{variable}}}"\n'
    with database.writing() as session:
        lot = lot_of(session, settings)
        lot.product.date_kind = kind
        layout = reading.load(HEAD + SYMBOL + text, source="own.toml")
        found = check(session, settings, lot, layout=layout)
    left_out = [str(one) for one in found.problems if "has no place" in str(one)]
    assert bool(left_out) is refused, found.problems


@pytest.mark.parametrize(
    ("recognition", "stars"),
    [
        pytest.param({}, 4, id="in force"),
        pytest.param({"potential_five": True}, 4, id="potential five is a note"),
        pytest.param({"valid_to": TODAY}, 4, id="on its last day"),
        pytest.param({"valid_from": date(2023, 1, 1), "extended_to": TODAY + timedelta(9)}, 4, id="extended"),
        pytest.param({"valid_to": TODAY - timedelta(1)}, None, id="expired yesterday"),
        pytest.param({"withdrawn_on": TODAY}, None, id="withdrawn today"),
        pytest.param({"valid_from": TODAY + timedelta(1)}, None, id="begins tomorrow"),
        pytest.param(None, None, id="none at all"),
    ],
)  # fmt: skip
def test_stars_are_printed_only_while_a_recognition_holds(
    database: Database, settings: Settings, recognition: dict[str, Any] | None, stars: int | None
) -> None:
    with database.writing() as session:
        lot = lot_of(session, settings, recognition)
        with_stars = check(session, settings, lot)
        without = check(session, settings, lot, layout="a4-65-plain")
        assert with_stars.content.stars == stars
        kinds = [type(problem) for problem in with_stars.problems]
        assert kinds == ([] if stars else [RecognitionForbids])
        assert without.problems == []  # no stars, no gate
        if not stars:
            assert with_stars.problems[0].fix
            with pytest.raises(RecognitionForbids):
                start(session, settings, lot)
        assert start(session, settings, lot, layout="a4-65-plain").count == 10


def test_every_problem_is_listed_at_once(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        lot = lot_of(
            session, settings, None, declared=5, expires_on=TODAY - timedelta(1),
            recalled_at=clock.now(),
        )  # fmt: skip
        found = check(session, settings, lot, form="gs1", imprint=Imprint(start_at=99))
    codes = [problem.code for problem in found.problems]
    assert codes.count("print_refused") == 3  # form, recall, expiry
    assert {"recognition_forbids", "quantity_exceeded", "content_missing", "bad_input"} <= {*codes}
    for problem in found.problems:
        assert problem.fix, problem
        assert "{" not in str(problem), problem


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"layout": "no-such-layout"}, "layout_error"),
        ({"count": 0}, "bad_input"),
        ({"count": -5}, "bad_input"),
        ({"imprint": Imprint(start_at=0)}, "bad_input"),
        ({"imprint": Imprint(start_at=66)}, "bad_input"),
        ({"count": 1001}, "quantity_exceeded"),
        ({"count": 1001, "form": "lot"}, "quantity_exceeded"),
        ({"form": "gs1"}, "print_refused"),
        ({"layout": "carton-a4-4", "form": "offline"}, "print_refused"),
        ({"layout": "a4-12", "form": "gs1"}, "content_missing"),
    ],
)
def test_what_cannot_be_printed_is_refused_and_takes_no_number(
    database: Database, settings: Settings, facts: dict[str, Any], error: str
) -> None:
    with database.writing() as session:
        lot = lot_of(session, settings)
        assert error in [
            problem.code for problem in check(session, settings, lot, **facts).problems
        ]
        with pytest.raises(LabelsvcError):
            start(session, settings, lot, **facts)
        assert session.scalar(select(func.count()).select_from(Issue)) == 0
        assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_a_full_label_needs_every_mandatory_content_a_seal_does_not(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        lot = lot_of(session, settings)
        lot.product.ingredients = ""
        session.flush()
        full = check(session, settings, lot, layout="food-100x70")
        missing = [p for p in full.problems if isinstance(p, ContentMissing)]
        assert [p.params["field"] for p in missing] == ["ingredients"]
        assert "37/2026" in missing[0].params["article"]
        assert check(session, settings, lot).problems == []


def test_starting_a_run_keeps_all_that_is_needed_to_make_it_again(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        lot = lot_of(session, settings)
        run = start(session, settings, lot, count=200, imprint=Imprint(start_at=60))
        run_id = run.id
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        assert parts.layout_of(run) == library.get("a4-65")
        assert run.content["stars"] == 4
        assert run.content["values"]["product_name"] == "Trà hoa cúc sấy lạnh"
        assert (run.state, print_run.progress(run)) == ("queued", (0, 1))
        assert run.issue.count == run.count == 200
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.subject) == ("print_run.create", f"print_run:{run_id}")
        assert entry.facts["count"] == 200
        producer = lot.product.producer_id
        for number, found in ((None, [run_id]), (producer, [run_id]), (producer + 1, [])):
            assert [run.id for run in session.scalars(print_run.runs_of(number))] == found


def test_a_run_that_is_rolled_back_leaves_nothing(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        lot = lot_of(session, settings)
    with pytest.raises(RuntimeError), database.writing() as session:
        start(session, settings, session.get_one(Lot, lot.id))
        raise RuntimeError
    with database.reading() as session:
        for table in (Issue, Job, PrintRun):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert print_run.balance(session, session.get_one(Lot, lot.id)).issued == 0


@pytest.mark.parametrize("start_at", [1, 2, 65])
@pytest.mark.parametrize("count", [1, 64, 65, 66, 1950, 1951, 5000])
def test_parts_cover_every_label_once_and_full_sheets_only(start_at: int, count: int) -> None:
    layout = library.get("a4-65")
    run = PrintRun(count=count, start_at=start_at)
    cut = parts.slices(layout, run)
    assert [n for part in cut for n in range(part.offset, part.offset + part.count)] == [
        *range(count)
    ]
    assert cut[0].placement.start_at == start_at
    assert all(part.placement.start_at == 1 for part in cut[1:])
    sheet = Sheet.of(layout)
    for part in cut[:-1]:
        assert (part.placement.start_at - 1 + part.count) % sheet.per_page == 0
    pages = sum(sheet.pages(part.count, part.placement) for part in cut)
    assert pages == sheet.pages(count, Placement(start_at=start_at))


def test_a_lot_code_is_one_code_on_every_label(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        lot = lot_of(session, settings)
        run = start(session, settings, lot, form="lot", count=40)
        keyring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        units = parts.units_of(run, keyring, parts.slices(library.get("a4-65"), run)[0])
        assert len(units) == 40
        assert {unit.code for unit in units} == {*codes_of(run.issue, keyring)}
        assert print_run.balance(session, lot).remaining == 1000
        with pytest.raises(BadInput, match="one lot code"):
            ledger.note_spoiled(session, run=run, first=1, last=1, reason="x", actor="user:1")


@pytest.mark.parametrize("form", ["short", "gs1", "offline"])
def test_unit_codes_differ_on_every_label_and_are_numbered(
    database: Database, settings: Settings, form: str
) -> None:
    with database.writing() as session:
        lot = lot_of(session, settings, gtin=GTIN)
        run = start(session, settings, lot, form=form, layout="a4-12", count=30)
        keyring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        units = parts.units_of(run, keyring, parts.Slice(10, 20))
    assert len({unit.code for unit in units}) == 20
    # A lot may have several runs, each with a label 11.
    assert units[0].unit_number == f"Đ{run.id} · 11/30"
    assert all(unit.code.startswith("HTTPS://QR.EXAMPLE.VN/") for unit in units)


def test_voiding_a_misprinted_range_frees_the_quantity_once(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        lot = lot_of(session, settings, declared=60)
        run = start(session, settings, lot, count=60)
        with pytest.raises(QuantityExceeded):
            start(session, settings, lot, count=1)
        run.state = RunState.RELEASED
        for _ in range(2):
            ledger.note_spoiled(
                session, run=run, first=5, last=14, reason="Lệch khổ", actor="user:1"
            )
        have = print_run.balance(session, lot)
        assert (have.declared, have.issued, have.void, have.remaining) == (60, 60, 10, 10)
        for number, state in ((4, None), (5, "void"), (14, "void"), (15, None)):
            mark = revoke.state_of(session, run.issue.first + number - 1)
            assert (mark.state if mark else None) == state
        again = start(session, settings, lot, count=10)
        assert again.issue.first > run.issue.last  # never the same numbers
        with pytest.raises(QuantityExceeded):
            start(session, settings, lot, count=1)


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [(0, 1, "x"), (1, 11, "x"), (5, 4, "x"), (-3, -1, "x"), (1, 1, ""), (1, 1, "  ")],
)
def test_a_range_that_is_none_or_has_no_reason_is_refused(
    database: Database, settings: Settings, first: int, last: int, reason: str
) -> None:
    with database.writing() as session:
        run = start(session, settings, lot_of(session, settings))
        with pytest.raises(BadInput) as caught:
            ledger.note_spoiled(session, run=run, first=first, last=last, reason=reason, actor="u")
        assert caught.value.fix
        assert revoke.marks_of(session, run.issue) == []


def test_a_recalled_lot_gets_no_labels(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        lot = lot_of(session, settings, recalled_at=clock.now())
        with pytest.raises(PrintRefused, match="recalled"):
            start(session, settings, lot)


def test_runs_started_at_once_never_exceed_the_quantity_together(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        lot_id = lot_of(session, settings, declared=1000).id
    outcomes: list[str] = []

    def begin() -> None:
        try:
            with database.writing() as session:
                start(session, settings, session.get_one(Lot, lot_id), count=300)
            outcomes.append("printed")
        except QuantityExceeded:
            outcomes.append("refused")

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["printed"] * 3 + ["refused"] * 3
    with database.reading() as session:
        firsts = sorted(session.scalars(select(Issue.first)))
        assert [b - a for a, b in pairwise(firsts)] == [300, 300]


@pytest.mark.parametrize("lot", ["L280828-88", "L2808-28888-ABCDEFGH", "LO.HANOI/2028.MWQ-88"])
@pytest.mark.parametrize("layout", [layout.name for layout in library.for_packs()])
def test_every_layout_has_room_for_the_words_of_the_longest_run(layout: str, lot: str) -> None:
    """Also for codes of wide letters: else a run would fail after its numbers were taken. And after
    tens of thousands of other runs, with wide dates and a lot named as the service names lots, or by
    as many letters as a lot may have."""
    chosen, usual = library.get(layout), sample_content()
    named = {"lot_code": lot, "made": "28/08/2026", "expires": "28/08/2028"}
    content = LabelContent(dict(usual) | named, usual.stars, usual.record)
    mark = blank_roll.roll_name if chosen.blank else numbering.run_name
    for form in chosen.forms:
        for count in (999, 1_000_000):
            unit = Unit(
                sample_unit(form).code, numbering.sample_printed(form),
                numbering.position(count, count, mark(88_888)),
            )  # fmt: skip
            drawing = compose(chosen, content, fonts.load(), unit=unit)
            assert drawing.resolve(unit, fonts.load())


def test_samples_are_numbered_as_labels_of_runs_and_of_blank_rolls_are() -> None:
    numbered = [library.get(name) for name in library.names()]
    for layout in numbered:
        if layout.purpose != "carton" and layout.forms[0] != "lot":
            mark = blank_roll.roll_name(14) if layout.blank else numbering.run_name(14)
            assert sample_unit_of(layout).unit_number == numbering.position(12, 500, mark)
    assert {layout.name for layout in numbered if layout.blank} == {"blank-35x22", "blank-a4-65"}


def test_the_sample_caption_is_wider_than_a_hundred_thousand_real_ones() -> None:
    face = fonts.load()["bold"]
    random = Random(1)
    widest = max(
        face.width(uri.printed("".join(random.choices(alphabet.ALPHABET, k=24))))
        for _ in range(100_000)
    )
    assert widest < face.width(numbering.sample_printed("short"))


def test_a_run_whose_words_do_not_fit_is_refused_before_numbers_are_taken(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        lot = lot_of(session, settings, code="L261101-01-WWWWWWWWW")
        assert [p.code for p in check(session, settings, lot).problems] == ["label_overflow"]
