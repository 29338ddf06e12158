"""Every sentence that may be shown has a Vietnamese one with the same placeholders."""

from __future__ import annotations

import re

import pytest

from labelsvc.i18n import catalog
from tests.sentences import in_code, in_pieces, in_templates

_SENTENCES = in_code() | in_templates()
_PLACE = re.compile(r"\{[a-z_]+\}")
#: Sentences that only programmers and vectors see.
_LEFT_IN_ENGLISH = {"the tag does not fit"}


def test_no_sentence_is_left_in_english() -> None:
    missing = {s: f for s, f in _SENTENCES.items() if s not in catalog("vi")}
    for sentence in _LEFT_IN_ENGLISH:
        missing.pop(sentence, None)
    assert not missing


#: Where messages are still put together from two sentences. The list only gets shorter.
_IN_PIECES = {
    f"labels/{name}.py"
    for name in ("archive", "drawing", "icc", "preflight", "render_run", "roll_check", "table")
}


def test_no_message_is_put_together_from_pieces() -> None:
    assert in_pieces() <= _IN_PIECES


@pytest.mark.parametrize("sentence", sorted(catalog("vi")))
def test_translations_use_no_placeholder_that_the_sentence_lacks(sentence: str) -> None:
    assert set(_PLACE.findall(catalog("vi")[sentence])) <= set(_PLACE.findall(sentence))
