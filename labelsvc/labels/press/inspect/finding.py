"""Finding: holds the wishes and the findings of a preflight. Used by all its checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong or worth knowing; `message` and `fix` are English templates of
    `params`. page from 1, 0 for the whole file."""

    severity: Severity
    code: str
    page: int
    message: str
    fix: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The properties that the job asks for; None is not checked. `codes`: texts of all symbols of the file."""

    cmyk: bool = True
    standard: Literal["pdfx4", "none"] = "pdfx4"
    trim_mm: tuple[float, float] | None = None
    bleed_mm: float | None = None
    module_mm: float | None = None
    resolution_dpi: int | None = None
    least_module_mm: float = 0.25
    codes: Sequence[str] | None = None
    most_pages: int = 12
