"""Carton label: makes labels for the cartons of a run, one code a carton, each read back. Used by extra
files.

No number is taken: a carton code names units that have theirs. Its layouts are of this program, of
purpose "carton": no run of goods is printed with them, and the law of pack labels asks nothing.
"""

from __future__ import annotations

from typing import Any, Final

from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.register import cartons
from labelsvc.errors import BadInput
from labelsvc.i18n import number
from labelsvc.labels.checks.read_back import read_back_pdf
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import PrintRun
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.pages import Job
from labelsvc.labels.pdf.write import render_sheet_pdf

#: Cartons in one file.
MOST_CARTONS: Final = 10_000
#: Name of each layout; the first is the usual one.
LAYOUTS: Final = ("carton-a4-4", "carton-100x150")


def layout(name: str) -> Layout:
    """The layout *name*. :raises BadInput: there is none."""
    if name not in LAYOUTS:
        raise BadInput(
            "There is no layout {name}.", fix="Choose one of: {known}.", name=name,
            known=", ".join(LAYOUTS),
        )  # fmt: skip
    return library.get(name)


def check(run: PrintRun, *, per: int, layout_name: str) -> int:
    """Count the cartons that there will be, once the run allows for any.

    :raises BadInput: a size no code has room for, too many of them, no such layout, or a run whose
        labels have one code.
    """
    layout(layout_name)
    if run.form == "lot":
        raise BadInput(
            "This code stands on every label of the lot.",
            fix="Only labels with a code of their own are counted into cartons.",
        )
    many = len(cartons.cut(run.count, per))
    if many > MOST_CARTONS:
        raise BadInput(
            "{count} cartons are too many for one file.",
            fix="Put more units into a carton: at most {most} cartons make a file.",
            count=many,
            most=MOST_CARTONS,
        )
    return many


def render(
    run: PrintRun, keyring: Keyring, *, per: int, layout_name: str
) -> tuple[bytes, dict[str, Any]]:
    """The file (PDF) with a label for each carton of *per* units of *run*, and figures of it.

    :raises ReadBackFailed: a symbol says something else, or nothing; names page and cell.
    """
    many = check(run, per=per, layout_name=layout_name)
    stem = keyring.base_url.upper() + "/"
    units = [
        Unit(
            stem + keyring.carton(payload),
            f"Thùng {number(place, 'vi')} / {number(many, 'vi')}",
            (f"{run.name_on_labels} · " if run.name_on_labels else "")
            + "{}–{} · {} sản phẩm".format(
                *(number(n, "vi") for n in (*payload.numbers, payload.count))
            ),
        )
        for place, payload in enumerate(cartons.payloads(run.issue, keyring, per=per), 1)
    ]
    chosen = layout(layout_name)
    content = LabelContent(run.content["values"], None, record=run.record)
    job = Job(
        title=f"{content['product_name']} · {content['lot_code']}",
        author=content["producer_name"],
        note=f"Lô {run.record} · đợt in {run.id} · nhãn thùng",
    )
    pdf = render_sheet_pdf(chosen, [Block(content, units)], fonts.load(), job=job)
    report = read_back_pdf(pdf, chosen, [unit.code for unit in units])
    return pdf, {
        "labels": many,
        "units": per,
        "pages": report.pages,
        "decoded": report.codes,
        "dots": report.dots,
        "module_mm": round(report.module_mm, 4),
        "unused_min": round(report.unused_min, 3),
    }
