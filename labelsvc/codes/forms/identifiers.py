"""Values of GS1 application identifiers: what may stand with a GTIN in a GS1 Digital Link.

Facts of the GS1 Barcode Syntax Dictionary of 2026-01-27, as far as they concern the key 01: which
attributes exist, how their values look, which need or exclude another. Attributes that go with
other keys only (an address's 43xx, a payment's 8020) are refused beside a GTIN, as there; keys of
other things (a carton's 00, an asset's 8004) may stand there and are passed on unread.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from typing import Final

from labelsvc.errors import MalformedCode

#: The 82 characters of GS1's invariant set; there are no Vietnamese letters among them.
CSET82: Final = r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]"

#: Path values: key and qualifiers of the key 01.
PATH_VALUES: Final[Mapping[str, re.Pattern[str]]] = {
    "01": re.compile(r"[0-9]{14}"),
    "22": re.compile(CSET82 + "{1,20}"),
    "10": re.compile(CSET82 + "{1,20}"),
    "21": re.compile(CSET82 + "{1,20}"),
    "235": re.compile(CSET82 + "{1,28}"),
}

# What a named group holds is looked at by `_possible`: a date YYMMDD, one whose day may be 00 (the
# whole month), and a key of 13 digits with its check digit.
_DAY: Final = "(?P<day>[0-9]{6})"
_SECOND_DAY: Final = "(?P<second_day>[0-9]{6})"
_MONTH: Final = "(?P<month>[0-9]{6})"
_KEY: Final = "(?P<key>[0-9]{13})"

_ATTRIBUTES: Final = (
    ("10", CSET82 + "{1,20}"),
    ("1[13567]", _MONTH),
    ("20", "[0-9]{2}"),
    ("24[01]|25[01]|400", CSET82 + "{1,30}"),
    ("242", "[0-9]{1,6}"),
    ("243|710|71[1-5]|7020|7021|7240|8002|8012", CSET82 + "{1,20}"),
    ("30", "[0-9]{1,8}"),
    ("31[0-6][0-5]|32[0-9][0-5]|33[0-7][0-5]|34[0-9][0-5]", "[0-9]{6}"),
    ("35[0-7][0-5]|36[0-9][0-5]|395[0-5]|8005", "[0-9]{6}"),
    ("392[0-9]", "[0-9]{1,15}"),
    ("393[0-9]", "[0-9]{4,18}"),
    ("41[0-46-7]", _KEY),
    ("420", CSET82 + "{1,20}"),
    ("421", "[0-9]{3}" + CSET82 + "{1,9}"),
    ("42[246]", "[0-9]{3}"),
    ("42[35]", "(?:[0-9]{3}){1,5}"),
    ("427", CSET82 + "{1,3}"),
    ("7001", "[0-9]{13}"),
    ("7002", CSET82 + "{1,30}"),
    ("7003", _DAY + "[0-9]{4}"),
    ("7004", "[0-9]{1,4}"),
    ("7005", CSET82 + "{1,12}"),
    ("7006", _DAY),
    ("7007", f"{_DAY}{_SECOND_DAY}?"),
    ("7008", CSET82 + "{1,3}"),
    ("7009", CSET82 + "{1,10}"),
    ("7010", CSET82 + "{1,2}"),
    ("7011", _DAY + "(?:[0-9]{4})?"),
    ("703[0-9]", "[0-9]{3}" + CSET82 + "{1,27}"),
    ("723[0-9]", CSET82 + "{3,30}"),
    ("8001", "[0-9]{14}"),
    ("8008", _DAY + "[0-9]{2}(?:[0-9]{2}){0,2}"),
    ("8009", CSET82 + "{1,50}"),
    ("8030", "[-_0-9A-Za-z]{1,90}"),
    ("90", CSET82 + "{1,30}"),
    ("00|253|40[12]|80(?:03|04|10|13|17|18)|811[02]", CSET82 + "{1,70}"),
    ("9[1-9]", CSET82 + "{1,90}"),
)
_RULES: Final = tuple((re.compile(ai), re.compile(shape)) for ai, shape in _ATTRIBUTES)
#: identifier -> one of these must be there as well.
_NEEDS: Final[Mapping[str, str]] = {
    "250": "21",
    "427": "422",
    "7004": "10",
    "7020": "416",
    "8030": "21",
    "392|393|395": "30|3[1256][0-9]",
}
#: identifier -> none of these may be there.
_EXCLUDES: Final[Mapping[str, str]] = {
    "420": "421",
    "426": "42[2-5]",
    "393": "392",
    "395": "392|393|8005",
}


def check_digit(digits: str) -> int:
    """GS1 check digit, modulo 10 with weights 3 and 1 from the right, of *digits* without it."""
    return -sum(int(d) * (1 if i % 2 else 3) for i, d in enumerate(reversed(digits))) % 10


def check_value(ai: str, value: str) -> None:
    """Check one attribute. :raises MalformedCode: unknown identifier or impossible value."""
    for name, shape in _RULES:
        if name.fullmatch(ai):
            found = shape.fullmatch(value)
            if found is None or not all(_possible(k, v) for k, v in found.groupdict().items()):
                raise MalformedCode("GS1 attribute {ai} has an impossible value.", ai=ai)
            return
    raise MalformedCode("GS1 attribute {ai} is not known beside a GTIN.", ai=ai)


def is_known(ai: str) -> bool:
    """True if this identifier may be an attribute beside a GTIN."""
    return any(name.fullmatch(ai) for name, _ in _RULES)


def check_pairs(path: set[str], attributes: list[str]) -> None:
    """Check which identifiers stand together, in *path* and query.

    :raises MalformedCode: one is double, misses one it needs, or is excluded by another.
    """
    # The last digit of a measure is its decimals: 3103 and 3102 are both a net weight.
    families = [ai[:3] if re.fullmatch("3[1-69][0-9]{2}", ai) else ai for ai in attributes]
    present = [*path, *families]

    def there(pattern: str) -> bool:
        return any(re.fullmatch(pattern, ai) for ai in present)

    if len(set(present)) < len(present):
        raise MalformedCode("A GS1 identifier stands in the link twice.")
    if "10" in families and "235" not in path:
        raise MalformedCode("The lot of a GS1 link stands in its path, not in its query.")
    for ai, needed in _NEEDS.items():
        if there(ai) and not there(needed):
            raise MalformedCode("A GS1 attribute needs another one that is missing.", needs=needed)
    for ai, excluded in _EXCLUDES.items():
        if there(ai) and there(excluded):
            raise MalformedCode("GS1 attributes of the link exclude each other.", excluded=excluded)


def _possible(kind: str, value: str | None) -> bool:
    if value is None:
        return True
    if kind == "key":
        return check_digit(value[:-1]) == int(value[-1])
    # The century does not matter: 2000 was a leap year, and so is every fourth year to 2099.
    year, month, day = 2000 + int(value[:2]), int(value[2:4]), int(value[4:])
    if not 1 <= month <= 12:
        return False
    return (kind == "month" and day == 0) or 1 <= day <= monthrange(year, month)[1]
