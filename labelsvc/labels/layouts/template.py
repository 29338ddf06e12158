"""Template: expands texts with {variables}, **bold** and [parts that may be left out]. Used by drawing and
the law check.

Placeholders are found by one regular expression, so that every renderer agrees on what a template
means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def placeholders(template: str) -> tuple[str, ...]:
    """Names of the variables in *template*, in order, each once."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(template)))


class Run(NamedTuple):
    """Words of one weight inside a line of a template."""

    text: str
    bold: bool


_TOKEN = re.compile(
    r"\\(?P<escaped>[\[\]*{}\\])|(?P<mark>\*\*|\[|\])|\{(?P<name>[a-z][a-z0-9_]*)\}"
)


def expand(template: str, values: Mapping[str, str]) -> list[list[Run]]:
    """*template* with its placeholders filled: one list of runs a line.

    A line whose placeholders are all empty is left out, so is a part in [brackets] when one of its
    placeholders is empty; a middle dot that then begins or ends the line goes with it. ``**`` turns bold on and off; a backslash takes the meaning from the next
    mark. Only the template has marks: a value is always plain text. Line breaks in a value
    make lines. Raises `ValueError` on unpaired marks.
    """
    lines: list[list[Run]] = []
    for source in template.split("\n"):
        runs = _expand_line(source, values)
        if runs is not None:
            lines.extend(_split(runs))
    return lines


def _expand_line(source: str, values: Mapping[str, str]) -> list[Run] | None:
    runs: list[Run] = []
    kept: list[Run] | None = None  # what stood before the open bracket
    bold = has_names = has_value = part_empty = left_out = False
    at = 0
    for found in [*_TOKEN.finditer(source), None]:
        literal = source[at : found.start()] if found else source[at:]
        if literal:
            runs.append(Run(literal, bold))
        if found is None:
            break
        at = found.end()
        mark = found["mark"]
        if found["escaped"]:
            runs.append(Run(found["escaped"], bold))
        elif found["name"]:
            value = values[found["name"]]
            has_names, has_value = True, has_value or bool(value)
            part_empty = part_empty or not value
            runs.append(Run(value, bold))
        elif mark == "**":
            bold = not bold
        elif mark == "[":
            if kept is not None:
                raise ValueError("a bracket inside brackets")
            kept, runs, part_empty = runs, [], False
        else:
            if kept is None:
                raise ValueError("a closing bracket without an opening one")
            left_out = left_out or part_empty
            runs, kept = kept if part_empty else kept + runs, None
    if kept is not None:
        raise ValueError("an opening bracket without a closing one")
    if bold:
        raise ValueError("bold is not closed by **")
    if has_names and not has_value:
        return None
    runs = [run for run in runs if run.text]
    return _without_dots(runs) if left_out else runs


def _without_dots(runs: list[Run]) -> list[Run]:
    """*runs* without a " · " that has nothing before or after it any more."""
    if runs:
        runs = [Run(re.sub(r"^\s*·\s*", "", runs[0].text), runs[0].bold), *runs[1:]]
        runs = [*runs[:-1], Run(re.sub(r"\s*·\s*$", "", runs[-1].text), runs[-1].bold)]
    return [run for run in runs if run.text]


def _split(runs: list[Run]) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *rest = run.text.split("\n")
        if first:
            lines[-1].append(Run(first, run.bold))
        lines.extend([Run(part, run.bold)] if part else [] for part in rest)
    return lines
