"""Every sentence that may be shown has a Vietnamese one with the same placeholders."""

from __future__ import annotations

import re

import pytest

from labelsvc.errors import BadInput, LabelOverflow, LabelsvcError, fill
from labelsvc.i18n import _for_one, catalog, explain, translate
from tests.sentences import in_code, in_pieces, in_templates, of_source

_SENTENCES = in_code() | in_templates()
_PLACE = re.compile(r"\{[a-z_]+\}")


def test_no_sentence_is_left_in_english() -> None:
    assert not {s: f for s, f in _SENTENCES.items() if s not in catalog("vi")}


#: Where messages are still put together from two sentences. The list only gets shorter; those of
#: faults.py are a place and a reason, and its tests look up every pair.
_IN_PIECES = {
    f"labels/{name}.py" for name in ("checks/faults", "press/csv_table", "press/icc", "runs/merge")
}


def test_no_message_is_put_together_from_pieces() -> None:
    assert in_pieces() <= _IN_PIECES


def test_translations_use_no_placeholder_that_the_sentence_lacks() -> None:
    lacking = {
        sentence: words
        for sentence, words in catalog("vi").items()
        if not set(_PLACE.findall(words)) <= set(_PLACE.findall(sentence))
    }
    assert lacking == {}


_ONES = [(text, *form) for text, forms in sorted(_for_one("en").items()) for form in forms]
#: Counts as pages name them, and the noun after one.
_COUNTED = re.compile(
    r"\{(count|units|days|left|declared|issued|taken|total|live|sessions|copies|producers|products|"
    r"sheets|places|minutes|networks)\} (?:[a-z]+ )?(?!this)[a-z]{3,}s\b"
)
#: Never of one: a law, a setting or the sentence itself says that there are more.
_MANY = {
    "Make {count} codes", "Make {count} new codes", "OCOP {count} stars",
    "Scanned often: {count} times on different occasions",
    "The first {count} places; the file was read no further.",
}  # fmt: skip


@pytest.mark.parametrize(("text", "ones", "words"), _ONES)
def test_a_sentence_of_one_is_that_of_many_with_the_same_placeholders(
    text: str, ones: frozenset[str], words: str
) -> None:
    assert text in _SENTENCES and words != text
    assert ones and {f"{{{name}}}" for name in ones} <= set(_PLACE.findall(text))
    assert sorted(_PLACE.findall(words)) == sorted(_PLACE.findall(text))
    assert translate(text, "en", **dict.fromkeys(ones, 1)) == fill(words, dict.fromkeys(ones, 1))


def test_every_count_of_a_page_has_its_sentence_of_one() -> None:
    for text in in_templates():
        for name in _COUNTED.findall(text) if text not in _MANY else ():
            assert any(name in ones for ones, _ in _for_one("en").get(text, [])), (name, text)


@pytest.mark.parametrize(
    ("language", "params", "said"),
    [
        ("en", {"units": 1, "sessions": 1}, "1 withdrawn label was scanned on 1 occasion."),
        ("en", {"units": "1", "sessions": 3}, "1 withdrawn label was scanned on 3 occasions."),
        ("en", {"units": 21, "sessions": "1"}, "21 withdrawn labels were scanned on 1 occasion."),
        ("en", {"units": "1,001", "sessions": 0}, "1,001 withdrawn labels were scanned on 0 occasions."),
        ("vi", {"units": 1, "sessions": 1}, "1 tem đã thu hồi"),
    ],
)  # fmt: skip
def test_nouns_and_verbs_follow_what_is_counted(
    language: str, params: dict[str, object], said: str
) -> None:
    text = "{units} withdrawn labels were scanned on {sessions} occasions."
    assert translate(text, language, **params).startswith(said)


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


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (LabelOverflow("at {points} pt", fix="Shorten it.", points=4.9), "at 4,9 pt."),
        (BadInput("{text} is none", fix="Write it.", text="x"), "x is none."),
        (BadInput("Which one?", fix="Say it."), "Which one?"),
        (BadInput("another format"), "another format"),
    ],
)
def test_a_message_is_a_sentence_of_its_own_before_its_fix(
    error: LabelsvcError, message: str
) -> None:
    assert explain(error, "vi")[0] == message
