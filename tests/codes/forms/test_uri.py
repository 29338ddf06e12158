from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labelsvc.codes.forms import uri
from labelsvc.codes.forms.gs1 import Gs1Code
from labelsvc.codes.forms.offline import OfflineCode, OfflinePayload
from labelsvc.codes.forms.short import ShortCode
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.errors import BadCode, ConfigurationError, ForeignHost, MalformedCode
from tests.codes.conftest import ACTIVE_FROM, GTIN, HOST

CODE = "997EMW5YH4M17V3H5N0NXH28"
NUMBERS = st.integers(ACTIVE_FROM, 2**40 - 1)


@given(NUMBERS)
def test_the_symbol_and_the_printed_line_lead_back_to_the_code(
    keyring: Keyring, number: int
) -> None:
    for canonical in (
        keyring.short(number),
        keyring.gs1(GTIN, number),
        keyring.offline(OfflinePayload(4, 7, 7, number % 2**24)),
    ):
        symbol = uri.url(keyring.base_url, canonical)
        assert symbol == symbol.upper()
        assert uri.parse(symbol, host=HOST).canonical == canonical
        assert uri.parse(symbol.lower(), host=HOST).canonical == canonical
        if printed := uri.printed(canonical):
            assert uri.parse(printed, host=HOST).canonical == canonical
            assert uri.parse(printed.lower().replace(" ", "-", 0), host=HOST).canonical == canonical


def test_each_form_has_its_own_class(keyring: Keyring) -> None:
    assert isinstance(uri.parse(keyring.short(3000), host=HOST), ShortCode)
    assert isinstance(uri.parse(keyring.gs1(GTIN, 3000), host=HOST), Gs1Code)
    offline = keyring.offline(OfflinePayload(4, 7, 7, 7))
    assert isinstance(uri.parse(offline, host=HOST), OfflineCode)


def test_the_symbol_stays_in_qr_alphanumeric_mode(keyring: Keyring) -> None:
    allowed = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    for canonical in (keyring.short(3000), keyring.gs1(GTIN, 3000)):
        assert set(uri.url(f"https://{HOST}", canonical)) <= allowed


@pytest.mark.parametrize(
    "text",
    [
        f"HTTPS://QR.EXAMPLE.VN/{CODE}",
        f"https://qr.example.vn/{CODE.lower()}",
        f"http://qr.example.vn/{CODE}",
        f"http://qr.example.vn:80/{CODE}",
        f"https://qr.example.vn:443/{CODE}",
        f"https://qr.example.vn./{CODE}",
        f"qr.example.vn/{CODE}",
        f"QR.Example.vn/{CODE}?x=1",
        f"/{CODE}",
        f"/{CODE}/",
        f"https://qr.example.vn/{CODE}/?utm_source=zalo&x=%zz",
        f"https://qr.example.vn/{CODE}#:~:text=x",
        f"https://qr.example.vn/{CODE}).",
        f"“https://qr.example.vn/{CODE}”!",
        f"<https://qr.example.vn/{CODE}>",
        f"\ufeffhttps://qr.example.vn/{CODE}\x00",
        f"https://qr.example.vn/{CODE}%20",
        "https://qr.example.vn/" + "".join(f"%{ord(c):02x}" for c in CODE),
        "997E MW5Y H4M1 7V3H 5N0N XH28",
        "997e-mw5y-h4m1-7v3h-5n0n-xh28",
        "997E MW5Y H4MI 7V3H 5NON XH28",
        "997E MW5Y H4Ml\n7V3H 5NoN XH28",
    ],
)
def test_what_scanners_chats_and_fingers_do_is_forgiven(text: str) -> None:
    assert uri.parse(text, host=HOST).canonical == CODE


@pytest.mark.parametrize(
    "text",
    [
        f"https://qr.example.com/{CODE}",
        f"https://qr.example.vn.evil.test/{CODE}",
        f"https://evil-qr.example.vn/{CODE}",
        f"https://www.qr.example.vn/{CODE}",
        f"https://qr.example.vn@evil.test/{CODE}",
        f"https://evil.test@qr.example.vn/{CODE}",
        f"https://qr.example.vn:8443/{CODE}",
        f"http://qr.example.vn:443/{CODE}",
        f"https://qr.exаmple.vn/{CODE}",  # Cyrillic а
        f"https://QR.EXAMPLE.VN\u200b/{CODE}",
        f"evil.test/{CODE}",
        f"https:///{CODE}",
        "https://evil.test",
    ],
)
def test_links_to_other_hosts_are_foreign_whatever_they_carry(text: str) -> None:
    with pytest.raises(ForeignHost):
        uri.parse(text, host=HOST)


@pytest.mark.parametrize(
    "text",
    [
        "", "/", "https://qr.example.vn", "https://qr.example.vn/", "https://qr.example.vn/?a=1",
        CODE[:-1], CODE + "0", CODE[:-1] + "U", CODE[:-1] + "\u0131", CODE[:-1] + "\u212a",
        f"javascript:alert('{CODE}')", f"ftp://qr.example.vn/{CODE}", f"data://qr.example.vn/{CODE}",
        f"https://qr.example.vn//{CODE}", f"https://qr.example.vn/{CODE}//",
        f"https://qr.example.vn/a/{CODE}", f"https://qr.example.vn/../{CODE}",
        f"https://qr.example.vn/{CODE}/x", f"https://qr.example.vn\\@evil.test/{CODE}",
        f"https://qr.example.vn/{CODE[:-1]}%", f"https://qr.example.vn/{CODE[:-1]}%zz",
        f"https://qr.example.vn/%25{ord(CODE[0]):02X}{CODE[1:]}", f"https://qr.example.vn/{CODE}%00",
        f"{CODE} {CODE}", "0" * 193 + "0", "１" * 24, "https://qr.example.vn/" + "A" * 3000,
        f"{CODE[:12]}.{CODE[12:]}", "00/006141411234567890", "8004/1234", "(01) 1 (21) 2",
        f"(01) {GTIN} (10) L1",
    ],
)  # fmt: skip
def test_everything_else_is_malformed(text: str) -> None:
    with pytest.raises(MalformedCode):
        uri.parse(text, host=HOST)


@given(st.text(max_size=80) | st.text("0123456789ABCZ%/?#.:-@[]\\ ", max_size=80))
@example("https://[::1")
@example("01/%")
def test_any_text_is_read_or_refused_by_our_errors(text: str) -> None:
    for whole in (text, f"https://{HOST}/{text}", f"https://{HOST}/01/{GTIN}/21/{text}"):
        try:
            code = uri.parse(whole, host=HOST)
        except BadCode:
            continue
        assert uri.parse(code.canonical, host=HOST).canonical == code.canonical


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://qr.example.vn", "qr.example.vn"),
        ("HTTPS://QR.Example.VN/", "qr.example.vn"),
        ("https://qr.example.vn:443", "qr.example.vn"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://localhost:8000/", "localhost:8000"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("https://ocop.vn", "ocop.vn"),
    ],
)
def test_the_host_of_a_base_url(base_url: str, host: str) -> None:
    assert uri.authority(base_url) == host
    symbol = uri.url(base_url, CODE)
    assert symbol.endswith(f"://{host.upper()}/{CODE}")
    assert uri.parse(symbol, host=host).canonical == CODE
    assert uri.parse(f"{host}/{CODE}", host=host).canonical == CODE


@pytest.mark.parametrize("base_url", ["", "qr.example.vn", "ftp://qr.example.vn", "https://",
                                      "https://a/b", "https://a?b", "https://u@a", "https://ä.vn",
                                      "https://a b", "https://-a"])  # fmt: skip
def test_base_urls_that_cannot_stand_in_a_symbol(base_url: str) -> None:
    with pytest.raises(ConfigurationError):
        uri.authority(base_url)


def test_the_printed_line() -> None:
    assert uri.printed(CODE) == "997E MW5Y H4M1 7V3H 5N0N XH28"
    assert (
        uri.printed(f"01/{GTIN}/21/5386VFJHDMA7M4JHRKJH")
        == f"(01) {GTIN} (21) 5386 VFJH DMA7 M4JH RKJH"
    )
    assert uri.printed("0" * 193) == ""


# --- what an error says, and where a rule begins and ends -----------------------------------------


def test_texts_up_to_the_longest_are_read() -> None:
    link = f"https://{HOST}/{CODE}?utm="
    longest = link + "x" * (uri.MAX_TEXT - len(link))
    assert uri.parse(longest, host=HOST).canonical == CODE
    with pytest.raises(MalformedCode, match="too long"):
        uri.parse(longest + "x", host=HOST)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/office/lots", "leads to a page"),
        ("/1/2", "leads to a page"),
        ("/12345/2", "leads to a page"),
        ("/414/123", "GS1 key 414 is not"),
        ("/00/123", "GS1 key 00 is not"),
        ("/" + "1" * 48, "24 characters"),  # as long as two short codes: somebody typed it twice
        ("/" + "1" * 49, "193 digits"),
        ("/" + "1" * 60, "193 digits"),
    ],
)
def test_each_text_is_refused_for_its_own_reason(text: str, words: str) -> None:
    with pytest.raises(MalformedCode) as caught:
        uri.parse(text, host=HOST)
    assert words in str(caught.value)


def test_a_short_code_may_have_digits_only() -> None:
    assert isinstance(uri.parse("/" + "7" * 24, host=HOST), ShortCode)


def test_the_key_of_a_gs1_link_may_be_escaped(keyring: Keyring) -> None:
    path = keyring.gs1(GTIN, 3000)
    assert uri.parse(f"/%30%31{path[2:]}", host=HOST).canonical == path


@pytest.mark.parametrize("edge", ["%EF%BB%BF", "%E2%80%8B", "%C2%A0", "%22", "%3C"])
def test_edges_are_dropped_when_they_come_escaped(edge: str) -> None:
    assert uri.parse(f"/{edge}{CODE}{edge}", host=HOST).canonical == CODE


def test_a_host_without_a_scheme_may_name_the_port_of_https() -> None:
    assert uri.parse(f"qr.example.vn:443/{CODE}", host="qr.example.vn").canonical == CODE
    with pytest.raises(ForeignHost):
        uri.parse(f"qr.example.vn:80/{CODE}", host="qr.example.vn")


def test_a_letter_that_only_looks_like_one_of_the_host_is_foreign() -> None:
    assert uri.parse(f"https://K.EXAMPLE.VN/{CODE}", host="k.example.vn").canonical == CODE
    with pytest.raises(ForeignHost):
        uri.parse(f"https://\u212a.example.vn/{CODE}", host="k.example.vn")


def test_a_foreign_host_is_named_and_the_way_out_told() -> None:
    with pytest.raises(ForeignHost) as caught:
        uri.parse(f"https://{'a' * 90}.example/{CODE}", host=HOST)
    assert caught.value.params["host"] == "a" * 80
    assert HOST in caught.value.as_json()["fix"]


@pytest.mark.parametrize("path", ["/X", "/x/", "/XX"])
def test_a_base_url_has_no_path(path: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        uri.authority(f"https://{HOST}{path}")
    assert "https://qr.example.vn" in caught.value.fix
