"""Forms: reads the values of a posted form and collects what is wrong, field by field. Used by both
consoles.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, TypeVar

from flask import request
from sqlalchemy.orm import Session

from labelsvc.accounts import roles
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.web import step_up
from labelsvc.web.console.typed import day_of, whole
from labelsvc.web.language import explain, gettext
from labelsvc.web.site import site

Result = TypeVar("Result")


class Problem(NamedTuple):
    """One line of the summary above a form; *field* is the id of the input it speaks of."""

    message: str
    fix: str
    field: str = ""


def problem(error: LabelsvcError) -> Problem:
    """*error* in the reader's language."""
    return Problem(*explain(error), str(error.params.get("field", "")))


class Posted:
    """The values of the posted form; reading one that is not readable adds to `problems`."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        #: HTTP status of the page that shows the problems.
        self.status = 200
        #: Ticks by which somebody may say that what looks like a slip is meant.
        self.ticks: set[str] = set()
        self._asked = False

    def text(self, name: str) -> str:
        return request.form.get(name, "")

    def day(self, name: str, label: str) -> date | None:
        """A calendar day, None where nothing was typed."""
        return self._read(lambda: day_of(self.text(name), gettext(label), name))

    def number(self, name: str, label: str) -> int | None:
        """A whole number, None where nothing was typed."""
        text = self.text(name)
        return self._read(lambda: whole(text, gettext(label), name)) if text.strip() else None

    def _read(self, read: Callable[[], Result | None]) -> Result | None:
        try:
            return read()
        except BadInput as error:
            self.add(error)
            return None

    def decimal(self, name: str, label: str) -> Decimal | None:
        """A figure with a decimal comma or point, None where nothing was typed."""
        text = self.text(name).strip().replace(",", ".")
        if not text:
            return None
        try:
            found = Decimal(text)
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or len(text) > 12:
            self.no_figure(name, label, text)
            return None
        return found

    def no_figure(self, name: str, label: str, text: str) -> None:
        """Refuse *text* of the field *name*, which is not a figure."""
        self.add(
            BadInput(
                "{label}: “{text}” is not a figure.",
                fix="Write it like 86,5.",
                label=gettext(label),
                text=text[:20],
                field=name,
            )
        )

    def add(self, error: LabelsvcError) -> None:
        self.problems.append(problem(error))
        self.status = error.http_status
        if tick := error.params.get("tick"):
            self.ticks.add(tick)

    def confirm(self) -> None:
        """Step up: the password of the form, unless it was given within the last minutes."""
        self._asked = True
        if not step_up.confirmed():
            try:
                step_up.confirm(self.text("password"))
            except LabelsvcError as error:
                self.add(error)

    def attempt(self, action: Callable[[Session], Result]) -> Result | None:
        """Run *action* in one transaction and give what it gives.

        None when a value could not be read or the rules say no: then nothing was changed, and
        `problems` and `status` say why. Acts of `roles.STEP_UP` are asked for here where the page
        has not asked yet.
        """
        if request.endpoint in roles.STEP_UP and not self._asked:
            self.confirm()
        if self.problems:
            return None
        try:
            with site().database.writing() as session:
                return action(session)
        except LabelsvcError as error:
            self.add(error)
            return None

    @property
    def errors(self) -> dict[str, str]:
        """Field → what is wrong, for the message beside the field."""
        return {p.field: f"{p.message} {p.fix}".strip() for p in self.problems if p.field}


def shown_values(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Fill the fields of a form: with what was typed if it was sent, else with what *row* holds."""
    if request.method == "POST":
        return {name: request.form.get(name, "") for name in names}
    values = {name: getattr(row, name, "") if row is not None else "" for name in names}
    return {name: "" if value is None else value for name, value in values.items()}
