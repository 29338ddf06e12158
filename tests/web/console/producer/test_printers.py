"""Printers of a producer: entered, measured, removed; and what a run does with one."""

from __future__ import annotations

from typing import Any

import pytest

from labelsvc.db import Database
from labelsvc.labels.models import Printer, PrintRun
from labelsvc.labels.printers import book
from labelsvc.labels.sheets.profile import Profile
from tests.web.console.producer.test_products import SignIn
from tests.web.desk import seen
from tests.world import World

OFFICE = {"name": "Máy văn phòng", "language": "pdf", "dpi": "0", "offset_x": "0,8", "offset_y": "-0.3",
          "scale_x": "100", "scale_y": "99,6", "rotation": "0", "host": "", "port": "9100",
          "do": "save"}  # fmt: skip
ZEBRA = OFFICE | {"name": "Zebra kho", "language": "zpl", "dpi": "203", "offset_x": "0",
                  "offset_y": "0", "scale_y": "100", "host": "192.168.1.50"}  # fmt: skip


def saved(database: Database, world: World) -> list[Printer]:
    with database.reading() as session:
        return list(book.printers_of(session, world.producer))


def test_a_printer_is_entered_changed_and_removed(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    assert "Chưa có máy in" in seen(lan.get("/console/printers"))
    assert lan.post("/console/printers/new", OFFICE).status_code == 303
    (row,) = saved(database, world)
    assert Profile.from_json(row.profile) == Profile(0.8, -0.3, 1.0, 0.996, 0.0, 0)
    assert "0,8 mm sang phải, -0,3 mm xuống dưới" in seen(lan.get("/console/printers"))
    page = lan.get(f"/console/printers/{row.id}").get_data(as_text=True)
    assert 'value="99,6"' in page
    assert lan.post(f"/console/printers/{row.id}", OFFICE | {"name": "HP tầng 2"}).status_code == 303  # fmt: skip
    assert [p.name for p in saved(database, world)] == ["HP tầng 2"]
    assert lan.post(f"/console/printers/{row.id}/remove").status_code == 302
    assert saved(database, world) == []
    assert lan.get(f"/console/printers/{row.id}").status_code == 404
    # The name of a removed printer is free again.
    assert lan.post("/console/printers/new", OFFICE | {"name": "HP tầng 2"}).status_code == 303


def test_what_was_measured_becomes_the_correction(signed_in: SignIn, world: World) -> None:
    lan = signed_in("lan")
    given = OFFICE | {"do": "measure", "left": "21,0", "right": "191", "top": "19.5",
                      "bottom": "276,5", "slope": ""}  # fmt: skip
    page = lan.post("/console/printers/new", given).get_data(as_text=True)
    assert 'name="offset_x" type="text" value="-1"' in page
    assert 'name="offset_y" type="text" value="0,5"' in page
    assert 'value="Máy văn phòng"' in page  # nothing typed is lost


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"name": " "}, "cần có tên"),
        ({"offset_x": "35"}, "máy in chỉ cần từ"),
        ({"offset_x": "nghiêng"}, "không phải"),
        ({"scale_x": "60"}, "máy in chỉ cần từ"),
        ({"rotation": "nan"}, "không phải"),
        ({"language": "zpl", "dpi": "0"}, "203, 300 hoặc 600"),
        ({"language": "escp"}, "Không có loại máy in này"),
        ({"host": "http://x/"}, "không phải địa chỉ mạng"),
        ({"port": "70000"}, "từ 1 đến 65535"),
        ({"do": "measure", "left": "190", "right": "20"}, "dài hơn"),
    ],
)
def test_impossible_numbers_are_named_and_nothing_is_saved(
    signed_in: SignIn, world: World, database: Database, facts: dict[str, str], words: str
) -> None:
    answer = signed_in("lan").post("/console/printers/new", OFFICE | facts)
    assert answer.status_code == 400
    assert words in seen(answer)
    assert saved(database, world) == []


def test_two_printers_have_two_names(signed_in: SignIn, world: World) -> None:
    lan = signed_in("lan")
    lan.post("/console/printers/new", OFFICE)
    answer = lan.post("/console/printers/new", OFFICE | {"name": " Máy  văn phòng "})
    assert answer.status_code == 409
    assert "khác cùng tên" in seen(answer)


def test_the_calibration_sheet_is_fetched_plain_and_corrected(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    lan.post("/console/printers/new", OFFICE)
    (row,) = saved(database, world)
    plain = lan.get("/console/printers/calibration.pdf")
    bent = lan.get(f"/console/printers/calibration.pdf?printer={row.id}")
    assert plain.data.startswith(b"%PDF") and bent.data.startswith(b"%PDF")
    assert plain.data != bent.data
    assert lan.get("/console/printers/calibration.pdf?printer=999").status_code == 404


def test_printers_of_others_do_not_exist(
    signed_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session:
        made = book.save(session, world.producer, book.Setup(name="Của Lan", language="pdf", profile=Profile()), printer=None, actor="user:1")  # fmt: skip
    hung = signed_in("hung")
    for path in (
        f"/console/printers/{made.id}",
        f"/console/printers/calibration.pdf?printer={made.id}",
    ):
        assert hung.get(path).status_code == 404
    assert hung.post(f"/console/printers/{made.id}/remove").status_code == 404
    assert "Của Lan" not in seen(hung.get("/console/printers"))


def test_the_wizard_prints_for_a_label_printer_and_remembers_it(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    lan.post("/console/printers/new", ZEBRA)
    (row,) = saved(database, world)
    path = f"/console/lots/{world.lot}/print"
    wizard: dict[str, Any] = {
        "layout": "roll-35x22", "form": "short", "count": "12", "printer": str(row.id)
    }  # fmt: skip
    looked = seen(lan.post(path, wizard | {"do": "look"}))
    assert "Sẽ tạo tệp lệnh cho Zebra kho" in looked
    assert "Hàng của cuộn 12" in looked
    answer = lan.post(path, wizard | {"do": "print"})
    assert answer.status_code == 303
    with database.reading() as session:
        (run,) = session.query(PrintRun).all()
        assert (run.output, run.printer_id, run.count) == ("zpl", row.id, 12)
    again = lan.get(path).get_data(as_text=True)
    assert (
        f'<option value="{row.id}" selected>' in again
    )  # it begins with the layout of the last run
    assert f'<option value="{row.id}"' not in lan.get(f"{path}?layout=a4-65").text  # a sheet
    again = lan.get(f"{path}?layout=roll-50x30").get_data(as_text=True)
    assert f'<option value="{row.id}" selected>' in again
    # A sheet is nothing for it: a PDF for any printer, at the layout's own resolution.
    lan.post(path, wizard | {"layout": "a4-65", "do": "print"})
    with database.reading() as session:
        sheet = session.query(PrintRun).order_by(PrintRun.id.desc()).first()
        assert sheet is not None
        assert (sheet.output, sheet.printer_id, sheet.profile) == ("pdf", None, {})
