"""Marks: states that a range of numbers is given after it was issued. Used by the register and the verdicts."""

from __future__ import annotations

from enum import StrEnum


class MarkState(StrEnum):
    """The state of a range of numbers after it was issued."""

    ACTIVATED = "activated"  # on goods that are released
    VOID = "void"  # misprinted: the label was not used
    WITHDRAWN = "withdrawn"  # thu hồi mã
    SOLD = "sold"  # decommissioned
