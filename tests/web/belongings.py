"""One of everything that a producer may own, for tests of who meets what."""

from __future__ import annotations

from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot, Product, ProductPhoto
from labelsvc.codes.models import Withdrawal, WithdrawalState
from labelsvc.codes.register import inner_lots
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.inspections.cases import CaseSubject, open_case
from labelsvc.inspections.models import CaseKind
from labelsvc.labels import own_layouts
from labelsvc.labels.checks.faults import Fault
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.writing import dumps
from labelsvc.labels.models import BlankRoll, PrintRun
from labelsvc.labels.printers import book
from labelsvc.labels.runs import blank_roll, extra_files
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.extra_files import Wish
from labelsvc.labels.sheets.profile import Profile
from labelsvc.settings import Settings
from labelsvc.worker import tasks

ACTOR = "user:1"


def belongings(
    database: Database, settings: Settings, lot_id: int, *, prefix: str
) -> dict[str, int | str]:
    """Name of a variable of addresses → the thing of the lot's producer.

    :param prefix: names begin with it, so that nobody else has the same by chance.
    """
    with database.writing() as session:
        lot = session.get_one(Lot, lot_id)
        product = lot.product
        found: dict[str, int | str] = {"lot_id": lot.id, "product_id": product.id}
        found |= _small(session, lot, product, prefix)
        run = print_run.start_run(
            session,
            print_run.RunRequest(
                lot=lot, layout="a4-65-plain", count=3, base_url=settings.base_url
            ),
            actor=ACTOR,
        )
        roll = blank_roll.start_roll(session, blank_roll.RollRequest(producer=product.producer, base_url=settings.base_url, layout="blank-35x22", count=20), actor=ACTOR)  # fmt: skip
        found |= {"run_id": run.id, "roll_id": roll.id}
    _work(database, settings)
    with database.writing() as session:
        made = session.get_one(PrintRun, found["run_id"])
        file = extra_files.request_file(session, run=made, wish=Wish(kind="archive"), actor=ACTOR)
        found["file_id"] = file.id
    _work(database, settings)
    with database.reading() as session:
        assert session.get_one(PrintRun, found["run_id"]).state == "released"
        assert session.get_one(BlankRoll, found["roll_id"]).state == "released"
    with database.writing() as session:  # as of a run that was read with faults
        run = session.get_one(PrintRun, found["run_id"])
        fault = Fault(page=1, cell=1, unit=1, kind="unreadable", params={})
        run.report = {**(run.report or {}), "faults": [fault.to_json()]}
    return found


def _small(session: Session, lot: Lot, product: Product, prefix: str) -> dict[str, int | str]:
    """What is a row and no more."""
    producer_id = product.producer_id
    case = open_case(
        session, kind=CaseKind.COPY_RISK, actor="watch", subject=CaseSubject(lot_id=lot.id)
    )
    withdrawal = Withdrawal(
        scope="lot", producer_id=producer_id, lot_id=lot.id, reason="Tem bị mất cắp",
        state=WithdrawalState.DONE, proposed_by="user:9",
    )  # fmt: skip
    photo = ProductPhoto(product_id=product.id, key="0" * 32, width=640, height=480, description="")
    printer = book.save(session, producer_id, book.Setup(name=f"{prefix} kho", language="tspl", profile=Profile(dpi=203)), printer=None, actor=ACTOR)  # fmt: skip
    layout = library.get("blank-35x22").model_copy(update={"name": f"{prefix}-layout"})
    own_layouts.save_layout(
        session,
        producer_id=producer_id,
        written=own_layouts.read(session, producer_id, dumps(layout)),
        actor=ACTOR,
    )
    article = next(iter(library.articles().values()))
    own_layouts.save_sheet(
        session, producer_id=producer_id, name=f"{prefix}-sheet", title="Tờ tem", article=article,
        actor=ACTOR,
    )  # fmt: skip
    inner_lots.switch_on(session, lot.id, actor=ACTOR)
    session.add_all([withdrawal, photo])
    session.flush()
    return {
        "case_id": case.id,
        "withdrawal_id": withdrawal.id,
        "photo_id": photo.id,
        "printer_id": printer.id,
        "layout": f"{prefix}-layout",
        "sheet": f"{prefix}-sheet",
    }


def _work(database: Database, settings: Settings) -> None:
    while tasks.work_once(database, Files(settings.files), settings):
        pass
