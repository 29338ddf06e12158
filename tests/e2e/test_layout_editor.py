"""The layout editor, as a person uses it: by hand, by keys, on a phone, with a bad network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Page, Route, expect

from labelsvc.labels import own_layouts
from labelsvc.labels.layouts.reading import load
from tests.e2e.conftest import Live, Reader, sign_in

pytestmark = pytest.mark.e2e
#: What does not depend on the width of the window.
at_a_desk = pytest.mark.parametrize("reader", [1280], indirect=True)


def begin(reader: Reader, name: str = "a4-65") -> str:
    """Sign in, copy *name*, and wait until it is drawn; the name of the copy."""
    sign_in(reader, "lan")
    reader.open("/console/layouts")
    with reader.page.expect_navigation(url="**/layouts/own/*"):
        reader.page.locator(f"form:has(input[value='{name}']) button").last.click()
    drawn(reader.page)
    return reader.page.url.rpartition("/")[2]


def drawn(page: Page) -> None:
    """The answer to the last change is there."""
    expect(page.locator("#preview-state")).to_have_attribute("data-state", "ready")
    expect(page.locator("#picture[src^='blob:']")).to_be_attached()


def kept(live: Live, name: str) -> Any:
    with live.database.reading() as session:
        row = own_layouts.row(session, live.world.producer, name)
        assert row is not None
        return load(row.toml, source=name)


def choose(page: Page, words: str) -> None:
    page.locator("#elements button", has_text=words).first.click()


def value(page: Page, field: str) -> float:
    return float(page.input_value(f"#e-{field}").replace(",", "."))


def _placed(page: Page, selector: str) -> FloatRect:
    """Where it lies. An answer of the server draws the overlay anew: then its node is another."""
    for _ in range(20):
        box = page.locator(selector).first.bounding_box()
        if box is not None:
            return box
        page.wait_for_timeout(50)
    raise AssertionError(f"{selector} is not drawn")


def drag(page: Page, handle: str, dx: float, dy: float, *, alt: bool = True) -> None:
    """Take the middle of *handle* by dx, dy in mm; with Alt nothing snaps."""
    page.locator("#stage").scroll_into_view_if_needed()
    box = _placed(page, handle)
    width = _placed(page, "#overlay .sheet-edge")
    scale = width["width"] / 38.1
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if alt:
        page.keyboard.down("Alt")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx * scale / 2, y + dy * scale / 2)
    page.mouse.move(x + dx * scale, y + dy * scale)
    page.mouse.up()
    if alt:
        page.keyboard.up("Alt")


def test_drag_type_undo_save_and_open_again(live: Live, reader: Reader, tmp_path: Path) -> None:
    page = reader.page
    name = begin(reader)
    reader.check("editor")
    choose(page, "Tên sản phẩm")
    reader.check("an element is chosen")
    before = value(page, "x"), value(page, "y"), value(page, "w")
    drag(page, "#overlay .hit.chosen", -0.6, 1.4)
    assert value(page, "x") == pytest.approx(before[0] - 0.6, abs=0.15)
    assert value(page, "y") == pytest.approx(before[1] + 1.4, abs=0.15)
    moved = value(page, "x")
    drag(page, "#overlay .handle.se", -2, -2)
    assert value(page, "w") == pytest.approx(before[2] - 2, abs=0.25)
    # One drag is one step, whatever way it took.
    page.click("#undo")
    assert value(page, "w") == before[2]
    page.click("#undo")
    assert (value(page, "x"), value(page, "y")) == before[:2]
    page.click("#redo")
    assert value(page, "x") == moved
    page.fill("#e-w", "18,25")
    assert page.locator("#save-state").inner_text() == "Chưa lưu"
    drawn(page)
    page.click("#save")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    stack = next(e for e in kept(live, name).elements if e.id == "name")
    assert (stack.x, stack.w) == (moved, 18.25)
    page.reload()
    drawn(page)
    choose(page, "Tên sản phẩm")
    assert (value(page, "x"), value(page, "w")) == (moved, 18.25)
    with page.expect_download() as waiting:
        page.click(".editor-head a[download]")
    target = tmp_path / "mau.toml"
    waiting.value.save_as(target)
    assert load(target.read_text(encoding="utf-8"), source="x") == kept(live, name)


@at_a_desk
def test_everything_by_keys(live: Live, reader: Reader) -> None:
    """From the list of layouts to a saved change without a pointer."""
    page = reader.page
    sign_in(reader, "lan")
    reader.open("/console/layouts")
    page.locator("form:has(input[value='a4-24']) button").last.focus()
    with page.expect_navigation(url="**/layouts/own/*"):
        page.keyboard.press("Enter")
    drawn(page)
    name = page.url.rpartition("/")[2]
    count = page.locator("#elements li").count()
    page.focus("#paper")
    outline = page.evaluate("getComputedStyle(document.querySelector('#paper')).outlineStyle")
    assert outline != "none"
    for _ in range(30):  # the first text
        page.keyboard.press("PageDown")
        if page.locator("#elements [aria-current] .kind").inner_text() == "Chữ":
            break
    x, y, w = value(page, "x"), value(page, "y"), value(page, "w")
    page.keyboard.press("ArrowLeft")
    assert value(page, "x") == pytest.approx(x - 0.1)
    page.keyboard.press("Shift+ArrowUp")
    assert value(page, "y") == pytest.approx(y - 1)
    page.keyboard.press("Alt+ArrowLeft")
    assert value(page, "w") == pytest.approx(w - 0.1)
    page.keyboard.press("Control+d")
    assert page.locator("#elements li").count() == count + 1
    page.keyboard.press("Delete")
    assert page.locator("#elements li").count() == count
    page.keyboard.press("Control+z")
    assert page.locator("#elements li").count() == count + 1
    page.keyboard.press("Control+Shift+z")
    assert page.locator("#elements li").count() == count
    for _ in range(30):
        page.keyboard.press("PageUp")
        if page.locator("#elements [aria-current] .kind").inner_text() == "Chữ":
            break
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "e-x"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Control+s")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    assert kept(live, name).elements
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "e-y"


def test_words_that_run_over_are_shown_at_their_element(live: Live, reader: Reader) -> None:
    page = reader.page
    begin(reader)
    choose(page, "Tên sản phẩm")
    page.fill("#e-h", "2")
    entry = page.locator("#findings li.error", has_text="không vừa")
    entry.first.wait_for()
    assert "Chồng chữ" in entry.first.inner_text()
    assert page.locator("#overlay .mark.error").count() >= 1
    assert page.locator("#elements .count.error").count() >= 1
    reader.check("findings")
    page.keyboard.press("Escape")
    page.click("#label-button")
    entry.first.locator("button").click()
    assert re.fullmatch(r"i\d-text", page.evaluate("document.activeElement.id"))
    assert page.locator("#elements [aria-current]").inner_text().startswith("Chồng chữ")
    page.click("#undo")
    expect(page.locator("#findings li.error")).to_have_count(0)


@at_a_desk
def test_stars_without_a_recognition_are_refused_at_the_stars(live: Live, reader: Reader) -> None:
    page = reader.page
    begin(reader)
    for data in ("unrecognised", str(live.world.expired_lot)):
        page.select_option("#data", data)
        entry = page.locator("#findings li.error", has_text="không có công nhận")
        entry.wait_for()
        assert "Quyết định 26/2026" in entry.inner_text()
        page.select_option("#data", str(live.world.lot))
        entry.wait_for(state="detached")


@at_a_desk
def test_a_number_that_is_none_and_one_that_leaves_the_label(live: Live, reader: Reader) -> None:
    page = reader.page
    begin(reader)
    choose(page, "Mã QR")
    page.fill("#e-size", "rộng")
    assert page.locator("#e-size-error").inner_text().startswith("Hãy ghi số")
    assert page.get_attribute("#e-size", "aria-invalid") == "true"
    page.fill("#e-size", "500")
    page.locator("#preview-state[data-state=faulty]").wait_for()
    assert "ra ngoài tem" in page.locator("#findings").inner_text()
    page.click("#save")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "failed")
    reader.check("faulty")
    page.fill("#e-size", "15,7")
    drawn(page)
    expect(page.locator("#findings li.error")).to_have_count(0)


def test_add_words_with_a_variable_reorder_and_remove(live: Live, reader: Reader) -> None:
    page = reader.page
    name = begin(reader, "round-30")
    count = page.locator("#elements li").count()
    page.click("#adding summary")
    page.click("#add [data-kind=text]")
    assert page.locator("#elements li").count() == count + 1
    page.fill("#e-text", "Lô ")
    page.select_option("#e-text-variable", "lot_code")
    assert page.input_value("#e-text") == "Lô {lot_code}"
    page.fill("#e-h", "2,2")
    page.fill("#e-y", "26")
    page.click("#backward")
    assert page.locator("#elements li").nth(count - 1).locator("[aria-current]").count() == 1
    for kind in ("stack", "stars", "image", "arc", "line", "rect", "ellipse", "path"):
        page.evaluate("document.querySelector('#adding').open = true")
        page.click(f"#add [data-kind={kind}]")
        reader.check(f"added {kind}")
        if kind == "stack":
            page.click("#add-item-rule")
            page.click("#add-item-stars")
            assert page.locator("#panel .item").count() == 3
            page.locator("#panel .item summary").nth(1).click()
            page.click("#i1-up")
        page.click("#remove")
    drawn(page)
    page.click("#save")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    texts = [e.text for e in kept(live, name).elements if e.type == "text"]
    assert "Lô {lot_code}" in texts
    choose(page, "Mã QR")
    assert page.is_disabled("#remove") and page.is_disabled("#duplicate")
    assert page.locator("#symbol-words").is_visible()


@at_a_desk
def test_the_label_takes_the_size_of_a_sheet(live: Live, reader: Reader) -> None:
    page = reader.page
    name = begin(reader)
    page.click("#label-button")
    page.select_option("#l-article", "avery-l7651")
    expect(page.locator("[data-note=sheet]")).to_contain_text("65 tem")
    drawn(page)
    page.fill("#l-title_vi", "Tem hai mươi mốt ly")
    assert page.locator("#layout-title").inner_text() == "Tem hai mươi mốt ly"
    page.click("#save")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    page.reload()
    drawn(page)
    assert page.input_value("#l-article") == "avery-l7651"
    with live.database.reading() as session:
        row = own_layouts.row(session, live.world.producer, name)
        assert row is not None and 'article = "avery-l7651"' in row.toml


@at_a_desk
def test_an_edge_snaps_to_its_neighbour_unless_alt_is_held(live: Live, reader: Reader) -> None:
    page = reader.page
    begin(reader)
    choose(page, "Tên sản phẩm")
    page.fill("#e-x", "10.83")
    choose(page, "Số lô")
    page.fill("#e-w", "12")  # room to move to the right
    page.fill("#e-x", "8")
    drag(page, "#overlay .hit.chosen", 2.82, 0, alt=False)
    assert value(page, "x") == 10.83  # of the name above it, not of the tenths
    assert page.locator("#overlay .guides path").count() == 0
    page.fill("#e-x", "8")
    drag(page, "#overlay .hit.chosen", 2.82, 0)
    assert value(page, "x") == 10.8
    page.click("#snap")
    page.fill("#e-x", "8")
    drag(page, "#overlay .hit.chosen", 2.82, 0, alt=False)
    assert value(page, "x") == 10.8


@at_a_desk
def test_two_windows_and_the_ways_out(live: Live, reader: Reader) -> None:
    page = reader.page
    begin(reader, "a4-12")
    other = reader.context.new_page()
    other.goto(page.url)
    drawn(other)
    for window, title in ((other, "Của cửa sổ kia"), (page, "Của tôi")):
        window.fill("#l-title_vi", title)
        window.click("#save")
    expect(page.locator("#conflict")).to_be_visible()
    assert "Lan" in page.locator("#conflict-words").inner_text()
    assert page.evaluate("document.activeElement.id") == "conflict"
    reader.check("conflict")
    page.click("#take-mine")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    expect(page.locator("#conflict")).to_be_hidden()
    other.fill("#l-title_vi", "Vẫn của cửa sổ kia")
    other.click("#save")
    expect(other.locator("#conflict")).to_be_visible()
    with other.expect_navigation():
        other.click("#keep-both")
    drawn(other)
    assert other.url != page.url
    assert "Vẫn của cửa sổ kia" in other.locator("h1").inner_text()


@at_a_desk
def test_no_connection_is_said_and_the_changes_stay(live: Live, reader: Reader) -> None:
    page = reader.page
    begin(reader)

    def cut(route: Route) -> None:
        route.abort()

    page.route("**/layouts/**", cut)
    choose(page, "Tên sản phẩm")
    page.fill("#e-x", "17")
    page.locator("#preview-state[data-state=offline]").wait_for()
    page.click("#save")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "failed")
    assert "mất kết nối" in page.locator("#save-state").inner_text()
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("location.assign('/console/layouts')")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert value(page, "x") == 17
    page.unroute("**/layouts/**")
    page.click("#save")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    reader.problems.clear()  # the browser notes each request that was cut


def test_a_finger_chooses_first_and_drags_then(live: Live, browser: Any) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, locale="vi-VN", has_touch=True, is_mobile=True
    )
    page = context.new_page()
    reader = Reader(context, page, live.url, [])
    # Here the policy of the site holds: the other windows go round it for axe.
    page.on("console", lambda message: reader.problems.append(message.text))
    begin(reader)
    assert reader.problems == []
    page.locator("#stage").scroll_into_view_if_needed()
    hit = page.locator("#overlay .hit.stack").first
    hit.tap()
    expect(page.locator("#elements [aria-current]")).to_contain_text("Chồng chữ")
    x = value(page, "x")
    page.wait_for_load_state("networkidle")  # a preview that comes in draws the stage anew
    box = hit.bounding_box()
    assert box is not None
    touch = context.new_cdp_session(page)
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    for step in (6, 12, 18):
        moved = [{"x": at["x"] - step, "y": at["y"]}]
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": moved})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert value(page, "x") < x - 1
    page.tap("#chosen-edit")
    assert page.evaluate("document.activeElement.id") == "e-x"
    context.close()


def test_lists_and_sheets(live: Live, reader: Reader) -> None:
    page = reader.page
    sign_in(reader, "hung")
    reader.open("/console/layouts")
    page.wait_for_load_state("networkidle")
    reader.check("no layout yet")
    page.locator("form:has(input[value='a4-24']) button").last.click()
    page.wait_for_url("**/layouts/own/*")
    reader.open("/console/layouts")
    page.locator("details.remove summary").first.click()
    reader.check("layouts")
    page.locator("details.remove button").first.click()
    page.locator(".flash.good").wait_for()
    reader.open("/console/sheets")
    reader.check("sheets")
    reader.open("/console/sheets?q=khong-co")
    reader.check("no such sheet")
    reader.open("/console/sheets/new?from=tomy-145")
    reader.check("sheet form")
    page.fill("#title", "Tờ đã đo " + str(page.viewport_size["width"] if page.viewport_size else 0))
    page.fill("#columns", "40")
    page.locator("#columns-error, .problems").first.wait_for()
    reader.check("impossible sheet")
    page.fill("#columns", "5")
    page.locator(".sheet-drawing svg").wait_for()
    page.click("button[value=save]")
    page.wait_for_url(re.compile(r"/console/sheets$"))
    page.locator(".flash.good").wait_for()
    page.get_by_role("link", name="Tờ đã đo").first.click()
    reader.check("own sheet")


@at_a_desk
def test_the_editor_speaks_english(live: Live, reader: Reader) -> None:
    page = reader.page
    begin(reader)
    with page.expect_navigation():
        page.click(".language button")
    drawn(page)
    assert page.locator("#elements-title").inner_text() == "Elements"
    choose(page, "Product name")
    assert page.locator("label[for=e-x]").inner_text().startswith("From the left")
    assert "." in page.input_value("#e-x")
    reader.check("english")


def test_writing_after_a_pause_is_a_step_of_its_own(live: Live, reader: Reader) -> None:
    page = reader.page
    begin(reader)
    choose(page, "Trang tra cứu")
    box = page.locator("#e-text")
    first = box.input_value()
    box.press_sequentially("ab")
    page.wait_for_timeout(1300)
    box.press_sequentially("cd")
    written = box.input_value()
    page.click("#undo")
    assert box.input_value() == written.replace("cd", "")
    page.click("#undo")
    assert box.input_value() == first


@at_a_desk
def test_what_stands_side_by_side_is_in_line_and_a_row_is_one_line(
    live: Live, reader: Reader
) -> None:
    """A list beside a number, and a row of a stack with many words."""
    page = reader.page
    begin(reader, "a4-24")
    choose(page, "Chồng chữ")
    tops = [_placed(page, f"label[for=e-{field}]")["y"] for field in ("valign", "gap")]
    assert tops[0] == pytest.approx(tops[1], abs=1)
    high = [row.bounding_box() for row in page.locator(".item > summary").all()]
    assert len(high) > 2
    assert len({round(box["height"]) for box in high if box is not None}) == 1


@at_a_desk
def test_a_picture_of_a_reason_is_shown_though_its_answer_is_a_refusal(
    live: Live, reader: Reader
) -> None:
    page = reader.page
    name = begin(reader)
    with live.database.writing() as session:
        row = own_layouts.row(session, live.world.producer, name)
        assert row is not None
        row.toml = "name = "
    with page.expect_response(f"**/console/layouts/picture/{name}.svg*") as answer:
        reader.open("/console/layouts")
    assert answer.value.status == 422
    picture = page.locator(f"img[src*='/{name}.svg']")
    picture.scroll_into_view_if_needed()
    page.wait_for_function(
        "name => document.querySelector(`img[src*='/${name}.svg']`).naturalWidth > 0", arg=name
    )
    reader.check("unreadable")
    with live.database.writing() as session:  # the other tests list it too
        session.delete(own_layouts.row(session, live.world.producer, name))


@at_a_desk
def test_motif_and_colours_are_exchanged_and_come_back(live: Live, reader: Reader) -> None:
    name = begin(reader, "a4-12")
    page = reader.page
    page.select_option("#l-family", "gom")
    expect(page.locator("#l-dress-palette")).to_have_value("lam")
    drawn(page)
    gom = page.locator("#elements li").count()
    page.select_option("#l-family", "che")
    expect(page.locator("#l-dress-state")).to_be_hidden()
    drawn(page)
    page.select_option("#l-dress-palette", "den")
    expect(page.locator("#l-dress-state")).to_be_hidden()
    drawn(page)
    page.click("#save")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    layout = kept(live, name)
    assert layout.worn is not None and layout.worn.dress == "che-den"
    assert {layout.colour(one) for one in layout.colours} <= {"#000000", "#ffffff"}
    reader.check("editor-family")
    for _ in range(2):
        page.click("#undo")
    expect(page.locator("#l-family")).to_have_value("gom")
    assert page.locator("#elements li").count() == gom
    page.click("#undo")
    expect(page.locator("#l-family")).to_have_value("")


@at_a_desk
def test_a_drawing_becomes_an_ornament_and_pieces_align(reader: Reader, tmp_path: Path) -> None:
    begin(reader, "a4-12")
    page = reader.page
    drawing = tmp_path / "logo.svg"
    drawing.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><circle r="4" fill="#1f5a3c"/><text>x</text>'
        '<rect x="9" y="-4" width="8" height="8" fill="none" stroke="#8f1d1d"/></svg>'
    )
    before = page.locator("#elements li").count()
    page.locator("#adding summary").click()
    page.set_input_files("#ornament-file", drawing)
    expect(page.locator("#elements li")).to_have_count(before + 2)
    expect(page.locator("#ornament-state")).to_contain_text(
        "left out" if page.get_attribute("html", "lang") == "en" else "bỏ qua"
    )
    expect(page.locator("#chosen-count")).to_contain_text("2")
    drawn(page)
    page.click("[data-align=left]")
    drawn(page)
    places = page.evaluate(
        "[...document.querySelectorAll('#overlay .hit.chosen')].map((e) => Math.round(e.getBBox().x))"
    )
    assert len(places) == 2 and abs(places[0] - places[1]) <= 1
    page.locator("#elements button").nth(2).click(modifiers=["Shift"])
    expect(page.locator("[data-align=down]")).to_be_enabled()
    page.click("[data-align=down]")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "unsaved")
    page.locator("#paper").focus()
    page.keyboard.press("Control+z")
    (tmp_path / "no.svg").write_text("<svg><!ENTITY x 'y'></svg>")
    page.set_input_files("#ornament-file", tmp_path / "no.svg")
    expect(page.locator("#ornament-state")).to_contain_text("SVG")
    expect(page.locator("#elements li")).to_have_count(before + 2)
