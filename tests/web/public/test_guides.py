"""Guides: every word of a button stands in the product as the guide says it, and every picture is there."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from markupsafe import Markup

from labelsvc.i18n import catalog
from labelsvc.resources import folder
from labelsvc.web.inspect import words
from labelsvc.web.public import guides
from tests.web.desk import Desk, seen

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", guides.GUIDES)
def test_buttons_are_called_as_the_product_calls_them(name: str) -> None:
    text = (folder("templates") / "help" / f"{name}.md").read_text(encoding="utf-8")
    shown = {re.sub(r" \([^)]*\{.*$", "", words) for words in catalog("vi").values()}
    shown |= set(re.findall(r'"vi": "([^"]+)"', Path(words.__file__).read_text(encoding="utf-8")))
    named = re.findall(r"\*\*([^*]+)\*\*", text)
    assert named
    assert [word for word in named if word not in shown] == []


@pytest.mark.parametrize("name", guides.GUIDES)
def test_pictures_and_prints_are_there_and_small(name: str) -> None:
    files = [one.file for one in guides.guide(name).blocks if one.kind == "picture"]
    place = folder("static") / "help"
    for file in files:
        assert 2_000 < (place / file).stat().st_size <= 60_000, file
    assert (place / f"{name}.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("name", guides.GUIDES)
def test_the_documentation_is_the_guide(name: str) -> None:
    spec = importlib.util.spec_from_file_location("guides_tool", ROOT / "tools" / "guides.py")
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    kept = (ROOT / "docs" / "vi" / f"{name}.md").read_text(encoding="utf-8")
    assert kept == tool.as_docs(name), "run python tools/guides.py"


def test_anybody_reads_them(desk: Callable[[str], Desk]) -> None:
    first = desk("").get("/help/")
    assert first.status_code == 200
    for name in guides.GUIDES:
        assert f'href="/help/{name}"' in first.text
        page = desk("").get(f"/help/{name}")
        assert page.status_code == 200 and guides.guide(name).title in seen(page)
    assert desk("").get("/help/nothing").status_code == 404


def test_a_text_is_read_into_its_pieces() -> None:
    found = list(
        guides.blocks(
            "## A & B\n\n1. eins **zwei**\n2. drei\n\n- vier\n\n![x](a.webp)\n\nfünf\nsechs"
        )
    )
    assert [one.kind for one in found] == ["heading", "steps", "points", "picture", "text"]
    assert found[0].lines == ["A &amp; B"]
    assert found[1].lines == [Markup("eins <b>zwei</b>"), "drei"]
    assert found[3].file == "a.webp" and found[4].lines == ["fünf sechs"]
