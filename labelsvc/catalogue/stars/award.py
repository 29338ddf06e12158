"""Award: holds the rules of Decision 26/2026/QĐ-TTg for stars, days and points. Used by `certify`
and imports.

Pages and the import keep the same. Pure: nothing is looked up.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

from labelsvc.catalogue.places import REFORM
from labelsvc.catalogue.recognition import Authority, default_valid_to
from labelsvc.clock import today
from labelsvc.errors import BadInput

#: The programme began with Decision 490/QĐ-TTg on this day.
BEGINNING = date(2018, 5, 7)
#: From which day on which decision was the basis of a recognition, newest first.
_BASES = (
    (date(2026, 5, 22), "26/2026/QĐ-TTg"),
    (date(2025, 7, 6), "1489/QĐ-TTg"),
    (date(2023, 2, 24), "148/QĐ-TTg"),
    (date(2019, 8, 21), "1048/QĐ-TTg"),
    (BEGINNING, "490/QĐ-TTg"),
)
#: Decision → first and last day on which a recognition could rest on it. Those before Decision
#: 26/2026 lapsed 60 days after it (art. 11.2); what they had begun was judged by them (art. 12.2).
_BASIS_DAYS = {
    "26/2026/QĐ-TTg": (date(2026, 5, 22), date.max),
    "1489/QĐ-TTg": (date(2025, 7, 6), date(2026, 7, 21)),
    "148/QĐ-TTg": (date(2023, 2, 24), date(2026, 7, 21)),
    "781/QĐ-TTg": (date(2020, 6, 8), date(2023, 12, 31)),
    "1048/QĐ-TTg": (date(2019, 8, 21), date(2023, 12, 31)),
    "490/QĐ-TTg": (BEGINNING, date(2023, 12, 31)),
}
#: Districts gave three stars from Decision 148/QĐ-TTg to the end of districts, nobody else did;
#: the year before is left open, because one source has them begin in 2022.
_DISTRICTS_MAY = date(2022, 8, 1)
_DISTRICTS_ALONE = date(2023, 2, 24)
#: 36 months count from the day of issue (Decision 26/2026 art. 4.3); a certificate is handed out
#: some weeks after its decision.
MAX_START = timedelta(days=60)
#: Signers by their names: what each kind of authority cannot be called.
_NOT_OF = {
    Authority.PROVINCE: re.compile(r"\b(?:huyện|quận|thị xã|xã|phường|bộ)\b", re.IGNORECASE),
    Authority.MINISTRY: re.compile(r"\b(?:ubnd|ủy ban nhân dân|uỷ ban nhân dân)\b", re.IGNORECASE),
    Authority.DISTRICT: re.compile(r"\b(?:bộ|tỉnh)\b", re.IGNORECASE),
}
#: Average points that each star begins and ends with (art. 3).
BANDS = {3: (50, 70), 4: (70, 90), 5: (90, 100)}
_SPARE_DAY = timedelta(days=1)


def legal_basis_on(day: date) -> str:
    """The decision of the Prime Minister that a recognition of *day* rests on."""
    return next((number for since, number in _BASES if day >= since), _BASES[-1][1])


def stars_reached(score: Decimal | None) -> int | None:
    """The most stars that *score* is enough for; None below 50 points and without a score."""
    if score is None:
        return None
    return max((stars for stars, (least, _) in BANDS.items() if score >= least), default=None)


def stars_above(score: Decimal | None, stars: int, *, potential_five: bool = False) -> int | None:
    """Tell how many stars *score* would do for if that is more than *stars*; None if it fits.

    Such a decision is worth a look and no error: a product may lack what a star demands beside the
    points (appendix II), and the central council may have judged lower than the province (art. 7).
    """
    reached = stars_reached(score)
    if potential_five or reached is None or reached <= stars:
        return None
    return reached


def check_award(
    *,
    stars: int,
    authority: Authority,
    decision_date: date,
    valid_from: date,
    valid_to: date,
    score: Decimal | None = None,
    potential_five: bool = False,
) -> None:
    """Refuse stars that nobody can have given this way.

    :raises BadInput: `field` names what to look at.
    """
    check_facts(
        stars=stars, authority=authority, decision_date=decision_date, valid_from=valid_from,
        valid_to=valid_to, score=score, potential_five=potential_five,
    )  # fmt: skip
    check_giver(stars, authority, decision_date)


def check_facts(
    *,
    stars: int,
    authority: Authority,
    decision_date: date,
    valid_from: date,
    valid_to: date,
    score: Decimal | None = None,
    potential_five: bool = False,
) -> None:
    """Refuse what `check_award` refuses, but for whose turn it was to give three stars.

    Lists name one signer over rows of many years: there it is worth a note and no refusal.
    """
    if stars not in BANDS:
        raise BadInput(
            "There is no certificate for {stars} stars, only for 3, 4 and 5.",
            fix="Check the decision.",
            field="stars",
            stars=stars,
        )
    if stars == 5 and authority is not Authority.MINISTRY:
        raise BadInput(
            "Five stars are given by the ministry only.",
            fix="Give the ministry's decision, or 4 stars with the note 'potential 5 stars'.",
            field="stars",
        )
    if stars < 5 and authority is Authority.MINISTRY:
        raise BadInput(
            "The ministry gives five stars only; {stars} are given by the province.",
            fix="Check the number of the decision.",
            field="decision_number",
            stars=stars,
        )
    if authority is Authority.DISTRICT and (stars != 3 or decision_date >= REFORM):
        raise BadInput(
            "A district could give three stars only, and until 30 June 2025.",
            fix="Check who signed the decision.",
            field="authority",
        )
    if potential_five and stars != 4:
        raise BadInput(
            "'Potential 5 stars' is a note beside 4 stars.", fix="Enter 4 stars.", field="stars"
        )
    _check_score(stars, score, potential_five)
    _check_days(decision_date, valid_from, valid_to)


def check_giver(stars: int, authority: Authority, decided: date) -> None:
    """Refuse a giver of three stars whose turn it was not: district and province gave them in turn.

    :raises BadInput: `field` is "authority".
    """
    if authority is Authority.DISTRICT and decided < _DISTRICTS_MAY:
        raise BadInput(
            "Before August 2022 no district gave stars: the province did.",
            fix="Check who signed the decision, and its day.",
            field="authority",
        )
    if stars == 3 and authority is Authority.PROVINCE and _DISTRICTS_ALONE <= decided < REFORM:
        raise BadInput(
            "From 24 February 2023 to 30 June 2025 districts gave three stars, not the province.",
            fix="Check who signed the decision, and its day.",
            field="authority",
        )


def check_basis(legal_basis: str, decided: date) -> None:
    """Refuse a decision of the Prime Minister that was not in force on the day of the recognition.

    :raises BadInput: one that we know, on a day on which nothing could rest on it.
    """
    known = next((days for number, days in _BASIS_DAYS.items() if number in legal_basis), None)
    if known is not None and not known[0] <= decided <= known[1]:
        raise BadInput(
            "No recognition of {day} rests on decision {basis}.",
            fix="Leave it empty: then it is {right}.",
            field="legal_basis",
            day=decided,
            basis=legal_basis,
            right=legal_basis_on(decided),
        )


def check_signer(authority: Authority, name: str) -> None:
    """Refuse the name of a signer that cannot be the authority.

    :raises BadInput: "UBND huyện Gia Lâm" as a province.
    """
    if _NOT_OF[authority].search(name):
        raise BadInput(
            "“{name}” is another kind of authority than the one chosen.",
            fix="Check who signed the decision.",
            field="authority_name",
            name=name,
        )


def _check_score(stars: int, score: Decimal | None, potential_five: bool) -> None:
    if score is None:
        return
    if not 0 <= score <= 100:
        raise BadInput("A score is between 0 and 100.", fix="Check the figure.", field="score")
    # Above the band is possible (`stars_above`); pages and imports say so.
    if score < BANDS[stars][0]:
        raise BadInput(
            "{score} points are not enough for {stars} stars; they begin at {least}.",
            fix="Check the score and the stars against the decision.",
            field="score",
            score=score,
            stars=stars,
            least=BANDS[stars][0],
        )
    if potential_five and score < BANDS[5][0]:
        raise BadInput(
            "{score} points are not enough for the note 'potential 5 stars'; it begins at {least}.",
            fix="Check the score against the decision, or leave the note out.",
            field="score",
            score=score,
            least=BANDS[5][0],
        )


def _check_days(decision_date: date, valid_from: date, valid_to: date) -> None:
    if decision_date > today():
        raise BadInput(
            "The decision is dated in the future.", fix="Check the year.", field="decision_date"
        )
    if decision_date < BEGINNING:
        raise BadInput(
            "The decision is older than the OCOP programme (7 May 2018).",
            fix="Check the year.",
            field="decision_date",
        )
    if valid_from < decision_date:
        raise BadInput(
            "A recognition cannot begin before its decision.",
            fix="Check the dates.",
            field="valid_from",
        )
    if valid_from > decision_date + MAX_START:
        raise BadInput(
            "A recognition begins when it is issued: within 60 days of its decision.",
            fix="Check both dates: 36 months count from the day of issue.",
            field="valid_from",
        )
    if valid_to < valid_from:
        raise BadInput(
            "The recognition ends before it begins.", fix="Check the dates.", field="valid_to"
        )
    # Provinces count the last day differently by one (signed 23 Dec 2019: void from 24 Dec 2022).
    if valid_to > default_valid_to(valid_from) + _SPARE_DAY:
        raise BadInput(
            "A recognition holds for 36 months at most.",
            fix="Check the dates; an extension of a renewal is recorded separately.",
            field="valid_to",
        )
