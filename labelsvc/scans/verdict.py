"""The verdicts: one fixed set, a machine word each, and the rule that chooses.

Two axes. The first says what we know for sure: issued by this programme and not withdrawn, or not.
The second, `CopyNotice`, states facts about how often a code was seen; it advises and never
changes the first. No verdict says "genuine": a photocopy of a good code is a good code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from labelsvc.codes.forms.marks import MarkState


class Verdict(StrEnum):
    ISSUED_OK = "ISSUED_OK"
    ISSUED_OK_STALE = "ISSUED_OK_STALE"
    LINK_ONLY = "LINK_ONLY"
    NOT_ACTIVATED = "NOT_ACTIVATED"
    EXPIRED = "EXPIRED"
    RECALLED = "RECALLED"
    REVOKED = "REVOKED"
    VOIDED = "VOIDED"
    #: Of a carton.
    PARTLY_WITHDRAWN = "PARTLY_WITHDRAWN"
    DECOMMISSIONED = "DECOMMISSIONED"
    UNBOUND = "UNBOUND"
    NOT_ISSUED = "NOT_ISSUED"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    FROZEN_KEY_OUTSIDE_RANGE = "FROZEN_KEY_OUTSIDE_RANGE"
    MALFORMED = "MALFORMED"
    FOREIGN_HOST = "FOREIGN_HOST"
    DUPLICATE_HERE = "DUPLICATE_HERE"
    SHORT_CODE_NEEDS_NETWORK = "SHORT_CODE_NEEDS_NETWORK"


#: About a label that is out of use: the product is named, and no stars are shown, which the product
#: may deserve and what carries the label may not.
OUT = frozenset({Verdict.REVOKED, Verdict.VOIDED})


class Tone(StrEnum):
    """Colour of a verdict; an icon and words say the same."""

    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"
    NEUTRAL = "neutral"


class Shown(NamedTuple):
    """The answer to a verdict; `headline` and `meaning` are English keys of translations."""

    status: int
    tone: Tone
    headline: str
    meaning: str


SHOWN: dict[Verdict, Shown] = {
    Verdict.ISSUED_OK: Shown(
        200, Tone.GOOD, "Valid code",
        "Issued by this programme and not withdrawn. Compare name, pack and lot below with what you hold.",
    ),
    Verdict.ISSUED_OK_STALE: Shown(
        200, Tone.CAUTION, "Valid code, as of the day shown",
        "Issued by this programme; the list of withdrawn codes on this device is old.",
    ),
    Verdict.LINK_ONLY: Shown(
        200, Tone.NEUTRAL, "Product information",
        "This link names a product. It is not a signed code and says nothing about the item you hold.",
    ),
    Verdict.EXPIRED: Shown(
        200, Tone.CAUTION, "Valid code, but past its expiry date",
        "Issued by this programme; the lot is past the date on it. After a use-by date (HSD), do not use or sell it; after a best-before date, ask the seller.",
    ),
    Verdict.NOT_ACTIVATED: Shown(
        200, Tone.CAUTION, "Label not activated yet",
        "This programme issued the code, but the producer has not entered its goods as released. "
        "On goods for sale the label may be stolen: do not rely on it.",
    ),
    Verdict.RECALLED: Shown(
        200, Tone.BAD, "Recalled product",
        "This lot is being recalled. Do not use it; bring it back to where you bought it.",
    ),
    Verdict.REVOKED: Shown(
        410, Tone.BAD, "Withdrawn code",
        "This code was issued and later withdrawn. Do not trust the goods that carry it.",
    ),
    Verdict.VOIDED: Shown(
        410, Tone.BAD, "Void label",
        "This label was misprinted and should have been destroyed. It must not be on goods for sale.",
    ),
    Verdict.PARTLY_WITHDRAWN: Shown(
        200, Tone.BAD, "Some labels of this carton are withdrawn",
        "Labels inside were withdrawn or are void. Scan each pack, and do not trust those that are.",
    ),
    Verdict.DECOMMISSIONED: Shown(
        410, Tone.CAUTION, "Code already used up",
        "The item with this code was reported as sold or used. A second one with the same code is suspicious.",
    ),
    Verdict.UNBOUND: Shown(
        200, Tone.CAUTION, "Blank label, not entered for any goods",
        "This programme issued the code on a blank roll, and nobody has entered yet what it was put on. "
        "On goods for sale it proves nothing.",
    ),
    Verdict.NOT_ISSUED: Shown(
        404, Tone.BAD, "Not issued by this programme",
        "We did not issue this code. It may be mistyped, damaged or made up.",
    ),
    Verdict.BAD_SIGNATURE: Shown(
        404, Tone.BAD, "Not issued by this programme",
        "The signature of this code does not hold: it was altered or made up.",
    ),
    Verdict.UNKNOWN_KEY: Shown(
        404, Tone.CAUTION, "Cannot be checked",
        "This code names a key that is not known here. An older copy of the key list may be the reason.",
    ),
    Verdict.FROZEN_KEY_OUTSIDE_RANGE: Shown(
        404, Tone.BAD, "Not issued by this programme",
        "Its key was stolen, and this code is not among those issued before the theft.",
    ),
    Verdict.MALFORMED: Shown(
        400, Tone.NEUTRAL, "This is not one of our codes",
        "The code is incomplete or contains characters that our codes do not have. Scan it again, "
        "or type the characters under the symbol, if they are printed.",
    ),
    Verdict.FOREIGN_HOST: Shown(
        400, Tone.CAUTION, "A code of another site",
        "This link leads to another site. Do not enter any data there.",
    ),
    Verdict.DUPLICATE_HERE: Shown(
        200, Tone.BAD, "The same code on two items",
        "Two items in this visit carry one unit code: at least one label is a copy.",
    ),
    Verdict.SHORT_CODE_NEEDS_NETWORK: Shown(
        200, Tone.NEUTRAL, "Needs a network",
        "Short codes are checked by the server. Keep it and check again when there is a signal.",
    ),
}  # fmt: skip


#: Shown in the stead of `FOREIGN_HOST` where the other programme is known; the machine word is the same.
FOREIGN_KNOWN = Shown(
    400, Tone.CAUTION, "A code of another programme",
    "It was not issued here, so it cannot be checked here. It leads to a programme that we know.",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """The facts about an issued code whose tag or signature holds."""

    mark: MarkState | None = None
    recalled: bool = False
    #: Labels of the lot are good only once they are activated.
    activation: bool = False
    expires_on: date | None = None


def judge(facts: Facts, on: date) -> Verdict:
    """The first axis for an issued code: the worst thing that is known rules.

    Withdrawal of the code and a recall of the lot speak before anything about dates.
    """
    if facts.mark is MarkState.WITHDRAWN:
        return Verdict.REVOKED
    if facts.mark is MarkState.VOID:
        return Verdict.VOIDED
    if facts.recalled:
        return Verdict.RECALLED
    if facts.mark is MarkState.SOLD:
        return Verdict.DECOMMISSIONED
    if facts.expires_on is not None and facts.expires_on < on:
        return Verdict.EXPIRED
    if facts.activation and facts.mark is None:
        return Verdict.NOT_ACTIVATED
    return Verdict.ISSUED_OK


class CopyNotice(StrEnum):
    """The second axis: facts about earlier scans. Never an accusation."""

    FIRST = "first"
    #: One visit, of the last half hour: it may be the reader's own, of the same page.
    JUST_NOW = "just_now"
    SEEN = "seen"
    MANY = "many"


#: Distinct sessions of one unit code from which the page advises to look closely; the setting
#: COPY_NOTICE_SESSIONS has the same default.
MANY_SESSIONS = 5
#: The same for a lot code, in multiples of the declared quantity (COPY_LOT_MULTIPLE).
MANY_OF_LOT = 3


def copy_notice(
    *,
    sessions: int,
    declared: int | None,
    many: int = MANY_SESSIONS,
    multiple: int = MANY_OF_LOT,
    recent: bool = False,
) -> CopyNotice:
    """Choose the words about *sessions* earlier visits.

    :param declared: units of the lot for a lot code, None for a unit code.
    :param many: sessions of a unit code that are not yet many.
    :param multiple: of *declared*, that are not yet many.
    :param recent: the first one began within the time that makes one visit.
    """
    if not sessions:
        return CopyNotice.FIRST
    if sessions == 1 and recent:
        return CopyNotice.JUST_NOW
    limit = many if declared is None else multiple * declared
    return CopyNotice.MANY if sessions > limit else CopyNotice.SEEN
