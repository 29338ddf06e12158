from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.accounts import totp

#: RFC 6238 appendix B, SHA-1: time and the eight digits, of which apps show the last six. The
#: secret there is the ASCII text 12345678901234567890.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_6238 = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(("seconds", "digits"), RFC_6238)
def test_the_codes_of_the_rfc_are_taken(seconds: int, digits: str) -> None:
    assert totp.matching_step(SECRET, digits[2:], at=at(seconds), after=0) == seconds // 30


@pytest.mark.parametrize(
    ("late", "taken"),
    [(-31, False), (-30, True), (0, True), (29, True), (59, True), (60, False)],
)
def test_one_step_of_drift_is_forgiven_each_way(late: int, taken: bool) -> None:
    """The code of the step that begins at 1111111110, given that many seconds after it began."""
    begins = 1111111110
    step = totp.matching_step(SECRET, "050471", at=at(begins + late), after=0)
    assert step == (begins // 30 if taken else None)


def test_a_step_is_used_once_and_all_before_it_with_it() -> None:
    when = at(1111111111)
    step = 1111111111 // 30
    assert totp.matching_step(SECRET, "050471", at=when, after=step - 1) == step
    assert totp.matching_step(SECRET, "050471", at=when, after=step) is None
    assert totp.matching_step(SECRET, "081804", at=when, after=step - 2) == step - 1
    assert totp.matching_step(SECRET, "081804", at=when, after=step) is None


@given(st.one_of(st.text(max_size=12), st.from_regex(r"[0-9]{6}", fullmatch=True)))
def test_nothing_else_is_a_code(text: str) -> None:
    app, step = pyotp.TOTP(SECRET), 1111111111 // 30
    right = {app.generate_otp(near) for near in (step - 1, step, step + 1)}
    found = totp.matching_step(SECRET, text, at=at(1111111111), after=0)
    assert (found is not None) == (text in right)


@pytest.mark.parametrize(
    "text", ["０５０４７１", "05047", "0504711", "05047a", "", " 50471", "٠٥٠٤٧١"]
)
def test_only_six_ascii_digits_are_looked_at(text: str) -> None:
    assert totp.matching_step(SECRET, text, at=at(1111111111), after=0) is None


@pytest.mark.parametrize("typed", ["050 471", " 050471\n", "050\u00a0471"])
def test_spaces_in_a_typed_code_do_not_matter(typed: str) -> None:
    assert totp.normal(typed) == "050471"


def test_secrets_are_160_bits_and_new_each_time() -> None:
    made = {totp.new_secret() for _ in range(20)}
    assert len(made) == 20 and {len(secret) for secret in made} == {32}


def test_the_picture_holds_what_apps_expect() -> None:
    link = totp.uri(SECRET, name="thao@example.vn", issuer="Văn phòng OCOP Hà Nội")
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/Văn phòng OCOP Hà Nội:thao@example.vn"
    facts = parse_qs(parts.query)
    assert facts["secret"] == [SECRET] and facts["issuer"] == ["Văn phòng OCOP Hà Nội"]
    assert totp.grouped(SECRET).split()[0] == "GEZD"
