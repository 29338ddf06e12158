"""Words on Vietnamese pages: none is English and none is the machine's, on any page of any role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask

from labelsvc.accounts import roles
from labelsvc.accounts.models import Role
from labelsvc.accounts.users import create_user
from labelsvc.db import Database
from labelsvc.settings import Settings
from tests import world as worlds

from .belongings import belongings
from .desk import Desk
from .test_texts import opened

#: Names and terms that Vietnamese pages keep as they are.
TERMS = {
    "ocop", "pdf", "zpl", "tspl", "gtin", "zalo", "email", "csv", "xlsx", "svg", "png", "webp", "json",
    "geojson", "atom",
    "labelsvc", "web", "cookie", "dpi", "vol", "vietgap", "natri", "carbohydrat", "etanol", "letter", "avery",
    "javascript", "digital", "link", "cutcontour", "authenticator", "google", "microsoft", "aegis", "excel",
    "zebra", "xprinter", "gprinter", "brother", "dymo", "firefox", "android",
    "alt", "ctrl", "shift", "enter", "delete", "page", "down",  # as they stand on keys
}  # fmt: skip
#: What the small world and its belongings put on pages: names of people, layouts and printers.
DATA = {
    "office", "auditor", "inspector", "viewer", "test", "watch", "freeze", "dried",
    "chrysanthemum", "tea", "sach",
}  # fmt: skip

#: Names of the world that are like machine words.
_THEIRS = re.compile(r"\bSản phẩm stars_\w+|\blan-(?:layout|sheet)\b")

_UNSEEN = re.compile(
    r"<(script|style|code|pre|kbd|samp|template|svg)\b.*?</\1>"
    r"|<(\w+)\b[^>]*\slang=\"en\"[^>]*>.*?</\2>"
    r"|<!--.*?-->",
    re.DOTALL,
)
_SAID = re.compile(r'\b(?:alt|title|placeholder|aria-label)="([^"]*)"')
#: Addresses, paths, file names given as such, and whatever holds a digit.
_NO_WORD = re.compile(r"\S*(?:://|@|\d)\S*|(?<!\w)/\S*|\.\w+")
_WORD = re.compile(r"[^\W\d]+(?:_\w+)*")
#: A syllable without any mark: it has no stop at its end, for such a syllable has a tone.
_SYLLABLE = re.compile(
    r"(?:b|ch|c|d|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|qu|q|r|s|th|tr|t|v|x)?"
    r"(?:(?:oa|oe|uy|a|e|i|o|u|y)(?:m|nh|ng|n)?|ai|ao|au|ay|eo|ia|iu|oi|oai|oay|oeo|ua|ui|uya|uyu)"
)


def foreign(page: str) -> list[str]:
    """Words a reader of *page* meets that can be no Vietnamese."""
    page = _UNSEEN.sub(" ", page)
    text = unescape(" ".join([re.sub(r"<[^>]*>", " ", page), *_SAID.findall(page)]))
    text = _THEIRS.sub(" ", text)
    return [word for word in _WORD.findall(_NO_WORD.sub(" ", text)) if _is_foreign(word)]


def _is_foreign(word: str) -> bool:
    # Letters one at a time and short capitals are units, marks and initials.
    if not word.isascii() or len(word) < 3 or word.isupper():
        return False
    low = word.lower()
    return low not in TERMS | DATA and not _SYLLABLE.fullmatch(low)


def walked(app: Flask, world: worlds.World, things: dict[str, Any], name: str) -> Iterator[str]:
    """Addresses that are opened as *name*; nobody opens the public ones."""
    if name:
        yield from opened(app, things, name)
        return
    yield from (*world.codes.values(), "/nobody/knows")
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments and roles.is_public(rule.endpoint):
            yield rule.rule


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # words are the same on both
def test_no_page_holds_an_english_or_a_machine_word(
    app: Flask, database: Database, settings: Settings, world: worlds.World,
) -> None:  # fmt: skip
    things = belongings(database, settings, world.lot, prefix="lan")
    with database.writing() as session:
        create_user(
            session, name="viewer", full_name="Viewer", role=Role.VIEWER, producer_id=None,
            password=worlds.PASSWORD, actor="test",
        )  # fmt: skip
    found: dict[str, list[str]] = {}
    looked_at = 0
    for name in ("", "lan", "office", "auditor", "inspector", "viewer"):
        sitting = Desk(app, database, name, language="vi")
        for path in walked(app, world, things, name):
            answer = sitting.get(path)
            if answer.mimetype != "text/html" or 300 <= answer.status_code < 400:
                continue  # the words of a redirect are the library's, and nobody reads them
            assert answer.status_code < 500, f"{path} as {name or 'nobody'}"
            looked_at += 1
            if words := foreign(answer.text):
                found.setdefault(f"{path} {answer.status_code}", sorted(set(words)))
    assert looked_at >= 120, looked_at
    assert not found, "\n".join(f"{path}: {words}" for path, words in found.items())


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<p>Lô hàng: released</p>", ["released"]),
        ("<p>file_name.html · None · True</p>", ["file_name", "None", "True"]),
        ("<p>Tem in cho lô L-MAIN, 20 × 30 mm; xem trong trang.</p>", []),
        ("<p>Mã QR của OCOP gửi qua Zalo</p><code>labelsvc doctor</code>", []),
        ('<button lang="en">English</button><script>let released</script>', []),
        ('<img alt="not yet"> <p>Sai tên khoa học, hóa đơn</p>', ["not", "yet"]),
    ],
)
def test_a_foreign_word_is_told_from_a_syllable(page: str, words: list[str]) -> None:
    assert foreign(page) == words


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["", "lan"])
def test_an_error_begins_with_words_and_offers_a_step(
    app: Flask, database: Database, settings: Settings, name: str
) -> None:
    page = Desk(app, database, name, language="vi").get("/nobody/knows").text
    main = page.partition("<main")[2].partition("</main>")[0]
    assert re.search(r"<h1>[^<\d]+</h1>", main)
    assert main.index("<h1>") < main.index("404")
    assert re.search(r'<a class="button[^>]*href="/', main)
    head = page.partition("<main")[0]
    assert settings.office_name in re.findall(r"<title>(.*?)</title>", head)[0]
    assert f"<span>{settings.office_name}</span>" in head and ">labelsvc<" not in head
