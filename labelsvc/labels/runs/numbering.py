"""Numbering: names runs and numbers labels, and gives sample codes of the right width. Used by runs and
previews."""

from __future__ import annotations

import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms import uri
from labelsvc.codes.models import Form
from labelsvc.i18n import number as spell_number
from labelsvc.labels.models import PrintRun


def sample_code(lot: Lot, form: Form, base_url: str) -> str:
    """A text of the length and alphabet of a code of *form*."""
    if form is Form.GS1:
        return uri.url(base_url, f"01/{lot.product.gtin or '0' * 14}/21/{'0' * 20}")
    return uri.url(base_url, "0" * (193 if form is Form.OFFLINE else 24))


def sample_printed(form: Form | str) -> str:
    """A caption that is wider than all but one in a thousand million codes of *form*.

    Letters differ in width by half: a caption of zeros would say that a code fits, and a run would
    fail when its numbers are taken. This one is six standard deviations above the mean.
    """
    group = "WMQ0"
    if form == Form.GS1:
        return " ".join(["(01) 00000000000000 (21)", *[group] * 5])
    return "" if form == Form.OFFLINE else " ".join([group] * 6)


def sample_inner(form: Form | str) -> str:
    """An inner code that is wider than nearly all, as `sample_printed`."""
    return "" if form == Form.LOT else " ".join(["WMQ0"] * 3)


def widest_name(session: Session) -> str:
    """A name as wide as any of the length that the next run has."""
    return re.sub(r"\d", "8", next_name(session))


def position(number: int, count: int, name: str = "") -> str:
    """Number a label by its run and its place there: "Đ14 · 12/500"; "Đ14 · 12.345" in long runs.

    A lot may have several runs, each with a label 12. Without a name: "12 / 500", "12.345".
    """
    if name:
        return f"{name} · {spell_number(number) if count > 999 else f'{number}/{count}'}"
    return spell_number(number) if count > 999 else f"{number} / {count}"


def run_name(run_id: int) -> str:
    """Name a run on its labels, as its pages do."""
    return f"Đ{run_id}"


def next_name(session: Session) -> str:
    """That of the next run, if nobody begins one before: for previews."""
    return run_name((session.scalar(select(func.max(PrintRun.id))) or 0) + 1)
