"""A finished roll file judged by what comes out of it: every picture rebuilt, every symbol read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from labelsvc.errors import ReadBackFailed
from labelsvc.labels import symbol, tspl, zpl
from labelsvc.labels.preflight import ReadBackReport
from labelsvc.labels.raster import Web
from labelsvc.labels.rollfile import Picture

#: Files for label printers.
Language = Literal["zpl", "tspl"]
_READ: dict[str, Callable[[bytes], list[Picture]]] = {"zpl": zpl.read, "tspl": tspl.read}


def read_back_roll(
    data: bytes,
    expected: Sequence[str],
    web: Web,
    *,
    language: Language,
    number: int = 1,
    spares: int = 0,
) -> ReadBackReport:
    """Read every symbol of a ZPL or TSPL file and compare with *expected* (in printing order).

    Its first label is number *number* of its run; *spares* labels without a symbol follow. Raises `ReadBackFailed` naming the label, the expected
    and the found text; also for commands that this program does not write.
    """
    unused, label, rows, again = 1.0, 0, 0, 0
    total = len(expected) + spares
    for picture in _READ[language](data):
        _check_size(picture, web, label + number)
        grey = picture.grey
        found = symbol.read_back(grey)
        if len(found) > min(web.across, max(0, len(expected) - label)):
            raise _failed(
                "{count} symbols were read at label {label}",
                label=label + number,
                count=len(found),
            )
        for copy in range(picture.copies):
            if label >= total:
                raise _failed("it has more labels than {expected}", expected=total)
            across = min(web.across, total - label)
            for column in range(across):
                index = label + column
                if index >= len(expected):
                    continue
                read, second = _at(grey, found, web, column, number + index)
                again += second and not copy
                if read.text != expected[index]:
                    raise _failed(
                        "label {label} says {found}", label=number + index, found=read.text,
                        expected=expected[index],
                    )  # fmt: skip
                unused = min(unused, 1.0 if read.unused is None else read.unused)
            label += across
            rows += 1
    if label != total:
        raise _failed("it has {found} labels instead of {expected}", found=label, expected=total)
    return ReadBackReport(
        len(expected), rows, web.dpi, again, unused, (), web.dots, web.module_mm
    )  # fmt: skip


def _check_size(picture: Picture, web: Web, label: int) -> None:
    if picture.first != label:
        raise _failed("label {label} is not where it belongs", label=label, found=picture.first)
    if picture.height != web.height or (picture.width + 7) // 8 != (web.width + 7) // 8:
        raise _failed(
            "label {label} has {width} × {height} dots", label=label, width=picture.width,
            height=picture.height,
        )  # fmt: skip


def _at(
    grey: npt.NDArray[np.uint8], found: Sequence[symbol.Read], web: Web, column: int, label: int
) -> tuple[symbol.Read, bool]:
    """What was read in *column*; whether it took a second look, at that place alone."""
    x, y = web.corners[column]
    edge = symbol.QUIET * web.dots
    left, top, right, bottom = x - edge, y - edge, x + web.side + edge, y + web.side + edge
    here = [read for read in found if left <= read.x <= right and top <= read.y <= bottom]
    second = not here
    if second:
        part = grey[max(0, top) : bottom, max(0, left) : right]
        here = symbol.read_back(part.repeat(2, 0).repeat(2, 1))
    if len(here) != 1:
        raise _failed("label {label} cannot be read", label=label)
    return here[0], second


def _failed(reason: str, **params: object) -> ReadBackFailed:
    return ReadBackFailed(
        "The file was not released: " + reason,
        fix="Print nothing of it. Make the run again; if it fails again, report it with this message.",
        **params,
    )
