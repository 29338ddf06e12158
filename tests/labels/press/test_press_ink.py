"""Screen colours as inks, and what reaches into the bleed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.labels.drawing.ops import ImageOp, LineOp, PathOp, RectOp
from labelsvc.labels.drawing.shapes import ellipse
from labelsvc.labels.press import ink
from labelsvc.labels.press.bleed import Bled, Trim, extend
from labelsvc.labels.press.contour import rings

TRIM = Trim(60, 40)


@pytest.mark.parametrize(
    ("colour", "words", "expected"),
    [
        ("#000000", True, (0, 0, 0, 1)),
        ("#1b1b1b", True, (0, 0, 0, 1)),
        ("#1d1512", False, (0, 0, 0, 1)),
        ("#ffffff", True, (0, 0, 0, 0)),
        ("#5a4a42", True, (0, 0, 0, 0.83)),  # a brownish grey: words in one plate
        ("#5a4a42", False, None),  # an area keeps its hue
        ("#8f1d1d", True, None),
    ],
)
def test_near_neutral_darks_are_black_alone(
    colour: str, words: bool, expected: tuple[float, ...] | None
) -> None:
    assert ink.black_alone(colour, words=words) == expected


@given(st.tuples(*[st.floats(0, 1)] * 3))
def test_separation_stays_within_the_ink_limit(colour: tuple[float, float, float]) -> None:
    inks = ink.separate(np.array([colour]))[0]
    assert inks.min() >= 0 and inks.max() <= 1
    assert inks.sum() <= ink.INK_LIMIT + 0.03


@pytest.mark.parametrize("colour", ["#1f5a3c", "#b8791b", "#8f1d1d", "#c9d6cc", "#dccbb8"])
def test_colours_of_our_layouts_are_met_by_the_model(colour: str) -> None:
    inks = ink.separate(np.array([ink.rgb(colour)]))
    wanted = ink._relative_lab(ink._xyz(np.array([ink.rgb(colour)])))
    assert np.linalg.norm(ink.lab(inks) - wanted) < 2  # CIELAB, hardly seen side by side


def test_plain_hues_take_the_inks_one_expects() -> None:
    red, green, blue, yellow = ink.separate(
        np.array([[0.9, 0.1, 0.1], [0.1, 0.6, 0.2], [0.15, 0.2, 0.6], [1.0, 0.9, 0.0]])
    )
    assert red[1] > 0.7 and red[2] > 0.6 and red[0] < 0.1
    assert green[0] > 0.5 and green[2] > 0.5 and green[1] < 0.2
    assert blue[0] > 0.6 and blue[1] > 0.5 and blue[2] < 0.2
    assert yellow[2] > 0.8 and yellow[:2].max() < 0.15


BLED = [
    (RectOp(0, 0, 60, 6, "#000000"), (-2, -2, 64, 8)),
    (RectOp(0, 0, 60, 40, "#000000", radius=3), (-2, -2, 64, 44)),
    (RectOp(10, 30, 5, 10, "#000000"), (10, 30, 5, 12)),
    (RectOp(10, 10, 5, 5, "#000000"), (10, 10, 5, 5)),
    (RectOp(-5, 10, 10, 5, "#000000"), (-5, 10, 10, 5)),
]


@pytest.mark.parametrize(("op", "expected"), BLED)
def test_areas_at_the_edge_go_on(op: RectOp, expected: tuple[float, ...]) -> None:
    (found,) = extend([op], TRIM, 2).ops
    assert isinstance(found, RectOp)
    assert (found.x, found.y, found.w, found.h) == expected


def test_a_frame_inside_stays_and_one_on_the_cut_is_told() -> None:
    inside = RectOp(2, 2, 56, 36, None, "#000000")
    edge = RectOp(0, 0, 60, 40, None, "#000000")
    assert extend([inside], TRIM, 2).ops == (inside,)
    assert extend([edge], TRIM, 2).short == ("frame",)


def test_a_frame_too_near_to_the_cut_is_told() -> None:
    near = RectOp(0.5, 0.5, 59, 39, None, "#000000")
    ring = PathOp(ellipse(15, 15, 14.6, 14.6), None, "#000000")
    assert extend([near], TRIM, 2) == Bled((near,), ("frame_near",))
    assert extend([ring], Trim(30, 30, True), 2).short == ("frame_near",)


def test_lines_go_on_in_their_direction() -> None:
    (found,) = extend([LineOp(0, 10, 60, 25, "#000000", 0.3)], TRIM, 2).ops
    assert isinstance(found, LineOp)
    assert (found.x1, found.x2) == pytest.approx((-2, 62))
    assert (found.y2 - found.y1) / (found.x2 - found.x1) == pytest.approx(15 / 60)


def test_a_slanted_area_keeps_its_slant_and_gets_a_flap() -> None:
    """The triangle's cut edge gets a flap; its slope inside of the cut is untouched."""
    path = PathOp((("M", 0.0, 0.0), ("L", 20.0, 0.0), ("L", 0.0, 10.0), ("Z",)), "#000000")
    (found,) = extend([path], TRIM, 2).ops
    assert isinstance(found, PathOp)
    points = [tuple(c[1:]) for c in found.commands if len(c) > 1]
    assert {(0, 0), (20, 0), (0, 10), (-2, -2), (20, -2), (-2, 10)} <= set(points)


def test_a_disc_that_fills_a_round_label_grows() -> None:
    disc = PathOp(ellipse(15, 15, 15, 15), "#000000")
    ring = PathOp(ellipse(15, 15, 14.6, 14.6), None, "#000000")
    found = extend([disc, ring], Trim(30, 30, True), 2).ops
    assert isinstance(found[0], PathOp)
    assert found[0].commands[0][1] == pytest.approx(32)
    assert found[1] == ring


def test_a_picture_at_the_edge_is_told_and_one_over_it_is_not() -> None:
    assert extend([ImageOp(0, 5, 9, 9, b"")], TRIM, 2).short == ("picture",)
    assert extend([ImageOp(-2, 5, 9, 9, b"")], TRIM, 2).short == ()


@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=6, max_size=6))
def test_outlines_enclose_the_dark_modules_and_no_others(rows: list[list[bool]]) -> None:
    bits = np.array(rows)
    filled = np.zeros((6, 6), np.int8)
    for ring in rings(bits):
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            assert (ax == bx) != (ay == by)
            if ax == bx:  # an upright edge turns over everything to its right
                filled[min(ay, by) : max(ay, by), ax:] ^= 1
    assert (filled == bits).all()
