"""The certification mark: which artwork is taken, and on which labels it stands."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from labelsvc import clock
from labelsvc.db import Database
from labelsvc.errors import FileMissing, LayoutError, NotFound, PhotoRefused
from labelsvc.files import Files
from labelsvc.labels import legal
from labelsvc.labels.drawing import sample_content, svg
from labelsvc.labels.drawing.compose import Drawing, compose
from labelsvc.labels.drawing.content import LabelContent
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.ops import ImageOp
from labelsvc.labels.drawing.sample_content import sample_of, sample_unit_of, set_of
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.reading import load
from labelsvc.labels.runs import artwork
from labelsvc.labels.runs.catalogue_content import lot_content
from tests.artwork import picture
from tests.factories import make_lot, make_product, make_recognition

WITH_MARK = [layout.name for layout in library.for_packs() if "mark" in layout.pictures]
TODAY = clock.today()


@pytest.mark.parametrize(
    ("data", "transparent"),
    [
        (picture(), True),
        (picture(kind="WEBP", lossless=True), True),
        (picture(clear=False), False),
        (picture(kind="JPEG", clear=False), False),
    ],
)
def test_artwork_is_written_again_as_png_with_its_transparency(
    data: bytes, transparent: bool
) -> None:
    taken = artwork.take(data)
    assert (taken.width, taken.height, taken.transparent) == (400, 400, transparent)
    with Image.open(io.BytesIO(taken.data)) as found:
        assert found.format == "PNG"
        assert found.mode == ("RGBA" if transparent else "RGB")
        corner = found.convert("RGBA").getpixel((0, 0))
        assert isinstance(corner, tuple)
        assert corner[3] == (0 if transparent else 255)
    assert artwork.take(data) == taken


def test_nothing_but_pixels_is_kept_and_large_artwork_becomes_smaller() -> None:
    said = PngInfo()
    said.add_text("Author", "Nguyễn Văn Kín")
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture(3000, 1500))) as large:
        large.save(out, "PNG", pnginfo=said)
    taken = artwork.take(out.getvalue())
    assert (taken.width, taken.height) == (1200, 600)
    with Image.open(io.BytesIO(taken.data)) as found:
        assert not found.info.get("Author")


def bomb() -> bytes:
    """A PNG of 60 bytes that claims 900 megapixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "drawing (SVG)"),
        (b"\xef\xbb\xbf<SVG/>", "drawing (SVG)"),
        (gzip.compress(b"<svg/>", mtime=0), "drawing (SVGZ)"),
        (b"%PDF-1.7 ...", "drawing (PDF)"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "drawing (PostScript)"),
        (picture(299, 900), "only 299 × 900 pixels"),
        (picture(900, 299), "only 900 × 299 pixels"),
        (picture(kind="GIF", clear=False), "not a JPEG, PNG or WebP"),
        (picture()[:900], "damaged"),
        (bomb(), "too many"),
        (b"", "empty"),
    ],
)
def test_what_is_no_artwork_of_pixels_is_refused_with_the_reason(data: bytes, why: str) -> None:
    with pytest.raises(PhotoRefused) as caught:
        artwork.take(data)
    assert why in str(caught.value)
    assert caught.value.fix


def test_300_pixels_are_enough() -> None:
    assert artwork.take(picture(300, 300)).width == 300


def test_the_newest_artwork_is_in_use_until_it_is_removed(database: Database, files: Files) -> None:
    first, second = artwork.take(picture()), artwork.take(picture(500, 400))
    with database.writing() as session:
        assert artwork.pictures(session, files) == {}
        for taken in (first, second):
            artwork.store(files, taken)
            artwork.use(session, taken, actor="user:1")
        assert artwork.pictures(session, files) == {"mark": second.data}
        artwork.remove(session, actor="user:1")
        assert artwork.pictures(session, files) == {}
        with pytest.raises(NotFound):
            artwork.remove(session, actor="user:1")
    # Old runs still find theirs.
    assert artwork.load(files, {"mark": first.sha256}) == {"mark": first.data}


@pytest.mark.parametrize("harm", ["lost", "changed"])
def test_artwork_that_is_not_what_it_was_is_an_error_and_never_another_picture(
    database: Database, files: Files, harm: str
) -> None:
    taken = artwork.take(picture())
    artwork.store(files, taken)
    (key,) = files.names("artwork")
    if harm == "lost":
        files.delete(key)
    else:
        files.put(key, picture(500, 500))
    with database.writing() as session:
        artwork.use(session, taken, actor="user:1")
        with pytest.raises(FileMissing, match="artwork of the mark is missing"):
            artwork.pictures(session, files)


@pytest.mark.parametrize(
    ("recognition", "stands"),
    [
        ({}, True),
        ({"valid_from": TODAY - timedelta(days=1090)}, True),  # ends within days
        ({"valid_from": TODAY - timedelta(days=3000)}, False),
        ({"withdrawn_on": TODAY, "withdrawal_reason": "Vi phạm"}, False),
        (None, False),
    ],
    ids=["in force", "ending", "expired", "withdrawn", "none"],
)
def test_it_stands_only_while_the_recognition_allows_stars(
    database: Database, recognition: dict[str, Any] | None, stands: bool
) -> None:
    with database.writing() as session:
        product = make_product(session)
        if recognition is not None:
            make_recognition(session, product, **recognition)
        lot = make_lot(session, product)
        found = lot_content(
            lot, base_url="https://qr.example.vn", on=TODAY, pictures={"mark": picture()}
        )
        assert ("mark" in found.images) is stands
        assert bool(found.conditions["mark"]) is stands


def test_when_and_unless_know_the_mark_and_templates_do_not(fonts: Fonts) -> None:
    source = (library_head() + '[[elements]]\ntype = "text"\nx = 2\ny = 22\nw = 30\nh = 5\n'
              'text = "có"\nwhen = "mark"\n[[elements]]\ntype = "text"\nx = 2\ny = 28\nw = 30\nh = 5\n'
              'text = "không"\nunless = "mark"\n')  # fmt: skip
    layout = load(source, source="x.toml")
    assert layout.pictures == {"mark"}
    for images, stars, words in (
        ({"mark": picture()}, 4, "có"),
        ({}, 4, "không"),
        ({"mark": picture()}, None, "không"),
    ):
        drawing = compose(layout, LabelContent({}, stars, images=images), fonts)
        assert [text.text for text in drawing.texts] == [words]
    with pytest.raises(LayoutError):
        load(source.replace('"có"', '"{mark}"'), source="x.toml")


def library_head() -> str:
    return (
        'name = "x"\ntitle_vi = "x"\ntitle_en = "x"\nkind = "single"\npurpose = "seal"\n'
        'forms = ["short"]\nresolution_dpi = 600\n[label]\nwidth = 60\nheight = 40\n'
        '[[elements]]\ntype = "symbol"\nx = 34\ny = 2\nsize = 20\n'
    )


def marked(layout: Layout, content: LabelContent, fonts: Fonts) -> Drawing:
    unit = sample_unit_of(layout)
    drawing = compose(layout, content, fonts, unit=unit)
    drawing.resolve(unit, fonts)
    return drawing


def test_layouts_with_room_for_it_have_it() -> None:
    assert set(WITH_MARK) >= {"food-100x70", "craft-tag", "a4-8", "shelf-card-a5"}


@pytest.mark.parametrize("name", WITH_MARK)
@pytest.mark.parametrize("data", ["usual", "craft", "long"])
@pytest.mark.parametrize(
    "size", [(400, 400), (900, 300), (300, 900)], ids=["square", "wide", "tall"]
)
def test_a_label_that_can_be_drawn_without_the_mark_can_be_drawn_with_it(
    name: str, data: str, size: tuple[int, int], fonts: Fonts
) -> None:
    layout, content = library.get(name), sample_content.content(data)
    try:
        plain = marked(layout, content, fonts)
    except LayoutError:
        pytest.skip("too long for this layout either way")
    drawing = marked(layout, replace(content, images={"mark": picture(*size)}), fonts)
    assert not [op for op in plain.static if isinstance(op, ImageOp)]
    (op,) = [op for op in drawing.static if isinstance(op, ImageOp)]
    room = (op.x, op.y, op.x + op.w, op.y + op.h)
    for text in drawing.texts:
        x0, y0, x1, y1 = text.box
        apart = x1 <= room[0] or room[2] <= x0 or y1 <= room[1] or room[3] <= y0
        assert apart, (text.field, text.box, room)


@pytest.mark.parametrize("name", WITH_MARK)
def test_the_law_has_nothing_to_say_about_the_mark_beside_the_stars(
    name: str, fonts: Fonts
) -> None:
    layout = library.get(name)
    content = replace(sample_of(layout), images={"mark": picture()})
    drawing = marked(layout, content, fonts)
    found = legal.check_label(
        layout, drawing, content, set_of(layout), fonts, unit=sample_unit_of(layout)
    )
    assert found == []


def test_a_mark_far_from_its_decision_is_told(fonts: Fonts) -> None:
    layout = library.get("shelf-card-a5")
    elements = tuple(
        e.model_copy(update={"y": 30.0}) if e.id == "mark" else e for e in layout.elements
    )
    moved = layout.model_copy(update={"elements": elements})
    for images, codes in (({}, []), ({"mark": picture()}, ["decision_far_from_stars"])):
        content = replace(sample_of(layout), images=images)
        drawing = marked(moved, content, fonts)
        found = legal.check_label(
            moved, drawing, content, set_of(layout), fonts, unit=sample_unit_of(layout)
        )
        assert [finding.code for finding in found] == codes


def test_the_picture_on_the_screen_holds_it(fonts: Fonts, tmp_path: Path) -> None:
    layout = library.get("a4-8")
    content = replace(sample_of(layout), images={"mark": picture()})
    assert svg.svg(layout, content, fonts, placeholders=False).count("<image ") == 1
    assert "<image " not in svg.svg(layout, sample_of(layout), fonts, placeholders=False)


def test_runs_note_only_what_their_layout_can_show() -> None:
    data = picture()
    content = LabelContent({}, 4, images={"mark": data})
    digest = hashlib.sha256(data).hexdigest()
    assert artwork.hashes(library.get("a4-8"), content) == {"mark": digest}
    assert artwork.hashes(library.get("a4-65"), content) == {}
