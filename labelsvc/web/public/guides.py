"""Help: a guide in Vietnamese for each role, and a card to print, for anybody.

The guides are texts in `templates/help/`, which `tools/guides.py` copies to docs/vi/ and prints as PDF; their
pictures are made by tests/e2e/test_guides.py. A guide is written in the Markdown that `blocks` reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from labelsvc.resources import folder

bp = Blueprint("guides", __name__, url_prefix="/help")

#: Guides in the order of the page, by the names of their files.
GUIDES: Final = ("nha-san-xuat", "van-phong", "kiem-tra", "the-nho")
_PICTURE: Final = re.compile(r"!\[([^\]]+)\]\(([a-z0-9-]+\.webp)\)")
_BOLD: Final = re.compile(r"\*\*([^*]+)\*\*")
_STEP: Final = re.compile(r"\d+\. ")


class Block(NamedTuple):
    """A piece of a guide: `kind` is heading, text, steps, points or picture."""

    kind: str
    lines: list[Markup]
    file: str = ""


class Guide(NamedTuple):
    """A guide as a page shows it."""

    name: str
    title: str
    about: Markup
    blocks: list[Block]


@bp.get("/")
def guides() -> ResponseReturnValue:
    return render_template("public/help.html", guides=[guide(name) for name in GUIDES])


@bp.get("/<name>")
def page(name: str) -> ResponseReturnValue:
    if name not in GUIDES:
        abort(404)
    printed = (folder("static") / "help" / f"{name}.pdf").is_file()
    return render_template("public/guide.html", guide=guide(name), printed=printed)


@lru_cache(maxsize=len(GUIDES))
def guide(name: str) -> Guide:
    """The guide *name* of `GUIDES`."""
    text = Path(folder("templates") / "help" / f"{name}.md").read_text(encoding="utf-8")
    head, _, rest = text.partition("\n## ")
    title, _, about = head.partition("\n")
    found = list(blocks(f"## {rest}"))
    return Guide(name, title.removeprefix("# "), _inline(about.strip()), found)


def blocks(text: str) -> Iterator[Block]:
    """Pieces of a guide, which empty lines part: `##` headings, `1.` steps, `-` points, pictures, texts."""
    for piece in re.split(r"\n\s*\n", text.strip()):
        lines = piece.splitlines()
        picture = _PICTURE.fullmatch(piece)
        if picture:
            yield Block("picture", [_inline(picture[1])], picture[2])
        elif piece.startswith("## "):
            yield Block("heading", [_inline(piece[3:])])
        elif _STEP.match(piece):
            yield Block("steps", [_inline(_STEP.sub("", line, count=1)) for line in lines])
        elif piece.startswith("- "):
            yield Block("points", [_inline(line.removeprefix("- ")) for line in lines])
        else:
            yield Block("text", [_inline(" ".join(lines))])


def _inline(text: str) -> Markup:
    return Markup(_BOLD.sub(r"<b>\1</b>", str(escape(text))))  # noqa: S704 -- escaped before
