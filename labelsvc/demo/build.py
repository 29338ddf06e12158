"""Builds the demo: a database with sample data, a print run, and the addresses to look at."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc import clock, migrations
from labelsvc.accounts.models import Role
from labelsvc.accounts.users import create_user
from labelsvc.catalogue.models import Lot, ProductPhoto
from labelsvc.catalogue.photos import store_photo
from labelsvc.catalogue.places import load_places
from labelsvc.catalogue.recognition import ruling
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register.issue import allocate, codes_of, create_keys, find_issue
from labelsvc.codes.register.keys import keyring_of
from labelsvc.db import Database
from labelsvc.demo import ceremony, history, sample, spreadsheet
from labelsvc.files import Files
from labelsvc.inspections import watch
from labelsvc.labels.layouts import library
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs import artwork
from labelsvc.labels.runs import start as print_run
from labelsvc.settings import Settings
from labelsvc.worker.publishing import publish, publish_lists
from labelsvc.worker.tasks import run_inline

#: Seed of everything random; the same seed on the same day gives the same demo.
SEED = 2026
#: Password of every demo account. The demo listens on 127.0.0.1 and refuses a real base URL.
PASSWORD = "lang-nghe-ha-noi"  # noqa: S105
#: Layouts printed for real, labels, and the criteria sets they suit. The first is the sheet to see.
_ANY, _FOOD, _CRAFT = range(1, 26), range(1, 14), range(21, 23)
_RUNS = (
    ("a4-65", 65, _ANY), ("food-100x70", 8, _FOOD), ("craft-tag", 12, _CRAFT), ("a4-24", 24, _ANY),
    ("a4-12", 12, _FOOD), ("a4-8", 8, _CRAFT), ("round-30", 54, _ANY), ("roll-50x30", 12, _FOOD),
    ("roll-35x22", 20, _FOOD), ("shelf-card-a5", 1, _ANY),
)  # fmt: skip

Step = Callable[[str], None]


@dataclass(frozen=True)
class Demo:
    """The demo that was built: where to look and how to sign in."""

    folder: Path
    pages: dict[str, str]
    accounts: dict[str, str]
    print_files: list[Path]
    list_file: Path
    counts: dict[str, int]


def build(settings: Settings, database: Database, files: Files, *, step: Step) -> Demo:
    """Fill an empty database. *step* is told what begins.

    :param settings: `dev` must be true: the demo's accounts have a published password.
    """
    random, today, now = Random(SEED), clock.today(), clock.now()
    folder = settings.data_dir
    step("Preparing the database")
    migrations.upgrade(database)
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        load_places(session)
    step("Adding producers and products of 26 villages")
    with database.writing() as session:
        drawn = sample.fill_catalogue(session, random=random, today=today)
        counts = {"producers": len({d.product.producer_id for d in drawn}), "products": len(drawn)}
        first = drawn[0].product
        accounts = _accounts(session, first.producer_id, settings)
    step("Adding pictures of the products")
    _photos(database, files, drawn)
    with database.writing() as session:
        products = [session.merge(d.product, load=True) for d in drawn]
        lots = history.open_lots(session, products, random=random, today=today)
        counts["lots"] = len(lots)
    step("Printing labels and reading every symbol back")
    outputs = _print(settings, database, files, folder, today)
    step("Issuing codes and living through a month of scans")
    with database.writing() as session:
        bare = session.scalars(
            select(Lot).where(Lot.id.not_in(select(PrintRun.lot_id))).order_by(Lot.id)
        ).all()
        issues = history.issue_codes(session, bare, random=random)
        examples = history.mark_some(session, issues, today=today)
        examples.numbers |= _more_examples(session, issues, examples, today=today)
        everything = session.scalars(select(Issue).order_by(Issue.first)).all()
        counts["codes"] = sum(issue.count for issue in everything)
        counts["scans"] = history.scan_month(session, everything, examples, random=random, now=now)
        history.reports(session, issues, now=now)
        examples.numbers["copied"] = history.copied_label(session, first.producer_id, now=now)
        pages = _pages(session, settings, examples)
    watch.look(database, settings, now)
    publish(database, files, settings)
    publish_lists(database, files, settings)
    ceremony.hold(database, settings, folder / ceremony.ROOTS)
    list_file = folder / "danh-sach-ocop-mau.xlsx"
    spreadsheet.write_list(list_file, random=random, today=today)
    return Demo(folder, pages, accounts, outputs, list_file, counts)


def _accounts(session: Session, producer_id: int, settings: Settings) -> dict[str, str]:
    for name, full_name, role, tenant in (
        ("lan", "Nguyễn Thị Lan (mẫu)", Role.PRODUCER, producer_id),
        ("vanphong", "Trần Minh Thảo (mẫu)", Role.OFFICE, None),
        ("vanphong2", "Phạm Quốc Bình (mẫu)", Role.OFFICE, None),
        ("thanhtra", "Đỗ Thu Hà (mẫu)", Role.INSPECTOR, None),
    ):
        create_user(
            session, name=name, full_name=full_name, role=role, producer_id=tenant,
            password=PASSWORD, actor=history.ACTOR,
        )  # fmt: skip
    return {
        "producer": "lan",
        "office": "vanphong",
        "office, second": "vanphong2",
        "inspector": "thanhtra",
    }


def _photos(database: Database, files: Files, drawn: Sequence[sample.Drawn]) -> None:
    """Store one picture a kind, shared by the products that look alike."""
    made = {}
    for one in drawn:
        if one.picture not in made:
            made[one.picture] = store_photo(files, one.image())
    with database.writing() as session:
        for one in drawn:
            photo = made[one.picture]
            session.add(
                ProductPhoto(
                    product_id=one.product.id,
                    key=photo.key,
                    width=photo.width,
                    height=photo.height,
                    description=f"Hình vẽ minh họa {one.product.name}",
                )
            )


def _print(
    settings: Settings, database: Database, files: Files, folder: Path, today: date
) -> list[Path]:
    """Print one run of each layout for lots that may carry stars."""
    outputs = []
    with database.reading() as session:
        lots = session.scalars(select(Lot).order_by(Lot.id)).all()
        waiting = {lot.id: lot.product.set_number for lot in lots if _printable(lot, today)}
    for layout, count, sets in _RUNS:
        form = library.get(layout).forms[0]
        run_id = job_id = None
        for lot_id in [key for key, number in waiting.items() if number in sets]:
            del waiting[lot_id]
            with database.writing() as session:
                lot = session.get_one(Lot, lot_id)
                request = print_run.RunRequest(
                    lot=lot,
                    layout=layout,
                    count=count,
                    form=Form(form),
                    base_url=settings.base_url,
                    pictures=artwork.pictures(session, files),
                )
                if print_run.check_run(session, request, on=today).problems:
                    continue
                run = print_run.start_run(session, request, actor=history.ACTOR)
                run_id, job_id = run.id, run.job_id
            break
        if run_id is None or job_id is None:
            continue
        run_inline(database, files, settings, job_id)
        with database.reading() as session:
            run = session.get_one(PrintRun, run_id)
            target = folder / f"{layout}-{run.lot.code}.pdf"
            with print_run.output(files, run) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        outputs.append(target)
    return outputs


def _printable(lot: Lot, today: date) -> bool:
    return any(r.standing(today).allows_stars for r in lot.product.recognitions)


def _more_examples(
    session: Session, issues: Sequence[Issue], before: history.Examples, *, today: date
) -> dict[str, int]:
    """Stars that end soon, and a code in the form of GS1: name → number."""
    found: dict[str, int] = {}
    taken = before.numbers.values()
    for issue in issues:
        held = ruling(issue.lot.product.recognitions, today)
        if held is None or any(issue.first <= number <= issue.last for number in taken):
            continue
        standing = held.standing(today)
        if issue.form == Form.SHORT and standing == "ending_soon":
            found.setdefault("stars_ending_soon", issue.first)
        room = issue.lot.declared - issue.count >= 20 and issue.form != Form.LOT
        if "gs1" not in found and standing == "in_force" and issue.lot.product.gtin and room:
            of_gs1 = allocate(session, lot=issue.lot, count=20, form=Form.GS1, by=history.ACTOR)
            found["gs1"] = of_gs1.first
    return found


def _pages(session: Session, settings: Settings, examples: history.Examples) -> dict[str, str]:
    """Addresses of the pages worth opening, by what they show."""
    keyring = keyring_of(session, settings)
    pages = {"home": f"{settings.base_url}/"}
    first = session.scalars(select(PrintRun).order_by(PrintRun.id)).first()
    numbers = dict(examples.numbers)
    if first is not None:
        numbers = {"scan": first.issue.first} | numbers
    for name, number in numbers.items():
        issue = find_issue(session, number)
        if issue is not None:
            pages[name] = codes_of(issue, keyring, offset=number - issue.first, count=1)[0].lower()
    good = pages["in_force"]
    pages["not_issued"] = good[:-1] + ("8" if good[-1] != "8" else "9")  # 404: the tag does not fit
    pages["malformed"] = good[:-3]  # 400: typed without its end
    return pages
