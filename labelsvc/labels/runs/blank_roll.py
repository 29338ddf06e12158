"""Blank roll: begins rolls of labels that are printed ahead, for no lot, and lists them. Used by
the pages of producers, the worker and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue.models import Producer
from labelsvc.codes.models import Blank, Form
from labelsvc.codes.register.blank import allocate_blank
from labelsvc.errors import LabelsvcError, PrintRefused
from labelsvc.jobs.queue import enqueue
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.models import BlankRoll, RunState
from labelsvc.labels.rolls import raster
from labelsvc.labels.rolls.languages import PDF
from labelsvc.labels.runs import hosts
from labelsvc.labels.runs.numbering import position, sample_printed
from labelsvc.labels.runs.parts import as_toml, slices
from labelsvc.labels.runs.request import RollRequest
from labelsvc.labels.sheets.sheet import Sheet

#: Kind of the job that renders a roll.
JOB_KIND = "blank_roll"


def blank_content(producer: Producer, *, base_url: str) -> LabelContent:
    """Collect the contents of a blank label of *producer*."""
    return LabelContent(
        {
            "producer_name": producer.name,
            "producer_address": producer.address,
            "village": producer.village.name if producer.village else "",
            "phone": producer.phone,
            "website": urlsplit(producer.website).netloc.removeprefix("www."),
            "host": urlsplit(base_url).netloc,
        },
        record=producer.name,
    )


def start_roll(session: Session, request: RollRequest, *, actor: str) -> BlankRoll:
    """Take the numbers and queue the rendering, in the caller's transaction.

    :raises PrintRefused: the layout names goods, or the producer is not active.
    :raises LayoutError: it does not fit, or does not exist. :raises BadInput: impossible numbers.
    """
    producer, count, base_url = request.producer, request.count, request.base_url
    hosts.refuse(session, base_url, request.former)
    chosen = request.chosen_layout()
    if not chosen.blank:
        raise PrintRefused(
            "The layout {layout} tells of goods, or of stars: blank labels belong to none yet.",
            fix="Choose a layout with code, number and producer only.",
            layout=chosen.name,
        )
    if not producer.active:
        raise PrintRefused(
            "{producer} is not active: no labels are printed.",
            fix="Ask the programme office.",
            producer=producer.name,
        )
    request.imprint.check(Sheet.of(chosen))
    content = blank_content(producer, base_url=base_url)
    sample = Unit(
        f"{base_url.upper()}/{'0' * 24}",
        sample_printed(Form.SHORT),
        position(count, count, roll_name(88_888)),
    )
    drawing = compose(chosen, content, fonts.load(), unit=sample)
    drawing.resolve(sample, fonts.load())
    if request.output != PDF:
        raster.media_of(chosen, drawing, request.profile)
    blank = allocate_blank(session, producer_id=producer.id, count=count, by=actor)
    roll = BlankRoll(
        **request.columns(chosen),
        blank=blank,
        layout_toml=as_toml(chosen),
        form=Form.SHORT,
        content={"values": dict(content.values_by_name), "stars": None},
        created_by=actor,
    )
    session.add(roll)
    session.flush()
    roll.content = roll.content | {"mark": roll_name(roll.id)}
    roll.job = enqueue(
        session, kind=JOB_KIND, payload={"roll_id": roll.id}, parts=len(slices(chosen, roll))
    )
    audit.record(
        session,
        actor=actor,
        action="blank.create",
        subject=f"blank_roll:{roll.id}",
        facts={
            "producer": producer.id,
            "layout": chosen.name,
            "first": blank.first,
            "codes": count,
        },
    )
    return roll


def roll_name(roll_id: int) -> str:
    """Name the labels of a roll (T as in "tem trắng"), apart from those of runs."""
    return f"T{roll_id}"


def rolls_of(producer_id: int) -> Select[BlankRoll]:
    """Rolls of a producer, newest first."""
    return (
        select(BlankRoll)
        .join(Blank, Blank.id == BlankRoll.blank_id)
        .where(Blank.producer_id == producer_id)
        .order_by(BlankRoll.id.desc())
    )


def list_rolls(session: Session, producer_id: int) -> Sequence[BlankRoll]:
    """All of them. Newest first."""
    return session.scalars(rolls_of(producer_id)).all()


def fail(session: Session, roll: BlankRoll, error: LabelsvcError) -> None:
    """Nothing of the roll is released. Its numbers stay unused: they were issued to no goods."""
    roll.state = RunState.FAILED
    roll.report = {"error": error.as_json(), "faults": getattr(error, "faults", ())}
    audit.record(
        session,
        actor="worker",
        action="blank.fail",
        subject=f"blank_roll:{roll.id}",
        facts=error.as_json(),
    )
