"""GS1 Digital Links under the key 01, by GS1's rules."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from labelsvc.codes.forms import gs1, uri
from labelsvc.codes.forms.gs1 import Gs1Code, Gs1Link
from labelsvc.errors import ConfigurationError, ForeignHost, MalformedCode
from tests.conftest import vectors

GTIN = "08938505974019"


def _read(text: str) -> Gs1Code | Gs1Link:
    """Parse a vector's URI as one of its own host; a path stem is cut off, we have none."""
    parts = urlsplit(text)
    path, query = parts.path, parts.query
    if "/01/" in path:
        path = path[path.rindex("/01/") :]
    code = uri.parse(
        f"{parts.scheme}://{parts.netloc}{path}?{query}", host=parts.netloc.lower().rstrip(".")
    )
    assert isinstance(code, Gs1Code | Gs1Link)
    return code


def _elements(link: Gs1Code | Gs1Link) -> list[tuple[str, str]]:
    found: list[tuple[str, str | None]] = [("01", link.gtin)]
    if isinstance(link, Gs1Code):
        found.append(("21", link.serial))
    else:
        found += [("22", link.variant), ("10", link.lot), ("21", link.serial)]
        found.append(("235", link.third_party))
    return [(ai, value) for ai, value in found if value is not None] + list(link.attributes)


def _data(name: str) -> Any:
    return json.loads((vectors() / "gs1_digital_link.json").read_text())[name]


def test_every_public_uri_under_a_gtin_is_read_as_the_reference_engine_reads_it() -> None:
    """Left out, because this service does not serve them: keys other than 01, and vectors that
    switch a relaxation of the engine on (convenience names, shortened GTINs, unknown AIs).
    """
    count = 0
    for vector in _data("uri_parse"):
        if vector.get("options") or not vector["valid"] or "/01/" not in vector["uri"]:
            continue
        link = _read(vector["uri"])
        text = "".join(
            ("^" if not _fixed_length(before) else "") + ai + value
            for before, (ai, value) in zip(
                ["", *(ai for ai, _ in _elements(link))], _elements(link), strict=False
            )
        )
        assert text == vector["ai_data"], vector["uri"]
        count += 1
    assert count == 38


def _fixed_length(ai: str) -> bool:
    # Identifiers whose element string ends without a separator.
    return ai[:2] in {"01", "11", "13", "15", "17", "20"} or ai[:2] in {"31", "32", "33"}


def test_every_invalid_public_uri_is_refused() -> None:
    """All of them, whatever key: what this service does not serve it refuses as well."""
    count = 0
    for vector in _data("uri_parse"):
        if vector["valid"] or "permit_zero_suppressed_gtin" in vector.get("options", {}):
            continue
        with pytest.raises((MalformedCode, ForeignHost, ConfigurationError)):
            host = uri.authority(f"https://{urlsplit(vector['uri']).netloc}")
            code = uri.parse(vector["uri"], host=host)
            pytest.fail(f"{vector['uri']} was read as {code}")
        count += 1
    assert count == 46


@pytest.mark.parametrize("kind", ["valid", "invalid"])
def test_public_path_sequences_under_a_gtin(kind: str) -> None:
    """Out of scope: sequences under other keys; the valid ones are refused here, not misread."""
    samples = {"01": GTIN, "22": "V", "10": "L", "21": "S", "235": "T"}
    for sequence in _data("path_sequences")[kind]:
        path = "/".join(f"{ai}/{samples.get(ai, '1')}" for ai in sequence)
        if kind == "valid" and sequence[0] == "01":
            assert [ai for ai, _ in _elements(gs1.parse(path))] == sequence
        else:
            with pytest.raises(MalformedCode):
                gs1.parse(path)


def test_public_percent_decoding() -> None:
    """Out of scope: what decodes to control characters or outside ASCII, which no value may hold."""
    count = 0
    for vector in _data("percent_decode"):
        for place, plus in (("path", False), ("query", True)):
            wanted = vector[place]
            if wanted is None or any(not 32 <= ord(c) < 127 for c in wanted):
                continue
            try:
                assert gs1.decode_percent(vector["encoded"], plus=plus) == wanted, vector
            except MalformedCode:
                # The engine leaves a broken escape as it is; we refuse the link.
                assert "%" in wanted, vector
            count += 1
    assert count > 30


def test_public_percent_encoding_of_values() -> None:
    for vector in _data("percent_encode"):
        link = Gs1Link(GTIN, lot=vector["raw"])
        encoded = link.canonical.removeprefix(f"01/{GTIN}/10/")
        assert unquote(encoded) == vector["raw"]
        assert encoded == vector["path"]


def test_links_are_built_the_way_the_reference_engine_builds_them() -> None:
    count = 0
    for vector in _data("uri_build"):
        uri_text = vector.get("uri")
        if not vector["ok"] or not uri_text or "/01/" not in uri_text:
            continue
        path = urlsplit(uri_text).path
        link = gs1.parse(path[path.rindex("/01/") + 1 :])
        assert "/" + link.canonical == path[path.rindex("/01/") :]
        count += 1
    assert count >= 8


@pytest.mark.parametrize(
    "query",
    [
        "17=271101", "11=261100", "15=240229", "17=271101&11=261101", "3103=000050",
        "3103=000050&3922=45000", "422=704&427=HN", "7007=261001261101", "7230=VNVG-01-26",
        "7030=704VN123", "99=x&utm_source=zalo", "linkType=gs1:pip", "1x=7", "17", "&&",
        "414=9520123456788", "8008=26110107", "90=A",
    ],
)  # fmt: skip
def test_attributes_that_may_stand_beside_a_gtin(query: str) -> None:
    link = gs1.parse(f"01/{GTIN}", query)
    numeric = [p.split("=") for p in query.split("&") if "=" in p and p.split("=")[0].isdigit()]
    assert [list(pair) for pair in link.attributes] == numeric


@pytest.mark.parametrize(
    "query",
    [
        "17=271301", "17=270230", "15=250229", "11=26110", "11=2611011", "17=", "17=271100x",
        "21=A", "22=A", "10=A", "235=A", "01=" + GTIN, "17=271101&17=271101", "427=HN", "250=A",
        "8030=abc", "3922=100", "3103=000050&3102=000500", "3106=000050", "99=" + "A" * 91,
        "02=" + GTIN, "37=5", "4300=A", "414=9520123456789", "426=704&422=704", "7007=261301",
        "17=%32%37110", "99=%", "99=%zz", "99=a%00b", "99=%E1%BA%BF", "99=a b", "%30%31=1",
    ],
)  # fmt: skip
def test_attributes_that_may_not(query: str) -> None:
    with pytest.raises(MalformedCode):
        gs1.parse(f"01/{GTIN}", query)


def test_attributes_that_need_a_serial_or_a_third_party() -> None:
    assert gs1.parse(f"01/{GTIN}/21/S", "250=A&8030=abc").attributes
    assert gs1.parse(f"01/{GTIN}/235/S", "10=L").attributes == (("10", "L"),)


@pytest.mark.parametrize(
    "path",
    [
        "01", "01/", f"01/{GTIN}/", f"01/{GTIN}/10", f"01/{GTIN}/10/", f"01/{GTIN}//L",
        f"01/{GTIN}/21/S/10/L", f"01/{GTIN}/10/L/10/L", f"01/{GTIN}/235/T/21/S",
        f"01/{GTIN}/17/271101", f"01/{GTIN}/foo", f"01/{GTIN}/10/" + "L" * 21,
        f"01/{GTIN}/10/Lô-1", f"01/{GTIN}/10/L%C3%B4", f"01/{GTIN}/10/L 1", f"01/{GTIN}/10/L%201",
        f"01/{GTIN}/10/L^1", f"01/{GTIN}/21/%", "01/8938505974019", "01/08938505974018",
        "01/0893850597401O", "gtin/08938505974019", f"00/{GTIN}", f"02/{GTIN}", "",
    ],
)  # fmt: skip
def test_paths_that_break_a_rule(path: str) -> None:
    with pytest.raises(MalformedCode):
        gs1.parse(path)


def test_case_of_lots_and_foreign_serials_is_kept() -> None:
    link = gs1.parse(f"01/{GTIN}/10/Lo-1%2F26/21/abC")
    assert link == Gs1Link(GTIN, lot="Lo-1/26", serial="abC")
    assert gs1.parse(link.canonical) == link


@pytest.mark.parametrize("serial", ["0" * 19, "0" * 19 + "U", "0" * 19 + ".", "ABC-1"])
def test_serials_of_another_shape_are_links(serial: str) -> None:
    link = gs1.parse(f"01/{GTIN}/21/{serial}")
    assert isinstance(link, Gs1Link)
    assert link.serial == serial


@pytest.mark.parametrize("between", ["10/L1", "22/V", "22/V/10/L1"])
def test_a_signed_serial_with_a_lot_or_variant_before_it_is_only_a_link(between: str) -> None:
    """The tag covers GTIN and id. What stands beside them in the path would look verified."""
    assert isinstance(gs1.parse(f"01/{GTIN}/{between}/21/" + "0" * 20), Gs1Link)
    assert isinstance(gs1.parse(f"01/{GTIN}/21/" + "0" * 20), Gs1Code)


# --- what an error says, and where a rule begins and ends -----------------------------------------


@pytest.mark.parametrize("text", ["123", "1234567890123x"])
def test_a_gtin_of_another_length_is_named(text: str) -> None:
    with pytest.raises(MalformedCode) as caught:
        gs1.gtin14(text)
    assert caught.value.params["gtin"] == text


def test_a_wrong_check_digit_says_what_to_compare() -> None:
    with pytest.raises(MalformedCode, match="check digit") as caught:
        gs1.gtin14("08938505974018")
    assert caught.value.params["gtin"] == "08938505974018" and "bar code" in caught.value.fix


def test_an_unknown_key_is_named_by_its_first_digits() -> None:
    with pytest.raises(MalformedCode) as caught:
        gs1.parse("123456/1")
    assert caught.value.params["key"] == "1234"


def test_a_code_of_ours_keeps_the_attributes_of_its_link() -> None:
    code = gs1.parse("01/08938505974019/21/" + "0" * 20, "17=261201&utm=1=2")
    assert isinstance(code, gs1.Gs1Code) and code.attributes == (("17", "261201"),)


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("999=x", ()), ("2024=1", ()), ("10=AB", ()), ("21=x", ()), ("01=x", ()), ("8200=http", ()),
        ("17=", ()), ("17=271231&17=281231", ()), ("392=1&393=1", ()), ("427=VN", ()),
        ("17=271231&999=x&11=261101", (("17", "271231"), ("11", "261101"))),
        ("15=271231&linkType=gs1:pip&1=2", (("15", "271231"),)),
        ("17=271301", ()), ("3103=12", ()), ("17=271231&11=20", (("17", "271231"),)),
        ("17=%zz", ()), ("%zz=1&17=271231", (("17", "271231"),)), ("17=27%001231", ()),
    ],
)  # fmt: skip
def test_a_code_of_ours_does_not_die_of_a_query(
    query: str, kept: tuple[tuple[str, str], ...]
) -> None:
    code = gs1.parse("01/08938505974019/21/" + "0" * 20, query)
    assert isinstance(code, gs1.Gs1Code) and code.attributes == kept


def test_a_value_may_hold_an_equals_sign() -> None:
    link = gs1.parse("01/08938505974019", "240=a=b")
    assert isinstance(link, gs1.Gs1Link) and link.attributes == (("240", "a=b"),)


@pytest.mark.parametrize(
    ("text", "plus", "read"),
    [("a+b", False, "a+b"), ("a+b%20c", False, "a+b c"), ("a+b%20c", True, "a b c"), ("a+b", True, "a b")],
)  # fmt: skip
def test_a_plus_sign_is_a_space_in_queries_only(text: str, plus: bool, read: str) -> None:
    assert gs1.decode_percent(text, plus=plus) == read


@pytest.mark.parametrize("text", ["a%7Fb", "a%1Fb", "%00"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(MalformedCode, match="control character"):
        gs1.decode_percent(text)
