"""The five kinds of owner, and whose tax code is shown."""

from __future__ import annotations

import pytest

from labelsvc.catalogue.models import Producer, ProducerKind
from labelsvc.catalogue.register import create_producer, update_producer
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict

TEN, BRANCH, PERSON = "0100109106", "0100109106-001", "001203004567"


@pytest.mark.parametrize("kind", ProducerKind)
def test_each_kind_of_owner_is_kept(database: Database, kind: ProducerKind) -> None:
    with database.writing() as session:
        number = create_producer(session, name="Chủ thể", kind=kind, actor="test").id
    with database.reading() as session:
        assert session.get_one(Producer, number).kind == kind


def test_there_are_five_kinds_and_no_other(database: Database) -> None:
    assert len(ProducerKind) == 5
    with database.writing() as session, pytest.raises(BadInput) as told:
        create_producer(session, name="Chủ thể", kind="association", actor="test")
    assert told.value.params["field"] == "kind"


@pytest.mark.parametrize(
    ("kind", "organisation", "shows"),
    [
        (ProducerKind.COOPERATIVE, False, True),
        (ProducerKind.ENTERPRISE, False, True),
        (ProducerKind.COOPERATIVE_GROUP, False, False),
        (ProducerKind.FARM, False, False),
        (ProducerKind.HOUSEHOLD, False, False),
        (ProducerKind.COOPERATIVE_GROUP, True, True),
        (ProducerKind.FARM, True, True),
        (ProducerKind.HOUSEHOLD, True, True),
    ],
)
def test_a_tax_code_is_shown_only_where_it_stands_for_an_organisation(
    database: Database, kind: ProducerKind, organisation: bool, shows: bool
) -> None:
    with database.writing() as session:
        made = create_producer(
            session, name="Chủ thể", kind=kind, organisation=organisation, actor="test"
        )
        for code in (TEN, BRANCH):
            update_producer(session, made, tax_code=code, actor="test")
            assert made.public_tax_code == (code if shows else None)
        update_producer(session, made, tax_code=PERSON, actor="test")
        assert made.public_tax_code is None, "twelve digits are a person's id"
        update_producer(session, made, tax_code="", actor="test")
        assert made.public_tax_code is None


def test_two_owners_cannot_share_a_tax_code_and_any_number_may_have_none(
    database: Database,
) -> None:
    with database.writing() as session:
        for name in ("Một", "Hai"):
            create_producer(session, name=name, kind="household", tax_code="", actor="test")
        create_producer(session, name="Ba", kind="enterprise", tax_code=TEN, actor="test")
    with database.writing() as session, pytest.raises(Conflict) as told:
        create_producer(session, name="Bốn", kind="enterprise", tax_code=TEN, actor="test")
    assert told.value.params["field"] == "tax_code"
