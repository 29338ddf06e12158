"""Links as cameras, chats, scanners and keyboards hand them over; the browser's half is in tests/e2e/verifier."""

from __future__ import annotations

import pytest

from labelsvc.codes.forms import uri, wrapping
from labelsvc.errors import ForeignHost, MalformedCode
from tests.codes.conftest import HOST
from tests.codes.forms.spellings import SHORT, cases


@pytest.mark.parametrize(("text", "canonical"), cases("any", "short"))
def test_every_spelling_is_read_as_the_plain_link(text: str, canonical: str) -> None:
    assert uri.parse(text, host=HOST).canonical == canonical


@pytest.mark.parametrize("text", [text for text, _ in cases("mangled")])
def test_vietnamese_typing_is_named_as_the_cause(text: str) -> None:
    with pytest.raises(MalformedCode, match="Vietnamese marks") as caught:
        uri.parse(text, host=HOST)
    assert "Telex" in caught.value.fix


@pytest.mark.parametrize("text", [text for text, _ in cases("malformed")])
def test_what_is_no_code_stays_none(text: str) -> None:
    with pytest.raises(MalformedCode) as caught:
        uri.parse(text, host=HOST)
    assert "Vietnamese" not in str(caught.value)


@pytest.mark.parametrize("text", [text for text, _ in cases("foreign")])
def test_a_wrapped_link_to_another_host_stays_foreign(text: str) -> None:
    with pytest.raises(ForeignHost):
        uri.parse(text, host=HOST)


def test_a_code_is_not_mangled() -> None:
    assert not wrapping.mangled(SHORT)
