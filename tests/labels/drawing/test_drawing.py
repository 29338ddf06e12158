"""The drawing list of one label: what is where, and what is refused."""

from __future__ import annotations

import io
import math

import pytest
from PIL import Image

from labelsvc.errors import LabelOverflow, LayoutError, MissingGlyph
from labelsvc.labels.drawing import shapes
from labelsvc.labels.drawing.compose import Drawing, compose
from labelsvc.labels.drawing.content import LabelContent, Unit, sample_content, sample_unit
from labelsvc.labels.drawing.fonts_metrics import PT, Fonts
from labelsvc.labels.drawing.ops import ImageOp, PathOp, RectOp, SymbolOp, TextOp, UnitTextOp
from labelsvc.labels.layouts import path_data
from labelsvc.labels.layouts.layout import Layout
from tests.labels.conftest import HEAD, Write, units

BOX = '[[elements]]\ntype = "text"\nx = 2\ny = 2\nw = 30\nh = 10\n'
STARS = '[[elements]]\ntype = "stars"\nx = 2\ny = 20\nsize = 3\n'
STACK = """
[[elements]]
type = "stack"
id = "facts"
x = 2
y = 2
w = 30
h = 30
[[elements.items]]
type = "text"
text = "{product_name}"
size = 12
min_size = 7
weight = "bold"
[[elements.items]]
type = "stars"
[[elements.items]]
type = "rule"
[[elements.items]]
type = "text"
text = "{warning}"
size = 7
min_size = 5
"""


def texts(drawing: Drawing) -> list[TextOp]:
    return [op for op in drawing.static if isinstance(op, TextOp)]


def test_the_symbol_is_in_the_middle_of_its_box_with_its_quiet_zone(
    write: Write, content: LabelContent, fonts: Fonts
) -> None:
    op = compose(write(), content, fonts).symbol
    total = op.size + 8 * op.module
    assert op.dots == round(op.module * 600 / 25.4)
    assert op.x - 4 * op.module - 38 == pytest.approx((21 - total) / 2)
    assert op.y - 4 * op.module - 1 == pytest.approx((21 - total) / 2)


@pytest.mark.parametrize(("align", "share"), [("left", 0.0), ("center", 0.5), ("right", 1.0)])
def test_lines_are_aligned_in_their_box(
    write: Write, content: LabelContent, fonts: Fonts, align: str, share: float
) -> None:
    layout = write(BOX + f'text = "Trà sen"\nalign = "{align}"')
    (op,) = texts(compose(layout, content, fonts))
    width = fonts["regular"].width("Trà sen", op.size)
    assert op.x == pytest.approx(2 + share * (30 - width))


@pytest.mark.parametrize("valign", ["top", "middle", "bottom"])
def test_a_block_stays_in_its_box(
    write: Write, content: LabelContent, fonts: Fonts, valign: str
) -> None:
    layout = write(BOX + f'text = "Ổi\\nđặc sản"\nvalign = "{valign}"')
    first, last = texts(compose(layout, content, fonts))
    face = fonts["regular"]
    assert first.y - face.bounds("Ổ")[3] * first.size >= 2 - 1e-9
    assert last.y - face.bounds("ặ")[1] * last.size <= 12 + 1e-9


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_turned_text_keeps_to_its_box(
    write: Write, content: LabelContent, fonts: Fonts, rotate: int
) -> None:
    layout = write(BOX + f'text = "Bát Tràng"\nrotate = {rotate}\nsize = 5')
    drawing = compose(layout, content, fonts)
    (op,) = texts(drawing)
    x0, y0, x1, y1 = drawing.texts[0].box
    assert op.angle == rotate
    assert 2 <= x0 < x1 <= 32
    assert 2 <= y0 < y1 <= 12
    angle = math.radians(rotate)
    end = op.x + math.cos(angle) * 5, op.y + math.sin(angle) * 5
    assert 2 <= end[0] <= 32
    assert 2 <= end[1] <= 12


def test_bold_runs_follow_each_other(write: Write, content: LabelContent, fonts: Fonts) -> None:
    drawing = compose(write(BOX + 'text = "**Lô:** {lot_code}"'), content, fonts)
    bold, plain = texts(drawing)
    assert (bold.font, bold.text, plain.font, plain.text) == (
        "semibold",
        "Lô:",
        "regular",
        " L2611-03",
    )
    assert plain.x == pytest.approx(bold.x + fonts["semibold"].width("Lô:", bold.size))


def test_per_unit_words_are_not_in_the_static_part(
    write: Write, content: LabelContent, fonts: Fonts
) -> None:
    drawing = compose(write(BOX + 'text = "{lot_code}\\nSố {unit_number}"'), content, fonts)
    assert all(sample_unit().unit_number not in op.text for op in texts(drawing))
    ops = drawing.resolve(Unit(sample_unit().code, "", "7 / 9"), fonts)
    assert [op.text for op in ops if isinstance(op, TextOp)] == [
        "L2611-03",
        "Số 7 / 9",
    ]
    assert sum(isinstance(op, SymbolOp) for op in ops) == 1


def test_a_wide_unit_is_made_smaller_and_a_wider_one_refused(
    write: Write, content: LabelContent, fonts: Fonts
) -> None:
    layout = write(BOX + 'text = "{code_printed}"\nsize = 8\nmin_size = 6\nid = "code"')
    drawing = compose(layout, content, fonts, unit=Unit(sample_unit().code, "111111"))
    (op,) = [op for op in drawing.unit if isinstance(op, UnitTextOp)]
    wide = drawing.resolve(Unit("X", "WWWWWWWWWWWW"), fonts)[-1]
    assert isinstance(wide, TextOp)
    assert 6 * PT <= wide.size < op.size
    assert fonts["regular"].width(wide.text, wide.size) == pytest.approx(30)
    with pytest.raises(LabelOverflow) as caught:
        drawing.resolve(Unit("X", "W" * 30), fonts)
    assert (caught.value.params["field"], caught.value.params["record"]) == ("code", "W" * 30)
    with pytest.raises(MissingGlyph):
        drawing.resolve(Unit("X", "★"), fonts)


def test_a_stack_closes_up_where_an_item_is_absent(write: Write, fonts: Fonts) -> None:
    layout = write(STACK)
    values = {"product_name": "Trà sen", "warning": "Không ăn hạt chống ẩm."}
    with_stars = compose(layout, LabelContent(values, 5), fonts)
    without = compose(layout, LabelContent(values), fonts)
    stars = [op for op in with_stars.static if isinstance(op, PathOp)]
    assert len(stars) == 1
    assert not [op for op in without.static if isinstance(op, PathOp)]
    rise = texts(with_stars)[-1].y - texts(without)[-1].y
    assert rise == pytest.approx(3 + 0.6)


def test_a_stack_shrinks_together_and_names_what_does_not_fit(write: Write, fonts: Fonts) -> None:
    long = LabelContent({"product_name": "Trà", "warning": "Không dùng khi bao bì hở. " * 6}, 4)
    drawing = compose(write(STACK), long, fonts)
    assert drawing.texts[0].points < 12
    assert max(box.box[3] for box in drawing.texts) <= 32
    endless = LabelContent({"product_name": "Trà", "warning": "Không dùng. " * 90}, 4, "Lô 7")
    with pytest.raises(LabelOverflow) as caught:
        compose(write(STACK), endless, fonts)
    assert caught.value.params["field"] == "facts.items[3]"
    assert caught.value.params["record"] == "Lô 7"


@pytest.mark.parametrize("stars", [3, 4, 5])
def test_as_many_stars_as_recognised(write: Write, fonts: Fonts, stars: int) -> None:
    drawing = compose(write(STARS), sample_content(stars=stars), fonts)
    (path,) = [op for op in drawing.static if isinstance(op, PathOp)]
    assert sum(command[0] == "M" for command in path.commands) == stars
    x0, y0, x1, y1 = shapes.bounds(path.commands)
    assert (x0, y0, y1) == pytest.approx((2, 20, 23))
    assert x1 - x0 == pytest.approx(shapes.stars_width(stars, 3, 0.25))


def test_the_mark_is_the_operators_picture_and_needs_a_recognition(
    write: Write, fonts: Fonts
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (200, 100), "#884400").save(out, "PNG")
    images = {"mark": out.getvalue()}
    layout = write('[[elements]]\ntype = "image"\nimage = "mark"\nx = 2\ny = 2\nw = 10\nh = 10\n')
    (op,) = compose(layout, LabelContent({}, 4, images=images), fonts).static
    assert isinstance(op, ImageOp)
    assert (op.x, op.y, op.w, op.h) == (2, 4.5, 10, 5)
    assert compose(layout, LabelContent({}, None, images=images), fonts).static == ()
    assert compose(layout, LabelContent({}, 4), fonts).static == ()
    preview = compose(layout, LabelContent({}, 4), fonts, placeholders=True)
    assert isinstance(preview.static[0], RectOp)


@pytest.mark.parametrize(("condition", "drawn"), [("when", True), ("unless", False)])
def test_when_and_unless(write: Write, fonts: Fonts, condition: str, drawn: bool) -> None:
    layout = write(BOX + f'text = "Hữu cơ"\n{condition} = "growing_area"')
    with_value = compose(layout, LabelContent({"growing_area": "VN-1"}), fonts)
    assert bool(with_value.texts) is drawn
    assert bool(compose(layout, LabelContent({}), fonts).texts) is not drawn


@pytest.mark.parametrize(
    ("elements", "culprit"),
    [
        (BOX.replace("x = 2", "x = 20") + 'text = "{product_name}"\nsize = 9', "elements[1]"),
        ('[[elements]]\ntype = "line"\nx1 = 40\ny1 = 0\nx2 = 40\ny2 = 40', "line"),
        ('[[elements]]\ntype = "rect"\nx = 30\ny = 0\nw = 30\nh = 40\nfill = "#333333"', "rect"),
        ('[[elements]]\ntype = "rect"\nx = 45\ny = 5\nw = 3\nh = 3\nfill = "#ffffff"', "rect"),
        ('[[elements]]\ntype = "ellipse"\ncx = 48\ncy = 11\nrx = 9\nstroke = "#000000"', "path"),
        ('[[elements]]\ntype = "path"\nd = "M40 0 V40"\nstroke = "#000000"', "path"),
    ],
)
def test_ink_in_the_quiet_zone_is_refused(
    write: Write, content: LabelContent, fonts: Fonts, elements: str, culprit: str
) -> None:
    with pytest.raises(LayoutError, match="quiet zone") as caught:
        compose(write(elements), content, fonts)
    assert caught.value.params["field"] == culprit


@pytest.mark.parametrize(
    "elements",
    [
        '[[elements]]\ntype = "rect"\nx = 0\ny = 0\nw = 60\nh = 40\nfill = "#f6efe2"',
        '[[elements]]\ntype = "rect"\nx = 0.5\ny = 0.5\nw = 59\nh = 39\nstroke = "#000000"',
        '[[elements]]\ntype = "rect"\nx = 0\ny = 0\nw = 60\nh = 40\nfill = "#1f5a3c"\n'
        '[[elements]]\ntype = "rect"\nx = 38\ny = 1\nw = 21\nh = 21\nfill = "#ffffff"',
    ],
)
def test_light_grounds_and_frames_are_allowed(
    write: Write, content: LabelContent, fonts: Fonts, elements: str
) -> None:
    compose(write(elements), content, fonts)


def test_a_pale_symbol_is_refused(write: Write, content: LabelContent, fonts: Fonts) -> None:
    symbol = '[[elements]]\ntype = "symbol"\nx = 38\ny = 1\nsize = 21\ncolour = "#cc9944"\n'
    with pytest.raises(LayoutError, match="too light"):
        compose(write(symbol=symbol), content, fonts)


def test_a_code_that_is_too_long_for_the_layout_names_it(
    write: Write, content: LabelContent, fonts: Fonts
) -> None:
    symbol = '[[elements]]\ntype = "symbol"\nx = 38\ny = 1\nsize = 15\n'
    with pytest.raises(LayoutError) as caught:
        compose(write(symbol=symbol), content, fonts, unit=units(1, form="offline")[0])
    assert str(caught.value).startswith("test: a symbol of 41 modules needs 18.7 mm")


def test_words_near_the_edge_are_refused(write: Write, content: LabelContent, fonts: Fonts) -> None:
    box = '[[elements]]\ntype = "text"\nx = 0.2\ny = 2\nw = 30\nh = 10\ntext = "Trà"'
    with pytest.raises(LayoutError, match="nearer to the edge than 1 mm"):
        compose(write(box), content, fonts)


def test_round_labels_know_their_edge(content: LabelContent, write: Write, fonts: Fonts) -> None:
    head = HEAD.replace("width = 60\nheight = 40", "diameter = 36")
    symbol = '[[elements]]\ntype = "symbol"\nx = 9\ny = 9\nsize = 18\n'
    arc = '[[elements]]\ntype = "arc"\ncx = 18\ncy = 18\nr = 14\nsize = 6\ntext = "{village}"\n'
    for side in ("top", "bottom"):
        drawing = compose(write(arc + f'side = "{side}"', head=head, symbol=symbol), content, fonts)
        letters = texts(drawing)
        assert "".join(op.text for op in letters) == content["village"].replace(" ", "")
        assert [op.x for op in letters] == sorted(op.x for op in letters)  # left to right
        above = all(op.y < 18 for op in letters)
        assert above is (side == "top")
    corner = '[[elements]]\ntype = "text"\nx = 2\ny = 2\nw = 20\nh = 4\ntext = "Góc"\n'
    with pytest.raises(LayoutError, match="nearer to the edge"):
        compose(write(corner, head=head, symbol=symbol), content, fonts)


def test_the_law_check_is_told_size_and_text(sheet65: Layout, fonts: Fonts) -> None:
    drawing = compose(sheet65, sample_content(), fonts)
    name = next(t for t in drawing.texts if "product_name" in t.variables)
    assert name.x_height_mm == pytest.approx(
        fonts[name.weight].x_height * name.points * PT, abs=1e-9
    )
    assert name.text.replace(" / ", " ") == sample_content()["product_name"]


@pytest.mark.parametrize(
    ("d", "end"),
    [
        ("M1 2 L3 4", ("L", 3, 4)),
        ("m1,2 2,2", ("L", 3, 4)),
        ("M1 2h2v2z", ("Z",)),
        ("M0 0C0 1 1 1 1 0s1-1 1 0", ("C", 1, -1, 2, -1, 2, 0)),
        ("M0 0Q3 3 6 0", ("C", 2, 2, 4, 2, 6, 0)),
        ("M0 0Q3 3 6 0t6 0", ("C", 8, -2, 10, -2, 12, 0)),
        ("M0 0l1e1-.5", ("L", 10, -0.5)),
    ],
)
def test_path_data(d: str, end: tuple[object, ...]) -> None:
    last = path_data.parse(d)[-1]
    assert last[0] == end[0]
    assert [float(v) for v in last[1:]] == pytest.approx([float(v) for v in end[1:]])  # type: ignore[arg-type]


@pytest.mark.parametrize("d", ["M1", "M1 2 L3", "M1 2 C1 2 3"])
def test_broken_path_data_is_refused(
    write: Write, content: LabelContent, fonts: Fonts, d: str
) -> None:
    layout = write(f'[[elements]]\ntype = "path"\nd = "{d}"\nfill = "#000000"')
    with pytest.raises(LayoutError, match="path data cannot be read"):
        compose(layout, content, fonts)
