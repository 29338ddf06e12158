"""Each group of appendix I: its lawful minimal label passes, and none of its contents may be missing."""

from __future__ import annotations

from typing import Any

import pytest

from labelsvc.labels import legal
from labelsvc.labels.legal.goods.groups import GROUPS

from .group_cases import GOODS, LAWFUL, UNLAWFUL
from .shared_cases import content_of, layout_of

#: Contents that wording rules of their own look at when they are gone are left to those.
_MISSING = {"missing_content", "content_not_on_layout"}


def errors(case: dict[str, Any]) -> list[legal.Finding]:
    found = legal.check_run(layout_of(case), content_of(case), case["set"])
    return [finding for finding in found if finding.severity == "error"]


@pytest.mark.parametrize("name", [*GOODS, *LAWFUL])
def test_a_lawful_label_passes(name: str) -> None:
    assert errors((GOODS | LAWFUL)[name]) == []


def _without() -> list[tuple[str, str]]:
    return [
        (name, content.key)
        for name, case in GOODS.items()
        for content in legal.required(case["set"], content_of(case))
    ]


@pytest.mark.parametrize(("name", "key"), _without())
def test_no_mandatory_content_may_be_missing(name: str, key: str) -> None:
    case = GOODS[name]
    contents = legal.required(case["set"], content_of(case))
    content = next(one for one in contents if one.key == key)
    bare = case | {
        "values": case["values"] | dict.fromkeys(content.variables, ""),
        "lines": case["lines"] | ({"dates": "HSD: {expires}"} if key == "made" else {}),
    }
    if key == "name":
        assert {"name"} <= {f.params.get("field") for f in errors(bare)}
        return
    fields = {f.params.get("field") for f in errors(bare) if f.code in _MISSING}
    assert key in fields


@pytest.mark.parametrize("name", list(UNLAWFUL))
def test_an_unlawful_label_is_refused_for_what_is_wrong(name: str) -> None:
    code, case = UNLAWFUL[name]
    assert code in {finding.code for finding in errors(case)}


def test_every_group_but_medicine_and_the_rare_ones_has_a_lawful_label() -> None:
    seen = {found.key for case in GOODS.values() if (found := legal.group_of(case["set"], content_of(case)))}  # fmt: skip
    assert set(GROUPS) - seen == {"irradiated", "medicine", "cleaning", "supplement", "household"}
