"""SVG file: reads the shapes of a drawing as ornaments of a layout, and leaves all else. Used by the editor.

Shapes, groups, transforms, fill and outline are taken; scripts, links, styles in rules, pictures, words,
gradients and effects are not. Nothing outside of the file is ever opened.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, fromstring

from fontTools.misc.transform import Identity, Transform
from fontTools.pens.recordingPen import RecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.svgLib.path.parser import parse_path
from fontTools.svgLib.path.shapes import PathBuilder
from PIL import ImageColor

from labelsvc.errors import BadInput
from labelsvc.labels.layouts.path_data import Command

#: Bytes of a drawing, its elements, the depth of its groups, and commands of all its shapes.
MAX_BYTES: Final = 400_000
MAX_ELEMENTS: Final = 2_000
MAX_DEPTH: Final = 40
MAX_COMMANDS: Final = 12_000
#: Paths of one drawing on a layout, and letters of one of them (`PathElement.d`).
MAX_PATHS: Final = 40
MAX_LETTERS: Final = 19_000
_SHAPES: Final = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
#: Elements whose content is not drawn where it stands.
_HIDDEN: Final = frozenset(
    {"defs", "clippath", "mask", "symbol", "pattern", "marker", "lineargradient", "radialgradient", "style", "script",
     "title", "desc", "metadata", "foreignobject", "filter", "namedview"}
)  # fmt: skip
_LEFT: Final = frozenset({"text", "image", "use"})
_NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_USUAL: Final = {"fill": "#000000", "stroke": "none", "stroke-width": "1", "fill-rule": "nonzero"}


@dataclass(frozen=True)
class Ornament:
    """Paths (keys of `[[elements]]` without their place), and kinds of elements that were left out."""

    paths: list[dict[str, Any]]
    left_out: list[str]


@dataclass(frozen=True)
class _Shape:
    commands: tuple[Command, ...]
    look: Mapping[str, str]
    #: Length of one unit of the drawing after all transforms.
    unit: float


def read(data: bytes, *, x: float, y: float, w: float, h: float) -> Ornament:
    """Fit the shapes of an SVG file into a box, mm; its proportions stay.

    :raises BadInput: it is no SVG file, too large, or has no shape.
    """
    root, left, shapes = _root(data), set[str](), list[_Shape]()
    count = 0
    for element, transform, look in _walk(root, left):
        shape = _shape(element, transform, look)
        count += len(shape.commands)
        if count > MAX_COMMANDS:
            raise _too_much()
        if shape.commands:
            shapes.append(shape)
    if not shapes:
        raise BadInput(
            "There is no shape in this drawing.",
            fix="Turn words and strokes into paths and save it as plain SVG; or send a PNG.",
            field="file",
        )
    return Ornament(_placed(shapes, x=x, y=y, w=w, h=h), sorted(left))


def _root(data: bytes) -> Element:
    """Parse the file. A document type is refused, so no entity can be declared, let alone opened."""
    if len(data) > MAX_BYTES:
        raise BadInput(
            "The drawing has {size} kB, {most} are allowed.", fix="Simplify it, or send a PNG.",
            field="file", size=len(data) // 1000, most=MAX_BYTES // 1000,
        )  # fmt: skip
    bare = re.sub(
        rb"<!DOCTYPE\s+svg\s+PUBLIC\s+\"[^\"<>\[]*\"\s+\"[^\"<>\[]*\"\s*>", b"", data, count=1
    )
    if b"<!" in bare.replace(b"<!--", b"").replace(b"<![CDATA[", b"") or b"\x00" in bare:
        raise _no_svg()
    try:
        root = fromstring(bare)  # noqa: S314 -- bounded, and without a document type
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise _no_svg() from error
    if _tag(root) != "svg":
        raise _no_svg()
    return root


def _no_svg() -> BadInput:
    return BadInput(
        "This is no SVG drawing that can be read.",
        fix="Save it as “plain SVG”, or send a PNG.", field="file",
    )  # fmt: skip


def _too_much() -> BadInput:
    return BadInput(
        "The drawing has too many pieces for a label.", fix="Simplify it, or send a PNG.", field="file"
    )  # fmt: skip


def _tag(element: Element) -> str:
    name = element.tag if isinstance(element.tag, str) else ""
    return name.rpartition("}")[2].lower()


def _walk(root: Element, left: set[str]) -> Iterator[tuple[Element, Transform, Mapping[str, str]]]:
    """Every shape with its transform and look, in the order of painting."""
    waiting: list[tuple[Element, Transform, dict[str, str], int]] = [
        (root, Identity, dict(_USUAL), 0)
    ]
    seen = 0
    while waiting:
        element, transform, look, depth = waiting.pop()
        seen += 1
        if seen > MAX_ELEMENTS or depth > MAX_DEPTH:
            raise _too_much()
        name, facts = _tag(element), _facts(element)
        if name in _LEFT:
            left.add(name)
            continue
        if name in _HIDDEN or facts.get("display") == "none" or facts.get("visibility") == "hidden":
            continue
        if _number(facts.get("opacity"), 1) == 0:
            continue
        look = look | {key: facts[key] for key in _USUAL if facts.get(key, "inherit") != "inherit"}
        transform = transform.transform(_transform(element.get("transform", "")))
        if name in _SHAPES:
            yield element, transform, look
        waiting.extend((child, transform, look, depth + 1) for child in reversed(element))


def _facts(element: Element) -> dict[str, str]:
    """Attributes, and those written in `style`, which count before them."""
    facts = {key: value.strip() for key, value in element.attrib.items()}
    for rule in element.get("style", "").split(";"):
        key, colon, value = rule.partition(":")
        if colon:
            facts[key.strip()] = value.replace("!important", "").strip()
    return facts


def _number(text: str | None, usual: float) -> float:
    found = re.match(_NUMBER, text.strip()) if text else None
    value = float(found.group()) if found else usual
    return value if math.isfinite(value) else usual


def _transform(text: str) -> Transform:
    """The matrix of a `transform`. :raises BadInput: it cannot be read."""
    made = Identity
    for name, inner in re.findall(r"(\w+)\s*\(([^()]*)\)", text[:2000]):
        n = [float(found) for found in re.findall(_NUMBER, inner)]
        match name, len(n):
            case "matrix", 6:
                made = made.transform(Transform(*n))
            case "translate", 1 | 2:
                made = made.translate(n[0], n[1] if len(n) == 2 else 0)
            case "scale", 1 | 2:
                made = made.scale(n[0], n[1] if len(n) == 2 else n[0])
            case "rotate", 1:
                made = made.rotate(math.radians(n[0]))
            case "rotate", 3:
                made = made.translate(n[1], n[2]).rotate(math.radians(n[0])).translate(-n[1], -n[2])
            case "skewX", 1:
                made = made.skew(math.radians(n[0]), 0)
            case "skewY", 1:
                made = made.skew(0, math.radians(n[0]))
            case _:
                raise _no_svg()
    return made


def _shape(element: Element, transform: Transform, look: Mapping[str, str]) -> _Shape:
    builder, pen = PathBuilder(), RecordingPen()
    plain = Element(_tag(element), {key: value for key, value in element.attrib.items() if key != "transform"})  # fmt: skip
    for name in ("x", "y", "width", "height", "rx", "ry", "r", "cx", "cy", "x1", "y1", "x2", "y2"):
        if name in plain.attrib:  # "12px"; a share of the page is taken as a length
            plain.set(name, str(_number(plain.get(name), 0)))
    try:
        builder.add_path_from_element(plain)
        for d in builder.paths:
            parse_path(d, TransformPen(pen, transform))
        commands = tuple(_commands(pen))
    except Exception as error:  # the library raises whatever its numbers lead to
        raise _no_svg() from error
    if not all(math.isfinite(v) and abs(v) < 1e7 for c in commands for v in c[1:]):  # type: ignore[arg-type]
        raise _no_svg()
    xx, xy, yx, yy, _dx, _dy = transform
    return _Shape(commands, look, math.sqrt(abs(xx * yy - xy * yx)))


def _commands(pen: RecordingPen) -> Iterator[Command]:
    at = (0.0, 0.0)
    for name, points in pen.value:
        match name:
            case "moveTo":
                yield ("M", *points[0])
            case "lineTo":
                yield ("L", *points[0])
            case "curveTo" if len(points) == 3:
                yield ("C", *points[0], *points[1], *points[2])
            case "qCurveTo" if len(points) == 2:
                (qx, qy), (ex, ey) = points
                first = (at[0] + (qx - at[0]) * 2 / 3, at[1] + (qy - at[1]) * 2 / 3)
                yield ("C", *first, ex + (qx - ex) * 2 / 3, ey + (qy - ey) * 2 / 3, ex, ey)
            case "closePath":
                yield ("Z",)
        if points:
            at = points[-1]


def _placed(
    shapes: list[_Shape], *, x: float, y: float, w: float, h: float
) -> list[dict[str, Any]]:
    """Paths in mm from the corner of the box; neighbours that look alike are one."""
    xs = [float(v) for s in shapes for c in s.commands for v in c[1::2]]
    ys = [float(v) for s in shapes for c in s.commands for v in c[2::2]]
    wide, high = max(max(xs) - min(xs), 1e-6), max(max(ys) - min(ys), 1e-6)
    scale = min(w / wide, h / high)
    dx, dy = x + (w - wide * scale) / 2, y + (h - high * scale) / 2
    out: list[dict[str, Any]] = []
    for shape in shapes:
        look = _look(shape, scale)
        if look is None:
            continue
        d = " ".join(
            str(c[0]) + " ".join(_written(c, scale, dx - min(xs) * scale, dy - min(ys) * scale))
            for c in shape.commands
        )
        if len(d) > MAX_LETTERS:
            raise _too_much()
        last = out[-1] if out else None
        if last and last["look"] == look and len(last["d"]) + len(d) < MAX_LETTERS:
            last["d"] += " " + d
        else:
            out.append({"d": d, "look": look})
    if len(out) > MAX_PATHS:
        raise _too_much()
    return [{"type": "path", "d": one["d"], **one["look"]} for one in out]


def _written(command: Command, scale: float, dx: float, dy: float) -> Iterator[str]:
    for place, value in enumerate(command[1:]):
        yield f"{float(value) * scale + (dy if place % 2 else dx):.3f}".rstrip("0").rstrip(".")


def _look(shape: _Shape, scale: float) -> dict[str, Any] | None:
    """Fill and outline; None where nothing would be seen."""
    fill, stroke = _colour(shape.look["fill"]), _colour(shape.look["stroke"])
    if fill is None and stroke is None:
        return None
    width = max(0.05, min(20.0, _number(shape.look["stroke-width"], 1) * shape.unit * scale))
    found: dict[str, Any] = {
        "fill": fill,
        "stroke": stroke,
        "even_odd": shape.look["fill-rule"] == "evenodd",
    }
    return found | ({"stroke_width": round(width, 3)} if stroke else {})


def _colour(text: str) -> str | None:
    """`#rrggbb`; black for what is no plain colour (a gradient), None for none."""
    text = text.strip().lower()
    if text in ("none", "transparent", ""):
        return None
    try:
        red, green, blue = ImageColor.getrgb(text)[:3]
    except ValueError:
        return "#000000"
    return f"#{red:02x}{green:02x}{blue:02x}"
