"""blank print | bind: labels printed ahead for no lot, and the lot that they were put on."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Producer
from labelsvc.cli import base
from labelsvc.cli.printing import ACTOR, OUTPUT_NAME, find_lot, kind_of, render, written
from labelsvc.cli.written import check_output
from labelsvc.codes.register import blank as verbs
from labelsvc.codes.register.keys import keyring_of
from labelsvc.errors import BadInput
from labelsvc.i18n import fold
from labelsvc.labels import own_layouts
from labelsvc.labels.models import BlankRoll
from labelsvc.labels.rolls.languages import PDF, suffixes
from labelsvc.labels.runs import blank_roll
from labelsvc.labels.runs.request import RollRequest
from labelsvc.labels.runs.rules import balance
from labelsvc.labels.sheets.imprint import Imprint


@click.group("blank")
def blank() -> None:
    """Blank labels: printed ahead with a code and the producer's name, bound to a lot when used.

    \b
      labelsvc blank print --producer "HTX Gốm" --layout blank-35x22 --count 500 --output tem.pdf
      labelsvc blank bind --lot L261105-01 --first "7K3M 9QWX …" --last "7K3M 9QWZ …"
    """


@blank.command("print")
@click.option("--producer", required=True, help="Id, tax code or name of the producer.")
@click.option("--layout", required=True, help="A layout without product, lot and stars.")
@click.option("--count", required=True, type=click.IntRange(1), help="Labels to print.")
@click.option(
    "--start-at", type=click.IntRange(1), default=1, show_default=True,
    help="First free label of a used sheet.",
)  # fmt: skip
@click.option(
    "--spares", type=click.IntRange(0), default=0, show_default=True,
    help="More labels without a code, crossed out, to set up the printer.",
)  # fmt: skip
@click.option(
    "--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
    metavar=OUTPUT_NAME, help="File to write: a PDF, or commands for a label printer.",
)  # fmt: skip
@base.json_option
def print_blank(
    producer: str, layout: str, count: int, start_at: int, spares: int, output: Path, as_json: bool
) -> None:
    """Take codes of no lot and write their labels, every symbol read back.

    Nobody who scans such a label is told of goods until it is bound: `labelsvc blank bind`.

    Example: labelsvc blank print --producer 3 --layout blank-a4-65 --count 650 --output tem.pdf
    """
    check_output(output, *suffixes())
    settings, database, files = base.opened_to_print()
    with database.writing() as session:
        owner = find_producer(session, producer)
        chosen = own_layouts.find(session, owner.id, layout)
        if kind_of(output) != PDF and chosen.kind != "roll":
            raise BadInput(
                "{layout} is for sheets, and label printers print rolls.",
                fix="Choose a layout for rolls, or write a .pdf.",
                layout=chosen.name,
            )
        request = RollRequest(
            producer=owner,
            layout=chosen,
            count=count,
            imprint=Imprint(start_at=start_at, spares=spares),
            output=kind_of(output),
            base_url=settings.base_url,
            former=settings.former_hosts,
        )
        roll = blank_roll.start_roll(session, request, actor=ACTOR)
        roll_id, job_id = roll.id, roll.job_id
    render(database, files, settings, job_id, layout)
    with database.reading() as session:
        roll = session.get_one(BlankRoll, roll_id)
        result = {"roll": roll.id} | written(files, roll, output)
    base.put(
        result, as_json,
        base.say("{output}: roll {roll}, blank labels {labels}, symbols read back {decoded}.", **result),
    )  # fmt: skip


@blank.command("bind")
@click.option("--lot", required=True, help="Number of the lot, or its id.")
@click.option("--product", help="Id, GTIN, OCOP code or name: where two products have such a lot.")
@click.option("--first", required=True, help="First label that was used: its link or characters.")
@click.option("--last", required=True, help="Last label that was used; the order does not matter.")
@base.json_option
def bind(lot: str, product: str | None, first: str, last: str, as_json: bool) -> None:
    """Enter that the labels from --first to --last of a roll are on the goods of a lot.

    From then on whoever scans them sees the product and the lot. Refused where labels are bound
    already, are of two rolls, or are more than the lot declared.

    Example: labelsvc blank bind --lot L261105-01 --first "7K3M 9QWX 2PTD 5V8H C4RN 6BJE" --last "…"
    """
    settings, database, _ = base.opened_to_print()
    with database.writing() as session:
        keyring = keyring_of(session, settings)
        ends = [verbs.number_of(keyring, text) for text in (first, last)]
        found = find_lot(session, lot, product)
        issue = verbs.bind(session, lot=found, first=ends[0], last=ends[1], by=ACTOR)
        taken = verbs.find_blank(session, issue.first)
        roll = session.scalars(
            select(BlankRoll).where(BlankRoll.blank_id == (taken.id if taken else None))
        ).one()
        begin = issue.first - roll.blank.first + 1
        result = {
            "roll": roll.id, "first": begin, "last": begin + issue.count - 1,
            "labels": issue.count, "lot": found.code, "lot_id": found.id,
            "left": balance(session, found).remaining,
        }  # fmt: skip
    base.put(
        result, as_json,
        base.say("Labels {first} to {last} of roll {roll} are bound to lot {lot}; {left} of the lot are left.", **result),
    )  # fmt: skip


def find_producer(session: Session, asked: str) -> Producer:
    """By id, tax code, or name with or without marks."""
    clauses = [Producer.tax_code == asked, Producer.search_key == fold(asked)]
    if asked.isascii() and asked.isdigit() and len(asked) < 8:  # longer than that is a tax code
        clauses.append(Producer.id == int(asked))
    owners = session.scalars(select(Producer).where(or_(*clauses)))
    found_ids = {owner.merged_into_id or owner.id for owner in owners}
    rows = [session.get_one(Producer, number) for number in sorted(found_ids)]
    found: Producer = base.one_of(
        rows, base.say("producer"), asked, lambda p: f"{p.id} {p.name} ({p.tax_code or '–'})"
    )
    return found
