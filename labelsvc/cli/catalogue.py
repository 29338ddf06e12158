"""import: bring in a list of producers, products and recognitions, or of withdrawn products."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts.models import Role, User
from labelsvc.cli import base
from labelsvc.errors import BadInput

if TYPE_CHECKING:
    from labelsvc.catalogue.importing import Plan

#: As `labelsvc.catalogue.importing.heads.kinds.ListKind` names them; that module reads slowly.
_KINDS = ("recognised", "renewed", "withdrawn", "expired", "registered", "points_of_sale", "villages")  # fmt: skip


@click.command("import")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False
)
@click.option("--dry-run", is_flag=True, help="Show what would happen and change nothing.")
@click.option("--kind", type=click.Choice(_KINDS), help="What the list is, where its words do not say.")  # fmt: skip
@click.option("--leave-out", "left_out", multiple=True, metavar="SHEET", help="A sheet that is not read; may be given several times.")  # fmt: skip
@click.option("--guessed-sets", type=click.Choice(["right", "refuse"]), help="Criteria sets guessed from names are right, or their rows are refused.")  # fmt: skip
@click.option("--by", "person", metavar="NAME", help="The person of the office who proposes withdrawals.")  # fmt: skip
@click.option(
    "--same", multiple=True, metavar="ROW=NUMBER",
    help="The owner of that row is the producer of that number, or of row:NUMBER.",
)  # fmt: skip
@click.option(
    "--another", multiple=True, type=int, metavar="ROW",
    help="The owner of that row is none of those shown.",
)  # fmt: skip
@click.option("--undo", type=int, metavar="NUMBER", help="Take the list of that number back, instead of a FILE.")  # fmt: skip
@base.json_option
@click.pass_context
def import_list(
    context: click.Context, /, file: Path | None, dry_run: bool, as_json: bool, **said: Any
) -> None:
    """Import FILE (.xlsx, .xls, .ods or .csv) as provinces write it; reports every row.

    New and changed rows are taken over in one transaction; refused rows are named with row, column,
    reason and fix, and are left out. Importing the same file again changes nothing.
    A list of withdrawn or expired products gives no stars: it proposes withdrawals in the name of
    the person that --by names, and a second person confirms them.
    A new product without a criteria set gets the one that its name points to, marked as a guess until
    somebody of the office or --guessed-sets right confirms it.
    On a terminal only rows that want a look are shown; all of them with labelsvc --verbose import.
    An owner that may be known already waits until --same or --another says; it is remembered.
    For 30 days --undo takes a whole list back, as long as nothing was printed from it.
    Exit code 1 when a row was refused, or something of the file waits for an answer.

    Example: labelsvc import danh-sach-ocop-2026.xlsx --dry-run
    """
    if said["undo"] is not None:
        if file is not None:
            raise click.UsageError("Name a FILE or --undo, not both.")
        _undo(said["undo"], said["person"], dry_run=dry_run, as_json=as_json)
        return
    if file is None:
        raise click.MissingParameter(ctx=context, param_hint="FILE", param_type="argument")
    from labelsvc.catalogue.importing import Choices, ListKind, apply_import, plan_import  # slow
    from labelsvc.catalogue.importing.answers import answer
    from labelsvc.catalogue.importing.plan import tables_of
    from labelsvc.catalogue.importing.report import as_document, as_lines
    from labelsvc.catalogue.importing.staging import Staging

    same, another, person = said["same"], said["another"], said["person"]
    if dry_run and (same or another):
        raise BadInput("A dry run writes nothing.", fix="Leave out --dry-run, or --same and --another.")  # fmt: skip
    _, database, files = base.opened()
    data = file.read_bytes()
    kind = ListKind(said["kind"]) if said["kind"] else None
    sets = said["guessed_sets"]
    choices = Choices(
        kind, dict.fromkeys(said["left_out"], False), sets=None if sets is None else sets == "right"
    )

    tables = tables_of(data, file.name)

    def planned(session: Session) -> Plan:
        with base.progress(base.say("Reading and comparing")) as step:
            return plan_import(
                session, data=data, file_name=file.name, choices=choices, step=step, tables=tables
            )

    applied = not dry_run
    if dry_run:
        with database.reading() as session:
            plan = planned(session)
    else:
        with database.writing() as session:
            actor = _person(session, person) if person else "cli"
            plan = planned(session)
            if same or another:
                answer(session, plan, same=same, another=another, actor=actor)
                plan = planned(session)
            applied = not plan.blocked
            if applied:
                with base.progress(base.say("Writing")) as step:
                    run = apply_import(session, plan, actor=actor, step=step)
        if applied:
            Staging(files).store_report(run.id, plan)
    if as_json:
        for piece in as_document(plan, applied=applied, language=base.language()):
            click.echo(piece, nl=False)
        click.echo()
    else:
        short = base.watched(sys.stdout) and not base.verbose()
        for line in as_lines(plan, base.language(), short=short):
            click.echo(line)
        if applied and plan.counts["new"] + plan.counts["changed"]:
            click.echo(base.say("Taken over as list {number}: labelsvc import --undo {number} takes it back.", number=run.id))  # fmt: skip
    if plan.proposals and not person and not dry_run and not as_json:
        click.echo(base.say("{count} withdrawals are not proposed yet: name who proposes them with --by.", count=plan.proposals))  # fmt: skip
    waits = plan.blocked or any(one.state == "unread" for one in plan.sheets)
    if plan.counts.get("refused") or waits or (plan.proposals and not person and not dry_run):
        context.exit(base.REFUSED)


def _undo(number: int, person: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Take a list back, or say what that would do."""
    from labelsvc.catalogue.models import ImportRun
    from labelsvc.programme import undoing

    _, database, _ = base.opened()
    with database.writing() as session:
        run = session.get(ImportRun, number)
        if run is None:
            raise BadInput("There is no list {number}.", fix="The page of imports shows the numbers in its addresses.", number=number)  # fmt: skip
        if dry_run:
            found = undoing.look(session, run)
            for obstacle in found.obstacles:
                raise obstacle
        else:
            actor = _person(session, person) if person else "cli"
            found = undoing.undo(session, run, actor=actor)
    kept = [
        {"thing": one.thing, "number": one.number, "name": one.name, "field": one.field, "now": one.now}
        for one in found.kept
    ]  # fmt: skip
    words = [f"{name}: {count}" for name, count in found.counts.items()]
    words += [base.say("{name}: {field} was changed since and stays.", name=one.name, field=one.field) for one in found.kept]  # fmt: skip
    words.append(base.say("Nothing was changed.") if dry_run else base.say("The list was taken back."))  # fmt: skip
    base.put({"import": number, "undone": not dry_run, "counts": found.counts, "kept": kept}, as_json, "\n".join(words))  # fmt: skip


def _person(session: Session, name: str) -> str:
    """The actor "user:12" of somebody of the office. :raises BadInput: nobody of that name."""
    found = session.scalars(select(User).where(User.name == name.strip().lower())).one_or_none()
    if found is None or not found.active or found.role != Role.OFFICE:
        raise BadInput(
            "Nobody of the office signs in as {name}.",
            fix="Name a person of the office by the name they sign in with.",
            name=name,
        )
    return f"user:{found.id}"
