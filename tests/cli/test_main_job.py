"""From opening a lot to judging a printed code, by the command line alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from labelsvc.catalogue.models import Lot
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate, codes_of, create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.labels.checks.read_back import read_back_pdf
from labelsvc.labels.layouts import library
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.sheets.placement import Placement
from labelsvc.settings import Settings
from tests.cli.conftest import Run
from tests.factories import make_lot, make_product, make_recognition

Told = Callable[..., Any]


def codes(database: Database, settings: Settings, run_id: int) -> list[str]:
    with database.reading() as session:
        issue = session.get_one(PrintRun, run_id).issue
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        return codes_of(issue, ring)


def test_a_lot_is_opened_printed_and_its_codes_hold(
    database: Database, settings: Settings, lot: Lot, told: Told, run: Run, tmp_path: Path
) -> None:
    product = str(lot.product_id)
    opened = told(
        "issue", "--product", product, "--lot", "l261105-01", "--made", "05/11/2026",
        "--expires", "2027-11-05", "--declared", 100,
    )  # fmt: skip
    assert (opened["lot"], opened["declared"]) == ("L261105-01", 100)
    assert (opened["made_on"], opened["expires_on"]) == ("2026-11-05", "2027-11-05")
    words = ("issue", "--product", product, "--declared", 5, "--made", "05/11/2026")
    taken = run(*words, "--lot", "L261105-01", code=1).stderr
    assert "leave it empty" in taken
    assert told(*words)["lot"] == "L261105-02"
    output = tmp_path / "labels.pdf"
    printed = told(
        "print", "--lot", "L261105-01", "--layout", "a4-65", "--count", 70, "--start-at", 2,
        "--output", output,
    )  # fmt: skip
    data = output.read_bytes()
    assert (printed["labels"], printed["pages"], printed["decoded"]) == (70, 2, 70)
    assert (printed["bytes"], printed["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert [path.name for path in tmp_path.glob("*.part")] == []
    made = codes(database, settings, printed["run"])
    assert read_back_pdf(data, library.get("a4-65"), made, Placement(start_at=2)).codes == 70
    verdict = told("verify", made[0])
    assert verdict["verdict"] == "ISSUED_OK"
    assert (verdict["lot"], verdict["label"], verdict["stars"]) == ("L261105-01", 1, 4)
    assert "Valid code" in run("verify", made[69].rpartition("/")[2].lower()).stdout


def test_one_verdict_for_the_page_and_the_command_line(
    database: Database, settings: Settings, lot: Lot, told: Told
) -> None:
    with database.writing() as session:
        run = print_run.start_run(session, print_run.RunRequest(lot=session.get_one(Lot, lot.id), layout="a4-65", count=3, base_url=settings.base_url), actor="cli")  # fmt: skip
        revoke.void(session, first=run.issue.first, count=1, reason="Lệch khổ", by="user:1")
        revoke.withdraw(session, first=run.issue.first + 1, count=1, reason="Mất tem", by="user:2")
    void, withdrawn, good = codes(database, settings, run.id)
    other = "8" if good[-1] != "8" else "9"
    for code, verdict, exit_code in (
        (good, "ISSUED_OK", 0),
        (void, "VOIDED", 1),
        (withdrawn, "REVOKED", 1),
        (good[:-1] + other, "NOT_ISSUED", 1),
        (good[:-1], "MALFORMED", 1),
        ("", "MALFORMED", 1),
        ("https://example.com/" + good[-24:], "FOREIGN_HOST", 1),
    ):
        assert told("verify", code, code=exit_code)["verdict"] == verdict, code
    assert told("verify", void, code=1)["reason"] == "Lệch khổ"


def test_an_offline_code_is_judged_without_a_database(
    database: Database, settings: Settings, lot: Lot, told: Told, run: Run, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with database.writing() as session:
        here = session.get_one(Lot, lot.id)
        made = [
            print_run.start_run(session, print_run.RunRequest(lot=here, layout="a4-12", count=1, form=form, base_url=settings.base_url), actor="cli").id
            for form in ("offline", "short")
        ]  # fmt: skip
    (offline,), (short,) = (codes(database, settings, run_id) for run_id in made)
    assert told("verify", offline)["verdict"] == "ISSUED_OK"
    trust = tmp_path / "trust.json"
    run("keys", "export", trust)
    assert "mac" not in trust.read_text()

    def nothing() -> Any:
        raise AssertionError("the database was opened")

    monkeypatch.setattr("labelsvc.cli.base.opened", nothing)
    known = told("verify", offline, "--trust", trust)
    assert (known["verdict"], known["expires_on"]) == ("ISSUED_OK_STALE", str(lot.expires_on))
    forged = offline[:-1] + str((int(offline[-1]) + 1) % 10)
    for code, verdict in (
        (short, "SHORT_CODE_NEEDS_NETWORK"),
        (offline[:-3], "MALFORMED"),
        (offline.replace("QR.", "QQ."), "FOREIGN_HOST"),
    ):
        assert told("verify", code, "--trust", trust, code=1)["verdict"] == verdict
    refused = told("verify", forged, "--trust", trust, code=1)["verdict"]
    assert refused in ("BAD_SIGNATURE", "MALFORMED")
    trust.write_text(json.dumps({"format": "other"}))
    assert "trust file" in run("verify", offline, "--trust", trust, code=1).stderr
    trust.write_bytes(b"\xff\xfe")
    assert "trust file" in run("verify", offline, "--trust", trust, code=1).stderr


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("labels.zpl", "label printers take rolls"),
        ("labels.TSPL", "label printers take rolls"),
        ("labels.docx", "“.docx”"),
        ("labels", "“labels”"),
        ("nowhere/labels.pdf", "no folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_numbers_are_taken(
    database: Database, lot: Lot, run: Run, name: str, words: str
) -> None:
    result = run("print", "--lot", lot.code, "--layout", "a4-65", "--count", 1, "--output", name, code=1)  # fmt: skip
    assert words in result.stderr
    with database.reading() as session:
        assert session.query(PrintRun).count() == 0


def test_a_refusal_is_told_with_what_to_do_in_the_language_that_was_asked_for(
    lot: Lot, run: Run
) -> None:
    words = ("print", "--lot", lot.code, "--layout", "a4-65", "--count", 1001, "--output", "a.pdf")
    english = run(*words, code=1).stderr
    assert "1000 labels are left, 1001 were asked for" in english
    assert "Print fewer labels" in english
    assert "Traceback" not in english
    vietnamese = run("--language", "vi", *words, code=1).stderr
    assert "Lô L261101-01" in vietnamese
    assert "1001" in vietnamese
    assert "{" not in vietnamese


def test_an_ambiguous_name_lists_who_it_may_be(
    database: Database, lot: Lot, run: Run, told: Told
) -> None:
    with database.writing() as session:
        twin = make_product(session, name="Trà hoa cúc sấy lạnh", gtin="08935217400119")
        make_lot(session, twin)
    said = run("issue", "--product", "tra hoa cuc say lanh", "--lot", "X", "--declared", 5, code=1)
    assert f"{lot.product_id} Trà hoa cúc" in said.stderr
    assert f"{twin.id} Trà hoa cúc" in said.stderr
    words = (
        "print",
        "--lot",
        lot.code,
        "--layout",
        "a4-65-plain",
        "--count",
        1,
        "--output",
        "a.pdf",
    )
    assert "may be any of these" in run(*words, code=1).stderr
    assert told(*words, "--product", "8935217400119")["labels"] == 1
    assert "no lot" in run(*words, "--product", twin.id, "--lot", "NONE", code=1).stderr


@pytest.mark.parametrize("asked", ["99", "08935217400119", "không có", "²", "1" * 30])
def test_a_name_that_nothing_has_is_said_to_be_unknown(lot: Lot, run: Run, asked: str) -> None:
    assert f"no product “{asked}”" in run("issue", "--product", asked, "--lot", "X", "--declared", 5, code=1).stderr  # fmt: skip


@pytest.mark.parametrize("day", ["31/02/2026", "2026-13-01", "5 Nov", "05-11-2026", ""])
def test_a_day_that_is_none_is_wrong_usage(lot: Lot, run: Run, day: str) -> None:
    words = ("issue", "--product", "1", "--lot", "X", "--declared", 5, "--made", day)
    assert "05/11/2026 or 2026-11-05" in run(*words, code=2).stderr


@pytest.mark.parametrize("form", ["short", "gs1", "offline"])
@pytest.mark.parametrize("state", ["revoked", "voided"])
def test_a_label_that_is_out_of_use_is_not_praised_with_stars(
    database: Database, settings: Settings, told: Told, run: Run, state: str, form: str
) -> None:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        product = make_product(session, gtin="09520000001001")
        make_recognition(session, product)
        issue = allocate(session, lot=make_lot(session, product), count=2, form=form)
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        code, good = codes_of(issue, ring)
        act = revoke.withdraw if state == "revoked" else revoke.void
        act(session, first=issue.first, count=1, reason="In lệch khổ", by="test")
    answer = told("verify", code, code=1)
    assert answer["verdict"] == state.upper()
    assert [answer[name] for name in ("stars", "standing", "valid_to")] == [None] * 3
    said = run("verify", code, code=1).stdout
    assert "Stars" not in said and "In force" not in said and "out of use carries no stars" in said
    assert told("verify", good)["stars"] == 4


@pytest.mark.parametrize(
    ("facts", "standing", "stars", "valid_to", "words"),
    [
        ({"valid_from": date(2026, 3, 4)}, "in_force", 4, "2029-03-04", "Recognition: In force"),
        ({"valid_from": date(2024, 1, 5)}, "ending_soon", 4, "2027-01-05", "In force, ends soon"),
        (
            {"valid_from": date(2023, 10, 1), "extended_to": date(2027, 2, 1)},
            "extended", 4, "2027-02-01", "In force by extension",
        ),
        ({"valid_from": date(2022, 3, 4)}, "expired", None, "2025-03-04", "ended on 04/03/2025"),
        ({"withdrawn_on": date(2026, 11, 2)}, "withdrawn", None, "2029-03-04", "withdrawn on 02/11/2026"),
        ({"valid_from": date(2027, 1, 1)}, "not_recognised", None, "2030-01-01", "begins on 01/01/2027"),
        (None, None, None, None, "No decision is entered here"),
    ],
)  # fmt: skip
def test_stars_are_told_with_their_standing_or_why_there_are_none(
    database: Database, settings: Settings, told: Told, run: Run, facts: dict[str, Any] | None,
    standing: str | None, stars: int | None, valid_to: str | None, words: str,
) -> None:  # fmt: skip
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        product = make_product(session)
        if facts is not None:
            make_recognition(session, product, **facts)
        issue = allocate(session, lot=make_lot(session, product), count=1, form="short")
        (code,) = codes_of(issue, load_keyring(session, base_url=settings.base_url, secrets=settings.keys))  # fmt: skip
    with time_machine.travel(datetime(2026, 11, 10, 3, tzinfo=UTC)):
        answer = told("verify", code)
        said = run("verify", code).stdout
    assert (answer["standing"], answer["stars"], answer["valid_to"]) == (standing, stars, valid_to)
    assert (answer["no_stars"] is None) == (stars is not None)
    assert words in said
    assert ("Stars: 4" in said) == (stars is not None)
