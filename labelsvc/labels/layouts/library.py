"""Library: finds layouts that come with the program, and those of an operator's own folder. Used by runs,
pages and commands.

With `fonts`, the one place of the label engine that reads files.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from labelsvc.errors import LayoutError, NoSuchLayout
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.paper import Article
from labelsvc.labels.layouts.reading import load, load_articles
from labelsvc.resources import folder

_SHEETS = "sheets.toml"


def names(extra: Path | None = None) -> list[str]:
    """Names of all layouts, sorted. *extra*: a folder whose files win over ours."""
    return sorted({path.stem for path in _files(extra)})


def for_packs(extra: Path | None = None) -> list[Layout]:
    """The layouts that goods are labelled with: all but those of cartons."""
    return [x for x in (get(name, extra) for name in names(extra)) if x.purpose != "carton"]


def get(name: str, extra: Path | None = None) -> Layout:
    """The layout *name*. Raises `NoSuchLayout`, or `LayoutError` when its file is faulty."""
    path = _path(name, extra)
    stat = path.stat()
    return _read(path, extra, (stat.st_mtime_ns, stat.st_size))


def source(name: str, extra: Path | None = None) -> str:
    """The TOML of the layout *name*, to be kept with a run. Raises `NoSuchLayout`."""
    return _path(name, extra).read_text(encoding="utf-8")


def read(path: Path, extra: Path | None = None) -> Layout:
    """The layout of any file, e.g. one that is being written. Raises `LayoutError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LayoutError(
            "{source} is not a text in UTF-8.",
            fix="Save it in UTF-8, as an editor of texts does.",
            source=path.name,
        ) from error
    except OSError as error:
        raise LayoutError(
            "{source} cannot be read: {reason}",
            fix="Give the path of a TOML file in UTF-8.",
            source=path.name,
            reason=str(error),
        ) from error
    return load(text, source=path.name, articles=articles(extra))


def articles(extra: Path | None = None) -> dict[str, Article]:
    """Every sheet and roll of `sheets.toml`, ours and the operator's."""
    found: dict[str, Article] = {}
    for place in (folder("label_layouts"), extra):
        if place is not None and (place / _SHEETS).is_file():
            text = (place / _SHEETS).read_text(encoding="utf-8")
            found |= load_articles(text, source=_SHEETS)
    return found


def _path(name: str, extra: Path | None) -> Path:
    for path in _files(extra):
        if path.stem == name:
            return path
    known = names(extra)
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    raise NoSuchLayout(
        "There is no layout {name}.",
        fix="Did you mean {close}? All there are: labelsvc layouts list"
        if close
        else "Choose one of: {known}.",
        name=name,
        close=" / ".join(close),
        known=", ".join(known),
    )


def _files(extra: Path | None) -> list[Path]:
    """The operator's files first, so that they win."""
    places = [place for place in (extra, folder("label_layouts")) if place is not None]
    return [
        path for place in places for path in sorted(place.glob("*.toml")) if path.name != _SHEETS
    ]


@lru_cache(maxsize=128)
def _read(path: Path, extra: Path | None, stamp: tuple[int, int]) -> Layout:
    """*stamp* makes an edited file a new one."""
    layout = read(path, extra)
    if layout.name != path.stem:
        raise LayoutError(
            "{source}: the layout calls itself {name}",
            fix="Give the file and the layout the same name.",
            source=path.name,
            name=layout.name,
        )
    return layout
