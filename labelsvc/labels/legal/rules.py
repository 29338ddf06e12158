"""Rules: dates each rule of the law check: its source, from when it holds, until when. Used by legal and the page
of what changes.

A finding of a rule that does not hold on the day is left out. A new law is a row here with its day,
and a row in CHANGES for those whose labels it touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from labelsvc.labels.legal.finding import DECREE, MARK_RULES, NUTRITION_RULES, PROGRAMME, Finding

#: From these days the documents hold.
DECREE_DAY, PROGRAMME_DAY = date(2026, 1, 23), date(2026, 5, 22)
METROLOGY = "Circular 21/2014/TT-BKHCN"
ADVERTISING = "Law 75/2025/QH15"


@dataclass(frozen=True)
class Rule:
    """A kind of finding: where it stands, first day, last day (None: no end is known)."""

    code: str
    source: str
    since: date
    until: date | None = None

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class Change:
    """A day on which labels change: `words` say what, `codes` are the findings that show whom."""

    day: date
    source: str
    words: str
    codes: frozenset[str]


#: Codes of one source and day.
_TABLE: tuple[tuple[str, date, str], ...] = (
    (f"{DECREE} art. 42, appendix I", DECREE_DAY, "missing_content content_not_on_layout phrase_missing no_goods_label medicine_label content_differs"),
    (f"{DECREE} art. 43.3, 48", DECREE_DAY, "share_missing named_not_listed ingredients_order ingredients_vague shares_above_all additive_group additive_unnamed additive_nature"),
    (f"{DECREE} appendix IV", DECREE_DAY, "fibre_share_missing wood_unnamed"),
    (f"{DECREE} art. 46, appendix III", DECREE_DAY, "date_broken date_capitals date_format date_unnamed dates_reversed made_is_packing"),
    (f"{DECREE} art. 47", DECREE_DAY, "origin_country origin_english origin_phrase"),
    (f"{DECREE} art. 39, 42", DECREE_DAY, "foreign_alone foreign_content foreign_head foreign_larger foreign_unmarked place_abbreviated address_short"),
    (f"{DECREE} art. 37, 38, 43.1", DECREE_DAY, "letters_small letters_too_small name_not_largest contrast words_covered words_overlap"),
    (f"{DECREE} art. 50, 52 to 54", DECREE_DAY, "sent_to_the_web e_label_claim cure_claim health_claim"),
    (f"{DECREE} art. 98.5", date(2025, 7, 1), "old_address"),
    (f"{NUTRITION_RULES} art. 5, 6", date(2026, 1, 1), "nutrition_asked nutrition_basis nutrition_incomplete"),
    (f"{METROLOGY} art. 4", date(2014, 10, 30), "figures_small quantity_kind quantity_total quantity_unnamed quantity_vague unit_spelling"),
    (f"{ADVERTISING} art. 8.11", date(2026, 1, 1), "unproven_claim"),
    (f"{PROGRAMME} art. 8.1", PROGRAMME_DAY, "claim_without_recognition other_stars potential_stars name_not_as_decided"),
    (MARK_RULES, date(2020, 9, 17), "stars_without_decision decision_far_from_stars"),
    ("TCVN 7087:2013", date(2013, 1, 1), "allergen_not_in_warning"),
)  # fmt: skip
RULES: Mapping[str, Rule] = MappingProxyType(
    {code: Rule(code, source, since) for source, since, codes in _TABLE for code in codes.split()}
)


def in_force(found: Iterable[Finding], on: date) -> list[Finding]:
    """Those of *found* whose rule holds on the day *on*; one that is not in the table always does."""
    return [one for one in found if one.code not in RULES or RULES[one.code].holds(on)]


#: Days that change labels, newest first. What has no code concerns labels in stock.
CHANGES: tuple[Change, ...] = (
    Change(
        date(2028, 1, 24), f"{DECREE} art. 98.4",
        "Labels printed under Decree 43/2017 may be used until 23 January 2028; print new ones before.",
        frozenset(),
    ),
    Change(
        date(2027, 7, 1), f"{DECREE} art. 98.5",
        "Labels printed with an address of before 1 July 2025 may be used until 30 June 2027.",
        frozenset({"old_address"}),
    ),
    Change(
        date(2026, 7, 10), NUTRITION_RULES,
        "Foods of more than one ingredient need nutrition figures, unless the maker is a small one.",
        frozenset({"missing_content:nutrition", "nutrition_asked", "nutrition_basis", "nutrition_incomplete"}),
    ),
    Change(
        PROGRAMME_DAY, PROGRAMME,
        "Stars and their words follow Decision 26/2026: the name of the decision, and no more stars than it gives.",
        frozenset({"claim_without_recognition", "other_stars", "potential_stars", "name_not_as_decided"}),
    ),
    Change(
        DECREE_DAY, DECREE,
        "An ingredient in the name needs its share, additives their group, and ingredients stand from large to small.",
        frozenset(
            {"share_missing", "named_not_listed", "ingredients_order", "shares_above_all", "additive_group",
             "additive_unnamed", "additive_nature"}
        ),
    ),
    Change(
        DECREE_DAY, f"{DECREE} appendix I, appendix IV",
        "Each group of goods has its contents: health food its sentences, wine its storage, textiles their shares.",
        frozenset({"missing_content", "phrase_missing", "medicine_label", "fibre_share_missing", "wood_unnamed"}),
    ),
)  # fmt: skip
