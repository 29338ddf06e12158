"""English: what a product says to readers who know no Vietnamese, and what it lacks for them."""

from __future__ import annotations

import re

from labelsvc.catalogue.models import Product
from labelsvc.catalogue.products import allergens
from labelsvc.catalogue.products.columns import BY_NAME, IN_ENGLISH, ProductColumn

_MADE_HERE = re.compile(
    r"(?:(?:được )?(?:sản xuất|chế tạo) (?:tại|ở)|xuất xứ:?)?\s*việt nam\.?", re.IGNORECASE
)


def content(product: Product, name: str) -> str:
    """A content in English, "" where nobody wrote it; the usual origin needs nobody."""
    written: str = getattr(product, IN_ENGLISH[name].name)
    if name == "origin" and not written and _MADE_HERE.fullmatch(product.origin.strip()):
        return "Made in Viet Nam"
    return written


def lacking(product: Product) -> list[ProductColumn]:
    """The fields to fill in, in the order of the form, so that the scan page is whole in English."""
    lacks = [
        column
        for name, column in IN_ENGLISH.items()
        if getattr(product, name) and not content(product, name)
    ]
    if any(not one.english for one in allergens.named(product.allergens)):
        lacks.append(BY_NAME["allergens"])
    return lacks
