"""layouts list | check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from labelsvc.cli import base
from labelsvc.errors import LabelsvcError
from labelsvc.labels import fonts, legal, library
from labelsvc.labels.content import sample_content, sample_unit
from labelsvc.labels.drawing import compose
from labelsvc.labels.layout import Layout
from labelsvc.labels.run_check import sample_printed
from labelsvc.labels.sheet import Sheet


@click.group()
def layouts() -> None:
    """Label layouts: what there is, and whether one can be printed."""


@layouts.command("list")
@base.json_option
def list_layouts(as_json: bool) -> None:
    """Every layout with size, labels a sheet and forms of codes."""
    rows = [_facts(library.get(name)) for name in library.names()]
    words = "\n".join(
        f"{r['name']:<16} {r['size_mm']:>12} mm  {r['per_page']:>3}  {', '.join(r['forms']):<28} {r['title']}"
        for r in rows
    )
    base.put(rows, as_json, words)


@layouts.command()
@click.argument("what", required=False, metavar="[NAME|FILE]")
@base.json_option
@click.pass_context
def check(context: click.Context, what: str | None, as_json: bool) -> None:
    """Check one layout, a file, or all: schema, geometry, text, symbol, contents of the law.

    Example: labelsvc layouts check my-label.toml
    """
    rows = [_checked(name) for name in ([what] if what else library.names())]
    words = []
    for row in rows:
        words.append(f"{'✗' if row['errors'] else '✓'} {row['name']}")
        words += [f"   {e['message']}\n   → {e['fix']}" for e in row["errors"]]
        words += [f"   {w['message']} ({w['article']})" for w in row["warnings"]]
    base.put(rows, as_json, "\n".join(words))
    if any(row["errors"] for row in rows):
        context.exit(base.REFUSED)


def _facts(layout: Layout) -> dict[str, Any]:
    vi = base.language() == "vi"
    return {
        "name": layout.name,
        "title": layout.title_vi if vi else layout.title_en,
        "kind": layout.kind,
        "purpose": layout.purpose,
        "size_mm": f"{layout.width:g} × {layout.height:g}",
        "per_page": Sheet.of(layout).per_page,
        "forms": list(layout.forms),
        "stars": layout.shows_stars,
    }


def _checked(what: str) -> dict[str, Any]:
    errors: list[dict[str, Any]] = []
    warnings: list[dict[str, Any]] = []
    try:
        path = Path(what)
        layout = library.read(path) if path.suffix == ".toml" else library.get(what)
        Sheet.of(layout)
        for form in layout.forms:
            unit = sample_unit(form)._replace(code_printed=sample_printed(form))
            compose(layout, sample_content(), fonts.load(), unit=unit).resolve(unit, fonts.load())
        for finding in legal.check_run(layout, sample_content(), 11):
            row = {
                "message": base.say(finding.message, **finding.params),
                "fix": base.say(finding.fix, **finding.params),
                "article": finding.article,
            }
            (errors if finding.severity == "error" else warnings).append(row)
    except LabelsvcError as error:
        message, fix = error.as_json()["message"], error.as_json()["fix"]
        errors.append({"code": error.code, "message": message, "fix": fix})
    return {"name": what, "errors": errors, "warnings": warnings}
