"""issue (open a lot) and print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.lots import LotFacts, open_lot
from labelsvc.catalogue.models import Lot, Product
from labelsvc.cli import base
from labelsvc.cli.written import check_output, write
from labelsvc.codes.models import Form
from labelsvc.db import Database
from labelsvc.errors import BadInput
from labelsvc.files import Files
from labelsvc.i18n import fold
from labelsvc.labels import legal, own_layouts
from labelsvc.labels.models import BlankRoll, Printer, PrintRun
from labelsvc.labels.printers import book
from labelsvc.labels.rolls.languages import outputs, suffixes
from labelsvc.labels.runs import artwork
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.request import RunRequest
from labelsvc.labels.sheets.imprint import Imprint, usual_spares
from labelsvc.labels.sheets.placement import Order
from labelsvc.labels.sheets.plain_paper import on_plain_paper
from labelsvc.labels.sheets.sheet import cells
from labelsvc.settings import Settings
from labelsvc.worker.tasks import run_inline

ACTOR = "cli"
#: The endings of a file of labels, on help pages.
OUTPUT_NAME = f"FILE.[{'|'.join(outputs())}]"


@click.command()
@click.option("--product", required=True, help="Id, GTIN, OCOP code or name of the product.")
@click.option(
    "--lot", default="",
    help="Number of the new lot, for example L261105-01; the next free one unless given.",
)  # fmt: skip
@click.option("--made", type=base.Day(), help="Date of manufacture (NSX), dd/mm/yyyy.")
@click.option(
    "--expires", type=base.Day(), help="Expiry date (HSD); counted from the shelf life otherwise."
)
@click.option(
    "--declared",
    required=True,
    type=click.IntRange(1),
    help="Units made: the most labels that will be issued.",
)
@click.option(
    "--sure", is_flag=True,
    help="The dates are right though they are to come, or the shelf life gives others.",
)  # fmt: skip
@base.json_option
def issue(
    product: str,
    lot: str,
    made: date | None,
    expires: date | None,
    declared: int,
    sure: bool,
    as_json: bool,
) -> None:
    """Open a lot of a product, so that labels can be printed for it.

    Example: labelsvc issue --product "Chè lam gừng mật mía" --lot L261105-01 --made 05/11/2026 --declared 500
    """
    _, database, _ = base.opened_to_print()
    with database.writing() as session:
        found = find_product(session, product)
        facts = LotFacts(declared=declared, code=lot, made_on=made, expires_on=expires, sure=sure)
        opened = open_lot(session, found, facts, actor=ACTOR)
        result = {
            "lot_id": opened.id,
            "lot": opened.code,
            "product_id": found.id,
            "product": found.name,
            "declared": opened.declared,
            "made_on": opened.made_on,
            "expires_on": opened.expires_on,
        }
    base.put(
        result, as_json,
        base.say("Lot {lot} of {product} is open for {declared} labels.", **result),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOptions:
    """Options of `print`."""

    lot: str
    product: str | None
    layout: str
    count: int
    form: str | None
    start_at: int
    used: str
    order: Order
    copies: int
    each: bool
    spares: str
    printer: str | None
    paper: str
    output: Path
    as_json: bool

    @property
    def imprint(self) -> Imprint:
        """The imprint: how the labels go on paper. Raises `BadInput` for cells or spares that are none."""
        spares = _spares(self.spares, self.count * self.copies)
        return Imprint(
            self.start_at, cells(self.used), self.order, self.copies, not self.each, spares
        )


@click.command("print")
@click.option("--lot", required=True, help="Number of the lot, or its id.")
@click.option("--product", help="Id, GTIN, OCOP code or name: where two products have such a lot.")
@click.option("--layout", required=True, help="See: labelsvc layouts list")
@click.option("--count", required=True, type=click.IntRange(1), help="Labels to print.")
@click.option(
    "--form",
    type=click.Choice([str(f) for f in Form]),
    help="Form of the codes; the first one of the layout unless given.",
)
@click.option(
    "--start-at",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="First free label of a used sheet.",
)
@click.option(
    "--used", metavar="CELLS", default="", help="Cells of the first sheet without a label: 3,5,9-12"
)
@click.option(
    "--order",
    type=click.Choice(["across", "down"]),
    default="across",
    show_default=True,
    help="How the cells of a sheet are filled.",
)
@click.option(
    "--copies", type=click.IntRange(1), default=1, show_default=True, help="Labels of each code."
)
@click.option("--each", is_flag=True, help="Copies next to each other instead of whole sets.")
@click.option(
    "--spares",
    metavar="N|usual",
    default="0",
    show_default=True,
    help="Labels without a code at the end; usual: 2 and 5 in a hundred.",
)
@click.option(
    "--printer", help="A printer of the producer, by name: its correction and resolution."
)
@click.option(
    "--paper",
    metavar="A4",
    default="",
    help="Plain paper, to be cut by hand: as many labels as have room, with marks to cut along.",
)
@click.option(
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar=OUTPUT_NAME,
    help="File to write: a PDF, or commands for a label printer.",
)
@base.json_option
@base.gathered(PrintOptions)
def print_labels(options: PrintOptions) -> None:
    """Issue codes for a lot and write its labels, every symbol read back.

    It is refused, and no code is issued, when the stars may not be shown today, more labels are
    asked for than units declared, or a mandatory content is missing.

    Own layouts of the producer are found by their names too. Examples:

    \b
      labelsvc print --lot L261105-01 --layout a4-65 --count 130 --output labels.pdf
      labelsvc print --lot L261105-01 --layout a4-65 --count 60 --used 1-4,9 --spares usual --output labels.pdf
      labelsvc print --lot L261105-01 --layout roll-35x22 --count 500 --printer "Zebra" --output labels.zpl
    """
    output, layout = options.output, options.layout
    check_output(output, *suffixes())
    imprint = options.imprint
    settings, database, files = base.opened_to_print()
    with database.writing() as session:
        found = find_lot(session, options.lot, options.product)
        producer_id = found.product.producer_id
        chosen = own_layouts.find(session, producer_id, layout)
        if options.paper:
            chosen = on_plain_paper(chosen, options.paper)
        request = RunRequest(
            lot=found,
            layout=chosen,
            count=options.count,
            form=Form(options.form or chosen.forms[0]),
            imprint=imprint,
            output=kind_of(output),
            printer=_printer(session, producer_id, options.printer),
            base_url=settings.base_url,
            former=settings.former_hosts,
            pictures=artwork.pictures(session, files, producer_id),
        )
        remarks = print_run.check_run(session, request).warnings
        run = print_run.start_run(session, request, actor=ACTOR)
        run_id, job_id = run.id, run.job_id
    render(database, files, settings, job_id, layout)
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        result = {"run": run.id} | written(files, run, output)
    result["remarks"] = [_remark(found) for found in remarks]
    said = base.say(
        "{output}: labels {labels}, pages {pages}, symbols read back {decoded}.", **result
    )
    base.put(
        result, options.as_json, "\n".join([said, *(f"– {words}" for words in result["remarks"])])
    )


def _remark(found: legal.Finding) -> str:
    """A finding of the contents that were printed, in the language of the command line."""
    words = (base.say(text, **found.params) for text in (found.message, found.fix))
    return " ".join([*words, f"({legal.cite(found.article, base.language())})"])


def kind_of(output: Path) -> str:
    """The kind of a file of labels, by the ending of its name."""
    return output.suffix.lower().removeprefix(".")


def render(
    database: Database, files: Files, settings: Settings, job_id: int | None, label: str
) -> None:
    """Do the job of a run or roll, with a bar called *label*. Raises what ended it."""
    if job_id is None:
        raise BadInput("The run has no job.")
    with base.progress(label) as step:
        run_inline(database, files, settings, job_id, step=step)


def written(files: Files, run: PrintRun | BlankRoll, output: Path) -> dict[str, Any]:
    """Write the released file of *run* to *output*; its figures."""
    with print_run.output(files, run) as source:
        write(source, output)
    return {
        "labels": run.count, "pages": run.pages, "bytes": run.bytes, "sha256": run.sha256,
        "decoded": (run.report or {}).get("decoded"), "output": str(output),
    }  # fmt: skip


def _spares(text: str, labels: int) -> int:
    if text == "usual":
        return usual_spares(labels)
    if not (text.isascii() and text.isdecimal()):
        raise BadInput("The number of spare labels is impossible.", fix="Give 0 or more.")
    return int(text)


def _printer(session: Session, producer_id: int, name: str | None) -> Printer | None:
    if name is None:
        return None
    rows = book.printers_of(session, producer_id)
    found: Printer = base.one_of(
        [row for row in rows if row.name.casefold() == name.casefold()],
        base.say("printer"), name, lambda row: row.name,
    )  # fmt: skip
    return found


def find_product(session: Session, asked: str) -> Product:
    """By id, GTIN, OCOP code, or name with or without marks."""
    number = _number(asked)
    clauses = [Product.ocop_code == asked, Product.search_key == fold(asked)]
    if number is not None:
        clauses.append(Product.gtin == asked.zfill(14))
        if len(asked) < 8:  # longer than that is a GTIN
            clauses.append(Product.id == number)
    found_ids = {
        p.merged_into_id or p.id for p in session.scalars(select(Product).where(or_(*clauses)))
    }
    rows = [session.get_one(Product, number) for number in sorted(found_ids)]
    found: Product = base.one_of(
        rows, base.say("product"), asked, lambda p: f"{p.id} {p.name} ({p.producer.name})"
    )
    return found


def find_lot(session: Session, asked: str, product: str | None = None) -> Lot:
    """By number, or by id; of one product where given."""
    query = select(Lot).where(Lot.code == asked.upper())
    if product is not None:
        query = query.where(Lot.product_id == find_product(session, product).id)
    rows = list(session.scalars(query))
    number = _number(asked)
    if not rows and number is not None and product is None:
        rows = [lot for lot in [session.get(Lot, number)] if lot]
    found: Lot = base.one_of(
        rows, base.say("lot"), asked, lambda x: f"{x.id} {x.code} ({x.product.name})"
    )
    return found


def _number(asked: str) -> int | None:
    """*asked* as a number that a database can hold."""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 14 else None
