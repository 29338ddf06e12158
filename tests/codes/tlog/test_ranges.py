"""From theft to recovery: what was published before it stays good, what came after does not."""

from __future__ import annotations

import pytest
from sqlalchemy import Delete, Update, delete, select, update

from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms.signing import public_key
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.codes.register.keys import freeze
from labelsvc.codes.tlog import describe, log, ranges
from labelsvc.codes.tlog.formats import merkle
from labelsvc.codes.tlog.formats.checkpoint import Checkpoint
from labelsvc.codes.tlog.models import LogLeaf, LogState
from labelsvc.db import Database
from labelsvc.files import Files
from tests.codes.tlog import leaves
from tests.codes.tlog.test_log import SECRETS, publish
from tests.factories import make_lot


@pytest.fixture
def kid(database: Database, files: Files) -> int:
    """A key with 20 offline units of lot 1 in the published log."""
    with database.writing() as session:
        made = create_keys(session, secrets=SECRETS)
        lot = make_lot(session)
        for _ in range(2):
            allocate(session, lot=lot, count=10, form=Form.OFFLINE)
    publish(database, files)
    return made.kid


def logged(database: Database, kid: int, secrets: list[str] = SECRETS) -> ranges.Logged:
    with database.reading() as session:
        found = ranges.logged(session, [kid], secrets=secrets)[kid]
        view = ranges.view(session, [kid], secrets=secrets)
    assert view.keys.get(kid, ranges.Logged()) == found
    return found


#: What codes of the product of `make_lot` say: its number, its day.
SAID = (1, 2861, 0)
GOOD = ranges.Logged(((1, 21),), ((1, 0, 20, *SAID),))


def test_what_is_entered_after_the_key_is_stopped_is_not_believed(
    database: Database, files: Files, kid: int
) -> None:
    assert logged(database, kid) == GOOD
    with database.writing() as session:
        lot = session.scalars(select(Lot)).one()
        allocate(session, lot=lot, count=5, form=Form.OFFLINE)  # a moment before, not published
        freeze(session, kid, secrets=SECRETS)
        stolen = Issue(form=Form.OFFLINE, lot=lot, first=900, count=50, first_in_lot=100, kid=kid)
        session.add(stolen)
        session.flush()
        log.append(session, describe.issue(stolen))
    assert logged(database, kid) == GOOD
    publish(database, files)
    assert logged(database, kid) == ranges.Logged(((1, 26),), ((1, 0, 25, *SAID),), ended=True)
    assert logged(database, kid + 1) == ranges.Logged()


def test_what_waits_for_its_place_is_not_in_the_log(database: Database, kid: int) -> None:
    """Nor is a place that somebody gave it by hand."""
    with database.writing() as session:
        lot = session.scalars(select(Lot)).one()
        allocate(session, lot=lot, count=50, form=Form.OFFLINE)
        session.execute(update(LogLeaf).where(LogLeaf.seq.is_(None)).values(seq=2))
    assert logged(database, kid) == GOOD


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            update(LogLeaf).where(LogLeaf.seq == 0).values(body=bytes(leaves.run(1, count=99))),
            "root",
        ),
        (update(LogLeaf).where(LogLeaf.seq == 1).values(seq=7), "Leaf 1"),
        (delete(LogLeaf).where(LogLeaf.seq == 0), "Leaf 0"),
        (update(LogState).values(checkpoint="no checkpoint"), "no signed checkpoint"),
        (update(LogState).values(origin="other.example/log"), "not signed"),
        (update(LogState).values(sealed=b"x" * 60), "cannot be opened"),
    ],
)
def test_a_log_that_somebody_changed_is_not_believed_at_all(
    database: Database, kid: int, change: Update | Delete, fault: str
) -> None:
    with database.writing() as session:
        session.execute(change)
    ranges._cached.clear()
    assert logged(database, kid) == ranges.Logged()
    with database.reading() as session:
        assert fault in str(ranges.view(session, [kid], secrets=SECRETS).fault)


def test_the_public_half_in_the_database_is_not_what_signs(database: Database, kid: int) -> None:
    """A thief's checkpoint over a thief's leaf, with the thief's public key beside it."""
    leaf = leaves.run(1, count=5000)
    seed = bytes(range(32))
    made = Checkpoint("qr.example.vn/log", 1, merkle.leaf_hash(bytes(leaf))).sign(seed)
    with database.writing() as session:
        session.execute(delete(LogLeaf))
        row = log.row_of(leaf)
        row.seq = 0
        session.add(row)
        values = {"public": public_key(seed), "checkpoint": bytes(made).decode()}
        session.execute(update(LogState).values(values))
    assert logged(database, kid) == ranges.Logged()


@pytest.mark.parametrize("what", ["gone", "older", "nonsense"])
def test_what_became_of_the_files_changes_nothing(
    database: Database, files: Files, kid: int, what: str
) -> None:
    older = files.get(log.CHECKPOINT)
    with database.writing() as session:
        allocate(session, lot=session.scalars(select(Lot)).one(), count=5, form=Form.OFFLINE)
        freeze(session, kid, secrets=SECRETS)
    publish(database, files)
    if what == "gone":
        files.delete(log.CHECKPOINT)
        files.delete("log/tile/0/000.p/1")
    else:
        files.put(log.CHECKPOINT, older if what == "older" else b"x")
    assert logged(database, kid) == ranges.Logged(((1, 26),), ((1, 0, 25, *SAID),), ended=True)


def test_a_service_without_a_log_has_no_ranges(database: Database) -> None:
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
    assert logged(database, 1) == ranges.Logged()


@pytest.mark.parametrize(
    "given, expected",
    [
        ([], ()),
        ([(1, 5)], ((100, 105),)),
        ([(1, 100), (2, 5)], ((100, 205),)),
        ([(3, 5), (1, 5)], ((100, 105), (300, 305))),
        ([(1, 150), (2, 5)], ((100, 250),)),
    ],
)
def test_neighbours_are_joined(
    given: list[tuple[int, int]], expected: tuple[tuple[int, int], ...]
) -> None:
    runs = [leaves.run(number, count=count) for number, count in given]
    assert ranges.number_ranges(runs) == expected


def test_only_offline_units_have_unit_ranges() -> None:
    runs = [
        leaves.run(1, lot=2, form="offline", first_in_lot=10),
        leaves.run(2, lot=2),
        leaves.run(3, lot=1, form="offline"),
        leaves.blank(1, first=9000),
    ]
    assert ranges.unit_ranges(runs) == ((1, 0, 10), (2, 10, 20))
