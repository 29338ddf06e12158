"""The public log on the web: its files as the specification wants them, and the look-up page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from labelsvc.catalogue.models import Lot, Product
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate
from labelsvc.codes.tlog import log
from labelsvc.codes.tlog.formats import audit, merkle
from labelsvc.codes.tlog.formats.checkpoint import Proof
from labelsvc.codes.tlog.formats.note import NoteKey
from labelsvc.codes.tlog.sweep import sweep
from labelsvc.db import Database
from labelsvc.errors import FileMissing
from labelsvc.files import Files
from labelsvc.settings import Settings
from tests.world import GTIN, World

BASE = "https://qr.example.vn"
Publish = Callable[[], None]


@pytest.fixture
def publish(database: Database, settings: Settings, world: World) -> Publish:
    origin = log.origin_of(settings.host)

    def go() -> None:
        with database.writing() as session:
            sweep(session, origin=origin, secrets=settings.keys)
        log.publish(database, Files(settings.files), origin=origin, secrets=settings.keys)

    return go


def fetch(client: FlaskClient, path: str) -> bytes:
    answer = client.get(f"/log/{path}", base_url=BASE)
    if answer.status_code == 404:
        raise FileMissing("There is no file {key}.", key=path)
    return answer.data


def words(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path, base_url=BASE)
    assert answer.status_code == status, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_a_recalled_lot_is_amber_and_all_its_codes_count_as_withdrawn(
    client: FlaskClient, publish: Publish, database: Database
) -> None:
    with database.writing() as session:
        lot = session.scalars(select(Lot).where(Lot.code == "L-RECALL")).one()
        first = session.scalars(select(Issue.first).where(Issue.lot_id == lot.id)).one()
        revoke.void(session, first=first, count=1, reason="In lệch", by="test")
        revoke.withdraw(session, first=first + 1, count=1, reason="Giả", by="test")
    publish()
    client.set_cookie("lang", "en", domain="qr.example.vn")
    page = client.get(f"/log/?lot=L-RECALL&product={GTIN}", base_url=BASE).text
    said = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "The lot was recalled: none of its codes is good any more. 4 codes may still be" in said
    assert "Codes issued 5 of these void 1 of these withdrawn 4" in said
    assert 'class="note good"' not in page


def test_an_outsider_checks_the_log_over_the_web(client: FlaskClient, publish: Publish) -> None:
    publish()
    key = NoteKey.parse(fetch(client, "key").decode())
    report = audit.verify(lambda path: fetch(client, path), key)
    assert report.ok, report.problems
    assert report.origin == "qr.example.vn/log"
    main = next(lot for lot in report.lots if lot.lot_code == "L-MAIN")
    assert (main.issued, main.void, main.withdrawn, main.declared) == (60, 2, 1, 1000)


def test_files_are_kept_for_ever_and_the_checkpoint_is_not(
    client: FlaskClient, publish: Publish
) -> None:
    publish()
    size = int(fetch(client, "checkpoint").split(b"\n")[1])
    for path, kind, caching in (
        ("checkpoint", "text/plain; charset=utf-8", "no-cache"),
        (f"tile/0/000.p/{size}", "application/octet-stream", "public, max-age=31536000, immutable"),
        (
            f"tile/entries/000.p/{size}",
            "application/octet-stream",
            "public, max-age=31536000, immutable",
        ),
        ("key", "text/plain; charset=utf-8", "public, max-age=3600"),
    ):
        answer = client.get(f"/log/{path}", base_url=BASE)
        assert (answer.status_code, answer.content_type) == (200, kind)
        assert answer.headers["Cache-Control"] == caching
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["tile/0/000", "tile/0/000.p/0", "tile/9/000", "tile/0/..%2f..%2fcheckpoint", "tile/x", "leaf/99999", "proof/99999",
     "leaf/-1", "tile/entries/x001/000.p/3"],
)  # fmt: skip
def test_other_addresses_have_nothing(client: FlaskClient, publish: Publish, path: str) -> None:
    publish()
    assert client.get(f"/log/{path}", base_url=BASE).status_code == 404


def test_before_anything_is_published_the_page_says_so(client: FlaskClient) -> None:
    assert "chưa được công bố" in words(client, "/log/")
    assert client.get("/log/checkpoint", base_url=BASE).status_code == 404
    assert client.get("/log/proof/0", base_url=BASE).status_code == 404
    assert client.get("/log/leaf/0", base_url=BASE).status_code == 404


@pytest.mark.parametrize("name", ["in_force", "gs1", "offline", "lot", "link", "withdrawn"])
def test_a_lot_is_found_by_any_of_its_codes(
    client: FlaskClient, publish: Publish, world: World, name: str
) -> None:
    publish()
    text = words(client, f"/log/?code={BASE}{world.codes[name]}")
    assert "Lô L-MAIN" in text
    assert "58 mã có thể đang dán trên hàng, chủ thể khai báo 1.000 đơn vị" in text


@pytest.mark.parametrize("product", [GTIN, GTIN[1:], "01-277-00012-2026"])
def test_a_lot_is_found_by_its_own_and_the_products_code(
    client: FlaskClient, publish: Publish, database: Database, world: World, product: str
) -> None:
    with database.writing() as session:
        session.get_one(Product, world.product).ocop_code = "01-277-00012-2026"
    publish()
    assert "Lot L-MAIN" in words(client, f"/log/?lot=l-main&product={product}&lang=en")


@pytest.mark.parametrize(
    "query, status, told",
    [
        ("code=KHONG-PHAI-MA", 400, "Không tra được"),
        ("code=https://evil.example/ABC", 400, "Không tra được"),
        ("lot=L-MAIN&product=999", 404, "Sản phẩm này không có lô như vậy"),
        ("lot=L-MAIN", 404, "Sản phẩm này không có lô như vậy"),
        ("code=" + "%F0%9F%98%80" * 500, 400, "Không tra được"),
    ],
)
def test_what_is_not_found_is_answered_in_words(
    client: FlaskClient, publish: Publish, query: str, status: int, told: str
) -> None:
    publish()
    assert told in words(client, f"/log/?{query}", status)


def test_a_code_that_was_never_issued_has_no_lot(
    client: FlaskClient, publish: Publish, world: World
) -> None:
    publish()
    assert "Không tra được" in words(client, f"/log/?code={BASE}{world.codes['not_issued']}", 404)


def test_proof_and_entry_can_be_taken_home_and_checked_there(
    client: FlaskClient, publish: Publish, world: World
) -> None:
    publish()
    page = client.get(f"/log/?code={BASE}{world.codes['in_force']}", base_url=BASE).text
    assert "http-equiv" not in page and "&lt;b&gt;" in page  # the hostile product name stays a text
    numbers = [int(found) for found in re.findall(r'href="/log/proof/(\d+)"', page)]
    assert len(numbers) == 6  # four runs, one void range, one withdrawn
    key = NoteKey.parse(fetch(client, "key").decode())
    for seq in numbers:
        answer = client.get(f"/log/proof/{seq}", base_url=BASE)
        assert f"leaf-{seq}.tlog-proof" in answer.headers["Content-Disposition"]
        proof, leaf = Proof.parse(answer.data), fetch(client, f"leaf/{seq}")
        proof.note.check(key)
        _, size, root, _ = proof.note.text.split("\n")
        import base64

        merkle.check_inclusion(
            merkle.leaf_hash(leaf), proof.index, int(size), base64.b64decode(root), proof.hashes
        )
        assert merkle.leaf_hash(leaf).hex() in page
        assert json.loads(leaf)["lot_code"] == "L-MAIN"


def test_too_many_codes_are_said_to_be_too_many(
    client: FlaskClient, publish: Publish, database: Database, world: World
) -> None:
    """By hand: the service refuses to issue them, and the page does not rely on that."""
    with database.writing() as session:
        lot = session.get_one(Lot, world.lot)
        session.add(Issue(form="short", lot=lot, first=900_000, count=2000, first_in_lot=60, kid=1))
    publish()
    text = words(client, f"/log/?code={BASE}{world.codes['in_force']}")
    assert "Số mã nhiều hơn số hàng: 2.058 mã" in text


def test_codes_that_are_not_published_yet_are_counted(
    client: FlaskClient, publish: Publish, database: Database, world: World
) -> None:
    publish()
    with database.writing() as session:
        issue = allocate(session, lot=session.get_one(Lot, world.lot), count=7, form=Form.SHORT)
        revoke.void(session, first=issue.first, count=1, reason="thử", by="test")
    path = f"/log/?code={BASE}{world.codes['in_force']}"
    assert "7 mã của lô này chưa có trong nhật ký" in words(client, path)
    publish()
    assert "chưa có trong nhật ký" not in words(client, path)


def test_the_page_names_no_person(client: FlaskClient, publish: Publish, world: World) -> None:
    publish()
    text = words(client, f"/log/?code={BASE}{world.codes['household']}")
    assert "Lô L-HUNG" in text and "Trần Văn Hùng" not in text
