"""Symbols: whole dots, quiet zone, the same modules as the reference encoder, read back."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pypdfium2
import pytest
import qrcode
import qrcode.util
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from labelsvc.errors import BadInput, LayoutError
from labelsvc.labels.drawing.content import sample_unit
from labelsvc.labels.layouts.parts import Level
from labelsvc.labels.symbols import batch, encode, masks
from labelsvc.labels.symbols import size as symbol_size
from tests.conftest import vectors
from tests.labels.conftest import units


@pytest.fixture(scope="module", autouse=True)
def _no_tables_kept() -> Iterator[None]:
    """Tables of many versions take 200 MB: the modules after this one do without them."""
    yield
    batch.encoder.cache_clear()


def reference(text: str, version: int, level: Level, mask: int | None) -> encode.Matrix:
    """The plain use of python-qrcode."""
    code: Any = qrcode.QRCode(
        version=version,
        error_correction={"L": 1, "M": 0, "Q": 3, "H": 2}[level],
        mask_pattern=mask,
    )
    modes = {"numeric": 1, "alphanumeric": 2, "byte": 4}
    for part in encode.segments(text):
        code.add_data(qrcode.util.QRData(part.text.encode(), mode=modes[part.mode]))
    code.make(fit=False)
    return np.array(code.modules, dtype=np.bool_)


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
def test_one_symbol_is_that_of_the_reference_encoder(level: Level) -> None:
    text = "https://ocop.example/Trà sen?x=1"
    version = encode.version_for(encode.segments(text), level)
    assert np.array_equal(encode.matrix(text, level=level), reference(text, version, level, None))


def test_a_block_of_zeros_is_encoded_too() -> None:
    """python-qrcode raises ValueError("glog(0)") for it."""
    text = "HTTPS://OCOP.EXAMPLE/" + "0" * 24
    with pytest.raises(ValueError, match="glog"):
        reference(text, 3, "Q", 3)
    matrix = encode.matrix(text, version=3, level="Q", mask=3)
    picture = np.where(np.kron(np.pad(matrix, 4), np.ones((3, 3))) > 0, 0, 255).astype(np.uint8)
    (read,) = encode.read_back(picture)
    assert (read.text, read.unused) == (text, 1.0)


FORMS = ("short", "gs1", "offline", "lot")


def test_whole_dots_are_chosen_as_by_the_gs1_engine() -> None:
    cases = json.loads((vectors() / "xdim_dots.json").read_text())["cases"]
    assert len(cases) == 51
    for case in cases:
        dots = symbol_size.dots_for(
            case["min_mm"], case["target_mm"], case["max_mm"], case["dots_per_mm"]
        )
        assert dots == case["dots"], case


@pytest.mark.parametrize(
    ("text", "size", "dpi", "dots", "module", "total"),
    [
        # Version 3 is 29 + 8 modules: 18.5 mm at four dots of an 8-dot head.
        ("HTTPS://OCOP.VN/" + "A" * 24, 18.5, 203, 4, 0.5, 18.5),
        ("HTTPS://OCOP.VN/" + "A" * 24, 22, 203, 4, 0.5, 18.5),
        ("HTTPS://OCOP.VN/" + "A" * 24, 18.4, 203, 3, 0.375, 13.875),
        ("HTTPS://OCOP.VN/" + "A" * 24, 20, 300, 6, 0.508, 18.796),
        (sample_unit("offline").code, 21, 600, 10, 0.42333, 20.7433),
    ],
)
def test_the_module_is_the_largest_that_fits(
    text: str, size: float, dpi: int, dots: int, module: float, total: float
) -> None:
    plan = symbol_size.plan(text, size_mm=size, dpi=dpi)
    assert plan.dots == dots
    assert plan.module_mm == pytest.approx(module, abs=1e-4)
    assert plan.total_mm == pytest.approx(total, abs=1e-3)
    assert plan.total_mm <= size + 1e-9


@pytest.mark.parametrize(
    ("form", "size", "needed"),
    [("short", 13.5, 13.9), ("gs1", 16, 20.5), ("offline", 18, 18.4)],
)
def test_a_symbol_that_does_not_fit_is_refused_with_what_it_needs(
    form: str, size: float, needed: float
) -> None:
    with pytest.raises(LayoutError) as caught:
        symbol_size.plan(sample_unit(form).code, size_mm=size, dpi=203)
    assert caught.value.params["needed"] == needed


def test_a_gs1_link_gets_no_module_under_its_minimum() -> None:
    plan = symbol_size.plan(sample_unit("gs1").code, size_mm=17.5, dpi=600)
    assert plan.module_mm >= symbol_size.GS1_MIN_MM


def test_the_level_is_raised_only_while_the_version_stays() -> None:
    short = symbol_size.plan(sample_unit("short").code, size_mm=30, dpi=600)
    assert (short.version, short.level) == (3, "Q")
    offline = symbol_size.plan(sample_unit("offline").code, size_mm=30, dpi=600)
    assert (offline.version, offline.level) == (6, "M")


def test_an_offline_code_is_a_stem_and_a_numeric_rest() -> None:
    parts = encode.segments(sample_unit("offline").code)
    assert [(part.mode, part.length) for part in parts] == [("alphanumeric", 21), ("numeric", 193)]
    assert encode.segments("HTTPS://OCOP.EXAMPLE/" + "1" * 24)[0].mode == "alphanumeric"


def test_a_text_too_long_for_any_symbol_is_refused() -> None:
    with pytest.raises(BadInput):
        symbol_size.plan("A" * 5000, size_mm=200, dpi=600)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("level", ["M", "Q"])
@pytest.mark.parametrize("mask", [0, batch.FIXED_MASK])
def test_a_batch_equals_the_reference_encoder_bit_for_bit(
    form: str, level: Level, mask: int
) -> None:
    texts = [unit.code for unit in units(4, form=form)]
    version = encode.version_for(encode.segments(texts[0]), level)
    found = batch.encoder(version, level, mask, batch.shape_of(texts[0])).matrices(texts)
    for text, matrix in zip(texts, found, strict=True):
        assert np.array_equal(matrix, reference(text, version, level, mask))
        assert np.array_equal(matrix, encode.matrix(text, version=version, level=level, mask=mask))


def _versions() -> list[Any]:
    """The ends, with every level, and one in the middle; the rest is for `make exhaustive`."""
    return [
        pytest.param(version, level, marks=() if quick else pytest.mark.exhaustive)
        for version in range(2, 9)
        for level in encode.LEVELS
        for quick in [version == 2 or (version, level) in ((5, "M"), (8, "L"), (8, "H"))]
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("version", "level"), _versions())
def test_a_batch_equals_the_reference_in_every_version_and_level(
    version: int, level: Level
) -> None:
    room = encode.capacity(version, level) * 8 - 4 - 14
    texts = [("HTTPS://OCOP.EXAMPLE/" + c * 400)[: room // 11 * 2] for c in ("Z", "0A", ":")]
    mask = version % 8
    # Not from the cache: sixteen tables of large symbols are half a gigabyte.
    encoder = batch.BatchEncoder(version, level, mask, batch.shape_of(texts[0]))
    for text, matrix in zip(texts, encoder.matrices(texts), strict=True):
        expected = encode.matrix(text, version=version, level=level, mask=mask)
        assert np.array_equal(matrix, expected)


@given(st.data())
@settings(max_examples=12, deadline=None)
def test_the_chosen_mask_is_the_choice_of_the_reference_encoder(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(FORMS))
    level = data.draw(st.sampled_from(["M", "Q"]))
    texts = [unit.code for unit in units(3, form=form, seed=data.draw(st.integers(0, 10**6)))]
    version = encode.version_for(encode.segments(texts[0]), level)
    encoder = batch.encoder(version, level, batch.FIXED_MASK, batch.shape_of(texts[0]))
    packed, chosen = encoder.chosen(texts)
    for text, rows, mask in zip(texts, packed, chosen, strict=True):
        expected = encode.matrix(text, version=version, level=level)
        assert rows.tobytes() == encode.packed(expected)
        forced = encode.matrix(text, version=version, level=level, mask=int(mask))
        assert np.array_equal(forced, expected)


@given(st.lists(st.integers(0, 2**45 - 1), min_size=45, max_size=45))
@settings(max_examples=30, deadline=None)
def test_columns_are_the_rows_of_the_turned_symbol(rows: list[int]) -> None:
    matrix = np.array([[row >> (44 - c) & 1 for c in range(45)] for row in rows], np.bool_)
    words = masks.lines(np.packbits(matrix, axis=1)[None], 45)
    turned = masks.lines(np.packbits(matrix.T, axis=1)[None], 45)
    assert np.array_equal(masks.transposed(words), turned)


ALPHANUMERIC = st.text(st.sampled_from(encode.ALPHANUMERIC), min_size=24, max_size=24)


@given(ALPHANUMERIC)
@settings(max_examples=40, deadline=None)
def test_any_content_equals_the_reference_encoder(tail: str) -> None:
    text = "HTTPS://OCOP.EXAMPLE/" + tail
    encoder = batch.encoder(3, "Q", batch.FIXED_MASK, (("alphanumeric", len(text)),))
    expected = encode.matrix(text, version=3, level="Q", mask=batch.FIXED_MASK)
    assert np.array_equal(encoder.matrices([text])[0], expected)


@given(st.text(st.characters(codec="ascii"), min_size=20, max_size=20))
@settings(max_examples=15, deadline=None)
def test_byte_mode_equals_the_reference_encoder(text: str) -> None:
    encoder = batch.encoder(2, "M", 0, (("byte", 20),))
    parts = (encode.Segment("byte", text),)
    expected = encode.matrix(text, version=2, level="M", mask=0, parts=parts)
    assert np.array_equal(encoder.matrices([text])[0], expected)


@pytest.mark.parametrize("texts", [["A" * 45, "A" * 44], ["a" * 45], ["Đ" * 45]])
def test_a_text_of_another_structure_is_refused(texts: list[str]) -> None:
    encoder = batch.encoder(3, "Q", batch.FIXED_MASK, (("alphanumeric", 45),))
    with pytest.raises(BadInput):
        encoder.rows(texts)


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_with_quiet_zone_reads_back(form: str) -> None:
    code = sample_unit(form).code
    modules = np.pad(encode.matrix(code, mask=batch.FIXED_MASK), encode.QUIET)
    picture = np.where(np.kron(modules, np.ones((3, 3))) > 0, 0, 255).astype(np.uint8)
    (read,) = encode.read_back(picture)
    assert read.text == code
    assert read.unused == 1.0
    assert (read.x, read.y) == pytest.approx((picture.shape[1] / 2, picture.shape[0] / 2), abs=1.5)


def test_pictures_for_screens_have_the_quiet_zone() -> None:
    matrix = encode.matrix(sample_unit().code, mask=0)
    side = len(matrix) + 2 * encode.QUIET
    assert f'viewBox="0 0 {side} {side}"' in encode.svg(matrix)
    framed = np.pad(matrix, encode.QUIET)
    with Image.open(io.BytesIO(encode.png(matrix, scale=3))) as picture:
        dark = np.asarray(picture.convert("L")) < 128
    assert np.array_equal(dark, np.kron(framed, np.ones((3, 3), dtype=bool)))
    with pypdfium2.PdfDocument(encode.picture(matrix, "pdf", scale=4)) as pdf:
        page = pdf[0].render(scale=1, grayscale=True).to_numpy().reshape(4 * side, -1) < 128
    assert np.array_equal(page[2::4, 2::4], framed)
    eps = encode.picture(matrix, "eps", scale=2).decode()
    assert f"%%BoundingBox: 0 0 {2 * side} {2 * side}" in eps
    drawn = sum(int(part.split("v")[0]) for part in encode.outline(matrix).split("h")[1:])
    assert drawn == matrix.sum()
