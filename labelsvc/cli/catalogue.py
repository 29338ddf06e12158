"""import: bring in a list of producers, products and recognitions."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy.orm import Session

from labelsvc.cli import base
from labelsvc.errors import BadInput

if TYPE_CHECKING:
    from labelsvc.catalogue.importing import Plan


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would happen and change nothing.")
@click.option(
    "--same", multiple=True, metavar="ROW=NUMBER",
    help="The owner of that row is the producer of that number, or of row:NUMBER.",
)  # fmt: skip
@click.option(
    "--another", multiple=True, type=int, metavar="ROW",
    help="The owner of that row is none of those shown.",
)  # fmt: skip
@base.json_option
@click.pass_context
def import_list(
    context: click.Context, file: Path, dry_run: bool, same: Sequence[str], another: Sequence[int],
    as_json: bool,
) -> None:  # fmt: skip
    """Import FILE (.xlsx or .csv) as provinces write it; reports every row.

    New and changed rows are taken over in one transaction; refused rows are named with row, column,
    reason and fix, and are left out. Importing the same file again changes nothing.
    On a terminal only rows that want a look are shown; all of them with labelsvc --verbose import.
    An owner that may be known already waits until --same or --another says; it is remembered.
    Exit code 1 when a row was refused.

    Example: labelsvc import danh-sach-ocop-2026.xlsx --dry-run
    """
    from labelsvc.catalogue.importing import apply_import, plan_import  # reads spreadsheets: slow
    from labelsvc.catalogue.importing.answers import answer
    from labelsvc.catalogue.importing.report import as_document, as_lines
    from labelsvc.catalogue.importing.staging import Staging

    if dry_run and (same or another):
        raise BadInput("A dry run writes nothing.", fix="Leave out --dry-run, or --same and --another.")  # fmt: skip
    _, database, files = base.opened()
    data = file.read_bytes()

    def planned(session: Session) -> Plan:
        with base.progress(base.say("Reading and comparing")) as step:
            return plan_import(session, data=data, file_name=file.name, step=step)

    if dry_run:
        with database.reading() as session:
            plan = planned(session)
    else:
        with database.writing() as session:
            plan = planned(session)
            if same or another:
                answer(session, plan, same=same, another=another, actor="cli")
                plan = planned(session)
            with base.progress(base.say("Writing")) as step:
                run = apply_import(session, plan, actor="cli", step=step)
        Staging(files).store_report(run.id, plan)
    if as_json:
        for piece in as_document(plan, applied=not dry_run, language=base.language()):
            click.echo(piece, nl=False)
        click.echo()
    else:
        short = base.watched(sys.stdout) and not base.verbose()
        for line in as_lines(plan, base.language(), short=short):
            click.echo(line)
    if plan.counts.get("refused"):
        context.exit(base.REFUSED)
