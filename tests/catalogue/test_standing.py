"""What stars and certificates are worth on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from labelsvc.catalogue.certificates import CertificateFacts, create_certificate
from labelsvc.catalogue.models import Product
from labelsvc.catalogue.recognition import (
    Authority,
    Certificate,
    Recognition,
    Standing,
    default_valid_to,
    ruling,
)
from labelsvc.catalogue.stars.award import check_award, stars_reached
from labelsvc.catalogue.stars.certify import (
    Award,
    create_recognition,
    ending_within,
    extend_recognition,
    withdraw_recognition,
)
from labelsvc.catalogue.stars.proposals import (
    Ending,
    WithdrawalProposal,
    confirm_withdrawal,
    count_due,
    late,
    propose_withdrawal,
)
from labelsvc.catalogue.stars.withdrawing import Reason
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict, Refused
from tests.factories import make_product, make_recognition

BEGIN, END = date(2024, 3, 4), date(2027, 3, 4)
EXTENDED = END + timedelta(days=180)
VOID = date(2026, 5, 1)


def stars(**facts: Any) -> Recognition:
    facts = {"stars": 4, "valid_from": BEGIN, "valid_to": END, "decision_number": "1/QĐ"} | facts
    return Recognition(**facts)


@pytest.mark.parametrize(
    ("facts", "on", "standing"),
    [
        ({}, BEGIN - timedelta(days=1), Standing.NOT_RECOGNISED),
        ({}, BEGIN, Standing.IN_FORCE),
        ({}, END - timedelta(days=181), Standing.IN_FORCE),
        ({}, END - timedelta(days=180), Standing.ENDING_SOON),
        ({}, END, Standing.ENDING_SOON),
        ({}, END + timedelta(days=1), Standing.EXPIRED),
        ({"extended_to": EXTENDED}, END, Standing.ENDING_SOON),
        ({"extended_to": EXTENDED}, END + timedelta(days=1), Standing.EXTENDED),
        ({"extended_to": EXTENDED}, EXTENDED, Standing.EXTENDED),
        ({"extended_to": EXTENDED}, EXTENDED + timedelta(days=1), Standing.EXPIRED),
        ({"withdrawn_on": VOID}, VOID - timedelta(days=1), Standing.IN_FORCE),
        ({"withdrawn_on": VOID}, VOID, Standing.WITHDRAWN),
        ({"withdrawn_on": VOID}, END + timedelta(days=9), Standing.WITHDRAWN),
        ({"withdrawn_on": VOID, "extended_to": EXTENDED}, EXTENDED, Standing.WITHDRAWN),
        ({"withdrawn_on": VOID}, BEGIN - timedelta(days=1), Standing.NOT_RECOGNISED),
        ({"potential_five": True}, BEGIN, Standing.IN_FORCE),
    ],
)
def test_standing_of_stars_on_a_day(facts: dict[str, Any], on: date, standing: Standing) -> None:
    assert stars(**facts).standing(on) is standing


def test_stars_are_printed_in_three_standings_of_six() -> None:
    assert {one for one in Standing if one.allows_stars} == {
        Standing.IN_FORCE, Standing.ENDING_SOON, Standing.EXTENDED,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (date(2024, 3, 4), date(2027, 3, 4)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2025, 2, 28), date(2028, 2, 28)),
        (date(2026, 12, 31), date(2029, 12, 31)),
    ],
)
def test_a_recognition_holds_for_36_months_and_on_the_last_day(begin: date, end: date) -> None:
    assert default_valid_to(begin) == end
    made = stars(valid_from=begin, valid_to=end)
    assert made.standing(end).allows_stars
    assert not made.standing(end + timedelta(days=1)).allows_stars


def test_the_renewal_file_is_handed_in_between_180_and_120_days_before_the_end() -> None:
    assert stars().renewal_window() == (date(2026, 9, 5), date(2026, 11, 4))


#: One that could not keep the 120 days before its end (Decision 26/2026 art. 12.3).
CAUGHT, CAUGHT_END = date(2023, 7, 1), date(2026, 7, 1)


@pytest.mark.parametrize("days", [1, 180])
def test_an_extension_keeps_the_stars_for_180_days_at_most(database: Database, days: int) -> None:
    with database.writing() as session:
        made = make_recognition(session, make_product(session), valid_from=CAUGHT)
        until = CAUGHT_END + timedelta(days=days)
        extend_recognition(
            session, recognition=made, until=until, evidence="Biên nhận 12/HS", actor="test"
        )
        assert made.last_day == until
        assert made.standing(until) is Standing.EXTENDED
        assert made.standing(until + timedelta(days=1)) is Standing.EXPIRED


@pytest.mark.parametrize(
    ("days", "evidence", "field"),
    [(181, "Biên nhận 12/HS", "until"), (0, "Biên nhận 12/HS", "until"), (90, " ", "evidence")],
)
def test_an_extension_too_long_too_short_or_unproven_is_refused(
    database: Database, days: int, evidence: str, field: str
) -> None:
    with database.writing() as session:
        made = make_recognition(session, make_product(session), valid_from=CAUGHT)
        until = CAUGHT_END + timedelta(days=days)
        with pytest.raises(BadInput) as told:
            extend_recognition(session, recognition=made, until=until, evidence=evidence, actor="t")
        assert told.value.params["field"] == field
        assert made.extended_to is None


@pytest.mark.parametrize(
    ("end", "may"),
    [
        (date(2026, 5, 21), False),
        (date(2026, 5, 22), True),
        (date(2026, 9, 19), True),
        (date(2026, 9, 20), False),
        (date(2029, 3, 4), False),
    ],
)
def test_only_what_could_not_keep_the_window_is_extended(
    database: Database, end: date, may: bool
) -> None:
    with database.writing() as session:
        begin = end.replace(year=end.year - 3)
        made = make_recognition(session, make_product(session), valid_from=begin)
        extend = partial(
            extend_recognition, session, recognition=made, until=end + timedelta(days=30),
            evidence="Biên nhận 12/HS", actor="test",
        )  # fmt: skip
        if may:
            extend()
        else:
            with pytest.raises(Refused):
                extend()
        assert (made.extended_to is not None) is may


def test_withdrawn_stars_are_gone_and_cannot_be_extended(database: Database) -> None:
    with database.writing() as session:
        made = make_recognition(session, make_product(session), valid_from=BEGIN)
        withdraw_recognition(
            session, recognition=made, decision="9/QĐ-UBND", reason="Sai nhãn", on=VOID, actor="t"
        )
        assert not made.standing(VOID).allows_stars
        with pytest.raises(Refused):
            extend_recognition(session, recognition=made, until=EXTENDED, evidence="x", actor="t")


@pytest.mark.parametrize(
    ("stars", "number", "right"),
    [
        (4, "5120/QĐ-UBND", True),
        (4, "77/QĐ-BNNMT", False),
        (5, "77/QĐ-BNNMT", True),
        (5, "5120/QĐ-UBND", False),
    ],
)
def test_a_withdrawal_is_of_who_gives_such_stars_and_keeps_the_day_of_the_finding(
    database: Database, stars: int, number: str, right: bool
) -> None:
    with database.writing() as session:
        made = make_recognition(session, make_product(session), valid_from=BEGIN, stars=stars)
        ending = Ending(number, VOID, Reason.LAW, found_on=VOID - timedelta(days=16))
        if not right:
            with pytest.raises(BadInput) as told:
                propose_withdrawal(session, made, ending, actor="user:1")
            assert told.value.params["field"] == "decision"
            return
        with pytest.raises(BadInput, match="before the withdrawal"):
            late_finding = replace(ending, found_on=VOID + timedelta(days=1))
            propose_withdrawal(session, made, late_finding, actor="user:1")
        proposal = propose_withdrawal(session, made, ending, actor="user:1")
        near = ending.found_on + timedelta(days=10) if ending.found_on else VOID
        assert [count_due(session, day) for day in (near - timedelta(days=1), near)] == [0, 1]
        # Read before a colleague refused it: the state in memory is not asked.
        stale = update(WithdrawalProposal).values(state="refused")
        session.execute(stale, execution_options={"synchronize_session": False})
        with pytest.raises(Conflict, match="decided already"):
            confirm_withdrawal(session, proposal, actor="user:2")
        session.execute(stale.values(state="proposed"))
        confirm_withdrawal(session, proposal, actor="user:2")
        assert made.withdrawal_authority == ("ministry" if stars == 5 else "province")
        assert (made.withdrawal_ground, late(made)) == ("law", True)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"stars": 5, "authority": Authority.PROVINCE}, "stars"),
        ({"stars": 5, "authority": Authority.MINISTRY, "potential_five": True}, "stars"),
        ({"stars": 3, "potential_five": True}, "stars"),
        ({"stars": 2}, "stars"),
        ({"stars": 4, "authority": Authority.MINISTRY}, "decision_number"),
        ({"stars": 3, "authority": Authority.DISTRICT, "decision_date": date(2025, 7, 1)}, "authority"),
        ({"stars": 4, "authority": Authority.DISTRICT}, "authority"),
        ({"stars": 4, "score": 69}, "score"),
        ({"stars": 4, "score": 101}, "score"),
        ({"stars": 4, "score": 89.99, "potential_five": True}, "score"),
        ({"valid_to": BEGIN - timedelta(days=1)}, "valid_to"),
        ({"valid_to": END + timedelta(days=2)}, "valid_to"),
        ({"valid_from": BEGIN - timedelta(days=1)}, "valid_from"),
        ({"decision_date": date(2018, 5, 6)}, "decision_date"),
        ({"valid_from": BEGIN + timedelta(days=61)}, "valid_from"),
        ({"stars": 3}, "authority"),
        ({"stars": 3, "authority": Authority.DISTRICT, "decision_date": date(2019, 12, 23)}, "authority"),
    ],
)  # fmt: skip
def test_stars_that_nobody_can_have_given_are_refused(facts: dict[str, Any], field: str) -> None:
    award: dict[str, Any] = {
        "stars": 4, "authority": Authority.PROVINCE, "decision_date": BEGIN, "valid_from": BEGIN, "valid_to": END,
    }  # fmt: skip
    check_award(**award)
    if "decision_date" in facts:
        day = facts["decision_date"]
        award |= {"valid_from": day, "valid_to": default_valid_to(day)}
    with pytest.raises(BadInput) as told:
        check_award(**(award | facts))
    assert told.value.params["field"] == field


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"legal_basis": "148/QĐ-TTg", "decision_date": date(2026, 11, 1)}, "legal_basis"),
        ({"legal_basis": "Quyết định 26/2026/QĐ-TTg", "decision_date": date(2026, 5, 21)}, "legal_basis"),
        ({"authority_name": "UBND huyện Gia Lâm"}, "authority_name"),
        ({"authority_name": "UBND Thành phố Hà Nội", "authority": Authority.MINISTRY, "stars": 5}, "authority_name"),
        ({"legal_basis": "148/QĐ-TTg", "decision_date": date(2026, 7, 21)}, None),
        ({"legal_basis": "Nghị quyết riêng"}, None),
    ],
)  # fmt: skip
def test_basis_and_signer_fit_the_day_and_the_authority(
    database: Database, facts: dict[str, Any], field: str | None
) -> None:
    award: dict[str, Any] = {
        "stars": 4, "decision_number": "1147/QĐ-UBND", "decision_date": date(2026, 6, 25),
        "authority": Authority.PROVINCE, "authority_name": "UBND Thành phố Hà Nội",
    }  # fmt: skip
    with database.writing() as session:
        product = make_product(session)
        if field is None:
            assert create_recognition(session, product, Award(**award | facts), actor="test").id
            return
        with pytest.raises(BadInput) as told:
            create_recognition(session, product, Award(**award | facts), actor="test")
        assert told.value.params["field"] == field


@pytest.mark.parametrize(
    ("score", "reached"),
    [(None, None), (49.99, None), (50, 3), (69.99, 3), (70, 4), (89.99, 4), (90, 5), (100, 5)],
)
def test_the_stars_that_points_are_enough_for(score: Any, reached: int | None) -> None:
    assert stars_reached(score) == reached


def test_potential_five_stars_are_four_with_a_note(database: Database) -> None:
    with database.writing() as session:
        product = make_product(session)
        award = Award(
            stars=4, potential_five=True, decision_number="1147/QĐ-UBND", decision_date=BEGIN,
            authority=Authority.PROVINCE, authority_name="UBND Thành phố Hà Nội",
        )  # fmt: skip
        made = create_recognition(session, product, award, actor="test")
        assert (made.stars, made.potential_five) == (4, True)
        ruled = ruling([made], BEGIN)
        assert ruled is not None
        assert ruled.stars == 4


def test_the_newest_recognition_that_allows_stars_speaks_for_the_product() -> None:
    old = stars(id=1, stars=3, valid_from=date(2021, 3, 1), valid_to=date(2024, 3, 1))
    now = stars(id=2)
    gone = stars(id=3, valid_from=date(2025, 1, 1), withdrawn_on=date(2025, 2, 1))
    later = stars(id=4, stars=5, valid_from=date(2026, 9, 1), valid_to=date(2029, 9, 1))
    every = [later, old, gone, now]
    for on, one in (
        (date(2020, 1, 1), later),  # none has begun: the newest says what will be
        (date(2022, 1, 1), old),
        (date(2025, 1, 15), gone),  # not withdrawn yet
        (date(2025, 6, 1), now),
        (date(2026, 12, 1), later),
        (date(2030, 1, 1), later),
    ):
        assert ruling(every, on) is one
    assert ruling([], BEGIN) is None


def test_what_ends_soon_leaves_out_what_is_renewed_or_withdrawn(database: Database) -> None:
    day = date(2026, 9, 10)
    with database.writing() as session:
        producer = make_product(session, name="Không sao").producer
        made: dict[str, Product] = {
            name: make_product(session, producer=producer, name=name)
            for name in ("sắp hết", "đã gia hạn", "bị thu hồi", "còn lâu", "đã hết")
        }
        for name, product in made.items():
            begin = {"còn lâu": date(2026, 1, 1), "đã hết": date(2023, 1, 1)}.get(name, BEGIN)
            gone = VOID if name == "bị thu hồi" else None
            make_recognition(session, product, valid_from=begin, withdrawn_on=gone)
        make_recognition(session, made["đã gia hạn"], valid_from=date(2026, 9, 1), decision_number="2/QĐ-UBND")  # fmt: skip
    with database.reading() as session:
        assert [r.product.name for r in ending_within(session, 180, on=day)] == ["sắp hết"]
        assert ending_within(session, 100, on=day) == []


@pytest.mark.parametrize(
    ("begin", "end", "on", "valid"),
    [
        (None, None, BEGIN, True),
        (BEGIN, None, BEGIN - timedelta(days=1), False),
        (BEGIN, None, BEGIN, True),
        (None, END, END, True),
        (None, END, END + timedelta(days=1), False),
        (BEGIN, END, date(2025, 1, 1), True),
    ],
)
def test_a_certificate_holds_from_its_first_to_its_last_day(
    begin: date | None, end: date | None, on: date, valid: bool
) -> None:
    assert Certificate(kind="VietGAP", valid_from=begin, valid_to=end).valid_on(on) is valid


def test_a_certificate_is_of_a_product_or_of_a_producer_and_ends_after_it_begins(
    database: Database,
) -> None:
    with database.writing() as session:
        product = make_product(session)
        haccp = CertificateFacts(kind="HACCP")
        for owner in ({"product": product}, {"producer": product.producer}):
            create_certificate(session, haccp, actor="test", **owner)
        for both in ({}, {"product": product, "producer": product.producer}):
            with pytest.raises(TypeError):
                create_certificate(session, haccp, actor="test", **both)
        with pytest.raises(BadInput) as told:
            ended = replace(haccp, valid_from=END, valid_to=BEGIN)
            create_certificate(session, ended, product=product, actor="t")
        assert told.value.params["field"] == "valid_to"


@given(st.dates(date(2019, 1, 1), date(2040, 1, 1)), st.integers(-1500, 1500), st.integers(1, 180))
def test_stars_are_allowed_exactly_from_the_first_to_the_last_day(
    begin: date, later: int, more: int
) -> None:
    end, on = default_valid_to(begin), begin + timedelta(days=later)
    plain = stars(valid_from=begin, valid_to=end)
    assert plain.standing(on).allows_stars is (begin <= on <= end)
    longer = stars(valid_from=begin, valid_to=end, extended_to=end + timedelta(days=more))
    assert longer.standing(on).allows_stars is (begin <= on <= longer.last_day)
