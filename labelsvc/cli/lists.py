"""template, handover: write lists to fill in, and what is new since a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from labelsvc.cli import base
from labelsvc.cli.catalogue import _KINDS


@click.command("template")
@click.argument("kind", type=click.Choice(_KINDS))
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The file; named after the kind otherwise.")  # fmt: skip
@base.json_option
def template(kind: str, output: Path | None, as_json: bool) -> None:
    """Write an empty list of KIND (.xlsx) to fill in, with heads, notes, choices and examples.

    What is filled in is read back by labelsvc import as it stands.

    Example: labelsvc template recognised --output mau.xlsx
    """
    from labelsvc.catalogue.exporting import template as templates
    from labelsvc.catalogue.exporting.columns import FILES
    from labelsvc.catalogue.importing.heads.kinds import ListKind

    path = output or Path(f"{FILES[ListKind(kind)]}.xlsx")
    path.write_bytes(templates.template(ListKind(kind)))
    base.put({"file": str(path), "kind": kind}, as_json, str(path))


@click.command("handover")
@click.option("--since", type=base.Day(), required=True, help="The day from which on things are new.")  # fmt: skip
@click.option("--to", "recipient", required=True, help="The department or person that gets it.")
@click.option("--note", default="", help="A note for the receipt.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The file; named after the days otherwise.")  # fmt: skip
@base.json_option
def handover(since: date, recipient: str, note: str, output: Path | None, as_json: bool) -> None:
    """Write what was recognised, changed or withdrawn since a day (.xlsx), and keep the receipt.

    Example: labelsvc handover --since 01/10/2026 --to "Phòng Kinh tế xã Bát Tràng"
    """
    from labelsvc.catalogue.exporting import handover as verbs

    _, database, files = base.opened()
    with database.writing() as session:
        made = verbs.hand_over(session, files, since=since, recipient=recipient, actor="cli", note=note)  # fmt: skip
    path = output or Path(made.file_name)
    path.write_bytes(files.get(made.file_key))
    facts = {"handover": made.id, "file": str(path), "sha256": made.sha256, "recognised": made.recognised, "withdrawn": made.withdrawn}  # fmt: skip
    base.put(facts, as_json, f"{path}\n{base.say('recognised {recognised}, withdrawn {withdrawn}', recognised=made.recognised, withdrawn=made.withdrawn)}")  # fmt: skip
