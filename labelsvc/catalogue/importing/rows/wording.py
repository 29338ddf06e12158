"""Wording: refuses names in a list that claim other stars than its row, and notes words that no label may carry.
Used by rows."""

from __future__ import annotations

from labelsvc.catalogue.importing.rows.line import Reader
from labelsvc.catalogue.products.columns import IN_LISTS
from labelsvc.errors import BadInput
from labelsvc.wording import claims, language, stars

#: Texts of a product that labels and scan pages say, beside its name.
_SAID = tuple(one.name for one in IN_LISTS if one.variable is not None and one.name != "name")


def check(reader: Reader) -> None:
    """Look at the texts of a row that a label would say; its stars are read already."""
    line = reader.line
    name = str(line.product.get("name", ""))
    given = line.recognition.get("stars") if line.recognition else None
    said = stars.claims(name)
    wrong = [claim for claim in said if claim.stars not in (None, given)]
    if wrong and isinstance(given, int):
        reader.refuse(
            "product",
            BadInput(
                "The name says “{words}”, the row gives {stars} stars.",
                fix="Write the name as the decision has it.",
                words=wrong[0].words,
                stars=given,
            ),
        )
    elif said:
        line.note(
            "The name says “{words}”: labels with it are printed only while the decision holds.",
            words=said[0].words,
        )
    for text in (name, *(str(line.product[one]) for one in _SAID if one in line.product)):
        if claim := claims.cure(text):
            line.note("“{words}” promises to cure: labels with it are refused.", words=claim.words)
    ingredients = str(line.product.get("ingredients", ""))
    if ingredients and language.foreign(ingredients):
        line.note("The ingredients are not in Vietnamese: labels with them are refused.")
