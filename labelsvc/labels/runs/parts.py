"""Parts: cuts a run into parts, and says what is printed on each label of a part. Used by render and extra
files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

import tomli_w

from labelsvc.codes.forms import inner, uri
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Form
from labelsvc.files import Files
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.reading import load
from labelsvc.labels.models import BlankRoll, PrintRun
from labelsvc.labels.runs import artwork
from labelsvc.labels.runs.numbering import position, sample_inner
from labelsvc.labels.sheets.imprint import Imprint
from labelsvc.labels.sheets.placement import USUAL, Placement
from labelsvc.labels.sheets.profile import Profile
from labelsvc.labels.sheets.sheet import Sheet

#: What is rendered: labels of a lot, or blank ones.
Printed: TypeAlias = PrintRun | BlankRoll

#: Labels of one part: a part is rendered, read back and kept in memory as a whole. Small runs are
#: cut finer, so that every processor has something to do, but a part has its own price too
#: (about that of three hundred labels).
LEAST_PART, LARGEST_PART = 5000, 10_000
#: Runs of several parts have a multiple of this, all about the same: two processors end together.
_EVEN = 2


@dataclass(frozen=True)
class Slice:
    """The labels of one part: *count* from *offset* on, spares too. Only the first part of a run
    has used cells."""

    offset: int
    count: int
    placement: Placement = USUAL


def imprint_of(run: Printed) -> Imprint:
    """Tell how its labels go on paper."""
    return replace(Imprint.from_json(run.imprint or {}), start_at=run.start_at)


def slices(layout: Layout, run: Printed) -> list[Slice]:
    """Cut a run into parts; the same for the same run, at each call."""
    sheet, imprint = Sheet.of(layout), imprint_of(run)
    whole = imprint.placement(Profile.from_json(run.profile or {}))
    total = imprint.labels(run.count)
    parts = -(-total // min(LARGEST_PART, max(LEAST_PART, total // 16)))
    if parts > 1:
        parts += -parts % _EVEN
    sheets = -(-total // (parts * sheet.per_page))
    size = sheets * sheet.per_page
    first = size - sheet.per_page + sheet.free_cells(whole)
    cut: list[Slice] = []
    offset, placement = 0, whole
    while not cut or offset < total:
        count = min(size if cut else first, total - offset)
        spares = imprint.spare_labels(run.count, offset, count)
        cut.append(Slice(offset, count, replace(placement, spares=spares)))
        offset, placement = offset + count, replace(whole, start_at=1, used=())
    return cut


def as_toml(layout: Layout) -> str:
    """*layout* as TOML with the numbers of its sheet in it: what a run keeps.

    Later changes of the file, of `sheets.toml` or of the program's defaults do not reach it.
    """
    sheet = {"sheet": {"article"}}
    return tomli_w.dumps(layout.model_dump(mode="json", exclude_none=True, exclude=sheet))


def layout_of(run: Printed) -> Layout:
    """The layout as it was when the run began."""
    return _layout(run.layout_toml, f"{run.layout_name}.toml")


@lru_cache(maxsize=16)
def _layout(toml: str, source: str) -> Layout:
    """Parsed once: every part of a run asks for the same one.

    Runs of before the key `edition` keep no such line, and print as they did then.
    """
    found = load(toml, source=source)
    if "edition" in found.model_fields_set:
        return found
    return found.model_copy(update={"edition": 1})


def units_of(run: Printed, keyring: Keyring, part: Slice) -> list[Unit]:
    """List what differs from label to label of a part, its spares left out."""
    units: list[Unit] = []
    inside = _inner_codes(run, keyring)
    for stretch in imprint_of(run).stretches(run.count, part.offset, part.count):
        if run.form == Form.LOT:
            code = run.codes(keyring)[0]
            units += [Unit(code, _caption(code, run.base_url))] * stretch.labels
            continue
        codes = run.codes(keyring, offset=stretch.first, count=stretch.codes)
        single = [
            Unit(
                code,
                _caption(code, run.base_url),
                position(number, run.count, run.name_on_labels),
                inside(number - 1),
            )
            for number, code in enumerate(codes, stretch.first + 1)
        ]
        if stretch.repeat > 1:
            single = [unit for unit in single for _ in range(stretch.repeat)][stretch.skip :]
        units += single[: stretch.labels]
    return units


def unit_of(run: Printed, path: str, number: int) -> Unit:
    """Make the label *number* (from 1) of a run again, with the code whose canonical path is *path*.

    What lies under a scratch layer is told to nobody: a sample stands for it.
    """
    code = uri.url(run.base_url, path)
    if run.form == Form.LOT:
        return Unit(code, _caption(code, run.base_url))
    inside = sample_inner(run.form) if layout_of(run).prints_inner_code else ""
    place = position(number, run.count, run.name_on_labels)
    return Unit(code, _caption(code, run.base_url), place, inside)


def _inner_codes(run: Printed, keyring: Keyring) -> Callable[[int], str]:
    """Make a function from the place of a unit in the run to what lies under its scratch layer: nothing
    where the layout has no such field. The codes are derived for the label and kept nowhere."""
    if not isinstance(run, PrintRun) or not layout_of(run).prints_inner_code:
        return lambda at: ""
    key, first = keyring.inner_key, run.issue.first
    return lambda at: inner.printed(inner.inner_code(key, first + at))


def numbers_of(run: Printed, part: Slice) -> list[int]:
    """List what is printed as number on each label of a part, its spares left out; labels of one code for
    all are counted."""
    if run.form == Form.LOT:
        labels = run.count * imprint_of(run).copies
        return list(range(part.offset + 1, min(part.offset + part.count, labels) + 1))
    numbers: list[int] = []
    for stretch in imprint_of(run).stretches(run.count, part.offset, part.count):
        units = range(stretch.first + 1, stretch.first + stretch.codes + 1)
        all_of_them = [unit for unit in units for _ in range(stretch.repeat)][stretch.skip :]
        numbers += all_of_them[: stretch.labels]
    return numbers


def run_content(run: Printed, files: Files) -> LabelContent:
    """Load what its labels say and show, as it was when the run began.

    :raises FileMissing: a picture of it is not among *files*.
    """
    kept = run.content
    images = artwork.load(files, kept.get("images") or {})
    return LabelContent(kept["values"], kept["stars"], record=run.record, images=images)


def part_key(run: Printed, number: int) -> str:
    """Name the place of the file of a part."""
    return f"{run.folder}/part-{number:04d}"


def _caption(code: str, base_url: str) -> str:
    return uri.printed(code[len(uri.url(base_url, "")) :])
