"""Fields: one check for each kind of text, shared by forms, the API and imports.

Every check takes text as somebody wrote it, gives it back in the form we store (NFC, no invisible
characters, single spaces) or raises `BadInput`. An empty text stays empty. An error's `field` is
set by `checked` or by the caller.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from labelsvc import letters
from labelsvc.errors import BadInput
from labelsvc.i18n import nfc

#: Dropped without a word: zero-width characters, direction marks of a single letter, soft hyphens.
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"<\s*[!/?a-zA-Z]")
#: What a spreadsheet takes for a formula when it stands first.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\x00")

_TAX_CODE = re.compile(r"(\d{10})(?:-?(\d{3}))?|(\d{12})")
_OCOP_CODE = re.compile(r"\d{2}-\d{5}-\d{1,5}-20\d{2}")
_OPAQUE = re.compile(r"[0-9A-ZĐ][0-9A-ZĐ./_ -]{2,38}[0-9A-ZĐ]")
_LOT_CODE = re.compile(r"[0-9A-Z][0-9A-Z./_-]{0,19}")
_AREA = re.compile(r"[0-9A-ZĐ][0-9A-ZĐ ._/-]{1,38}[0-9A-ZĐ]")
_EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]+\.[^@\s,;<>.]+")
_DECISION = re.compile(
    r"(\d{1,6}[a-z]?)\s*/\s*(?:(20\d{2})\s*/\s*)?[qQ][đĐdD]\s*[-–—]?\s*([A-ZĐa-zđ]+(?:[-–][A-ZĐa-zđ]+)*)"
)
#: Printable ASCII and composed Latin letters: nothing to refuse, to leave out or to compose.
_ORDINARY = re.compile("[ -~\u00c0-\u024f\u1e00-\u1eff]*")
Check = Callable[[str], str]


def line(text: str, *, most: int = 200) -> str:
    """One line of text of at most *most* characters."""
    return _limited(" ".join(_readable(text).split()), most)


def prose(text: str, *, most: int = 20_000) -> str:
    """Text of several lines."""
    lines = _readable(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return _limited("\n".join(" ".join(one.split()) for one in lines).strip(), most)


def name(text: str, *, most: int = 200) -> str:
    """A name: a line with at least one letter that is neither a formula nor markup."""
    made = line(text, most=most)
    if made.startswith(("=", "+", "@")):
        raise BadInput(
            "A name cannot begin with {character}: spreadsheets take it for a formula.",
            fix="Remove the character.",
            character=made[0],
        )
    if _TAG.search(made):
        raise BadInput(
            "A name cannot hold markup such as <b>.", fix="Remove the part in angle brackets."
        )
    if made and not any(c.isalpha() for c in made):
        raise BadInput("A name needs at least one letter.", fix="Write the name in full.")
    return made


def tax_code(text: str) -> str:
    """10 digits, 10-3 digits (a branch), or the 12 digits of a person or household."""
    made = line(text, most=40).replace(" ", "").replace(".", "")
    if not made:
        return ""
    found = _TAX_CODE.fullmatch(made)
    if found is None:
        raise BadInput(
            "A tax code has 10 digits, 10 and 3 with a hyphen, or 12.",
            fix="Copy it from the registration certificate, with its leading zero.",
        )
    ten, branch, twelve = found.groups()
    return twelve or (f"{ten}-{branch}" if branch else ten)


def gtin(text: str) -> str:
    """GTIN of 8, 12, 13 or 14 digits with a right check digit, as 14 digits."""
    made = re.sub(r"[ .-]", "", line(text, most=40))
    if not made:
        return ""
    if not re.fullmatch(r"\d{8}|\d{12,14}", made) or not made.isascii():
        raise BadInput(
            "A GTIN has 8, 12, 13 or 14 digits.",
            fix="Type the digits under the bar code, or leave it empty.",
        )
    right = -sum(int(d) * (1 if i % 2 else 3) for i, d in enumerate(reversed(made[:-1]))) % 10
    if right != int(made[-1]):
        raise BadInput(
            "The check digit of the GTIN is wrong: {given} should be {right}.",
            fix="Compare with the digits under the bar code.",
            given=made[-1],
            right=right,
        )
    if not made.strip("0"):
        raise BadInput("A GTIN cannot be all zeros.", fix="Leave it empty.")
    return made.zfill(14)


def ocop_code(text: str) -> str:
    """`T-X-STT-year` of Decision 26/2026 appendix II, or an older code as opaque capitals."""
    made = line(text, most=40).upper().replace("–", "-")
    if made and not (_OCOP_CODE.fullmatch(made) or _OPAQUE.fullmatch(made)):
        raise BadInput(
            "This does not look like an OCOP code, such as 01-00577-012-2026.",
            fix="Copy it from the decision: letters, digits and - . / _ only.",
        )
    return made


def lot_code(text: str) -> str:
    """A lot code that fits GS1 AI 10: at most 20 capitals, digits and - . / _"""
    made = line(text, most=200).upper()
    if made and not _LOT_CODE.fullmatch(made):
        raise BadInput(
            "A lot code has at most 20 characters: A-Z, 0-9 and - . / _",
            fix="Shorten it and leave out Vietnamese marks and spaces.",
        )
    return made


def growing_area(text: str) -> str:
    """A growing-area code; its shape differs by time and market, so the check is light."""
    made = line(text, most=40).upper()
    if made and not _AREA.fullmatch(made):
        raise BadInput(
            "This does not look like a growing-area code, such as VN-HNOR-0001.",
            fix="Copy it from the notice that gave it.",
        )
    return made


def phone(text: str) -> str:
    """One or two telephone numbers as written; digits, spaces and + ( ) . - / only."""
    made = line(text, most=30)
    if made and not (re.fullmatch(r"[0-9+().;,/ -]+", made) and _digits_of_phones(made)):
        raise BadInput(
            "This does not look like a telephone number.",
            fix="Write it with its leading zero, such as 024 3999 0123.",
        )
    return made


def _digits_of_phones(text: str) -> bool:
    lengths = [len(re.sub(r"\D", "", one)) for one in re.split(r"[;,/]|\s-\s", text)]
    lengths = [length for length in lengths if length]
    return bool(lengths) and all(4 <= length <= 14 for length in lengths)


def email(text: str) -> str:
    made = line(text, most=120)
    if made and not _EMAIL.fullmatch(made):
        raise BadInput("This is not an e-mail address.", fix="Write it as name@example.vn.")
    return made


def website(text: str) -> str:
    """An http or https address; `www.` alone gets https."""
    made = line(text, most=200)
    if not made:
        return ""
    if re.match(r"[\w-]+(\.[\w-]+)+(/|$|\?)", made):
        made = f"https://{made}"
    try:
        parts = urlsplit(made)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    good = parts.scheme in ("http", "https") and "." in host and not parts.username
    if not good or re.search(r"[\s\"'<>\\`]", made):
        raise BadInput(
            "A website begins with http:// or https:// and has no spaces.",
            fix="Copy the address from the browser.",
        )
    return _limited(made, 200)


def decision_number(text: str) -> str:
    """The number of a decision in one spelling: `1147/QĐ-UBND`."""
    made = line(text, most=300)
    if not made:
        return ""
    found = _DECISION.fullmatch(made)
    if found is None:
        raise BadInput(
            "This is not the number of a decision.",
            fix="Write it in full, such as 1147/QĐ-UBND.",
        )
    return decision_spelling(found)


def decision_spelling(found: re.Match[str]) -> str:
    """The one spelling of a match of `find_decisions`."""
    number, year, body = found.groups()
    body = re.sub(r"[–—]", "-", body).upper()
    return f"{number}/{year}/QĐ-{body}" if year else f"{number}/QĐ-{body}"


def find_decisions(text: str) -> list[re.Match[str]]:
    """Every decision number in a sentence."""
    return list(_DECISION.finditer(text))


def name_key(text: str) -> str:
    """Make the key that two spellings of one name share: case, spaces, punctuation and the place of the tone.

    "Hoà Lạc" and "HÒA LẠC" are one name, "Chè lam" and "Chè làm" are two.
    """
    return _name_key(text)


@lru_cache(maxsize=4096)
def _name_key(text: str) -> str:
    words = _WORD.findall(nfc(text).casefold())
    return " ".join(word if word.isascii() else _tone_last(word) for word in words)


@lru_cache(maxsize=4096)
def _tone_last(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(c for c in letters if c in _TONES)
    return "".join(c for c in letters if c not in _TONES) + tones


_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


def checked(field: str, check: Check, text: str | None) -> str:
    """*check* of *text* with the name of the field put into the error."""
    try:
        return check(text or "")
    except BadInput as error:
        error.params.setdefault("field", field)
        raise


def shown(text: str, *, most: int = 200) -> str:
    """*text* for a report about it: without what `line` refuses or leaves out."""
    if _ORDINARY.fullmatch(text):
        return _SPACE.sub(" ", text).strip()[:most]
    bare = letters.shown(letters.TURNING.sub("", nfc(text.translate(_INVISIBLE))))
    return _SPACE.sub(" ", bare).strip()[:most]


def _readable(text: str) -> str:
    """NFC without invisible characters.

    :raises BadInput: as `letters.check`.
    """
    if _ORDINARY.fullmatch(text):
        return text
    letters.check(text)
    return nfc(text.translate(_INVISIBLE))


def _limited(text: str, most: int) -> str:
    if len(text) > most:
        raise BadInput(
            "The text has {length} characters, {most} are allowed.",
            fix="Shorten it.",
            length=len(text),
            most=most,
        )
    return text
