"""Every sentence that may be shown has a Vietnamese one with the same placeholders."""

from __future__ import annotations

import re

import pytest

from labelsvc.i18n import catalog
from tests.sentences import in_code, in_pieces, in_templates, of_source

_SENTENCES = in_code() | in_templates()
_PLACE = re.compile(r"\{[a-z_]+\}")
#: Sentences that only programmers and vectors see.
_LEFT_IN_ENGLISH = {"the tag does not fit"}


def test_no_sentence_is_left_in_english() -> None:
    missing = {s: f for s, f in _SENTENCES.items() if s not in catalog("vi")}
    for sentence in _LEFT_IN_ENGLISH:
        missing.pop(sentence, None)
    assert not missing


#: Where messages are still put together from two sentences. The list only gets shorter; those of
#: faults.py are a place and a reason, and its tests look up every pair.
_IN_PIECES = {
    f"labels/{name}.py" for name in ("archive", "drawing", "faults", "icc", "merge", "table")
}


def test_no_message_is_put_together_from_pieces() -> None:
    assert in_pieces() <= _IN_PIECES


@pytest.mark.parametrize("sentence", sorted(catalog("vi")))
def test_translations_use_no_placeholder_that_the_sentence_lacks(sentence: str) -> None:
    assert set(_PLACE.findall(catalog("vi")[sentence])) <= set(_PLACE.findall(sentence))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('BadInput("It is wrong.", fix="Mend it.")', {"It is wrong.", "Mend it."}),
        ('_HOW = "Mend it."\nBadInput("It is wrong.", fix=_HOW)', {"It is wrong.", "Mend it."}),
        ('_HOW = {1: "Mend it."}\nBadInput("No.", fix=_HOW.get(x, "Ask."))', {"No.", "Mend it.", "Ask."}),
        ('def no(why, how):\n    raise BadInput(why, fix=how)\nno("No.", "Ask.")', {"No.", "Ask."}),
        ('def no(why):\n    raise BadInput("No: " + why)\nno("it is wet")', {"No: it is wet"}),
        ('def no(why):\n    raise BadInput(why)\ndef nay(x):\n    no(x)\nnay("No.")', {"No."}),
        ('def no(**all):\n    for k, why in all.items():\n        raise BadInput(why)\nno(name="Taken.")', {"Taken."}),
        ('line.notes.append(("Taken for wet.", {}))', {"Taken for wet."}),
        ('print("A line of a log.")', set()),
    ],
)  # fmt: skip
def test_a_sentence_is_found_wherever_an_error_takes_it_from(source: str, found: set[str]) -> None:
    assert of_source(source) == found
