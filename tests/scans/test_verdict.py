"""The rule behind the first line of every scan page: one row a verdict."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from labelsvc.codes.forms.marks import MarkState
from labelsvc.i18n import catalog
from labelsvc.scans.verdict import (
    MANY_OF_LOT,
    MANY_SESSIONS,
    SHOWN,
    CopyNotice,
    Facts,
    Tone,
    Verdict,
    copy_notice,
    judge,
)

TODAY = date(2026, 11, 23)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (Facts(), Verdict.ISSUED_OK),
        (Facts(expires_on=TOMORROW), Verdict.ISSUED_OK),
        (Facts(expires_on=TODAY), Verdict.ISSUED_OK),  # the last day still counts
        (Facts(expires_on=YESTERDAY), Verdict.EXPIRED),
        (Facts(mark=MarkState.SOLD), Verdict.DECOMMISSIONED),
        (Facts(mark=MarkState.SOLD, expires_on=YESTERDAY), Verdict.DECOMMISSIONED),
        (Facts(mark=MarkState.ACTIVATED), Verdict.ISSUED_OK),
        (Facts(activation=True), Verdict.NOT_ACTIVATED),
        (Facts(activation=True, mark=MarkState.ACTIVATED), Verdict.ISSUED_OK),
        (Facts(activation=True, mark=MarkState.SOLD), Verdict.DECOMMISSIONED),
        (Facts(activation=True, expires_on=YESTERDAY), Verdict.EXPIRED),
        (Facts(activation=True, recalled=True), Verdict.RECALLED),
        (Facts(recalled=True), Verdict.RECALLED),
        (Facts(recalled=True, mark=MarkState.SOLD), Verdict.RECALLED),
        (Facts(recalled=True, expires_on=YESTERDAY), Verdict.RECALLED),
        (Facts(mark=MarkState.VOID), Verdict.VOIDED),
        (Facts(mark=MarkState.VOID, recalled=True), Verdict.VOIDED),
        (Facts(mark=MarkState.WITHDRAWN), Verdict.REVOKED),
        (Facts(mark=MarkState.WITHDRAWN, recalled=True, expires_on=YESTERDAY), Verdict.REVOKED),
    ],
)
def test_the_worst_that_is_known_rules(facts: Facts, verdict: Verdict) -> None:
    assert judge(facts, TODAY) is verdict


#: Verdict → HTTP status and tone; a new verdict needs a row here.
ROWS = {
    Verdict.ISSUED_OK: (200, Tone.GOOD),
    Verdict.ISSUED_OK_STALE: (200, Tone.CAUTION),
    Verdict.LINK_ONLY: (200, Tone.NEUTRAL),
    Verdict.EXPIRED: (200, Tone.CAUTION),
    Verdict.RECALLED: (200, Tone.BAD),
    Verdict.REVOKED: (410, Tone.BAD),
    Verdict.VOIDED: (410, Tone.BAD),
    Verdict.UNBOUND: (200, Tone.CAUTION),
    Verdict.NOT_ACTIVATED: (200, Tone.CAUTION),
    Verdict.PARTLY_WITHDRAWN: (200, Tone.BAD),
    Verdict.DECOMMISSIONED: (410, Tone.CAUTION),
    Verdict.NOT_ISSUED: (404, Tone.BAD),
    Verdict.BAD_SIGNATURE: (404, Tone.BAD),
    Verdict.UNKNOWN_KEY: (404, Tone.CAUTION),
    Verdict.FROZEN_KEY_OUTSIDE_RANGE: (404, Tone.BAD),
    Verdict.MALFORMED: (400, Tone.NEUTRAL),
    Verdict.FOREIGN_HOST: (400, Tone.CAUTION),
    Verdict.DUPLICATE_HERE: (200, Tone.BAD),
    Verdict.SHORT_CODE_NEEDS_NETWORK: (200, Tone.NEUTRAL),
}


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_its_status_tone_and_words_in_both_languages(verdict: Verdict) -> None:
    shown = SHOWN[verdict]
    assert (shown.status, shown.tone) == ROWS[verdict]
    for words in (shown.headline, shown.meaning):
        assert catalog("vi").get(words), words


def test_only_a_code_that_stands_is_green() -> None:
    assert [v for v in Verdict if SHOWN[v].tone is Tone.GOOD] == [Verdict.ISSUED_OK]


@pytest.mark.parametrize("verdict", Verdict)
def test_no_verdict_promises_genuine_goods(verdict: Verdict) -> None:
    english = f"{SHOWN[verdict].headline} {SHOWN[verdict].meaning}"
    vietnamese = " ".join(catalog("vi")[w] for w in SHOWN[verdict][2:])
    assert not re.search("genuine|authentic|original|guarantee", english, re.IGNORECASE)
    assert not re.search("hàng thật|chính hãng|hàng xịn|đảm bảo|bảo đảm", vietnamese, re.IGNORECASE)


@pytest.mark.parametrize(
    ("sessions", "declared", "notice"),
    [
        (0, None, CopyNotice.FIRST),
        (1, None, CopyNotice.SEEN),
        (MANY_SESSIONS, None, CopyNotice.SEEN),
        (MANY_SESSIONS + 1, None, CopyNotice.MANY),
        (0, 100, CopyNotice.FIRST),
        (MANY_OF_LOT * 100, 100, CopyNotice.SEEN),
        (MANY_OF_LOT * 100 + 1, 100, CopyNotice.MANY),
    ],
)
def test_the_second_axis_counts_occasions(
    sessions: int, declared: int | None, notice: CopyNotice
) -> None:
    assert copy_notice(sessions=sessions, declared=declared) is notice


def test_ten_thousand_scans_by_strangers_turn_nothing_red() -> None:
    assert copy_notice(sessions=10_000, declared=None) is CopyNotice.MANY
    assert judge(Facts(expires_on=TOMORROW), TODAY) is Verdict.ISSUED_OK


@pytest.mark.parametrize(
    ("sessions", "recent", "notice"),
    [
        (0, False, CopyNotice.FIRST),
        (1, True, CopyNotice.JUST_NOW),
        (1, False, CopyNotice.SEEN),
        (2, True, CopyNotice.SEEN),
        (10_000, True, CopyNotice.MANY),
    ],
)
def test_a_reader_who_loads_the_page_again_is_not_told_of_a_stranger(
    sessions: int, recent: bool, notice: CopyNotice
) -> None:
    assert copy_notice(sessions=sessions, declared=None, recent=recent) is notice
