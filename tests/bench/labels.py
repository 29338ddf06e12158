"""Labels a second of a 1,000-label run (A4, 65 a sheet): drawn, and with every symbol read back."""

from __future__ import annotations

import time
import zlib

from labelsvc.labels import fonts, library
from labelsvc.labels.content import Unit, sample_content
from labelsvc.labels.pdf import Block, render_sheet_pdf
from labelsvc.labels.preflight import read_back_pdf

COUNT = 1000
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _units() -> list[Unit]:
    units = []
    for n in range(COUNT):
        text = "".join(_ALPHABET[(n * 7919 + i * 104729 + i * i) % 32] for i in range(24))
        units.append(Unit(f"HTTPS://QR.EXAMPLE.VN/{text}", text, f"{n + 1} / {COUNT}"))
    return units


def run() -> list[dict[str, object]]:
    """Three rates and their bound: zlib over the bytes of the same file."""
    layout, face, units = library.get("a4-65"), fonts.load(), _units()
    block = [Block(sample_content(), units)]
    render_sheet_pdf(layout, block, face)  # tables of the batch encoder are learnt once a process
    begun = time.perf_counter()
    pdf = render_sheet_pdf(layout, block, face)
    drawn = time.perf_counter() - begun
    begun = time.perf_counter()
    report = read_back_pdf(pdf, layout, [unit.code for unit in units])
    read = time.perf_counter() - begun
    assert report.codes == COUNT
    begun = time.perf_counter()
    zlib.compress(pdf * 8, 6)
    bound = time.perf_counter() - begun
    return [
        {"what": "draw", "labels_per_s": round(COUNT / drawn), "bytes_per_label": round(len(pdf) / COUNT)},
        {"what": "read back", "labels_per_s": round(COUNT / read)},
        {"what": "draw and read back", "labels_per_s": round(COUNT / (drawn + read))},
        {"what": "zlib bound", "labels_per_s": round(COUNT / bound), "ratio_draw": round(bound / drawn, 2)},
    ]  # fmt: skip


if __name__ == "__main__":
    for row in run():
        print(row)
