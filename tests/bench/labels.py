"""Labels a second of each tool, each in a process of its own, and whether its symbols can be read."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pypdfium2

from labelsvc.labels.pdf.rendering import grey_page
from labelsvc.labels.symbols import encode
from tests.bench.rivals import RIVALS, Rival
from tests.bench.sample import PER_SHEET, Sample
from tests.bench.table import Row

#: What a good office printer would put on paper.
_DPI = 600
#: What WeasyPrint needs of Debian.
_PANGO = "libpangoft2-1.0-0 libharfbuzz-subset0"
#: Seconds after which a tool is given up.
_PATIENCE = 120


def run() -> Iterator[Row]:
    """A row a tool, and the bound: zlib alone over the page streams of our file."""
    ours, bound = 0.0, dict[str, object]()
    for name, rival in RIVALS.items():
        count = rival.sheets * PER_SHEET
        with tempfile.TemporaryDirectory() as folder:
            pdf = Path(folder) / "labels.pdf"
            command = [sys.executable, "-m", "tests.bench.rivals", name, str(count), str(pdf)]
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE)
            except subprocess.TimeoutExpired:
                yield _absent(rival, f"gave up after {_PATIENCE} s")
                continue
            if done.returncode and name == "ours":
                raise RuntimeError(done.stderr)
            if done.returncode:
                yield _absent(rival, _reason(done.stderr))
                continue
            found = json.loads(done.stdout.splitlines()[-1])
            rate = count / found["seconds"]
            ours = ours or rate
            title = f"{rival.title} ({found['using']})" if found["using"] else rival.title
            yield {
                "tool": title,
                "labels": count,
                "labels/s": round(rate),
                "ratio": f"{rate / ours:.4f}".rstrip("0").rstrip("."),
                "bytes a label": round(found["bytes"] / count),
                "peak MB": found["peak_mb"],
                "symbols read": _decoded(pdf, count),
            }
            if name == "ours":
                rate = count / found["bound"]
                bound = {
                    "tool": "bound: zlib over our page streams",
                    "labels": count,
                    "labels/s": round(rate),
                    "ratio": f"{rate / ours:.2f}",
                }
    if bound:
        yield bound


def _decoded(pdf: Path, count: int) -> str:
    """Of the first and the last sheet, rendered."""
    codes = [unit.code for unit in Sample(count).units]
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = -(-count // PER_SHEET)
        if len(document) != pages:
            return f"no: {len(document)} pages instead of {pages}"
        asked = read = 0
        for page in sorted({0, pages - 1}):
            expected = codes[page * PER_SHEET : (page + 1) * PER_SHEET]
            found = {code.text for code in encode.read_back(grey_page(document, page, _DPI))}
            asked += len(expected)
            read += len(found & set(expected))
    finally:
        document.close()
    return f"{'yes' if read == asked else 'no'}, {read} of {asked}"


def _reason(errors: str) -> str:
    """The error under a traceback says which package or library is missing."""
    lines = [line.strip() for line in errors.splitlines() if "Error" in line] or [""]
    if "cannot load library" in lines[-1]:
        return f"not installed: {lines[-1][:120]} (apt-get install {_PANGO})"
    absent = any(name in lines[-1] for name in ("ImportError", "ModuleNotFound", "OSError"))
    return f"{'not installed' if absent else 'failed'}: {lines[-1][:200]}"


def _absent(rival: Rival, reason: str) -> Row:
    return {"tool": rival.title, "symbols read": reason}


if __name__ == "__main__":
    for row in run():
        print(row)
