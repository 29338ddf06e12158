"""Own layouts and sheets: drawn and judged while they are made, kept, and nobody else's business."""

from __future__ import annotations

import io
import itertools
import json
import re
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from labelsvc.catalogue.models import Lot
from labelsvc.db import Database
from labelsvc.labels import own_layouts
from labelsvc.labels.drawing import draft, fonts
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.paper import SheetSpec
from labelsvc.labels.layouts.reading import load
from labelsvc.labels.layouts.writing import dumps, facts
from labelsvc.labels.runs import numbering
from tests.conftest import HOST
from tests.web.desk import BASE, Desk, seen
from tests.world import World

Sit = Callable[[str], Desk]
#: A sheet that was deleted.
_GONE = SheetSpec.model_validate({"article": "gone"})


def send(desk: Desk, path: str, body: Any) -> TestResponse:
    """What the scripts of the editor send."""
    desk.post("/console/layouts/preview")  # makes sure that there is a token
    return desk.client.post(
        path,
        data=body
        if isinstance(body, bytes)
        else json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"),
        content_type="application/json",
        headers={"X-CSRFToken": desk._form_token, "Accept": "application/json"},
        base_url=BASE,
    )


def held(name: str) -> dict[str, Any]:
    return facts(library.get(name))


def look(desk: Desk, layout: Any, data: object = "usual", **more: Any) -> dict[str, Any]:
    answer = send(desk, "/console/layouts/preview", {"layout": layout, "data": data, **more})
    found: dict[str, Any] = answer.json
    assert answer.status_code == (200 if found["svg"] else 422), answer.text
    return found


def copied(desk: Desk, name: str) -> str:
    """A copy of *name*; its address."""
    answer = desk.post("/console/layouts/new", {"source": name})
    assert answer.status_code == 303, seen(answer)
    return str(answer.location)


# --- the list ------------------------------------------------------------------------------------


def test_a_built_in_layout_is_copied_opened_and_listed(desk: Sit) -> None:
    lan = desk("lan")
    assert "No layout of your own yet" in lan.words("/console/layouts")
    first, second = copied(lan, "a4-65"), copied(lan, "a4-65")
    assert first != second
    page = lan.get(first)
    assert page.status_code == 200
    assert 'id="editor-setup"' in page.text
    words = lan.words("/console/layouts")
    assert words.count("Copy of A4 sheet of 65 seals") >= 2
    assert lan.get(f"/console/layouts/picture/{first.rpartition('/')[2]}.svg").text.startswith(
        "<svg"
    )


def test_the_editor_keeps_the_policy_of_the_site(desk: Sit) -> None:
    """No inline script but the JSON, and no inline style: both are refused by the browser."""
    lan = desk("lan")
    page = lan.get(copied(lan, "food-100x70")).text
    assert " style=" not in page and "<style" not in page
    scripts = [part.partition(">")[0] for part in page.split("<script")[1:]]
    assert all("src=" in part or 'type="application/json"' in part for part in scripts)
    assert all(" on" + event not in page for event in ("click=", "load=", "input="))


def test_scripts_that_import_each_other_are_never_of_two_ages(desk: Sit) -> None:
    """A page names its script by hash; the modules that it imports have none."""
    lan = desk("lan")
    page = lan.get(copied(lan, "a4-65")).text
    main = page.split('type="module" src="')[1].partition('"')[0]
    assert lan.get(main).cache_control.max_age == 365 * 24 * 3600
    module = lan.get("/static/editor/store.js")
    assert module.cache_control.no_cache or not module.cache_control.max_age
    assert module.headers["ETag"]


def test_a_title_cannot_close_the_data_of_the_page(desk: Sit) -> None:
    lan = desk("lan")
    path = copied(lan, "a4-65")
    layout = held("a4-65") | {"title_vi": "</script><img src=x onerror=alert(1)>"}
    assert send(lan, path, {"layout": layout, "version": 1}).status_code == 200
    assert "<img src=x" not in lan.get(path).text


def test_nobody_opens_the_layout_of_another(desk: Sit) -> None:
    lan, hung = desk("lan"), desk("hung")
    path = copied(lan, "a4-24")
    for answer in (
        hung.get(path),
        send(hung, path, {"layout": held("a4-24"), "version": 1}),
        hung.get(f"{path}/export"),
        hung.post(f"{path}/delete"),
    ):
        assert answer.status_code == 404
    assert lan.get(path).status_code == 200
    # Built-in ones are not opened either: they are copied.
    assert lan.get("/console/layouts/own/a4-24").status_code == 404


def test_a_layout_is_deleted_by_its_owner(desk: Sit) -> None:
    lan = desk("lan")
    path = copied(lan, "a4-24")
    assert lan.post(f"{path}/delete").status_code == 303
    assert lan.get(path).status_code == 404


# --- saving --------------------------------------------------------------------------------------


def test_what_is_saved_is_what_is_opened_again(desk: Sit, database: Database, world: World) -> None:
    lan = desk("lan")
    path = copied(lan, "food-100x70")
    layout = held("food-100x70") | {"title_vi": "Nhãn chè của tôi"}
    layout["elements"][1]["x"] = 4.25
    answer = send(lan, path, {"layout": layout, "version": 1})
    assert (answer.status_code, answer.json["version"]) == (200, 2)
    with database.reading() as session:
        row = own_layouts.row(session, world.producer, path.rpartition("/")[2])
        assert row is not None
        kept = load(row.toml, source="x")
    assert (row.title, row.version) == ("Nhãn chè của tôi", 2)
    assert facts(kept) == layout | {"name": row.name}
    setup = lan.get(path).text.split('id="editor-setup">')[1].partition("</script>")[0]
    assert json.loads(setup)["layout"] == facts(kept)


def test_a_second_window_does_not_overwrite_unseen(desk: Sit) -> None:
    lan = desk("lan")
    path, layout = copied(lan, "a4-65"), held("a4-65")
    assert (
        send(lan, path, {"layout": layout | {"title_vi": "Một"}, "version": 1}).status_code == 200
    )
    refused = send(lan, path, {"layout": layout | {"title_vi": "Hai"}, "version": 1})
    assert refused.status_code == 409
    assert (refused.json["version"], refused.json["by"]) == (2, "Lan")
    assert 'title_vi = "Một"' in lan.get(f"{path}/export").text
    # The ways out: as a copy, or over the other with its version.
    copy = send(lan, path, {"layout": layout | {"title_vi": "Hai"}, "version": 1, "copy": True})
    assert copy.status_code == 200 and lan.get(copy.json["url"]).status_code == 200
    taken = send(lan, path, {"layout": layout | {"title_vi": "Hai"}, "version": 2})
    assert taken.json["version"] == 3


def test_a_faulty_layout_is_not_saved_and_says_where(desk: Sit) -> None:
    lan = desk("lan")
    path, layout = copied(lan, "a4-65"), held("a4-65")
    layout["elements"][1]["size"] = 1
    layout["elements"][2]["items"][0]["text"] = "{nonsense}"
    layout["label"]["safe"] = -1
    answer = send(lan, path, {"layout": layout, "version": 1})
    assert answer.status_code == 422
    where = {(f["element"], f["item"], f["field"]) for f in answer.json["findings"]}
    assert where == {(1, None, "size"), (2, 0, "text"), (None, None, "label.safe")}
    assert {f["fix"] for f in answer.json["findings"]} == {""}, "the message says what is allowed"
    assert all(f["message"] and "Input should" not in f["message"] for f in answer.json["findings"])


@pytest.mark.parametrize("element", [{"type": "bomb"}, {"x": 1}, 3])
def test_an_element_that_is_wrong_as_a_whole_is_named(desk: Sit, element: object) -> None:
    layout = held("a4-65")
    layout["elements"][1] = element
    (found,) = look(desk("lan"), layout)["findings"]
    assert (found["element"], found["item"]) == (1, None)


def test_a_sheet_is_kept_by_its_name(desk: Sit) -> None:
    lan = desk("lan")
    path, layout = copied(lan, "a4-65"), held("a4-65")
    layout["sheet"] = held("a4-65")["sheet"] | {"article": "avery-l7651", "page": None}
    layout["label"] |= {"width": 38.1, "height": 21.2}
    saved = send(lan, path, {"layout": layout, "version": 1})
    assert saved.status_code == 200, saved.json
    assert 'article = "avery-l7651"' in lan.get(f"{path}/export").text
    layout["sheet"]["article"] = "herma-4200"
    other = send(
        lan, path, {"layout": layout | {"label": {"width": 60.0, "height": 40.0}}, "version": 2}
    )
    assert other.status_code == 422
    assert other.json["findings"][0]["field"] == "sheet.article"


def test_a_layout_that_cannot_be_read_any_more_is_shown_as_such(
    desk: Sit, database: Database, world: World
) -> None:
    lan = desk("lan")
    path = copied(lan, "a4-65")
    for text, opens in (
        (dumps(library.get("a4-65").model_copy(update={"sheet": _GONE})), True),
        ("name = ", False),
        ("name = 'x'", False),
    ):
        with database.writing() as session:
            row = own_layouts.row(session, world.producer, path.rpartition("/")[2])
            assert row is not None
            row.toml = text
        assert "Cannot be printed" in lan.words("/console/layouts"), text
        page = lan.get(path)
        assert page.status_code == 200
        assert ('id="editor-setup"' in page.text) is opens
        assert ("This layout cannot be opened" in page.text) is not opens
        assert lan.get(f"{path}/export").text == text
        picture = lan.get(f"/console/layouts/picture/{path.rpartition('/')[2]}.svg")
        # Drawn without its sheet; what is no layout is a picture of the reason.
        assert picture.status_code == (200 if opens else 422)
        assert picture.mimetype == "image/svg+xml" and picture.text.startswith("<svg")


def test_posts_without_the_token_are_refused(desk: Sit) -> None:
    lan = desk("lan")
    path = copied(lan, "a4-65")
    body = json.dumps({"layout": held("a4-65"), "version": 1})
    for where in (path, "/console/layouts/preview"):
        answer = lan.client.post(where, data=body, content_type="application/json", base_url=BASE)
        assert answer.status_code == 400, where


# --- import and export ---------------------------------------------------------------------------


def upload(desk: Desk, text: str | bytes) -> TestResponse:
    data = text.encode() if isinstance(text, str) else text
    return desk.post("/console/layouts/import", {"file": (io.BytesIO(data), "mau.toml")})


def test_an_exported_layout_is_imported_under_another_name(desk: Sit) -> None:
    lan = desk("lan")
    path = copied(lan, "round-30")
    exported = lan.get(f"{path}/export")
    assert exported.headers["Content-Disposition"].endswith('.toml"')
    answer = upload(lan, exported.text)
    assert answer.status_code == 303 and answer.location != path
    again = load(lan.get(f"{answer.location}/export").text, source="x")
    assert again.elements == library.get("round-30").elements


def test_comments_of_a_file_with_a_free_name_are_kept(desk: Sit) -> None:
    lan = desk("lan")
    text = "# của hợp tác xã\n" + dumps(library.get("a4-24")).replace("a4-24", "tem-cua-toi", 1)
    assert upload(lan, text).location == "/console/layouts/own/tem-cua-toi"
    assert lan.get("/console/layouts/own/tem-cua-toi/export").text == text


def test_what_is_no_layout_is_not_imported(desk: Sit) -> None:
    lan = desk("lan")
    for file, said in (
        (b"", "Choose a layout file"),
        (b"\xff\xfe\x00", "not a text in UTF-8"),
        (b"name = ", "not valid TOML"),
        (b"name = 'x'\n", "title_vi"),
        (b"x = " + b"[" * 4000, "deeper here"),
        (b"name = 'x'\n" + b"a." * 20_000 + b"b = 1", "line 2: keys and brackets are deeper"),
        (b"# letters\n" * 30_000, "at most 200000 are taken"),
        (b"#" * 400_001, "Choose a layout file"),
    ):
        answer = upload(lan, file)
        assert answer.status_code == 400, file[:20]
        assert said in seen(answer), file[:20]


def test_characters_that_no_database_takes_are_dropped(desk: Sit) -> None:
    lan = desk("lan")
    text = dumps(library.get("a4-24")).replace("a4-24", "tem-x", 1)
    text = text.replace('title_en = "', 'title_en = "A\\u0000B\\u0007 ')
    path = upload(lan, text).location
    assert load(lan.get(f"{path}/export").text, source="x").title_en.startswith("AB ")
    layout = held("a4-24") | {"title_vi": "Tem\x00 \ud800gốm"}
    assert send(lan, path, {"layout": layout, "version": 1}).status_code == 200
    assert 'title_vi = "Tem gốm"' in lan.get(f"{path}/export").text


# --- the preview ---------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_built_in_is_drawn_with_a_box_for_every_element(desk: Sit) -> None:
    lan, kinds = desk("lan"), ("usual", "long", "short", "unrecognised")
    # `tests/labels` draws each with every kind of data; here each kind is there in turn.
    for name, data in zip(library.names(), itertools.cycle(kinds), strict=False):
        layout = held(name)
        answer = look(lan, layout, data)
        assert answer["svg"].startswith("<svg") and " style=" not in answer["svg"], name
        assert len(answer["boxes"]) == len(layout["elements"]), name
        symbol = next(i for i, e in enumerate(layout["elements"]) if e["type"] == "symbol")
        x0, y0, x1, y1 = answer["boxes"][symbol]
        zone = answer["zone"]
        assert x0 <= zone[0] and y0 <= zone[1] and zone[2] <= x1 + 1e-6 and zone[3] <= y1 + 1e-6
        if data in ("usual", "short"):
            assert [f for f in answer["findings"] if f["field"] == "text"] == [], (name, data)


def test_words_that_run_over_are_told_at_their_element_and_still_drawn(desk: Sit) -> None:
    lan, layout = desk("lan"), held("a4-65")
    layout["elements"][2]["h"] = 2.0
    layout["elements"][1] |= {"text": "Một dòng rất dài không thể nào vừa", "min_size": 4.9}
    answer = look(lan, layout, "long")
    over = {(f["element"], f["item"]) for f in answer["findings"] if f["field"] == "text"}
    assert {(2, 0), (1, None)} <= over
    before = look(lan, held("a4-65"))["svg"]
    assert len(answer["svg"]) > len(before) * 0.8  # the words are there, over their box


def test_what_lies_on_the_symbol_or_at_the_edge_is_told_at_its_element(desk: Sit) -> None:
    lan, layout = desk("lan"), held("a4-65")
    layout["elements"][2] |= {"x": 0.1, "y": 0.1}
    layout["elements"].append({"type": "rect", "x": 4, "y": 4, "w": 3, "h": 3, "fill": "#000000"})
    answer = look(lan, layout)
    said = {(f["element"], f["message"]) for f in answer["findings"]}
    assert (2, "Lies on the symbol or its quiet zone.") in said
    assert (2, "Comes nearer to the edge than 0.8 mm.") in said
    assert (len(layout["elements"]) - 1, "Lies on the symbol or its quiet zone.") in said


def test_a_symbol_that_cannot_be_printed_is_drawn_and_told(desk: Sit) -> None:
    lan, layout = desk("lan"), held("a4-65")
    layout["elements"][0]["size"] = 6
    answer = look(lan, layout)
    assert answer["svg"] and answer["symbol"]["dots"] == 0
    assert [f["element"] for f in answer["findings"] if f["severity"] == "error"][:1] == [0]


def test_stars_without_a_recognition_are_told_at_the_stars(desk: Sit, world: World) -> None:
    lan, layout = desk("lan"), held("a4-65")
    stars = next(i for i, e in enumerate(layout["elements"]) if e["type"] == "stars")
    for data in ("unrecognised", str(world.expired_lot)):
        found = [f for f in look(lan, layout, data)["findings"] if f["element"] == stars]
        assert "claims stars" in found[0]["message"] and found[0]["severity"] == "error"
        assert "Decision 26/2026" in found[0]["source"]
    assert [f for f in look(lan, layout, str(world.lot))["findings"] if f["element"] == stars] == []
    layout["elements"][1]["text"] = "OCOP 4 sao"
    claims = [f for f in look(lan, layout, "unrecognised")["findings"] if f["element"] == 1]
    assert "claims a recognition" in claims[0]["message"]


def test_a_full_label_without_a_mandatory_content_says_so(desk: Sit) -> None:
    lan, layout = desk("lan"), held("food-100x70")
    layout["elements"] = [e for e in layout["elements"] if e["id"] != "contents"]
    said = [f["message"] for f in look(lan, layout)["findings"] if f["severity"] == "error"]
    assert any("no place for the mandatory content" in words for words in said)


def test_a_lot_is_numbered_with_the_mark_that_its_next_run_will_have(
    desk: Sit, database: Database, world: World
) -> None:
    with database.reading() as session:
        declared, mark = session.get_one(Lot, world.lot).declared, numbering.widest_name(session)
    bare, marked = (numbering.position(declared, declared, said) for said in ("", mark))
    lan, layout = desk("lan"), held("a4-65")
    at = next(i for i, e in enumerate(layout["elements"]) if e.get("text") == "{unit_number}")
    size = layout["elements"][at]["size"]
    wide, wider = (fonts.load()["regular"].width(said, size * 25.4 / 72) for said in (bare, marked))
    # Wide enough for the number alone, not for run and number.
    layout["elements"][at] |= {"w": (wide + wider) / 2, "min_size": size}
    found = look(lan, layout, str(world.lot))["findings"]
    assert [f["field"] for f in found if f["element"] == at] == ["text"]


def test_a_lot_of_another_producer_is_no_data(desk: Sit, world: World) -> None:
    lan = desk("lan")
    body = {"layout": held("a4-65"), "data": str(world.stranger_lot)}
    assert send(lan, "/console/layouts/preview", body).status_code == 404
    assert look(lan, held("a4-65"), str(world.lot))["svg"]


_TEXT = {"type": "text", "x": 1, "y": 40, "w": 600, "h": 5, "size": 200, "min_size": 2}


_HOSTILE: list[dict[str, Any]] = [
    {"label": {"width": 1e6, "height": 1e6}},
    {"label": {"width": -1, "height": 0}},
    {"label": {"diameter": 30, "width": 3, "height": 2}},
    {"label": "x"},
    {"elements": [{"type": "rect", "x": 0, "y": 0, "w": 1, "h": 1}] * 5000},
    {"elements": [{**_TEXT, "text": "a" * 100_000}]},
    {"elements": []},
    {"elements": [{"type": "bomb"}]},
    {"elements": [3, None, []]},
    {"elements": None},
    {"colours": {f"c{n}": "#000000" for n in range(5000)}},
    {"sheet": {"columns": 100, "rows": 200}},
    {"sheet": {"article": "../../etc/passwd"}},
    {"name": "../x"},
    {"title_vi": "x" * 5000},
    {"resolution_dpi": 10**30},
    {"forms": ["short"] * 3 + ["nothing"]},
    {"surprise": 1},
]


def test_hostile_layouts_are_refused_quickly_and_clearly(desk: Sit) -> None:
    lan = desk("lan")
    look(lan, held("a4-65"))
    began = time.thread_time()
    for _ in range(3):
        look(lan, held("a4-65"))
    usual = (time.thread_time() - began) / 3
    for change in _HOSTILE:
        began = time.thread_time()
        answer = look(lan, held("a4-65") | change)
        # Of the processor, and against a good layout: a busy machine changes neither.
        assert time.thread_time() - began < 40 * usual, list(change)
        assert answer["findings"] and len(answer["findings"]) <= 50, list(change)
        assert (answer["svg"] is None) == (list(change) != ["sheet"]), list(change)
        assert all(f["message"] for f in answer["findings"]), list(change)


def test_a_layout_made_to_be_slow_is_cut_short(desk: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that only the drawing moves: each look at it is a tenth of the time allowed."""
    words = {**_TEXT, "h": 100, "text": "Bánh"}
    layout = held("a4-65") | {
        "label": {"width": 1000, "height": 1000},
        "elements": [{"type": "symbol", "x": 1, "y": 1, "size": 30}, *[words] * 60],
    }
    assert all("too long" not in f["message"] for f in look(desk("lan"), layout)["findings"])
    looks = itertools.count()
    clock = SimpleNamespace(thread_time=lambda: next(looks) * draft.LONGEST / 10)
    monkeypatch.setattr(draft, "time", clock)
    (cut,) = [f for f in look(desk("lan"), layout)["findings"] if "too long" in f["message"]]
    assert cut["element"] == 10
    assert "Use fewer elements" in cut["fix"]


def test_what_is_no_json_object_is_refused(desk: Sit) -> None:
    lan = desk("lan")
    for body in (
        b"",
        b"[]",
        b"{",
        b"3",
        b'{"layout": NaN}',
        b"[" * 100_000,
        b"\xff",
        b"{" + b" " * 500_000 + b"}",
    ):
        answer = send(lan, "/console/layouts/preview", body)
        assert answer.status_code == 400 and answer.json["message"], body[:20]


# --- sheets --------------------------------------------------------------------------------------

SHEET = {
    "title": "Tờ cắt riêng 40 × 30", "page": "A4", "columns": "4", "rows": "8", "shape": "rect",
    "width": "40", "height": "30", "margin_left": "10", "margin_top": "12,5", "pitch_x": "48",
    "pitch_y": "34",
}  # fmt: skip


def test_an_own_sheet_is_drawn_saved_and_used(desk: Sit, database: Database, world: World) -> None:
    lan = desk("lan")
    assert "No sheet of your own yet" in lan.words("/console/sheets")
    drawn = lan.post("/console/sheets/new", SHEET | {"do": "look"})
    assert drawn.status_code == 200 and drawn.text.count('class="cell"') == 32
    assert lan.post("/console/sheets/new", SHEET | {"do": "save"}).status_code == 303
    with database.reading() as session:
        kept = own_layouts.articles(session, world.producer)["to-cat-rieng-40-30"]
    assert (kept.pitch_x, kept.margin_top) == (48, 12.5)
    page = lan.get("/console/sheets/own/to-cat-rieng-40-30")
    assert 'value="12.5"' in page.text
    pdf = lan.get("/console/sheets/to-cat-rieng-40-30/test.pdf")
    assert pdf.data.startswith(b"%PDF")
    layout = held("a4-65") | {"sheet": {"article": "to-cat-rieng-40-30"}}
    layout["label"] = {"width": 40, "height": 30, "safe": 0.8}
    assert look(lan, layout)["sheet"]["per_page"] == 32
    assert lan.post("/console/sheets/own/to-cat-rieng-40-30/delete").status_code == 303
    assert look(lan, layout)["findings"][0]["field"] == "sheet.article"


def test_a_sheet_measured_over_the_whole_row_gets_its_pitch(desk: Sit) -> None:
    lan = desk("lan")
    measured = SHEET | {"do": "save", "across": "144,9", "down": "238"}
    assert lan.post("/console/sheets/new", measured).status_code == 303
    page = lan.get("/console/sheets/own/to-cat-rieng-40-30").text
    assert 'name="pitch_x" type="text" value="48.3"' in page
    assert 'name="pitch_y" type="text" value="34"' in page


def test_an_impossible_sheet_says_which_number_is_wrong(desk: Sit) -> None:
    lan = desk("lan")
    table: list[tuple[dict[str, str], str, str]] = [
        ({"columns": "6"}, "columns", "overrun the right edge"),
        ({"pitch_x": "30"}, "pitch_x", "overlap"),
        ({"width": "nhiều"}, "width", "is no length"),
        ({"width": "1e9"}, "width", "is no length"),
        ({"width": ""}, "width", "width and height"),
        ({"width": "5000"}, "width", "at most 1000"),
        ({"rows": "0"}, "rows", "from 1"),
        ({"rows": "-3"}, "rows", "whole number"),
        ({"title": ""}, "title", "needs a name"),
        (
            {
                "columns": "100",
                "rows": "200",
                "width": "1",
                "height": "1",
                "pitch_x": "1",
                "pitch_y": "1",
                "margin_left": "0",
                "margin_top": "0",
            },
            "columns",
            "at most 1000",
        ),
    ]
    for change, field, said in table:
        answer = lan.post("/console/sheets/new", SHEET | change | {"do": "save"})
        assert 400 <= answer.status_code < 500, change
        assert said in seen(answer), (change, seen(answer))
        assert f'id="{field}-error"' in answer.text, change


def test_nobody_opens_the_sheet_of_another(desk: Sit) -> None:
    lan, hung = desk("lan"), desk("hung")
    lan.post("/console/sheets/new", SHEET | {"do": "save"})
    name = "to-cat-rieng-40-30"
    assert hung.get(f"/console/sheets/own/{name}").status_code == 404
    assert hung.post(f"/console/sheets/own/{name}", SHEET | {"do": "save"}).status_code == 404
    assert hung.post(f"/console/sheets/own/{name}/delete").status_code == 404
    assert hung.get(f"/console/sheets/{name}/test.pdf").status_code == 404
    assert hung.post("/console/sheets/new", SHEET | {"do": "save"}).status_code == 303


def test_the_stock_is_found_by_name_and_by_size(desk: Sit) -> None:
    lan = desk("lan")
    assert "Avery L7159" in lan.words("/console/sheets?q=avery")
    by_size = lan.words("/console/sheets?size=38,1x21,2")
    assert "L7651" in by_size and "L7159" not in by_size
    assert "No sheet of this kind" in lan.words("/console/sheets?q=khong-co-gi")
    assert "is not a size" in lan.words("/console/sheets?size=abc")
    unsure = lan.get("/console/sheets?q=tomy").text
    assert "Measure first" in unsure and "?from=tomy" in unsure
    assert "A4" in lan.get("/console/sheets/new?from=tomy-145").text


def test_an_impossible_sheet_is_drawn_with_what_is_wrong_and_told_in_vietnamese(desk: Sit) -> None:
    lan = desk("lan")
    lan.client.set_cookie("lang", "vi", domain=HOST)
    page = lan.post("/console/sheets/new", SHEET | {"do": "look", "columns": "6"}).text
    assert "các tem vượt mép phải" in page
    assert 'data-state="over"' in page
    assert 'class="wrong"' in page
    page = lan.post("/console/sheets/new", SHEET | {"do": "look", "pitch_x": "39,5"}).text
    assert "các tem chồng lên nhau 0,5 mm" in page
    page = lan.post("/console/sheets/new", SHEET | {"do": "look"}).text
    assert 'data-state="over"' not in page


def test_the_stock_is_narrowed_to_rolls_sheets_and_what_is_to_be_measured(desk: Sit) -> None:
    lan = desk("lan")

    def found(query: str) -> int:
        return int(re.search(r"(\d+) found", lan.words(f"/console/sheets?{query}"))[1])  # type: ignore[index]

    everything, unsure = found(""), found("unsure=1")
    assert found("kind=roll") + found("kind=sheet") == everything
    assert 0 < found("kind=roll&unsure=1") <= unsure < everything
    assert 'class="thumbnail"' in lan.get("/console/sheets?kind=roll").text
