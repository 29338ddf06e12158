from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.errors import LayoutError
from labelsvc.labels.layouts import library, toml


@pytest.mark.parametrize(
    "text",
    [
        "a." * 20_000 + "b = 1",
        "[" + "a." * 20_000 + "b]",
        "[[" + '"a" . ' * 20_000 + "b]]",
        "x = {" + "'a'." * 20_000 + "b = 1}",
        "x = " + "[" * 5_000 + "]" * 5_000,
        "x = " + "{a=" * 5_000,
        "\n".join(f"k{number} = 1" for number in range(20_001)),
        "#" * 200_001,
        'x = """' + '\\"""' * 100,
    ],
    ids=[
        "dotted key", "dotted table", "dotted quoted", "dotted inline", "arrays", "inline tables", "keys",
        "letters", "open string",
    ],
)  # fmt: skip
def test_what_would_take_the_parser_long_never_comes_to_it(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parser(given: str) -> dict[str, object]:
        assert len(given) < 1000, "the parser got it"
        return tomllib_loads(given)

    tomllib_loads = tomllib.loads
    monkeypatch.setattr(tomllib, "loads", parser)
    with pytest.raises(LayoutError) as caught:
        toml.loads(text, source="x.toml")
    assert caught.value.http_status == 400


@pytest.mark.parametrize(
    "text",
    [
        'words = "a.b.c.d.e.f.g.h.i.j.k.l"',
        "words = 'a.b.c.d.e.f.g.h.i.j.k.l [[[[[[[[[[[[[[[[[[[['",
        'words = """\n[a.b.c.d.e.f.g.h.i.j]\n"quoted" \\""" """',
        "# a.b.c.d.e.f.g.h.i.j.k.l",
        "a.b.c = 1.5",
        "x = [[1.0, 2.0], [3.0]]",
    ],
)
def test_what_only_looks_deep_is_read(text: str) -> None:
    assert toml.loads(text, source="x.toml") == tomllib.loads(text)


@pytest.mark.parametrize("name", library.names())
def test_built_in_layouts_are_far_below_the_limits(name: str) -> None:
    text = library.source(name)
    assert toml.loads(text, source=name) == tomllib.loads(text)
    assert len(text) < toml.MAX_CHARACTERS / 4


@given(st.text(st.sampled_from(list("ab.\"'\\[]{}=#\n \u1ea1")), max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        toml.loads(text, source="x.toml")
    except LayoutError:
        return
