"""Names that nothing has: told, and never replaced by the usual one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict
from labelsvc.labels.models import PrintRun
from labelsvc.labels.printers import book
from labelsvc.labels.sheets.profile import Profile
from tests.world import World

from .desk import Desk

#: Page → filters that it has; a value that it offers, or "".
FILTERS = {
    "/office/producers": {"kind": "household", "state": "active"},
    "/office/accounts": {"role": "office", "show": "none"},
    "/office/recognitions": {"show": "expired", "stars": "4"},
    "/office/outlets": {"state": "open"},
    "/office/reports": {"show": "closed"},
    "/office/cases": {"state": "all", "kind": "report"},
    "/office/audit": {"action": "case.open"},
    "/office/sets": {"set": "7"},
}
OF_PRODUCERS = {
    "/console/sheets": {"kind": "roll", "unsure": "1"},
    "/console/sheets/new": {"from": ""},
}
ALL = [(who, path, name, good) for who, pages in (("office", FILTERS), ("lan", OF_PRODUCERS))
       for path, names in pages.items() for name, good in names.items()]  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_filter_that_is_none_is_refused_and_shows_no_list(
    desk: Callable[[str], Desk], world: World
) -> None:
    people = {name: desk(name) for name in ("office", "lan")}
    for who, path, name, good in ALL:
        for value in ("", good):
            answer = people[who].get(path, query_string={name: value})
            assert answer.status_code == 200, f"{path}?{name}={value}"
        for value in ("nobody", "9" * 30, "<b>", f"{good}x"):
            answer = people[who].get(path, query_string={name: value})
            assert answer.status_code == 400, f"{path}?{name}={value}"
            assert "to choose here" in answer.text


@pytest.mark.parametrize("change", [{"layout": "a4-99"}, {"form": "long"}, {"printer": "4711"}])
def test_a_run_of_a_name_that_nothing_has_is_not_begun(
    desk: Callable[[str], Desk], world: World, database: Database, change: dict[str, str]
) -> None:
    lan = desk("lan")
    form = {"layout": "a4-65-plain", "form": "short", "count": "3", "do": "print"} | change
    answer = lan.post(f"/console/lots/{world.lot}/print", form)
    assert answer.status_code == 409
    assert "to choose here" in answer.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PrintRun)) == 0


@pytest.mark.parametrize(
    ("host", "kept"),
    [
        ("192.168.1.50", "192.168.1.50"), ("FE80::1", "fe80::1"), ("::ffff:192.168.1.50", "192.168.1.50"),
        ("May-In.LAN", "may-in.lan"), ("printer7", "printer7"),
        ("192.168.001.050", None), ("192.168.1", None), ("10.1", None), ("1", None), ("0x7f.1", None),
        ("0300.0250.1.50", None), ("3232235826", None), ("192.168.1.50.", None), ("192.168.1.256", None),
        ("-a", None), ("a..b", None), ("a_b", None), ("a b", None), ("host:9100", None), ("a.0x1", None),
        ("١٩٢.168.1.50", None), ("x" * 121, None),
    ],
)  # fmt: skip
def test_addresses_of_printers_are_read_strictly(host: str, kept: str | None) -> None:
    if kept is not None:
        assert book.address_of(host) == kept
        return
    with pytest.raises(BadInput):
        book.address_of(host)


def test_a_producer_points_no_printer_at_the_one_of_another(
    database: Database, world: World
) -> None:
    def add(session, owner: int, name: str, host: str, port: int = 9100):  # type: ignore[no-untyped-def]
        setup = book.Setup(
            name=name, language="tspl", profile=Profile(dpi=203), host=host, port=port
        )
        return book.save(session, owner, setup, printer=None, actor="user:1")

    with database.writing() as session:
        from labelsvc.catalogue.models import Product

        other = session.get_one(Product, world.stranger_product).producer_id
        first = add(session, world.producer, "Kho", "192.168.1.50")
        add(session, world.producer, "Kho 2", "192.168.1.50")  # one printer, two rolls
        for host in ("192.168.1.50", "::ffff:192.168.1.50"):
            with pytest.raises(Conflict):
                add(session, other, "Lấy trộm", host)
        add(session, other, "Cổng khác", "192.168.1.50", 9101)
        book.remove(session, first)
        with pytest.raises(Conflict):
            add(session, other, "Lấy trộm", "192.168.1.50")
