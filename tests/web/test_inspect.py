"""The inspector's application as the server gives it: an open shell, goods for those signed in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms import uri
from labelsvc.codes.models import Issue
from labelsvc.codes.register.keys import load_keyring
from labelsvc.db import Base, Database
from labelsvc.inspections.models import Sighting
from labelsvc.labels.models import PrintRun, RunFile
from labelsvc.labels.runs.request import RunRequest
from labelsvc.labels.runs.start import start_run
from labelsvc.scans.models import Scan
from labelsvc.scans.verdict import Verdict
from labelsvc.settings import Settings
from labelsvc.web.scan.state import ScanSite
from tests.web.desk import Desk
from tests.world import World

Sit = Callable[[str], Desk]


def test_the_shell_is_the_same_for_everybody_and_names_nobody(
    client: FlaskClient, desk: Sit, world: World
) -> None:
    plain = client.get("/inspect/", base_url="https://qr.example.vn")
    signed_in = desk("inspector").get("/inspect/")
    assert plain.data == signed_in.data
    assert "Set-Cookie" not in plain.headers
    assert "'wasm-unsafe-eval'" in plain.headers["Content-Security-Policy"]
    assert plain.headers["Permissions-Policy"].startswith("camera=(self)")


def test_every_verdict_has_its_words_in_both_languages(client: FlaskClient, world: World) -> None:
    page = client.get("/inspect/").text
    found = re.search(r'<script type="application/json" id="words">(.*?)</script>', page, re.S)
    assert found is not None
    words = json.loads(found[1])
    assert set(words["verdicts"]) == {str(verdict) for verdict in Verdict}
    for texts in words["words"].values():
        assert texts["vi"] and texts["en"]


def test_words_that_count_things_in_english_have_a_form_for_one() -> None:
    """ "1 lots" is no English; a count behind a colon, in brackets or beside another is no plural."""
    from labelsvc.web.inspect.words import WORDS

    counting = {
        key for key, words in WORDS.items() if re.search(r"\{count\} [a-z]+s\b", words["en"])
    }
    assert counting == {"lots_since", "carton_range", "items"}
    for key in counting - {"items"}:  # which are told from two on
        one = WORDS[key]["en_one"]
        assert "{count}" in one and not re.search(r"\{count\} [a-z]+s\b", one)


def test_every_word_the_scripts_and_the_page_use_is_there(client: FlaskClient) -> None:
    from labelsvc.resources import folder
    from labelsvc.web.inspect.words import WORDS

    used: set[str] = set()
    for path in (folder("static") / "inspect" / "app").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'[^\w.](?:t|button)\("(\w+)"', text))
        used |= set(re.findall(r'[^\w.]say\([^"]*"(\w+)"', text))
    shell = (folder("templates") / "inspect" / "shell.html").read_text(encoding="utf-8")
    used |= set(re.findall(r't\("(\w+)"\)', shell))
    assert len(used) > 40
    assert used <= set(WORDS)


def test_everything_the_worker_keeps_is_there(client: FlaskClient, world: World) -> None:
    answer = client.get("/inspect/sw.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    found = re.search(r"const FILES = (\[.*?\]);", answer.text)
    assert found is not None
    files = json.loads(found[1])
    assert not [path for path in files if client.get(path, buffered=True).status_code != 200]
    assert not [path for path in files if "pack" in path and not path.endswith("pack.js")]


def test_the_manifest_makes_it_installable(client: FlaskClient, world: World) -> None:
    facts = json.loads(client.get("/inspect/manifest.webmanifest").data)
    assert {"name", "short_name", "start_url", "scope", "display", "icons"} <= set(facts)
    assert {icon["purpose"] for icon in facts["icons"]} == {"any", "maskable"}
    for icon in facts["icons"]:
        assert client.get(icon["src"], buffered=True).status_code == 200


def test_the_pack_names_goods_with_offline_codes(
    desk: Sit, world: World, database: Database
) -> None:
    inspector = desk("inspector")
    answer = inspector.get("/inspect/pack.json")
    facts = answer.get_json()
    with database.reading() as session:
        lot = session.get_one(Lot, world.lot)
        row = facts["lots"][str(lot.id)]
        assert (row["code"], row["declared"], row["recalled"]) == (lot.code, lot.declared, "")
        product = facts["products"][str(row["product"])]
        assert (product["name"], product["gtin"], product["producer"]) == (
            lot.product.name,
            lot.product.gtin,
            lot.product.producer.name,
        )
    assert set(facts["lots"]) == {str(world.lot)}  # the others have codes that the server checks
    again = inspector.get("/inspect/pack.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_pack_names_goods_with_carton_labels(
    desk: Sit, world: World, database: Database
) -> None:
    inspector = desk("inspector")
    lot = str(world.expired_lot)  # it has short codes only
    assert lot not in inspector.get("/inspect/pack.json").get_json()["lots"]
    with database.writing() as session:
        issue = session.query(Issue).filter_by(lot_id=world.expired_lot).one()
        run = PrintRun(
            lot_id=issue.lot_id, issue_id=issue.id, layout_name="a4-65", layout_toml="", form="short",
            count=3, base_url="https://qr.example.vn", content={},
        )  # fmt: skip
        session.add(run)
        session.flush()
        file = RunFile(run_id=run.id, kind="cartons", wish={})
        session.add(file)
        session.flush()
        made = file.id
    assert lot not in inspector.get("/inspect/pack.json").get_json()["lots"]
    with database.writing() as session:
        session.get_one(RunFile, made).file_key = "runs/1/cartons.pdf"
    assert lot in inspector.get("/inspect/pack.json").get_json()["lots"]


@pytest.mark.parametrize("name", ["lan", "auditor", ""])
def test_the_pack_is_for_inspectors_and_the_office(desk: Sit, world: World, name: str) -> None:
    assert desk(name).get("/inspect/pack.json").status_code in (302, 403)


def case(**facts: object) -> dict[str, object]:
    return {
        "uid": "0b7e6a52-6d1c-4f0e-9a53-8f6f2d1f0001", "at": "2026-11-24T02:00:00Z",
        "code": "ABC", "verdict": "MALFORMED",
    } | facts  # fmt: skip


def send(person: Desk, body: object, **headers: str) -> tuple[int, dict[str, object]]:
    headers = {"X-Labelsvc-Inspect": "1"} | headers
    answer = person.client.post(
        "/inspect/sync", json=body, base_url="https://qr.example.vn", headers=headers
    )
    return answer.status_code, answer.get_json(silent=True) or {}


def test_a_case_is_taken_once(desk: Sit, world: World) -> None:
    inspector = desk("inspector")
    first = send(inspector, case())
    assert first[0] == 200 and first[1]["case"]
    assert send(inspector, case()) == first
    assert "phải mã của chúng tôi" in desk("office").words(f"/office/cases/{first[1]['case']}")


@pytest.mark.parametrize(
    ("body", "words"),
    [([], ""), (case(items=-1), "items"), (case(uid="x"), "uid"), (case(more=1), "more")],
)
def test_what_is_no_case_is_refused_by_name(
    desk: Sit, world: World, body: object, words: str
) -> None:
    status, answer = send(desk("inspector"), body)
    assert status == 400
    assert words in str(answer["message"])


def test_cases_come_from_the_application_and_from_inspectors_only(
    desk: Sit, world: World, client: FlaskClient
) -> None:
    inspector = desk("inspector")
    plain = inspector.client.post("/inspect/sync", json=case(), base_url="https://qr.example.vn")
    assert plain.status_code == 400  # a form of another site cannot set the header
    form = inspector.client.post(
        "/inspect/sync", data="{}", base_url="https://qr.example.vn",
        headers={"X-Labelsvc-Inspect": "1", "Content-Type": "text/plain"},
    )  # fmt: skip
    assert form.status_code == 400
    assert send(desk("lan"), case())[0] == 403
    assert send(desk(""), case())[0] == 401


VISIT = {
    "began": "2026-11-24T03:00:00Z",
    "entries": [{"key": "k", "code": "S0BR", "verdict": "REVOKED", "at": "2026-11-24T03:05:00Z",
                 "items": 1, "lot": "L-1", "product": "Trà sen"}],
}  # fmt: skip


def posted(desk: Desk, sent: object, **headers: str) -> TestResponse:
    return desk.client.post(
        "/inspect/report", json=sent, base_url="https://qr.example.vn",
        headers={"X-Labelsvc-Inspect": "1"} | headers,
    )  # fmt: skip


def test_the_day_report_is_a_pdf_of_what_was_sent_and_nothing_is_kept(
    desk: Sit, world: World, database: Database
) -> None:
    def rows() -> dict[str, int]:
        with database.reading() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
            }

    inspector = desk("inspector")
    before = rows()
    answer = posted(inspector, VISIT)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert "bao-cao-2026-11-24.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"%PDF-")
    assert rows() == before


@pytest.mark.parametrize(
    ("sent", "headers", "status"),
    [
        (VISIT, {"X-Labelsvc-Inspect": ""}, 200),
        ({"began": "gestern"}, {}, 400),
        ([], {}, 400),
        (VISIT, {"Content-Type": "text/plain"}, 400),
    ],
    ids=range(4),
)
def test_what_is_no_visit_is_refused_with_a_reason(
    desk: Sit, world: World, sent: object, headers: dict[str, str], status: int
) -> None:
    answer = posted(desk("inspector"), sent, **headers)
    assert answer.status_code == status
    if status == 400 and not headers:
        assert answer.get_json()["error"] == "bad_input"


def test_a_form_of_another_site_gets_no_report(desk: Sit, world: World) -> None:
    answer = desk("inspector").client.post(
        "/inspect/report", json=VISIT, base_url="https://qr.example.vn"
    )
    assert answer.status_code == 400


def asked(person: Desk, code: str) -> TestResponse:
    return person.client.post(
        "/inspect/verdict", json={"code": code.strip("/")}, base_url="https://qr.example.vn",
        headers={"X-Labelsvc-Inspect": "1"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "verdict", "status"),
    [("in_force", "ISSUED_OK", 200), ("offline", "ISSUED_OK", 200), ("withdrawn", "REVOKED", 410)],
)
def test_an_inspector_hears_the_verdict_and_is_no_visitor_of_the_label(
    desk: Sit, world: World, database: Database, app: Flask, name: str, verdict: str, status: int
) -> None:
    def visits() -> int:
        ScanSite.of(app).recorder.flush()
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(Scan)) or 0

    inspector, code = desk("inspector"), world.codes[name]
    answer = asked(inspector, code)
    assert (answer.status_code, answer.get_json()["verdict"]) == (status, verdict)
    assert answer.get_json()["product"]["name"]
    assert visits() == 0
    inspector.client.get(code, base_url="https://qr.example.vn")
    assert visits() == 0  # nor on the page, while signed in
    app.test_client().get(code, base_url="https://qr.example.vn")
    assert visits() == 1


@pytest.mark.parametrize(
    ("name", "counted"),
    [("inspector", 0), ("office", 0), ("auditor", 0), ("lan", 1), ("pretender", 1), ("", 1)],
)
def test_a_forged_code_that_officials_look_at_is_no_sign_of_what_the_public_meets(
    desk: Sit, world: World, app: Flask, name: str, counted: int
) -> None:
    """On the page; and by the application, which only they have. A made-up cookie hides nothing."""
    site = ScanSite.of(app)

    def refusals() -> int:
        return sum(
            count for (_, prefix), count in site.refusals._counts.items() if "*" not in prefix
        )

    person = desk("" if name == "pretender" else name)
    if name == "pretender":
        person.client.set_cookie("__Host-session", "x" * 43, domain="qr.example.vn")
    for place, page in enumerate(
        (world.codes["bad_signature"], f"/inner{world.codes['not_issued']}"), 1
    ):
        assert person.get(page).status_code == 404
        assert refusals() == counted * place
    if name in ("inspector", "office"):
        assert asked(person, world.codes["bad_signature"]).status_code == 404
        assert refusals() == 0 and not site.refusals._networks


def test_officials_are_throttled_like_others(
    desk: Sit, world: World, app: Flask, settings: Settings
) -> None:
    person, site = desk("inspector"), ScanSite.of(app)
    for _ in range(settings.scan_misses):
        assert asked(person, world.codes["bad_signature"]).status_code == 404
    assert asked(person, world.codes["bad_signature"]).status_code == 429
    assert sum(site.refusals._counts.values()) == 2  # its form and its beginning


def test_what_is_no_question_is_refused(desk: Sit, world: World) -> None:
    assert asked(desk("inspector"), "").status_code == 400
    assert asked(desk("inspector"), "x" * 3000).status_code == 400
    assert asked(desk("inspector"), "no code").get_json()["verdict"] == "MALFORMED"
    assert asked(desk("lan"), world.codes["in_force"]).status_code == 403
    assert asked(desk(""), world.codes["in_force"]).status_code == 401


def told(person: Desk, *sightings: dict[str, object]) -> TestResponse:
    return person.client.post(
        "/inspect/sightings", json={"sightings": sightings}, base_url="https://qr.example.vn",
        headers={"X-Labelsvc-Inspect": "1"},
    )  # fmt: skip


def test_places_of_scans_are_taken_once(desk: Sit, world: World, database: Database) -> None:
    seen = {
        "uid": "0b7e6a52-6d1c-4f0e-9a53-8f6f2d1f0002", "code": world.codes["in_force"].strip("/"),
        "at": clock.now().isoformat(), "place": "Hải Phòng",
    }  # fmt: skip
    for _ in range(2):
        answer = told(desk("inspector"), seen, seen)
        assert (answer.status_code, answer.get_json()) == (200, {"kept": 2})
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Sighting)) == 1
    assert told(desk("inspector"), seen | {"uid": "x"}).status_code == 400
    assert told(desk("lan"), seen).status_code == 403


@pytest.mark.parametrize("name", ["lan", "auditor", ""])
def test_the_day_report_is_for_inspectors_and_the_office(
    desk: Sit, world: World, name: str
) -> None:
    assert posted(desk(name), VISIT).status_code in (401, 403)


def _asked(desk: Desk, path: str, facts: dict[str, str]) -> TestResponse:
    headers = {"X-Labelsvc-Inspect": "1"}
    return desk.client.post(path, json=facts, headers=headers, base_url="https://qr.example.vn")


def test_an_inspector_sees_the_label_as_its_run_keeps_it(
    desk: Sit, world: World, database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        lot = session.get_one(Lot, world.lot)
        request = RunRequest(lot=lot, layout="a4-24", count=24, base_url=settings.base_url)
        run = start_run(session, request, actor="user:1")
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        third = uri.parse(run.codes(ring)[2], host=ring.host).canonical
        lot.product.name = "Tên mới từ hôm nay"
    answer = _asked(desk("inspector"), "/inspect/issued", {"code": third})
    label = answer.get_json()
    assert answer.status_code == 200 and label["svg"].startswith("<svg")
    said = " ".join(label["texts"])
    assert "Trà hoa cúc" in said and "Tên mới" not in said and "3/24" in said.replace(" ", "")
    assert label["purpose"] == "seal" and label["printed"] == clock.today().isoformat()
    assert {"vi", "en"} == set(label["contents"][0]) and len(label["contents"]) > 5
    for code in (
        world.codes["in_force"].strip("/"),
        "ABC",
        "0" * 24,
    ):  # no run printed it, or no code
        assert _asked(desk("inspector"), "/inspect/issued", {"code": code}).status_code == 404
    assert _asked(desk("lan"), "/inspect/issued", {"code": third}).status_code == 403
    assert desk("inspector").client.post("/inspect/issued", json={"code": third}, base_url="https://qr.example.vn").status_code == 400  # fmt: skip


def test_the_device_knows_who_is_signed_in_and_signs_out(desk: Sit, world: World) -> None:
    person = desk("inspector")
    told = person.get("/inspect/who")
    assert told.get_json()["name"] and told.headers["Cache-Control"] == "no-store"
    left = _asked(person, "/inspect/leave", {})
    assert left.status_code == 204
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert person.get("/inspect/who", headers={"Accept": "application/json"}).status_code in (
        302,
        303,
        401,
    )
    assert desk("").get("/inspect/who", headers={"Accept": "application/json"}).status_code in (
        302,
        303,
        401,
    )
