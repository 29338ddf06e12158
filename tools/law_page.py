"""Makes docs/law.md of docs/law/: its head, the table of groups, the rules with their days, and each clause.

Run `python tools/law_page.py` after a change; a test compares.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # run from a checkout, as the other tools are

from labelsvc.labels.legal.goods.groups import GROUPS, Content  # noqa: E402
from labelsvc.labels.legal.rules import RULES  # noqa: E402

FOLDER, PAGE = ROOT / "docs" / "law", ROOT / "docs" / "law.md"
STATES = {
    "held": "held",
    "partly": "partly",
    "open": "open",
    "not ours": "not ours",
}


def documents() -> list[dict[str, Any]]:
    """The documents of the matrix, the newest first."""
    read = [tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
    return sorted(read, key=lambda one: one["since"], reverse=True)


def page() -> str:
    """The whole page."""
    parts = [(FOLDER / "head.md").read_text("utf-8").rstrip(), *_groups(), *_rules(), *_clauses()]
    return "\n".join(parts) + "\n"


def _groups() -> Iterator[str]:
    yield "\n## Contents by group\n"
    yield "“if any” is the decree's “nếu có”; “some” are asked of some goods of the group. Letters are points of the group.\n"
    yield "| group | contents | if any | some | sentences |"
    yield "|---|---|---|---|---|"
    for group in GROUPS.values():
        cells = [
            f"{group.number} {group.name_en}".strip(),
            *(_listed(one) for one in (group.contents, group.if_any, group.some)),
            "; ".join(f"“{words}”" for _, words in group.phrases),
        ]
        yield "| " + " | ".join(cells) + " |"


def _listed(contents: tuple[Content, ...]) -> str:
    return ", ".join(one.name_en.lower() for one in contents)


def _rules() -> Iterator[str]:
    yield "\n## Findings and their sources\n"
    yield "| source | since | findings |"
    yield "|---|---|---|"
    rows: dict[tuple[str, str], list[str]] = {}
    for rule in RULES.values():
        rows.setdefault((rule.source, rule.since.isoformat()), []).append(f"`{rule.code}`")
    for (source, since), codes in rows.items():
        yield f"| {source} | {since} | {', '.join(codes)} |"


def _clauses() -> Iterator[str]:
    yield "\n## Clause by clause\n"
    yield "held: code and test are named. partly, open: what is missing. not ours: why."
    for document in documents():
        until = f" to {document['until']}" if "until" in document else ""
        yield f"\n### {document['title']}, from {document['since']}{until}\n"
        yield "| clause | what it says | state | where, or what is missing |"
        yield "|---|---|---|---|"
        for clause in document["clause"]:
            told = []
            if clause.get("why"):
                told.append(clause["why"])
            if clause.get("code"):
                told.append(f"`{_short(clause['code'])}`; `{_short(clause['test'])}`")
            begins = f" (from {clause['from']})" if "from" in clause else ""
            yield f"| {clause['at']} | {clause['says']}{begins} | {clause['state']} | {' '.join(told)} |"


def _short(target: str) -> str:
    return target.removeprefix("labelsvc/labels/legal/").removeprefix("tests/")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
