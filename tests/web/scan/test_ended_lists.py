"""Lists of withdrawn and expired products, followed to the page of a printed label: no star."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from labelsvc.catalogue.importing import apply_import, plan_import
from labelsvc.db import Database
from tests.catalogue.listing import FORMS, ended
from tests.world import World


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_an_ended_list_puts_a_star_on_a_page(
    client: FlaskClient, world: World, database: Database, form: str
) -> None:
    name, data = ended("Sản phẩm stars_none", "Hợp tác xã Gốm Sông Nhuệ")[form]
    with database.writing() as session:
        plan = plan_import(session, data=data, file_name=name)
        if not plan.blocked:
            apply_import(session, plan, actor="user:1")
    page = client.get(world.codes["stars_none"]).get_data(as_text=True)
    assert "Sản phẩm stars_none" in page
    assert "4 sao" not in page and "1147/QĐ-UBND" not in page
