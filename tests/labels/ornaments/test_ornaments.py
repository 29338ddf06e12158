"""Drawings and pictures that somebody sends: shapes are taken, everything else stays outside."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from labelsvc.errors import BadInput
from labelsvc.labels.layouts import path_data
from labelsvc.labels.layouts.elements import PathElement
from labelsvc.labels.ornaments import svg_file
from labelsvc.labels.ornaments.trace import trace

BOX = {"x": 1.0, "y": 2.0, "w": 20.0, "h": 10.0}


def svg(inner: str, head: str = "") -> bytes:
    return f'{head}<svg xmlns="http://www.w3.org/2000/svg">{inner}</svg>'.encode()


def bounds(path: dict[str, object]) -> tuple[float, float, float, float]:
    return PathElement.model_validate(path).bounds()


@pytest.mark.parametrize(
    ("inner", "paths"),
    [
        ('<rect width="20" height="10"/>', [{"fill": "#000000", "stroke": None}]),
        ('<g fill="red"><circle r="5px"/><ellipse cx="20" rx="3" ry="2"/></g>', [{"fill": "#ff0000"}]),
        ('<line x2="5" y2="5" style="stroke:#0a0;fill:none"/>', [{"fill": None, "stroke": "#00aa00"}]),
        ('<polygon points="0,0 10,0 5,8" fill-rule="evenodd"/>', [{"even_odd": True}]),
        ('<path d="M0 0a5 5 0 0110 0q3 3 6 0t6 0z" fill="url(#g)"/>', [{"fill": "#000000"}]),
        ('<g transform="translate(5) rotate(45 1 2) scale(2,-3) skewX(10)"><rect width="1" height="1"/></g>', [{}]),
        ('<rect width="1" height="1"/><rect x="3" width="1" height="1" fill="blue"/>', [{"fill": "#000000"}, {"fill": "#0000ff"}]),
    ],
)  # fmt: skip
def test_shapes_are_taken_and_fitted_into_the_box(
    inner: str, paths: list[dict[str, object]]
) -> None:
    found = svg_file.read(svg(inner), **BOX).paths
    assert [
        {key: one[key] for key in want} for one, want in zip(found, paths, strict=True)
    ] == paths
    boxes = [bounds(one) for one in found]
    assert min(b[0] for b in boxes) >= 0.9 and min(b[1] for b in boxes) >= 1.9
    assert max(b[2] for b in boxes) <= 21.1 and max(b[3] for b in boxes) <= 12.1


def test_what_is_no_shape_is_left_out_and_told() -> None:
    found = svg_file.read(
        svg(
            '<script>alert(1)</script><image href="file:///etc/passwd"/><text>x</text><use href="#a"/>'
            '<defs><rect width="9" height="9"/></defs><rect display="none" width="9" height="9"/>'
            '<rect width="1" height="1" onclick="x()"/>'
        ),
        **BOX,
    )
    assert found.left_out == ["image", "text", "use"]
    assert len(found.paths) == 1 and set("".join(found.paths[0]["d"])) <= set("MLCZ0123456789.- ")


@pytest.mark.parametrize(
    "data",
    [
        b"", b"<svg", b"not a drawing", b"<html/>", b"\x00<svg/>", b"\xff\xfe<\x00s\x00v\x00g\x00",
        svg("<text>x</text>"), svg('<rect width="1" height="1" fill="none"/>')[:-7],
        svg("&x;", '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        svg("&a;", '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'),
        svg('<path d="M0 0 L1e400 5"/>'), svg('<path d="M0 0 X5"/>'), svg('<path d="M 1"/>'),
        svg('<g transform="nonsense(1)"><rect width="1" height="1"/></g>'),
        svg("<g>" * 60 + '<rect width="1" height="1"/>' + "</g>" * 60),
        svg('<rect width="1" height="1"/>' * 2500),
        svg('<path d="M0 0 ' + "L1 1 L0 2 " * 8000 + '"/>'),
        svg("".join(f'<rect x="{n}" width="1" height="1" fill="#0000{n:02x}"/>' for n in range(60))),
        b"<svg>" + b" " * 400_001 + b"</svg>",
    ],
)  # fmt: skip
def test_a_hostile_drawing_is_refused_with_words(data: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        svg_file.read(data, **BOX)
    assert refused.value.fix and refused.value.params["field"] == "file"


@given(
    st.binary(max_size=300) | st.text("<svg>path d=\"MLAZ0123 .-/'&;", max_size=200).map(str.encode)
)
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with contextlib.suppress(BadInput):
        svg_file.read(b"<svg>" + data + b"</svg>", **BOX)


def picture(mode: str = "RGB") -> Image.Image:
    """A ring and a bar, dark on light, or on nothing."""
    ground = (255, 255, 255) if mode == "RGB" else (0, 0, 0, 0)
    made = Image.new(mode, (400, 200), ground)
    pen = ImageDraw.Draw(made)
    pen.ellipse((20, 20, 180, 180), outline="#1f5a3c", width=40)
    pen.rectangle((220, 80, 380, 120), fill="#8f1d1d")
    return made


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_picture_becomes_one_black_shape_as_the_ink_lies(mode: str) -> None:
    path = trace(picture(mode), **BOX)
    assert path["fill"] == "#000000" and path["even_odd"] and len(path["d"]) < 4000
    x0, y0, x1, y1 = bounds(path)
    assert (x0, y0, x1, y1) == pytest.approx((2, 3, 20, 11), abs=0.15)
    loops = [c for c in path_data.parse(path["d"]) if c[0] == "M"]
    assert len(loops) == 3, "outside and inside of the ring, and the bar"


@pytest.mark.parametrize("colour", ["white", "black", "#777777"])
def test_a_picture_of_one_tone_has_no_shape(colour: str) -> None:
    with pytest.raises(BadInput):
        trace(Image.new("RGB", (100, 100), colour), **BOX)
