"""Producer pages: own things only, clear refusals, nothing without a form token."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from PIL import Image
from sqlalchemy import select

from labelsvc import clock
from labelsvc.catalogue.models import Lot, Product, ProductPhoto
from labelsvc.catalogue.products.columns import BY_NAME, OF_PRODUCER
from labelsvc.db import Database
from labelsvc.errors import ReadBackFailed
from labelsvc.events.models import Event
from labelsvc.files import Files
from labelsvc.labels.checks import faults
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs import start as print_run
from labelsvc.settings import Settings
from labelsvc.worker.tasks import run_inline
from tests.factories import make_lot
from tests.web.conftest import Person
from tests.world import World

SignIn = Callable[[str], Person]


def jpeg(colour: str = "green") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (240, 240), colour).save(made, "JPEG")
    return made.getvalue()


def start(database: Database, settings: Settings, lot_id: int, *, count: int) -> int:
    """A queued run of a lot."""
    with database.writing() as session:
        return print_run.start_run(session, print_run.RunRequest(lot=session.get_one(Lot, lot_id), layout="a4-65-plain", count=count, base_url=settings.base_url), actor="user:1").id  # fmt: skip


def runs_of(database: Database) -> list[PrintRun]:
    with database.reading() as session:
        return list(session.scalars(select(PrintRun).order_by(PrintRun.id)))


def typed(page: str) -> dict[str, str]:
    """Names of the inputs of a page and what stands in them."""
    areas = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    inputs = re.findall(r"<input[^>]*>", page)
    found = {
        name[1]: value[1] if (value := re.search(r' value="([^"]*)"', one)) else ""
        for one in inputs
        if (name := re.search(r' name="(\w+)"', one))
    }
    return {name: unescape(value) for name, value in (found | dict(areas)).items()}


def test_a_stranger_sees_nothing_of_another_producer(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    run = start(database, settings, world.stranger_lot, count=5)
    product = f"/console/products/{world.stranger_product}"
    lot, printed = f"/console/lots/{world.stranger_lot}", f"/console/runs/{run}"
    lan = signed_in("lan")
    for path in (
        product, f"{product}/lots/new", lot, f"{lot}/print", f"{lot}/preview/a4-65.svg",
        printed, f"{printed}/state", f"{printed}/labels.pdf",
    ):  # fmt: skip
        assert lan.get(path).status_code == 404, path
    for path, form in (
        (product, {"story": "x"}),
        (f"{product}/photos/1", {"do": "remove"}),
        (f"{product}/lots/new", {"code": "L-LAN", "declared": "5"}),
        (f"{lot}/events", {"step": "packing", "at": "2026-01-02T08:00"}),
        (f"{lot}/print", {"layout": "a4-65", "count": "1", "do": "print"}),
        (f"{printed}/ledger", {"kind": "spoiled", "from_label": "1", "to_label": "2", "why": "x"}),
    ):
        assert lan.post(path, form).status_code == 404, path
    picture = {"photo": (io.BytesIO(jpeg()), "a.jpg")}
    assert lan.post(f"{product}/photos", picture).status_code == 404
    for path in ("/console/", "/console/lots", "/console/lots?q=hung", "/console/runs"):
        page = lan.get(path).get_data(as_text=True)
        assert "Rượu mơ" not in page, path
        assert "L-HUNG" not in page, path
    with database.reading() as session:
        assert session.scalars(select(Event).where(Event.lot_id == world.stranger_lot)).all() == []
        assert len(session.scalars(select(PrintRun)).all()) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/console/products/{product}", "/console/products/{product}/photos",
        "/console/products/{product}/photos/1", "/console/products/{product}/lots/new",
        "/console/lots/{lot}/events", "/console/lots/{lot}/edit", "/console/lots/{lot}/print", "/console/runs/1/ledger",
    ],
)  # fmt: skip
def test_every_form_wants_its_token(signed_in: SignIn, world: World, path: str) -> None:
    lan = signed_in("lan")
    given = path.format(product=world.product, lot=world.lot)
    assert lan.post(given, {"do": "print", "declared": "1"}, token=False).status_code == 400


def test_posts_without_the_form_token_change_nothing(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    answer = lan.post(f"/console/products/{world.product}", {"story": "thay đổi"}, token=False)
    assert answer.status_code == 400
    with database.reading() as session:
        assert session.get_one(Product, world.product).story != "thay đổi"


def test_a_lot_is_opened_and_printed(signed_in: SignIn, world: World, database: Database) -> None:
    lan = signed_in("lan")
    page = lan.get(f"/console/products/{world.product}/lots/new").get_data(as_text=True)
    assert 'name="declared"' in page
    facts = {
        "code": "l-moi-01",
        "declared": "1.000",
        "made_on": "2026-11-20",
        "expires_on": "20/11/2027",
    }
    answer = lan.post(f"/console/products/{world.product}/lots/new", facts)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    with database.reading() as session:
        lot = session.scalars(select(Lot).where(Lot.code == "L-MOI-01")).one()
    assert (lot.declared, f"{lot.expires_on:%d/%m/%Y}") == (1000, "20/11/2027")
    answer = lan.post(
        f"/console/lots/{lot.id}/print",
        {"layout": "a4-24", "form": "short", "count": "24", "start_at": "1", "do": "print"},
    )
    assert answer.status_code == 303
    with database.reading() as session:
        run = session.scalars(select(PrintRun)).one()
        assert (run.count, run.layout_name, run.lot_id) == (24, "a4-24", lot.id)
    state = lan.get(f"/console/runs/{run.id}/state").get_json()
    assert state == {
        "state": "queued", "done": 0, "total": 1, "sending": "", "taken": 0, "under_way": False,
    }  # fmt: skip
    assert lan.get(f"/console/runs/{run.id}/labels.pdf").status_code == 404


def test_a_day_to_come_is_asked_about_and_taken_once_it_is_confirmed(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    page = f"/console/products/{world.product}/lots/new"
    assert 'name="sure"' not in lan.get(page).get_data(as_text=True)
    tomorrow = clock.today() + timedelta(days=1)
    facts = {"code": "L-MAI", "declared": "10", "made_on": tomorrow.isoformat(), "expires_on": ""}
    answer = lan.post(page, facts)
    said = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "chưa đến" in said and 'name="sure"' in said
    assert lan.post(page, facts | {"sure": "1"}).status_code == 302
    with database.reading() as session:
        assert session.scalars(select(Lot.made_on).where(Lot.code == "L-MAI")).one() == tomorrow


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"declared": "nhiều"}, "không phải là số nguyên"),
        ({"made_on": "31/02/2026"}, "không phải ngày tháng"),
    ],
)
def test_wrong_input_comes_back_with_what_was_typed(
    signed_in: SignIn, world: World, facts: dict[str, str], words: str
) -> None:
    lan = signed_in("lan")
    given = {
        "code": "L-X",
        "declared": "10",
        "made_on": "",
        "expires_on": "",
        "growing_area": "VN-1",
    } | facts
    answer = lan.post(f"/console/products/{world.product}/lots/new", given)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert words in page
    assert 'value="VN-1"' in page


@pytest.mark.parametrize(
    ("lot", "facts", "words"),
    [
        ("lot", {"count": "5000"}, "còn được in"),
        ("expired_lot", {"count": "5"}, "không được in sao"),
        ("lot", {"count": "5", "start_at": "99"}, "99"),
    ],
)
def test_a_run_that_may_not_be_is_refused_with_the_reason(
    signed_in: SignIn, world: World, database: Database, lot: str, facts: dict[str, str], words: str
) -> None:
    lan = signed_in("lan")
    given = {"layout": "a4-65", "form": "short", "start_at": "1", "do": "print"} | facts
    answer = lan.post(f"/console/lots/{getattr(world, lot)}/print", given)
    assert answer.status_code == 409
    assert words in answer.get_data(as_text=True)
    with database.reading() as session:
        assert session.scalars(select(PrintRun)).all() == []


def test_voiding_on_the_page_frees_the_quantity(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        lot = session.get_one(Lot, world.lot)
        run = print_run.start_run(session, print_run.RunRequest(lot=lot, layout="a4-65", count=10, base_url=settings.base_url), actor="user:1")  # fmt: skip
        run_id, job_id, before = run.id, run.job_id, print_run.balance(session, lot).remaining
    assert job_id is not None
    run_inline(database, Files(settings.files), settings, job_id)
    lan = signed_in("lan")
    assert lan.get(f"/console/runs/{run_id}/labels.pdf").data.startswith(b"%PDF")
    given = {"kind": "spoiled", "from_label": "3", "to_label": "99", "why": "Lệch khổ"}
    assert lan.post(f"/console/runs/{run_id}/ledger", given).status_code == 400
    answer = lan.post(f"/console/runs/{run_id}/ledger", given | {"to_label": "6"})
    assert answer.status_code == 303
    with database.reading() as session:
        assert print_run.balance(session, session.get_one(Lot, world.lot)).remaining == before + 4


def test_previews_show_the_own_data(signed_in: SignIn, world: World) -> None:
    lan = signed_in("lan")
    answer = lan.get(f"/console/lots/{world.lot}/preview/a4-65.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.data.startswith(b"<svg")
    refused = lan.get(f"/console/lots/{world.lot}/preview/nope.svg")
    assert (refused.status_code, refused.mimetype) == (404, "image/svg+xml")
    assert "nope" in refused.text  # says so in words


# --- the product --------------------------------------------------------------------------------


def test_a_producer_changes_the_contents_but_not_the_stars(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    given = {
        "story": "Kể lại.",
        "storage": "Nơi mát",
        "shelf_life_days": "90",
        "name": "Sâm",
        "gtin": "",
    }
    assert lan.post(f"/console/products/{world.product}", given).status_code == 302
    with database.reading() as session:
        kept = session.get_one(Product, world.product)
        assert (kept.story, kept.storage, kept.shelf_life_days) == ("Kể lại.", "Nơi mát", 90)
        assert kept.name.startswith("Trà hoa cúc")
        assert kept.gtin
        assert kept.ingredients == "Hoa cúc chi 100 %"  # no such input was sent


def test_the_form_of_a_product_holds_its_contents_and_sent_as_it_is_changes_nothing(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan, path = signed_in("lan"), f"/console/products/{world.product}"

    def kept() -> dict[str, object]:
        with database.reading() as session:
            product = session.get_one(Product, world.product)
            return {column.name: getattr(product, column.name) for column in OF_PRODUCER}

    before = kept()
    with database.writing() as session:  # a value in each: what is empty could not get lost
        for name, value in before.items():
            chosen = BY_NAME[name].choices is not None
            if not value and not chosen and name not in ("alcohol", "origin", "ingredient_rows"):
                setattr(session.get_one(Product, world.product), name, "Lời kể <1>")
    before, form = kept(), typed(lan.get(path).get_data(as_text=True))
    assert {name: form[name] for name in form if name in before} == {
        name: str(before[name] or "") for name in before if name in form
    }
    assert {"story", "story_en", "ingredients", "net_content", "shelf_life_days"} <= set(form)
    assert lan.post(path, {name: form[name] for name in before if name in form}).status_code == 302
    assert kept() == before


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"shelf_life_days": "một năm"}, "không phải là số nguyên"),
        ({"net_content": "g" * 81}, "81"),
        ({"shelf_life_days": "0"}, "Hạn dùng từ 1 ngày"),
    ],
)
def test_a_wrong_content_is_shown_beside_its_input_and_nothing_is_lost(
    signed_in: SignIn, world: World, database: Database, facts: dict[str, str], words: str
) -> None:
    lan = signed_in("lan")
    answer = lan.post(f"/console/products/{world.product}", {"story": "Câu chuyện mới"} | facts)
    page = answer.get_data(as_text=True)
    field = next(iter(facts))
    assert answer.status_code == 400
    assert f'href="#{field}"' in page
    assert f'id="{field}-error"' in page
    assert words in page
    assert "Câu chuyện mới" in page
    with database.reading() as session:
        assert session.get_one(Product, world.product).story != "Câu chuyện mới"


def test_contents_that_the_law_wants_are_named_with_a_way_to_them(
    signed_in: SignIn, world: World
) -> None:
    lan = signed_in("lan")
    path = f"/console/products/{world.product}"
    assert "Đã đủ nội dung bắt buộc" in lan.get(path).get_data(as_text=True)
    lan.post(path, {"ingredients": "", "story": ""})
    page = lan.get(path).get_data(as_text=True)
    assert '<a href="#ingredients">Thành phần</a>' in page
    assert "Decree 37/2026" in page
    assert "Nhãn còn thiếu 1 nội dung" in lan.get("/console/").get_data(as_text=True)


def test_pictures_are_added_described_ordered_and_removed(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan, path = signed_in("lan"), f"/console/products/{world.product}"

    def shown() -> list[tuple[int, str]]:
        with database.reading() as session:
            rows = session.get_one(Product, world.product).photos
            return [(row.id, row.description) for row in rows]

    for colour in ("red", "blue"):
        picture = {"photo": (io.BytesIO(jpeg(colour)), "a.jpg"), "description": colour}
        assert lan.post(f"{path}/photos", picture).status_code == 302
    (red, _), (blue, _) = shown()
    assert lan.post(f"{path}/photos/{blue}", {"do": "first"}).status_code == 302
    assert shown() == [(blue, "blue"), (red, "red")]
    lan.post(f"{path}/photos/{red}", {"do": "describe", "description": "Hộp đỏ"})
    lan.post(f"{path}/photos/{blue}", {"do": "remove"})
    assert shown() == [(red, "Hộp đỏ")]
    assert 'alt="Hộp đỏ"' in lan.get(path).get_data(as_text=True)
    assert lan.post(f"{path}/photos/{blue}", {"do": "first"}).status_code == 404
    assert lan.post(f"{path}/photos/{red}", {"do": "steal"}).status_code == 404


@pytest.mark.parametrize("data", [b"", b"<svg onload=alert(1)>", b"\xff\xd8\xff broken"])
def test_what_is_no_picture_is_refused_in_words(
    signed_in: SignIn, world: World, database: Database, data: bytes
) -> None:
    lan = signed_in("lan")
    answer = lan.post(
        f"/console/products/{world.product}/photos", {"photo": (io.BytesIO(data), "a.jpg")}
    )
    assert 400 <= answer.status_code < 500
    assert 'href="#photo"' in answer.get_data(as_text=True)
    with database.reading() as session:
        assert session.scalars(select(ProductPhoto)).all() == []


def test_names_are_text_never_markup(signed_in: SignIn, world: World) -> None:
    lan = signed_in("lan")
    for path in ("/console/", f"/console/products/{world.product}", f"/console/lots/{world.lot}"):
        page = lan.get(path).get_data(as_text=True)
        assert "&lt;b&gt;sấy lạnh" in page, path
        assert "<b>sấy" not in page, path


# --- lots ---------------------------------------------------------------------------------------


def test_the_expiry_date_is_counted_from_the_day_of_manufacture(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    given = {"code": "L-HSD", "declared": "10", "made_on": "01/02/2026", "expires_on": ""}
    assert lan.post(f"/console/products/{world.product}/lots/new", given).status_code == 302
    with database.reading() as session:
        lot = session.scalars(select(Lot).where(Lot.code == "L-HSD")).one()
        assert lot.made_on is not None
        assert lot.expires_on == lot.made_on + timedelta(days=365)


def test_a_new_lot_begins_with_what_the_last_one_said(
    signed_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session:
        product = session.get_one(Product, world.product)
        make_lot(session, product, code="L-TRUOC", declared=432, growing_area="VN-HNOR-0007")
    page = (
        signed_in("lan").get(f"/console/products/{world.product}/lots/new").get_data(as_text=True)
    )
    assert 'value="432"' in page
    assert 'value="VN-HNOR-0007"' in page


def test_a_lot_number_is_used_once(signed_in: SignIn, world: World) -> None:
    lan = signed_in("lan")
    given = {"code": "L-MAIN", "declared": "10", "made_on": "", "expires_on": ""}
    answer = lan.post(f"/console/products/{world.product}/lots/new", given)
    assert answer.status_code == 409
    assert 'href="#code"' in answer.get_data(as_text=True)


def test_a_slip_in_a_lot_is_corrected_but_not_what_is_printed(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        product = session.get_one(Product, world.product)
        lot_id = make_lot(session, product, code="L-SUA", declared=10).id
    lan, path = signed_in("lan"), f"/console/lots/{lot_id}/edit"
    given = {
        "declared": "40",
        "made_on": "2026-11-02",
        "expires_on": "2027-11-02",
        "growing_area": "",
    }
    assert lan.post(path, given).status_code == 302
    start(database, settings, lot_id, count=30)
    fewer = lan.post(path, given | {"declared": "29"})
    assert (fewer.status_code, 'id="declared-error"' in fewer.get_data(as_text=True)) == (400, True)
    later = lan.post(path, given | {"expires_on": "2028-11-02"})
    assert later.status_code >= 400
    assert 'id="expires_on-error"' in later.get_data(as_text=True)
    assert lan.post(path, given | {"declared": "30"}).status_code == 302
    with database.reading() as session:
        lot = session.get_one(Lot, lot_id)
        assert (lot.declared, f"{lot.expires_on}") == (30, "2027-11-02")
    assert lan.get(f"/console/lots/{world.stranger_lot}/edit").status_code == 404
    assert lan.post(f"/console/lots/{world.stranger_lot}/edit", given).status_code == 404


def test_lots_are_found_by_product_and_number_and_turned_over(
    signed_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session:
        product = session.get_one(Product, world.product)
        for number in range(30):
            make_lot(session, product, code=f"X{number:03d}")
    lan = signed_in("lan")
    first = lan.get("/console/lots?q=tra hoa cuc").get_data(as_text=True)
    assert "X029" in first
    assert "X000" not in first
    assert "q=tra+hoa+cuc&amp;page=2" in first
    assert "X000" in lan.get("/console/lots?q=tra hoa cuc&page=2").get_data(as_text=True)
    assert "X000" in lan.get("/console/lots?q=x000").get_data(as_text=True)
    assert "Không tìm thấy" in lan.get("/console/lots?q=%25").get_data(as_text=True)
    assert "L-MAIN" in lan.get("/console/lots?page=9999").get_data(as_text=True)


def test_the_journey_grows_and_refuses_the_future(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan, path = signed_in("lan"), f"/console/lots/{world.lot}"
    given = {
        "step": "packing",
        "at": "2026-01-02T08:30",
        "place": "Xã Bát Tràng",
        "note": "Hộp giấy",
    }
    assert lan.post(f"{path}/events", given).status_code == 302
    page = lan.get(path).get_data(as_text=True)
    assert "02/01/2026 08:30" in page
    assert "Đóng gói, dán nhãn" in page
    for wrong, field in (
        ({"at": "2999-01-01T00:00"}, "at"),
        ({"at": ""}, "at"),
        ({"step": "x"}, "step"),
    ):
        answer = lan.post(f"{path}/events", given | wrong)
        assert answer.status_code == 400
        assert f'href="#{field}"' in answer.get_data(as_text=True)
        assert "Hộp giấy" in answer.get_data(as_text=True)
    with database.reading() as session:
        assert len(session.scalars(select(Event).where(Event.lot_id == world.lot)).all()) == 2


def test_a_recalled_lot_says_so_and_prints_nothing(
    signed_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session:
        lot = session.get_one(Lot, world.lot)
        lot.recalled_at, lot.recall_reason = clock.now(), "Thiếu thông tin dị ứng"
    lan = signed_in("lan")
    page = lan.get(f"/console/lots/{world.lot}").get_data(as_text=True)
    assert "Thiếu thông tin dị ứng" in page
    assert f"/console/lots/{world.lot}/print" not in page
    given = {"layout": "a4-65", "count": "1", "do": "print"}
    answer = lan.post(f"/console/lots/{world.lot}/print", given)
    assert answer.status_code == 409
    assert "đang bị thu hồi" in answer.get_data(as_text=True)


# --- printing -----------------------------------------------------------------------------------


def test_looking_prints_nothing(signed_in: SignIn, world: World, database: Database) -> None:
    lan, path = signed_in("lan"), f"/console/lots/{world.lot}/print"
    page = lan.post(path, {"layout": "a4-24", "count": "30", "do": "look"}).get_data(as_text=True)
    assert "In 30 tem" in page
    assert "preview/a4-24.svg?form=short" in page
    two = lan.post(path, {"layout": "a4-24", "count": "x", "start_at": "5", "sheets": "2"})
    assert "In 44 tem" in two.get_data(as_text=True)  # four cells of the first sheet are used
    other = lan.post(path, {"layout": "a4-24", "count": "3", "start_at": "60", "do": "look"})
    start = re.search(r'<input[^>]*name="start_at"[^>]*>', other.get_data(as_text=True))
    assert start is not None and 'value="1"' in start[0]  # a cell that this sheet has not
    wrong = lan.post(path, {"layout": "a4-24", "count": "vài", "do": "look"})
    assert 'href="#count"' in wrong.get_data(as_text=True)
    assert runs_of(database) == []


def test_pressing_print_twice_prints_once(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan, path = signed_in("lan"), f"/console/lots/{world.lot}/print"
    given = {"layout": "a4-65", "form": "short", "count": "3", "start_at": "1", "do": "print"}
    first = lan.post(path, given | {"after": "0"})
    second = lan.post(path, given | {"after": "0"})
    assert first.location == second.location
    newest = runs_of(database)[-1].id
    assert lan.post(path, given | {"after": str(newest)}).location != first.location
    assert len(runs_of(database)) == 2


def test_a_missing_content_stops_a_full_label_and_leads_to_the_product(
    signed_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session:
        session.get_one(Product, world.product).ingredients = ""
    lan = signed_in("lan")
    given = {"layout": "food-100x70", "form": "short", "count": "1", "do": "print"}
    answer = lan.post(f"/console/lots/{world.lot}/print", given)
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "Thiếu nội dung bắt buộc “Thành phần”" in page
    assert f"/console/products/{world.product}#label" in page
    assert runs_of(database) == []


def test_codes_with_a_gtin_are_offered_only_where_there_is_one(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan, path = signed_in("lan"), f"/console/lots/{world.lot}/print?layout=a4-24"
    assert 'name="form" value="gs1"' in lan.get(path).get_data(as_text=True)
    with database.writing() as session:
        session.get_one(Product, world.product).gtin = None
    assert 'name="form" value="gs1"' not in lan.get(path).get_data(as_text=True)


def test_the_run_page_waits_then_hands_out_a_named_file(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    run = start(database, settings, world.lot, count=7)
    lan, path = signed_in("lan"), f"/console/runs/{run}"
    waiting = lan.get(path).get_data(as_text=True)
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert "labels.pdf" not in waiting
    (row,) = runs_of(database)
    assert row.job_id is not None
    run_inline(database, Files(settings.files), settings, row.job_id)
    ready = lan.get(path).get_data(as_text=True)
    assert "http-equiv" not in ready
    assert "7/7 mã đọc lại được" in ready
    answer = lan.get(f"{path}/labels.pdf")
    named = f'attachment; filename="a4-65-plain-L-MAIN-{run}.pdf"'
    assert answer.headers["Content-Disposition"] == named
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_a_run_that_failed_lists_every_fault_by_page_to_take_away(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    start(database, settings, world.lot, count=7)
    wrong = faults.Faults()
    wrong.add("unreadable", page=1, cell=3, unit=3, expected="HTTPS://A.VN/3")
    wrong.add("quiet", page=2, cell=1, unit=66, measured=2.4, least=4)
    wrong.add("text", page=2, cell=2, unit=67, found="=1+1", expected="HTTPS://A.VN/67")
    with database.writing() as session:
        run = session.scalars(select(PrintRun)).one()
        print_run.fail(session, run, faults.refused(wrong.rows))
    lan = signed_in("lan")
    page = lan.get(f"/console/runs/{run.id}").get_data(as_text=True)
    assert "3 chỗ trong cả đợt in" in page
    assert page.index("Trang 1") < page.index("không đọc được mã QR nào") < page.index("Trang 2")
    assert "vùng trống đo được 2,4 mô-đun, quy định là 4" in page
    assert "phải là HTTPS://A.VN/67" in page
    table = lan.get(f"/console/runs/{run.id}/faults.csv").get_data(as_text=True)
    assert '"1","3","3","unreadable","không đọc được mã QR nào","HTTPS://A.VN/3"' in table
    assert '"\'=1+1"' in table
    told = lan.get(f"/console/runs/{run.id}/faults.json").get_json()
    assert [row["unit"] for row in told["faults"]] == [3, 66, 67]


def test_a_run_without_faults_has_no_list_of_them(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    run = start(database, settings, world.lot, count=7)
    assert signed_in("lan").get(f"/console/runs/{run}/faults.csv").status_code == 404


def test_a_run_that_failed_says_why_and_frees_its_labels(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    start(database, settings, world.lot, count=7)
    with database.writing() as session:
        run = session.scalars(select(PrintRun)).one()
        print_run.fail(session, run, ReadBackFailed("A symbol could not be read back."))
        free = print_run.balance(session, session.get_one(Lot, world.lot)).remaining
    lan = signed_in("lan")
    page = lan.get(f"/console/runs/{run.id}").get_data(as_text=True)
    assert "không được phát hành" in page
    assert lan.get(f"/console/runs/{run.id}/labels.pdf").status_code == 404
    assert f"còn {free} tem chưa in" in lan.get(f"/console/lots/{world.lot}/print").get_data(as_text=True).replace(".", "")  # fmt: skip


def test_ingredients_are_typed_in_rows_and_set_the_text_without_a_script(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan, path = signed_in("lan"), f"/console/products/{world.product}"
    cells = {
        "ingredient_name": ["đường", "hoa cúc", "natri benzoat", ""],
        "ingredient_share": ["20", "78,5 %", "", ""],
        "ingredient_group": ["", "", "chất bảo quản", ""],
        "ingredient_ins": ["", "", "211", ""],
        "ingredient_nature": ["", "", "", ""],
    }
    assert lan.post(path, data={"ingredient_rows": "", **cells}).status_code == 302
    with database.reading() as session:
        kept = session.get_one(Product, world.product)
        assert (
            kept.ingredients
            == "hoa cúc (78,5 %), đường (20 %), chất bảo quản: natri benzoat (INS 211)"
        )
    page = lan.get(path).get_data(as_text=True)
    assert page.count('name="ingredient_name"') == 3 + 3
    wrong = cells | {"ingredient_share": ["hai mươi", "78,5 %", "", ""]}
    answer = lan.post(path, data={"story": "", "ingredient_rows": "", **wrong})
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert 'id="ingredient_rows-error"' in page and 'value="hai mươi"' in page
