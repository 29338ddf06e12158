"""The page of what the law changes, and what it finds of a product before anything is printed."""

from __future__ import annotations

from collections.abc import Callable

from labelsvc.catalogue.models import Product
from labelsvc.db import Database
from tests import world as worlds
from tests.web.desk import Desk


def test_a_change_lists_the_products_that_it_touches(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    lan = desk("lan")
    before = lan.words("/console/changes")
    assert "An ingredient in the name needs its share" in before
    assert "The name says “gừng”" not in before
    with database.writing() as session:
        product = session.get_one(Product, world.product)
        product.name, product.ingredients = "Trà hoa cúc gừng", "Hoa cúc chi (90 %), gừng"
    touched = lan.words("/console/changes")
    assert "The name says “gừng”, and the list does not say how much of it is inside." in touched
    assert "The name says “gừng”" in lan.words(f"/console/products/{world.product}")
    assert "gừng" not in desk("hung").words("/console/changes")
