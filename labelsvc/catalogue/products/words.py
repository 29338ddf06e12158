"""Product words: refuses texts of a product that no label may carry: stars that no decision gives, cures,
mandatory contents in another language. Used by `register` when texts are saved.

A name is as the decision has it, so its language is no matter here; labels without stars ask for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labelsvc.catalogue.models import Product
from labelsvc.catalogue.recognition import ruling
from labelsvc.clock import today
from labelsvc.errors import BadInput
from labelsvc.wording import claims, language, stars

#: Columns whose words buyers read.
TEXTS = (
    "name", "name_en", "brand", "net_content", "ingredients", "instructions", "storage", "warning", "specification",
    "origin", "alcohol", "story", "story_en", "ingredients_en", "instructions_en", "storage_en", "warning_en",
    "origin_en",
)  # fmt: skip
#: Mandatory contents: in Vietnamese (Decree 37/2026/NĐ-CP art. 39.1, 42.1).
CONTENTS = ("ingredients", "instructions", "storage", "warning", "specification")
#: Criteria set of medicines and health food: what a medicine may say is another law's.
_MEDICINES = 18


def check(product: Product, changes: Mapping[str, tuple[Any, Any]]) -> None:
    """Refuse new texts of *product* that no label may carry.

    :raises BadInput: `field` names the text.
    """
    number = changes["set_number"][1] if "set_number" in changes else product.set_number
    for field in TEXTS:
        text = changes[field][1] if field in changes else None
        if text:
            _stars(product, field, text)
            if number != _MEDICINES:
                _cures(field, text)
            if field in CONTENTS and language.foreign(text):
                raise BadInput(
                    "“{words}” is not in Vietnamese.",
                    fix="Write it in Vietnamese; another language may stand beside it, not larger.",
                    field=field,
                    words=text[:60],
                )


def _stars(product: Product, field: str, text: str) -> None:
    recognition = ruling(product.recognitions, today()) if product.id else None
    given = None
    if recognition is not None and recognition.standing(today()).allows_stars:
        given = recognition.stars
    wrong = stars.wrong(text, given)
    if wrong:
        raise BadInput(
            "“{words}” claims stars or the programme, and no decision in force gives that.",
            fix="Leave it out: labels and the scan page say the stars by themselves, while they hold.",
            field=field,
            words=max(wrong, key=lambda claim: claim.stars or 0).words,
        )


def _cures(field: str, text: str) -> None:
    found = [claim for claim in claims.claims(text) if claim.kind == "cure"]
    if found:
        raise BadInput(
            "“{words}” promises to cure or prevent: goods that are no medicine may not.",
            fix="Leave it out.",
            field=field,
            words=found[0].words,
        )
