"""Reading: reads a layout file; refuses with the file, the line, the field and the fix. Used by the library,
runs and the editor."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from labelsvc.errors import LayoutError
from labelsvc.labels.layouts import messages, toml
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.paper import Article, SheetSpec
from labelsvc.labels.layouts.parts import Part

_P = TypeVar("_P", bound=Part)


def load(text: str, *, source: str, articles: Mapping[str, Article] | None = None) -> Layout:
    """Read one layout from TOML *text*; *source* (a file name) is only for messages.

    *articles* are the sheets of `sheets.toml`; a layout that names one gets its numbers.
    Raises `LayoutError` with `source`, `where`, `line` (0 when unknown) and the reason.
    """
    layout = _validated(Layout, toml.loads(text, source=source), text, source)
    return (
        layout
        if layout.sheet.article is None
        else _on_article(layout, articles or {}, text, source)
    )


def _on_article(layout: Layout, articles: Mapping[str, Article], text: str, source: str) -> Layout:
    """*layout* with the numbers of the sheet it names."""
    name = layout.sheet.article or ""
    facts = {"source": source, "article": name, "where": "sheet.article"}
    line = _line(text, ("sheet", "article"))
    article = articles.get(name)
    if article is None:
        raise LayoutError(
            "{source}, line {line}: the sheet {article} is not in sheets.toml",
            fix="Use the name of a sheet in label_layouts/sheets.toml, or give the numbers.",
            line=line,
            **facts,
        )
    if article.label is not None:
        label, own = article.label, layout.label
        off = max(abs(a - b) for a, b in zip(label.size, own.size, strict=True))
        if label.round != own.round or off > 0.3:
            raise LayoutError(
                "{source}, line {line}: the labels of {article} are {theirs} mm, the layout is "
                "made for {ours} mm",
                fix="Choose a sheet with labels of this size, or change the layout.",
                line=line,
                theirs=" × ".join(f"{v:g}" for v in label.size),
                ours=" × ".join(f"{v:g}" for v in own.size),
                **facts,
            )
    plain = article.model_dump(exclude={"label", "title", "unsure"}) | {"article": name}
    return layout.model_copy(update={"sheet": SheetSpec.model_validate(plain)})


def load_articles(text: str, *, source: str) -> dict[str, Article]:
    """The table of `sheets.toml`: article name -> geometry. Raises `LayoutError`."""
    return {
        name: _validated(Article, row if isinstance(row, dict) else {}, text, source, name)
        for name, row in toml.loads(text, source=source).items()
    }


def _validated(model: type[_P], data: dict[str, Any], text: str, source: str, *prefix: str) -> _P:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        refused = messages.told(error.errors(include_url=False)[0])
        loc = (*prefix, *refused.loc)
        raise LayoutError(
            "{source}, line {line}: {where}: {reason}" if loc else "{source}: {reason}",
            fix=refused.fix,
            source=source,
            line=_line(text, loc),
            where=_where(loc),
            reason=refused.reason,
        ) from error


def _where(loc: Sequence[str | int]) -> str:
    """`elements[3].size`; the discriminator that pydantic puts into the path is left out."""
    out = ""
    for index, part in enumerate(loc):
        if isinstance(part, int):
            out += f"[{part}]"
        elif not (index and isinstance(loc[index - 1], int) and index < len(loc) - 1):
            out += f".{part}" if out else part
    return out


def _line(text: str, loc: Sequence[str | int]) -> int:
    """Line of the key at *loc*, or of the table it should be in: good enough to put a cursor."""
    lines = text.splitlines()
    start = 0
    if not loc:
        return 1
    index = next((p for p in loc if isinstance(p, int)), None)
    if index is not None:
        heads = [n for n, s in enumerate(lines) if s.strip() == f"[[{loc[0]}]]"]
        start = heads[index] if index < len(heads) else 0
    elif len(loc) > 1:
        start = next((n for n, s in enumerate(lines) if s.strip() == f"[{loc[0]}]"), 0)
    at = start + 1
    for number in range(start + (1 if start else 0), len(lines)):
        if start and lines[number].lstrip().startswith("["):
            break
        if re.match(rf"\s*\"?{re.escape(str(loc[-1]))}\"?\s*=", lines[number]):
            return number + 1
    return at
