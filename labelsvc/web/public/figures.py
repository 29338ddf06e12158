"""Figures: pages of what the programme holds as of any day, each figure with its table, files and rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from labelsvc.catalogue.models import Product
from labelsvc.catalogue.points.shown import KIND_WORDS
from labelsvc.catalogue.recognition import Recognition
from labelsvc.errors import BadInput
from labelsvc.programme.figures.counting import AsOf, Basis, Counted, behind, count, months
from labelsvc.programme.figures.facts import Facts
from labelsvc.programme.figures.files import heads, lines, pages, workbook
from labelsvc.programme.figures.measures import MEASURES
from labelsvc.programme.figures.points import count_points
from labelsvc.programme.figures.villages import count_villages
from labelsvc.programme.plans.models import TARGETS
from labelsvc.programme.plans.reached import progress
from labelsvc.web.kept_facts import kept_facts
from labelsvc.web.language import current
from labelsvc.web.paging import PAGE, page_asked
from labelsvc.web.public.address import asked_day
from labelsvc.web.site import site
from labelsvc.web.spreadsheet import as_csv

bp = Blueprint("figures", __name__, url_prefix="/figures")

#: Rows of a figure on the page of all.
_FIRST = 8
#: Days whose figures are kept.
_DAYS = 32
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
#: The words of each basis, in the order of the choice.
BASES = {
    Basis.HELD: "In force on that day",
    Basis.GIVEN: "Recognised by that day, whatever became of it",
}


@dataclass(frozen=True)
class Whole:
    """The counts of the page of all figures."""

    figures: list[Counted]
    months: list[tuple[date, int]]


class Counts:
    """The counts of the days that were asked for last."""

    def __init__(self) -> None:
        self._facts: Facts | None = None
        self._counted: dict[tuple[date, Basis, str], Whole] = {}

    def get(self, day: AsOf, language: str) -> Whole:
        """Every figure of the first page as of *day*."""
        if self._facts is not day.facts or len(self._counted) >= _DAYS:
            self._facts, self._counted = day.facts, {}
        key, counted = (day.on, day.basis, language), self._counted
        if key not in counted:
            names = [name for name, measure in MEASURES.items() if measure.first]
            counted[key] = Whole(
                [count(day, name, language=language) for name in names], months(day)
            )
        return counted[key]


def _whole(day: AsOf) -> Whole:
    kept: Counts = current_app.extensions.setdefault("labelsvc_figures", Counts())
    return kept.get(day, current())


def _asked(facts: Facts) -> AsOf:
    """The day and the basis that the address asks for. :raises BadInput: one that there is not."""
    basis = request.args.get("count", "") or Basis.HELD
    if basis not in BASES:
        raise BadInput(
            "There is no “{value}” to choose here.", fix="Choose one of the list.",
            value=basis[:40], field="count",
        )  # fmt: skip
    return AsOf(facts, asked_day(), Basis(basis))


@bp.get("")
def figures() -> ResponseReturnValue:
    """Show every figure with its largest rows, twelve months, villages, points and plans."""
    with site().database.reading() as session:
        day = _asked(kept_facts(session))
        whole = _whole(day)
        return render_template(
            "public/figures.html",
            day=day,
            bases=BASES,
            figures=whole.figures,
            most=_FIRST,
            months=whole.months,
            villages=count_villages(session, day.on),
            points=count_points(session, day.on),
            kinds=KIND_WORDS,
            plans=progress(session, day.facts, day.on),
            targets=TARGETS,
            query=_query(),
        )


@bp.get("/<name>")
def figure(name: str) -> ResponseReturnValue:
    """Show all rows of one figure."""
    with site().database.reading() as session:
        counted = _counted(session, name)
    page, last = page_asked(len(counted.rows), PAGE)
    return render_template(
        "public/figure.html",
        f=counted,
        first=(page - 1) * PAGE,
        rows=counted.rows[(page - 1) * PAGE : page * PAGE],
        page=page,
        last=last,
        formats=FORMATS,
        bases=BASES,
        query=_query(),
    )


@bp.get("/<name>.<any(csv, xlsx, pdf):form>")
def figure_file(name: str, form: str) -> ResponseReturnValue:
    """Send one figure as a file."""
    with site().database.reading() as session:
        counted = _counted(session, name)
    facts = {"language": current(), "office": site().settings.office_name}
    data: str | bytes
    if form == "csv":
        data = as_csv([heads(counted, current()), *lines(counted, current())])
    else:
        data = pages(counted, **facts) if form == "pdf" else workbook(counted, **facts)
    answer = Response(data, content_type=FORMATS[form])
    file = f"ocop-{name}-{counted.on:%Y%m%d}.{form}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer


@bp.get("/<name>/<key>")
def rows(name: str, key: str) -> ResponseReturnValue:
    """List what a row of a figure counts."""
    with site().database.reading() as session:
        counted = _counted(session, name)
        row = next((row for row in counted.rows if row.key == key), None)
        if row is None:
            abort(404)
        day = _asked(kept_facts(session))
        found = behind(day, name, key)
        page, last = page_asked(len(found), PAGE)
        shown = found[(page - 1) * PAGE : page * PAGE]
        return render_template(
            "public/figure_rows.html",
            f=counted,
            row=row,
            listed=_recognitions(session, [one.recognition_id for one in shown], day.on),
            total=len(found),
            page=page,
            last=last,
            query=_query(),
        )


def _counted(session: Session, name: str) -> Counted:
    if name not in MEASURES:
        abort(404)
    return count(_asked(kept_facts(session)), name, language=current())


def _query() -> dict[str, str]:
    """Give what the address asks for and links of the page carry on."""
    return {name: value for name in ("on", "count") if (value := request.args.get(name, ""))}


def _recognitions(session: Session, numbers: list[int], on: date) -> list[tuple[Recognition, str]]:
    """Recognitions with their standing on a day, in the order of *numbers*."""
    found = session.scalars(
        select(Recognition)
        .where(Recognition.id.in_(numbers))
        .options(joinedload(Recognition.product).joinedload(Product.producer))
    )
    by_number = {one.id: one for one in found}
    return [(by_number[number], by_number[number].standing(on)) for number in numbers]
