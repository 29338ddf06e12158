"""The scan page: what it says, in which kinds, and what it must never do."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from labelsvc import clock
from labelsvc.catalogue.models import Lot, Producer
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.stars.certify import withdraw_recognition
from labelsvc.codes.models import Issue
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import rotate
from labelsvc.codes.register.keys import revoke_key
from labelsvc.db import Database
from labelsvc.scans.models import Scan, UnitSeen
from labelsvc.settings import Settings
from labelsvc.web.scan.state import ScanSite
from tests.world import GTIN, World

AGENT = "Mozilla/5.0 (Linux; Android 14; Pixel-Seventy-Seven) AppleWebKit/537.36 Chrome/141.0.7390.55 Mobile"


def test_the_page_names_producer_village_stars_decision_and_validity(
    client: FlaskClient, world: World, database: Database
) -> None:
    page = client.get(world.codes["in_force"]).get_data(as_text=True)
    with database.reading() as session:
        stars = session.get_one(Recognition, world.recognition)
    for words in (
        "Mã hợp lệ", "Hợp tác xã Gốm Sông Nhuệ", "Làng gốm Bát Tràng", "OCOP 4 sao", "1147/QĐ-UBND",
        "UBND Thành phố Hà Nội", f"{stars.valid_to:%d/%m/%Y}", "Xã Bát Tràng", "Trước 1/7/2025",
        "L-MAIN", "Thu hoạch", "Hoa được hái lúc sương vừa tan",
    ):  # fmt: skip
        assert words in page, words


@pytest.mark.parametrize("name", ["in_force", "withdrawn", "recalled", "lot", "gs1", "offline", "stars_withdrawn", "not_issued"])  # fmt: skip
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_fits_the_first_flight_of_packets(
    client: FlaskClient, world: World, name: str, language: str
) -> None:
    page = client.get(f"{world.codes[name]}?lang={language}").data
    assert len(gzip.compress(page, 6)) <= 14_000


def test_hostile_names_are_shown_and_do_nothing(client: FlaskClient, world: World) -> None:
    page = client.get(world.codes["in_force"]).get_data(as_text=True)
    assert "Trà hoa cúc &lt;b&gt;sấy lạnh&lt;/b&gt;" in page
    assert "<b>sấy lạnh</b>" not in page


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        str.swapcase,
        lambda code: "/" + "-".join(code[1:][i : i + 4] for i in range(0, 24, 4)),
        lambda code: "/" + quote(" ".join(code[1:][i : i + 4] for i in range(0, 24, 4))),
        lambda code: "/" + "".join(f"%{ord(c):02X}" for c in code[1:]),
        lambda code: code + "/",
        lambda code: code + "?utm_source=chat",
        lambda code: code + ".",
    ],
)
def test_spellings_that_paper_phones_and_chats_make_are_read(
    client: FlaskClient, world: World, change
) -> None:
    answer = client.get(change(world.codes["in_force"]))
    assert answer.status_code == 200
    assert f'href="{world.codes["in_force"]}"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "status", "verdict"),
    [
        ("/KHONG-PHAI-MA", 400, "MALFORMED"),
        ("/" + "0" * 23, 400, "MALFORMED"),
        ("/" + "0" * 24, 404, "NOT_ISSUED"),
        ("/" + "U" * 24, 400, "MALFORMED"),
        ("/" + "9" * 193, 400, "MALFORMED"),
        ("/%FF%FE%00", 400, "MALFORMED"),
        ("/01/09520000001002", 400, "MALFORMED"),
        ("/" + "A" * 3000, 400, "MALFORMED"),
    ],
)
def test_what_is_no_code_of_ours_gets_a_helpful_page(
    client: FlaskClient, world: World, path: str, status: int, verdict: str
) -> None:
    answer = client.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["verdict"]) == (status, verdict)
    page = client.get(path)
    assert page.status_code == status
    assert "Bạn có thể làm gì" in page.get_data(as_text=True)


def test_machines_get_json_and_terminals_get_text(client: FlaskClient, world: World) -> None:
    code = world.codes["in_force"]
    data = client.get(code, headers={"Accept": "application/json"}).get_json()
    assert data["verdict"] == "ISSUED_OK"
    assert data["stars"]["count"] == 4
    assert data["code"]["text"] == code[1:]
    assert data["seen"] == {
        "notice": "first",
        "sessions": 0,
        "first_at": None,
        "first_place": None,
    }
    assert data["producer"]["name"] == "Hợp tác xã Gốm Sông Nhuệ"
    text = client.get(code, headers={"Accept": "text/plain"})
    assert text.mimetype == "text/plain"
    assert "OCOP 4 sao" in text.get_data(as_text=True)
    assert client.get(code, headers={"Accept": "*/*"}).mimetype == "text/html"
    link = client.get(world.codes["link"] + "?format=json").get_json()
    assert (link["verdict"], link["seen"]) == ("LINK_ONLY", None)


def test_stars_are_shown_only_while_they_hold(client: FlaskClient, world: World) -> None:
    for name, count in {"stars_none": None, "stars_expired": None, "stars_withdrawn": None, "stars_later": None,
                        "stars_ending": 4, "stars_extended": 4, "stars_potential": 4}.items():  # fmt: skip
        stars = client.get(world.codes[name] + "?format=json").get_json()["stars"]
        assert (stars["count"] if stars else None) == count, name
    page = client.get(world.codes["stars_potential"]).get_data(as_text=True)
    assert "tiềm năng 5 sao" in page
    assert "OCOP 5 sao" not in page


@pytest.mark.parametrize(
    ("name", "tone", "head"),
    [
        ("in_force", "good", "Mã hợp lệ"),
        ("stars_none", "good", "Mã hợp lệ"),
        ("stars_expired", "caution", "Mã hợp lệ, nhưng sao OCOP đã hết hạn"),
        ("stars_withdrawn", "caution", "Mã hợp lệ, nhưng sao OCOP đã bị thu hồi"),
    ],
)
def test_the_head_is_green_only_while_nothing_is_known_against_the_stars(
    client: FlaskClient, world: World, name: str, tone: str, head: str
) -> None:
    page = client.get(world.codes[name]).get_data(as_text=True)
    assert f'<section class="verdict {tone}"' in page
    assert f'<h1 id="verdict">{head}</h1>' in page
    assert client.get(world.codes[name] + "?format=json").get_json()["verdict"] == "ISSUED_OK"


def test_withdrawals_show_with_the_next_request(
    client: FlaskClient, world: World, database: Database
) -> None:
    code = world.codes["in_force"]
    assert "OCOP 4 sao" in client.get(code).get_data(as_text=True)
    with database.writing() as session:
        withdraw_recognition(
            session, recognition=session.get_one(Recognition, world.recognition), decision="5120/QĐ-UBND",
            reason="Ghi nhãn sai", on=clock.today(), actor="test",
        )  # fmt: skip
    page = client.get(code).get_data(as_text=True)
    assert "Công nhận OCOP đã bị thu hồi" in page
    assert "OCOP 4 sao" not in page
    with database.writing() as session:
        session.get_one(Lot, world.lot).recalled_at = clock.now()
    assert "Sản phẩm đang bị thu hồi" in client.get(code).get_data(as_text=True)
    with database.writing() as session:
        issue = session.scalars(select(Issue).order_by(Issue.first)).first()
        assert issue is not None
        revoke.withdraw(session, first=issue.first, count=1, reason="Mất cắp", by="test")
    assert client.get(code).status_code == 410


def test_a_key_that_another_process_rotated_is_found(
    client: FlaskClient, world: World, database: Database, settings: Settings, app, monkeypatch
) -> None:
    from labelsvc.codes.register.issue import allocate, codes_of, load_keyring

    assert client.get(world.codes["in_force"]).status_code == 200
    with database.writing() as session:
        rotate(session, secrets=settings.keys)
        issue = allocate(session, lot=session.get_one(Lot, world.lot), count=1, form="short")
        keyring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        code = codes_of(issue, keyring)[0][len(settings.base_url) :]
    monkeypatch.setattr(ScanSite.of(app), "_loaded", -1000.0)
    assert client.get(code).status_code == 200


def test_a_number_is_good_only_in_the_form_it_was_issued_in(
    client: FlaskClient, world: World, database: Database, settings: Settings, app
) -> None:
    with database.reading() as session:
        issue = session.scalars(select(Issue).where(Issue.form == "gs1")).one()
    short = ScanSite.of(app).keyring.short(issue.first)
    assert client.get(f"/{short}").status_code == 404


def test_a_tax_code_that_is_a_personal_id_is_on_no_page(client: FlaskClient, world: World) -> None:
    page = client.get(world.codes["household"])
    assert page.status_code == 200
    assert "001203004567" not in page.get_data(as_text=True)
    assert "001203004567" not in client.get(world.codes["household"] + "?format=json").get_data(
        as_text=True
    )


def test_headers_forbid_scripts_tracking_and_caching(client: FlaskClient, world: World) -> None:
    answer = client.get(world.codes["in_force"])
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, max-age=0"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe-inline" not in policy


def test_nothing_stored_names_the_person_who_scanned(
    client: FlaskClient, world: World, database: Database, settings: Settings, app
) -> None:
    for address in ("203.0.113.77", "2001:db8:77:88::99"):
        client.get(
            world.codes["in_force"], headers={"User-Agent": AGENT}, environ_base={"REMOTE_ADDR": address}
        )  # fmt: skip
    ScanSite.of(app).recorder.flush()
    with database.reading() as session:
        scans = session.scalars(select(Scan)).all()
        assert {scan.device for scan in scans} == {"Chrome/Android"}
        rows = [
            [str(v) for v in row]
            for table in (Scan.__table__,)
            for row in session.execute(select(table))
        ]
    stored = json.dumps(rows).encode()
    if database.is_sqlite:
        database.close()
        path = Path(database.url.database or "")
        stored += b"".join(p.read_bytes() for p in path.parent.glob(path.name + "*"))
    for secret in (b"203.0.113", b"2001:db8", b"Pixel-Seventy", b"141.0.7390"):
        assert secret not in stored


def test_who_loads_the_page_again_is_told_that_the_first_scan_may_be_their_own(
    client: FlaskClient, world: World
) -> None:
    path, own = world.codes["in_force"], ScanSite.of(client.application)
    with time_machine.travel(datetime(2026, 11, 27, 3, tzinfo=UTC), tick=False) as clock:
        assert "lần quét đầu tiên" in client.get(path).text
        own.recorder.flush()
        clock.shift(timedelta(minutes=29))
        page = client.get(path).text
        assert "Có thể là chính bạn" in page and "Đã được quét" not in page
        assert client.get(f"{path}?format=json").json["seen"]["notice"] == "just_now"
        clock.shift(timedelta(minutes=1))
        assert "Có thể là chính bạn" not in client.get(path).text


def test_a_scan_page_survives_a_recorder_that_fails(
    client: FlaskClient, world: World, app, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away:
        closed = False

        def writing(self) -> None:
            raise OSError("the disk is full")

    monkeypatch.setattr(ScanSite.of(app).recorder, "_database", Away())
    assert client.get(world.codes["in_force"]).status_code == 200
    ScanSite.of(app).recorder.flush()


def test_a_key_that_was_revoked_elsewhere_is_not_believed_any_longer(
    client: FlaskClient, world: World, database: Database, settings: Settings, app, monkeypatch
) -> None:
    assert client.get(world.codes["offline"]).status_code == 200
    with database.writing() as session:
        kid = session.scalars(select(Issue.kid)).first()
        revoke_key(session, kid, secrets=settings.keys)
    monkeypatch.setattr(ScanSite.of(app), "_loaded", -1000.0)
    for name, verdict in (("in_force", "NOT_ISSUED"), ("offline", "FROZEN_KEY_OUTSIDE_RANGE")):
        answer = client.get(world.codes[name] + "?format=json")
        assert (answer.status_code, answer.get_json()["verdict"]) == (404, verdict)


def test_a_code_out_of_use_shows_no_stars_and_no_scan_count(
    client: FlaskClient, world: World
) -> None:
    for name in ("withdrawn", "voided"):
        page = client.get(world.codes[name]).get_data(as_text=True)
        assert "Mã này từng được cấp cho" in page
        assert "OCOP 4 sao" not in page
        assert "lần quét đầu tiên" not in page
        data = client.get(world.codes[name] + "?format=json").get_json()
        assert data["stars"]["count"] is None
    assert "Tem bị mất cắp" in client.get(world.codes["withdrawn"]).get_data(as_text=True)
    assert "In lệch khổ" not in client.get(world.codes["voided"]).get_data(as_text=True)


def test_a_lot_code_advises_only_when_it_is_seen_far_more_often_than_there_are_packs(
    client: FlaskClient, world: World, database: Database
) -> None:
    with database.writing() as session:
        number = session.scalars(select(Issue.first).where(Issue.form == "lot")).one()
        moment = clock.now()
        session.add(UnitSeen(number=number, first_at=moment, last_at=moment, sessions=3000))
    assert "Đã quét nhiều lần" not in client.get(world.codes["lot"]).get_data(as_text=True)
    with database.writing() as session:
        session.get_one(UnitSeen, number).sessions = 3001
    page = client.get(world.codes["lot"]).get_data(as_text=True)
    assert "Mã hợp lệ" in page
    assert "Đã quét nhiều lần: 3.001 lượt" in page
    assert "Cả 1.000 sản phẩm của lô" in page


def test_a_plain_link_to_a_recalled_or_unknown_lot_says_so(
    client: FlaskClient, world: World
) -> None:
    page = client.get(f"/01/{GTIN}/10/L-RECALL").get_data(as_text=True)
    assert "Thiếu thông tin dị ứng" in page
    assert "không có thông tin về lô L-NOBODY" in client.get(f"/01/{GTIN}/10/L-NOBODY").text
    assert client.get("/01/09520000001018").status_code == 404


def test_forgeries_are_answered_without_a_look_into_the_database(
    client: FlaskClient, world: World, app, monkeypatch
) -> None:
    client.get(world.codes["in_force"])  # loads the keys
    own = ScanSite.of(app)
    own.recorder.flush()
    with monkeypatch.context() as patch:
        patch.setattr(own, "record", lambda *_: None)
        for door in ("reading", "engine"):
            patch.setattr(own.where.database, door, None)
        for name in ("not_issued", "bad_signature", "malformed"):
            assert client.get(world.codes[name]).status_code in (400, 404)


@pytest.mark.parametrize("name", ["in_force", "lot", "not_issued", "malformed", "link"])
@pytest.mark.parametrize("kind", ["text/html", "application/json", "text/plain"])
def test_pages_are_compressed_for_those_that_take_it_and_say_so(
    client: FlaskClient, world: World, name: str, kind: str
) -> None:
    path = f"/01/{GTIN}/10/L-MAIN" if name == "link" else world.codes[name]
    plain = client.get(path, headers={"Accept": kind})
    packed = client.get(path, headers={"Accept": kind, "Accept-Encoding": "gzip, br"})
    refused = client.get(path, headers={"Accept": kind, "Accept-Encoding": "gzip;q=0"})
    assert plain.data.decode().strip()
    assert refused.data == plain.data
    # A browser believes the header: text that says it is compressed is shown by none.
    for answer in (plain, refused):
        assert "Content-Encoding" not in answer.headers
    if packed.headers.get("Content-Encoding"):
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
    else:
        assert packed.data == plain.data and len(plain.data) <= 500
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_head_and_options_are_answered_and_are_no_scans(
    client: FlaskClient, world: World, database: Database, app
) -> None:
    head = client.head(world.codes["in_force"])
    assert (head.status_code, head.data) == (200, b"")
    assert "GET" in client.options(world.codes["in_force"]).headers["Allow"]
    assert client.get("/robots.txt").status_code == 200
    assert client.get("/favicon.ico").status_code == 204
    ScanSite.of(app).recorder.flush()
    with database.reading() as session:
        assert session.scalars(select(Scan)).all() == []


def test_a_code_that_nobody_can_note_is_still_answered(
    client: FlaskClient, world: World, app, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise OSError("the disk is full")

    monkeypatch.setattr(ScanSite.of(app).day_key, "token", broken)
    assert client.get(world.codes["in_force"]).status_code == 200


def test_the_page_of_a_product_has_no_code_no_scan_and_no_verdict(
    client: FlaskClient, world: World, database: Database, app
) -> None:
    answer = client.get(f"/product/{world.product}?format=json")
    said = answer.get_json()
    assert answer.status_code == 200 and said["verdict"] == "LINK_ONLY"
    assert said["links"]["page"] == said["links"]["product"]
    assert said["lot"] is None and said["seen"] is None
    assert client.get("/product/999999").status_code == 404
    ScanSite.of(app).recorder.flush()
    with database.reading() as session:
        assert session.scalars(select(Scan)).all() == []


@pytest.mark.parametrize(
    ("phone", "chat"),
    [("0912 345 678", "https://zalo.me/0912345678"), ("+84 912 345 678", "https://zalo.me/0912345678"),
     ("024 3874 0000", ""), ("", "")],
)  # fmt: skip
def test_mobile_numbers_alone_have_a_chat(
    client: FlaskClient, world: World, database: Database, phone: str, chat: str
) -> None:
    with database.writing() as session:
        session.get_one(Producer, world.producer).phone = phone
    assert client.get(world.codes["in_force"] + "?format=json").json["producer"]["zalo"] == chat
