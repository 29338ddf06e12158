"""Symbols a second of the batch encoder beside python-qrcode and segno, form by form.

python -m tests.bench.symbols
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import qrcode
import segno

from labelsvc.labels.drawing.content import sample_unit
from labelsvc.labels.symbols import batch, size
from labelsvc.labels.symbols import encode as symbol
from tests.bench.table import Row

#: Symbols of one measurement: of ours, and of an encoder that takes milliseconds a symbol.
_MANY, _FEW = 40_960, 40
_FORMS = ("short", "gs1", "offline")
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CORRECTION = {"L": 1, "M": 0, "Q": 3, "H": 2}


def run() -> Iterator[Row]:
    for form in _FORMS:
        few, many = _texts(form, _FEW), _texts(form, _MANY)
        plan = size.plan(few[0], size_mm=60, dpi=600)
        version, level, mask = plan.version, plan.level, batch.FIXED_MASK
        shape = batch.shape_of(few[0])
        begun = time.perf_counter()
        encoder = batch.BatchEncoder(version, level, mask, shape)
        cold = time.perf_counter() - begun
        begun = time.perf_counter()
        encoder.chosen(few)  # the first time learns the masks
        masks_cold = time.perf_counter() - begun
        batch.encoder(version, level, mask, shape)
        begun = time.perf_counter()
        batch.encoder(version, level, mask, shape)
        kept = time.perf_counter() - begun

        def by_qrcode(
            text: str, mask: int | None, version: int = version, level: str = level
        ) -> None:
            code: Any = qrcode.QRCode(version, _CORRECTION[level], mask_pattern=mask)
            code.add_data(text)
            code.make(fit=False)

        def by_segno(
            text: str, mask: int | None, version: int = version, level: str = level
        ) -> None:
            parts: Any = [part.text for part in symbol.segments(text)]  # segno does not divide
            segno.make(parts, error=level, version=version, mask=mask, boost_error=False)

        fixed = _rate(encoder.rows, many)
        chosen = _rate(encoder.chosen, many)
        for name, choice, rate in (
            ("ours, mask 3", "fixed", fixed),
            ("python-qrcode, mask 3", "fixed", _one_by_one(by_qrcode, few, mask)),
            ("segno, mask 3", "fixed", _one_by_one(by_segno, few, mask)),
            ("ours, mask by ISO/IEC 18004", "chosen", chosen),
            ("python-qrcode, mask by ISO/IEC 18004", "chosen", _one_by_one(by_qrcode, few, None)),
            ("segno, mask by ISO/IEC 18004", "chosen", _one_by_one(by_segno, few, None)),
        ):
            row = {
                "form": f"{form}, {version}-{level}",
                "encoder": name,
                "symbols/s": round(rate),
                "ratio": f"{rate / (fixed if choice == 'fixed' else chosen):.4f}",
            }
            if name.startswith("ours"):
                learnt = cold if choice == "fixed" else cold + masks_cold
                row |= {"tables, cold s": f"{learnt:.2f}", "kept, µs": f"{kept * 1e6:.1f}"}
            yield row


def _texts(form: str, count: int) -> list[str]:
    """Codes of *form* that differ in what differs from unit to unit."""
    draw, sample = random.Random(1), sample_unit(form).code
    length, alphabet = {"short": (24, _ALPHABET), "gs1": (20, _ALPHABET), "offline": (192, "0123456789")}[form]  # fmt: skip
    return [
        sample[: len(sample) - length] + "".join(draw.choices(alphabet, k=length))
        for _ in range(count)
    ]


def _rate(encode: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """Best of three, in parts as a run takes them."""
    part, best = 4096, 0.0
    for _ in range(3):
        begun = time.perf_counter()
        for start in range(0, len(texts), part):
            encode(texts[start : start + part])
        best = max(best, len(texts) / (time.perf_counter() - begun))
    return best


def _one_by_one(
    encode: Callable[[str, int | None], None], texts: Sequence[str], mask: int | None
) -> float:
    best = 0.0
    for _ in range(3):
        begun = time.perf_counter()
        for text in texts:
            encode(text, mask)
        best = max(best, len(texts) / (time.perf_counter() - begun))
    return best


if __name__ == "__main__":
    for row in run():
        print(row)
