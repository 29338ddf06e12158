"""The stock of sheets and rolls: real numbers, found by size, drawn, measured and corrected."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest

from labelsvc.errors import BadInput, LayoutError
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts import library, reading
from labelsvc.labels.layouts.paper import Article
from labelsvc.labels.pdf.paint import PT
from labelsvc.labels.pdf.rendering import grey_page
from labelsvc.labels.sheets import stock
from labelsvc.labels.sheets.placement import Placement
from labelsvc.labels.sheets.sheet import Sheet
from tests.conftest import vectors

ARTICLES = library.articles()
#: Names of the public table that are the same article under another name with us.
_OURS = {
    "Avery 7160": "avery-l7160", "Avery 7161": "avery-l7161", "Avery 7162": "avery-l7162",
    "Avery 7163": "avery-l7163", "Avery 7164": "avery-l7164", "Avery 7165": "avery-l7165",
    "Avery 7169": "avery-l7169", "Endisch 6500030x": "endisch-30",
    "Endisch 6500040x": "endisch-40", "Endisch 6406342x": "endisch-oval",
}  # fmt: skip
#: Published numbers that no printer can follow; ours are corrected, with a note.
_CORRECTED = {"Herma 4464", "Herma 4620", "Zweckform 3475", "Avery 7161"}


def ours(name: str) -> str:
    return _OURS.get(name) or name.lower().replace(" ", "-")


def test_the_stock_is_large_and_of_every_kind() -> None:
    assert len(ARTICLES) >= 120
    rolls = [a for a in ARTICLES.values() if stock.is_roll(a)]
    assert len(rolls) >= 35
    assert sum(a.page == "Letter" for a in ARTICLES.values()) >= 8
    assert sum(a.columns > 1 for a in rolls) >= 6
    assert sum(bool(a.label and a.label.round) for a in ARTICLES.values()) >= 6


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_every_article_fits_its_page_to_the_last_micrometre(name: str) -> None:
    article = ARTICLES[name]
    sheet = Sheet.of_article(name, article)
    assert sheet.right >= 0 and sheet.bottom >= 0
    assert sheet.pitch_x >= sheet.width and sheet.pitch_y >= sheet.height
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", name) and article.title
    said = re.search(r"(\d+) (?:×|tem)", article.title)
    if said and not stock.is_roll(article):
        assert int(said[1]) == sheet.per_page, article.title


def test_the_same_article_has_the_published_numbers() -> None:
    rows = json.loads((vectors() / "sheet_geometries.json").read_text())["sheets"]
    compared = 0
    for row in rows:
        if row["shape"] == "continuous" or row["name"] in _CORRECTED:
            continue
        sheet = Sheet.of_article(row["name"], ARTICLES[ours(row["name"])])
        assert sheet.per_page == row["labels_per_page"], row["name"]
        pairs: list[tuple[Any, Any]] = [
            (sheet.page_width, row["page_width_mm"]), (sheet.page_height, row["page_height_mm"]),
            (sheet.width, row["label_width_mm"]), (sheet.height, row["label_height_mm"]),
            (sheet.left, row["left_margin_mm"]), (sheet.top, row["top_margin_mm"]),
        ]  # fmt: skip
        if sheet.columns > 1:
            pairs.append((sheet.pitch_x, row["pitch_x_mm"]))
        if sheet.rows > 1:
            pairs.append((sheet.pitch_y, row["pitch_y_mm"]))
        for mine, theirs in pairs:
            assert abs(float(mine) - theirs) <= 0.05, row["name"]
        compared += 1
    assert compared == len(rows) - len(_CORRECTED) - 1


def test_impossible_numbers_are_corrected_and_say_so() -> None:
    rows = json.loads((vectors() / "sheet_geometries.json").read_text())["sheets"]
    refused = set()
    for row in rows:
        if row["name"] not in _CORRECTED:
            continue
        told = Article.model_validate(
            {
                "page": [row["page_width_mm"], row["page_height_mm"]],
                "label": {"width": row["label_width_mm"], "height": row["label_height_mm"]},
                "columns": row["columns"], "rows": row["rows"],
                "margin_left": row["left_margin_mm"], "margin_top": row["top_margin_mm"],
                "pitch_x": row["pitch_x_mm"], "pitch_y": row["pitch_y_mm"],
            }
        )  # fmt: skip
        try:
            sheet = Sheet.of_article(row["name"], told)
            assert sheet.pitch_y < sheet.height  # let through by the tolerance, 0.035 mm
        except LayoutError:
            refused.add(row["name"])
        article = ARTICLES[ours(row["name"])]
        assert article.note
        assert Sheet.of_article(row["name"], article).per_page == row["labels_per_page"]
    assert refused == _CORRECTED - {"Avery 7161"}


@pytest.mark.parametrize(
    ("size", "first", "also"),
    [
        ((38.1, 21.2), "avery-8651", {"avery-l7651", "tomy-145", "herma-4606"}),
        ((50, 30), "roll-50x30", {"roll-50x30-2"}),
        ((30, 30), "roll-round-30", {"endisch-30", "decal-a4-round-30"}),
        ((97, 67.7), "zweckform-3660", set()),
    ],
)
def test_sheets_are_found_by_the_size_of_their_labels(
    size: tuple[float, float], first: str, also: set[str]
) -> None:
    found = [name for name, _ in stock.by_size(ARTICLES, *size)]
    assert found[0] in {first, "endisch-30"} and also | {first} <= set(found)
    for name in found:
        label = ARTICLES[name].label
        assert label is not None
        assert max(abs(a - b) for a, b in zip(label.size, size, strict=True)) <= 0.3 + 1e-9


def test_no_size_no_sheet_and_labels_are_not_turned() -> None:
    assert stock.by_size(ARTICLES, 21.2, 38.1) == []
    assert stock.by_size(ARTICLES, 1, 1) == []


@pytest.mark.parametrize("name", ["tomy-145", "avery-l7651"])
def test_a_layout_may_name_its_sheet(name: str) -> None:
    toml = library.source("a4-65")
    head, _, rest = toml.partition("[sheet]")
    named = f'{head}[sheet]\narticle = "{name}"\n\n[colours]{rest.partition("[colours]")[2]}'
    sheet = Sheet.of(reading.load(named, source="a4-65.toml", articles=ARTICLES))
    assert sheet == Sheet.of_article(name, ARTICLES[name])


SVG = "{http://www.w3.org/2000/svg}"


def test_the_drawing_shows_each_cell_where_it_lies() -> None:
    sheet = Sheet.of_article("tomy-145", ARTICLES["tomy-145"])
    text = stock.drawing_svg(
        sheet, Placement(used={7, 20}, start_at=6), title="Tờ <65> & tem", corner=1.7
    )
    root = ET.fromstring(text)
    assert root.findtext(f"{SVG}title") == "Tờ <65> & tem" and root.get("role") == "img"
    cells = {int(g.get("data-cell", "0")): g for g in root.iter(f"{SVG}g") if g.get("data-cell")}
    assert sorted(cells) == list(range(1, 66))
    states = {n: g.get("data-state") for n, g in cells.items()}
    assert {n for n, s in states.items() if s == "before"} == {1, 2, 3, 4, 5}
    assert {n for n, s in states.items() if s == "used"} == {7, 20}
    assert [n for n, s in states.items() if s == "next"] == [6]
    for number, group in cells.items():
        rect = group.find(f"{SVG}rect")
        assert rect is not None
        place = float(rect.get("x", "")), float(rect.get("y", ""))
        assert place == pytest.approx(sheet.origin(number), abs=0.01)
        assert group.findtext(f"{SVG}text") == str(number)
    words = [t.text for t in root.iter(f"{SVG}text")]
    assert {"210", "297", "38,1", "21,2"} <= set(words)


def test_down_the_columns_the_next_cell_is_another() -> None:
    sheet = Sheet.of_article("a", ARTICLES["avery-l7163"])
    states = re.findall(
        r'data-cell="(\d+)" data-state="(\w+)"',
        stock.drawing_svg(sheet, Placement(used={1}, order="down")),
    )
    assert [int(n) for n, state in states if state == "next"] == [3]


def test_cells_that_are_not_there_are_refused() -> None:
    sheet = Sheet.of_article("a", ARTICLES["avery-5163"])
    with pytest.raises(BadInput, match="cells 1 to 10"):
        stock.drawing_svg(sheet, Placement(used={11}))


@pytest.mark.parametrize("name", ["tomy-145", "avery-5163", "endisch-40", "roll-35x22-2"])
def test_the_test_sheet_has_every_outline_at_its_place(name: str, fonts: Fonts) -> None:
    article = ARTICLES[name]
    sheet = Sheet.of_article(name, article)
    data = stock.test_sheet_pdf(name, article, fonts)
    assert data == stock.test_sheet_pdf(name, article, fonts)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == 1
        box = [float(v) * 25.4 / 72 for v in pdf.pages[0].mediabox]
        assert box[2:] == pytest.approx((float(sheet.page_width), float(sheet.page_height)), abs=0.01)  # fmt: skip
        assert pdf.Root.ViewerPreferences.PrintScaling == "/None"
    document = pypdfium2.PdfDocument(data)
    picture = grey_page(document, 0, 254)  # ten dots a millimetre
    document.close()
    for cell in (1, sheet.columns, sheet.per_page):
        x, y = sheet.origin(cell)
        middle = (x + float(sheet.width) / 2, y + float(sheet.height) / 2)
        for px, py in (middle, (x, middle[1]), (middle[0], y)):
            column, row = round(px * 10), round(py * 10)
            spot = picture[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3]
            assert int(np.min(spot)) < 128, (cell, px, py)


def test_the_test_sheet_tells_what_to_do_in_both_languages(fonts: Fonts) -> None:
    for language, words in (("vi", ("Đo lại", "In 100 %")), ("en", ("Measure again", "100 %"))):
        data = stock.test_sheet_pdf("tomy-145", ARTICLES["tomy-145"], fonts, language=language)
        document = pypdfium2.PdfDocument(data)
        text = document[0].get_textpage().get_text_bounded()
        document.close()
        assert all(word in text for word in (*words, "Tomy 145", "65"))
    sure = stock.test_sheet_pdf("avery-l7160", ARTICLES["avery-l7160"], fonts)
    document = pypdfium2.PdfDocument(sure)
    assert "Đo lại" not in document[0].get_textpage().get_text_bounded()
    document.close()


def test_a_test_sheet_without_room_for_words_has_its_name_and_numbers_clear_of_the_rulers(
    fonts: Fonts,
) -> None:
    article = Article.model_validate(
        {
            "title": "Cuộn thử", "page": (72, 22), "columns": 2, "margin_left": 0, "pitch_x": 37,
            "label": {"width": 35, "height": 22},
        }
    )  # fmt: skip
    document = pypdfium2.PdfDocument(stock.test_sheet_pdf("roll", article, fonts))
    page = document[0].get_textpage()
    assert "Cuộn thử" in page.get_text_range()
    inner = page.get_text_bounded(left=4 * PT, bottom=5 * PT, right=72 * PT, top=22 * PT)
    document.close()
    assert {"1", "2"} <= set(inner.split())
