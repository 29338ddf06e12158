"""Exchange: another family, palette or logo on a layout that wears one, the words where they were put."""

from __future__ import annotations

import contextlib

import pytest

from labelsvc.errors import LabelOverflow, NoSuchLayout
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.sample_content import sample_of
from labelsvc.labels.families import shelf
from labelsvc.labels.families.dress import DRESS, dress
from labelsvc.labels.families.exchange import exchange, undress
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.reading import load
from labelsvc.labels.layouts.writing import dumps

PAIRS = [
    ("gom-lam", "che-den"), ("sonmai-then", "lua-lam"), ("hiendai-den", "sonmai-then"), ("nongsan-1f5a3c", "matong-8f1d1d"),
]  # fmt: skip
LAYOUTS = ("a4-12", "a4-24", "a4-8", "craft-tag", "food-100x70", "roll-50x30", "round-30")


def own(layout: Layout) -> list[tuple[object, ...]]:
    """Places of what is no part of the dress."""
    return [one.bounds() for one in layout.elements if not (one.id or "").startswith(DRESS)]


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize(("first", "then"), PAIRS)
def test_colours_follow_and_words_stay(first: str, then: str, name: str, fonts: Fonts) -> None:
    plain = library.get(name)
    one = exchange(plain, shelf.dress_of(first), logo=False)
    two = exchange(one, shelf.dress_of(then), logo=False)
    assert (two.name, two.title_vi) == (plain.name, plain.title_vi)
    assert two.worn is not None and two.worn.dress == then
    assert two.colours == dress(plain, shelf.dress_of(then)).colours
    assert own(two) == own(one)
    back = exchange(two, shelf.dress_of(first), logo=False)
    assert (back.colours, own(back)) == (one.colours, own(one))
    assert load(dumps(two), source="x") == two
    # A wide weight may need more room than the first family left: told, not drawn over something.
    with contextlib.suppress(LabelOverflow):
        compose(two, sample_of(two), fonts)


def test_a_colour_that_somebody_chose_stays() -> None:
    worn = dress(library.get("a4-24"), shelf.dress_of("gom-lam"))
    changed = worn.model_copy(update={"colours": worn.colours | {"ink": "#123456"}})
    assert exchange(changed, shelf.dress_of("che-den"), logo=False).colours["ink"] == "#123456"


def test_the_dress_comes_off_and_nothing_else() -> None:
    worn = dress(library.get("a4-24"), shelf.dress_of("gom-lam"))
    bare = undress(worn)
    assert bare.worn is None and own(bare) == own(worn)
    assert len(bare.elements) == len(own(worn)) < len(worn.elements)


def test_the_logo_comes_and_goes_on_the_band() -> None:
    worn = exchange(library.get("a4-8"), shelf.dress_of("gom-lam"), logo=True)
    assert "logo" in worn.pictures
    assert "logo" not in exchange(worn, shelf.dress_of("gom-lam"), logo=False).pictures


def test_a_family_that_is_gone_is_told() -> None:
    worn = dress(library.get("a4-24"), shelf.dress_of("gom-lam"))
    assert worn.worn is not None
    gone = worn.model_copy(update={"worn": worn.worn.model_copy(update={"dress": "xua-lam"})})
    with pytest.raises(NoSuchLayout):
        exchange(gone, shelf.dress_of("che-den"), logo=False)
