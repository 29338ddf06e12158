"""issue (open a lot) and print."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import click
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.lots import open_lot
from labelsvc.catalogue.models import Lot, Product
from labelsvc.cli import base
from labelsvc.codes.models import Form
from labelsvc.errors import BadInput
from labelsvc.i18n import fold
from labelsvc.labels import print_run
from labelsvc.labels.imprint import Imprint
from labelsvc.labels.models import PrintRun
from labelsvc.worker.tasks import run_inline

ACTOR = "cli"
#: Kinds of files that can be written, and those that a later version will write.
_FORMATS, _LATER = (".pdf",), (".zpl", ".tspl")


@click.command()
@click.option("--product", required=True, help="Id, GTIN, OCOP code or name of the product.")
@click.option("--lot", required=True, help="Number of the new lot, for example L261105-01.")
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
@base.json_option
def issue(
    product: str, lot: str, made: date | None, expires: date | None, declared: int, as_json: bool
) -> None:
    """Open a lot of a product, so that labels can be printed for it.

    Example: labelsvc issue --product "Chè lam gừng mật mía" --lot L261105-01 --made 05/11/2026 --declared 500
    """
    _, database, _ = base.opened()
    with database.writing() as session:
        found = find_product(session, product)
        opened = open_lot(
            session, product=found, code=lot, declared=declared, made_on=made, expires_on=expires,
            growing_area="", actor=ACTOR,
        )  # fmt: skip
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


@click.command("print")
@click.option("--lot", required=True, help="Number of the lot, or its id.")
@click.option("--product", help="Id, GTIN, OCOP code or name: where two products have such a lot.")
@click.option("--layout", required=True, help="See: labelsvc layouts list")
@click.option("--count", required=True, type=click.IntRange(1), help="Labels to print.")
@click.option(
    "--form", type=click.Choice([str(f) for f in Form]), default="short", show_default=True
)
@click.option(
    "--start-at",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="First free label of a used sheet.",
)
@click.option(
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write, .pdf",
)
@base.json_option
def print_labels(
    lot: str,
    product: str | None,
    layout: str,
    count: int,
    form: str,
    start_at: int,
    output: Path,
    as_json: bool,
) -> None:
    """Issue codes for a lot and write its labels, every symbol read back.

    It is refused, and no code is issued, when the stars may not be shown today, more labels are
    asked for than units declared, or a mandatory content is missing.

    Example: labelsvc print --lot L261105-01 --layout a4-65 --count 130 --output labels.pdf
    """
    _check_output(output)
    settings, database, files = base.opened()
    with database.writing() as session:
        run = print_run.start_run(
            session, lot=find_lot(session, lot, product), layout=layout, count=count, form=form,
            imprint=Imprint(start_at=start_at), base_url=settings.base_url, actor=ACTOR,
        )  # fmt: skip
        run_id, job_id = run.id, run.job_id
    if job_id is None:
        raise BadInput("The run has no job.")
    with base.progress(layout) as step:
        run_inline(database, files, settings, job_id, step=step)
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        aside = output.with_name(f".{output.name}.part")
        with print_run.output(files, run) as source, aside.open("wb") as target:
            shutil.copyfileobj(source, target)
        aside.replace(output)
        report = run.report or {}
        result = {
            "run": run.id, "labels": run.count, "pages": run.pages, "bytes": run.bytes,
            "sha256": run.sha256, "decoded": report.get("decoded"), "output": str(output),
        }  # fmt: skip
    base.put(
        result, as_json,
        base.say("{output}: labels {labels}, pages {pages}, symbols read back {decoded}.", **result),
    )  # fmt: skip


def _check_output(output: Path) -> None:
    """Before numbers are taken: can the file be written at all?"""
    ending = output.suffix.lower()
    if ending not in _FORMATS:
        raise BadInput(
            "Files for label printers ({ending}) cannot be written yet."
            if ending in _LATER
            else "Files of the kind “{ending}” cannot be written.",
            fix="Give a file name that ends with: {formats}.",
            ending=output.suffix or output.name,
            formats=", ".join(_FORMATS),
        )
    folder = output.absolute().parent
    if not folder.is_dir():
        raise BadInput("There is no folder {folder}.", fix="Make it first.", folder=folder)
    if not os.access(folder, os.W_OK):
        raise BadInput(
            "Nothing may be written into the folder {folder}.",
            fix="Choose another folder.",
            folder=folder,
        )


def find_product(session: Session, asked: str) -> Product:
    """By id, GTIN, OCOP code, or name with or without marks."""
    number = _number(asked)
    clauses = [Product.ocop_code == asked, Product.search_key == fold(asked)]
    if number is not None:
        clauses.append(Product.gtin == asked.zfill(14))
        if len(asked) < 8:  # longer than that is a GTIN
            clauses.append(Product.id == number)
    rows = list(session.scalars(select(Product).where(or_(*clauses))))
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
