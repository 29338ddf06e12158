"""layouts list | check | pictures | families | sheets."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

from labelsvc import clock, i18n
from labelsvc.catalogue.models import Product
from labelsvc.cli import base
from labelsvc.cli.written import check_output
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.labels import legal
from labelsvc.labels.drawing import fonts, sample_content
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import LabelContent
from labelsvc.labels.families import named, shelf
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.paper import Article
from labelsvc.labels.pdf import contact, rendering
from labelsvc.labels.runs.catalogue_content import trial_content
from labelsvc.labels.runs.numbering import sample_printed
from labelsvc.labels.sheets import stock
from labelsvc.labels.sheets.sheet import Sheet


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
@click.option(
    "--set",
    "set_number",
    type=click.IntRange(1, 26),
    help="Criteria set of the goods (Decision 26/2026): decides the mandatory contents. "
    "Unless given 11, tea, or 21 for layouts of crafts.",
)
@click.option(
    "--elsewhere",
    multiple=True,
    type=click.Choice(sorted(legal.MAY_STAND_ELSEWHERE)),
    metavar="CONTENT",
    help="A content that stands elsewhere on the pack, e.g. expires. May be repeated.",
)
@click.option(
    "--product",
    "product_id",
    type=int,
    metavar="NUMBER",
    help="Judge with the values of this product in place of the sample's.",
)
@base.json_option
@click.pass_context
def check(
    context: click.Context,
    what: str | None,
    set_number: int | None,
    product_id: int | None,
    elsewhere: tuple[str, ...],
    as_json: bool,
) -> None:
    """Check one layout, a file, or all: schema, geometry, text, symbol, and the label law.

    The label is composed with sample contents, then its letters, colours and words are judged.

    Example: labelsvc layouts check my-label.toml --set 21
    """
    own = None if product_id is None else _own_content(product_id)
    rows = [
        _checked(name, own, set_number, frozenset(elsewhere))
        for name in ([what] if what else library.names())
    ]
    words = []
    for row in rows:
        words.append(f"{'✗' if row['errors'] else '✓'} {row['name']}")
        words += [f"   {_at(e)}{e['message']}\n   → {e['fix']}" for e in row["errors"]]
        words += [f"   {_at(w)}{w['message']} ({w['article']})" for w in row["warnings"]]
    base.put(rows, as_json, "\n".join(words))
    if any(row["errors"] for row in rows):
        context.exit(base.REFUSED)


@layouts.command()
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--dpi", type=click.IntRange(100, 1200), default=400, show_default=True)
@base.json_option
def pictures(directory: Path, names: tuple[str, ...], dpi: int, as_json: bool) -> None:
    """Write a PNG of every layout, or of those named, with sample contents and a hairline edge.

    Example: labelsvc layouts pictures docs/layouts
    """
    _folder(directory)
    rows = []
    for name in names or library.names():
        layout = named.get(name)
        path = directory / f"{name}.png"
        path.write_bytes(
            rendering.framed_png(layout, sample_content.sample_of(layout), fonts.load(), dpi=dpi)
        )
        rows.append({"name": name, "file": str(path), "bytes": path.stat().st_size})
    base.put(rows, as_json, "\n".join(str(row["file"]) for row in rows))


@layouts.command()
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@base.json_option
def families(directory: Path, as_json: bool) -> None:
    """Write a PNG of every family of labels: all sizes and palettes.

    Example: labelsvc layouts families docs/layouts/families
    """
    _folder(directory)
    rows = []
    for family in shelf.families().values():
        path = directory / f"{family.name}.png"
        path.write_bytes(contact.contact_sheet(family))
        rows.append({"name": family.name, "file": str(path), "bytes": path.stat().st_size})
    base.put(rows, as_json, "\n".join(str(row["file"]) for row in rows))


def _folder(directory: Path) -> None:
    """Make the folder for pictures. :raises BadInput: nothing may be written into it."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            "Nothing may be written into the folder {folder}.",
            fix="Choose another folder.",
            folder=directory,
        ) from error
    check_output(directory / "any.png", ".png")


@layouts.command()
@click.option(
    "--size", metavar="WxH", help="Only those with labels of this size in mm, e.g. 38x21."
)
@click.option("--test-sheet", metavar="NAME", help="Write the test sheet of one article.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File of it.")
@base.json_option
def sheets(size: str | None, test_sheet: str | None, output: Path | None, as_json: bool) -> None:
    """Sheets and rolls that one can buy; those marked * are to be measured before a run.

    A test sheet is printed on plain paper at 100 % and held against a real sheet.

    Example: labelsvc layouts sheets --test-sheet tomy-145 --output test.pdf
    """
    found = library.articles()
    if test_sheet is not None:
        if test_sheet not in found:
            raise BadInput(
                "There is no sheet {name}.",
                fix="See: labelsvc layouts sheets",
                name=test_sheet,
            )
        path = output or Path(f"{test_sheet}.pdf")
        check_output(path, ".pdf")
        data = stock.test_sheet_pdf(
            test_sheet, found[test_sheet], fonts.load(), language=base.language()
        )
        path.write_bytes(data)
        base.put({"name": test_sheet, "file": str(path), "bytes": len(data)}, as_json, str(path))
        return
    if size is not None:
        found = dict(stock.by_size(found, *_size(size), near=0.6))
    rows = [_article_facts(name, article) for name, article in found.items()]
    words = "\n".join(
        f"{r['name']:<20} {r['size_mm']:>15} mm  {r['per_page']:>3}  {r['title']}"
        f"{' *' if r['unsure'] else ''}"
        for r in rows
    )
    base.put(rows, as_json, words)


def _size(text: str) -> tuple[float, float]:
    parts = text.lower().replace(",", ".").replace("×", "x").split("x")
    try:
        width, height = (float(part) for part in parts)
        if not (0 < width < math.inf and 0 < height < math.inf):
            raise ValueError(text)
    except ValueError as error:
        raise BadInput(
            "“{text}” is not a size.", fix="Write width x height in mm: 38x21.", text=text
        ) from error
    return width, height


def _article_facts(name: str, article: Article) -> dict[str, Any]:
    sheet = Sheet.of_article(name, article)
    return {
        "name": name,
        "title": article.title,
        "size_mm": f"{float(sheet.width):g} × {float(sheet.height):g}",
        "page_mm": f"{float(sheet.page_width):g} × {float(sheet.page_height):g}",
        "per_page": sheet.per_page,
        "roll": stock.is_roll(article),
        "unsure": article.unsure,
        "note": article.note,
    }


def _at(row: dict[str, Any]) -> str:
    return f"{row['element']}: " if row.get("element") else ""


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


def _own_content(product_id: int) -> tuple[LabelContent, int]:
    """Tell what labels of a product would say today, and its criteria set."""
    _, database, _ = base.opened()
    with database.reading() as session:
        product = session.get(Product, product_id)
        if product is None:
            raise BadInput(
                "There is no product {number}.",
                fix="Look for it in the catalogue.",
                number=product_id,
            )
        return trial_content(product, clock.today()), product.set_number


def _checked(
    what: str,
    own: tuple[LabelContent, int] | None,
    set_number: int | None,
    elsewhere: frozenset[str],
) -> dict[str, Any]:
    errors: list[dict[str, Any]] = []
    warnings: list[dict[str, Any]] = []
    try:
        path = Path(what)
        layout = library.read(path) if path.suffix == ".toml" else named.get(what)
        Sheet.of(layout)
        content, usual_set = own or (
            sample_content.sample_of(layout), sample_content.set_of(layout),
        )  # fmt: skip
        for form in layout.forms:
            unit = sample_content.sample_unit_of(layout, form)
            if layout.purpose != "carton":
                unit = unit._replace(code_printed=sample_printed(form))
            drawing = compose(layout, content, fonts.load(), unit=unit)
            drawing.resolve(unit, fonts.load())
        unit = sample_content.sample_unit_of(layout)
        drawing = compose(layout, content, fonts.load(), unit=unit)
        for finding in legal.check_label(
            layout,
            drawing,
            content,
            set_number or usual_set,
            fonts.load(),
            unit=unit,
            declared_elsewhere=elsewhere,
        ):
            row = {
                "message": base.say(finding.message, **finding.params),
                "fix": base.say(finding.fix, **finding.params),
                "article": legal.cite(finding.article, base.language()),
                "element": finding.element,
            }
            (errors if finding.severity == "error" else warnings).append(row)
    except LabelsvcError as error:
        message, fix = i18n.explain(error, base.language())
        element = error.params.get("field")
        errors.append({"code": error.code, "message": message, "fix": fix, "element": element})
    return {"name": what, "errors": errors, "warnings": warnings}
