"""From theft to recovery: what was published before it stays good, what came after does not."""

from __future__ import annotations

import pytest

from labelsvc.codes.models import Form
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.codes.tlog import describe, log, ranges
from labelsvc.db import Database
from labelsvc.files import Files
from tests.codes.tlog import leaves
from tests.codes.tlog.test_log import SECRETS, publish
from tests.factories import make_lot


def test_a_thief_with_the_database_adds_nothing_to_what_was_published(
    database: Database, files: Files
) -> None:
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
        lot = make_lot(session)
        good = [allocate(session, lot=lot, count=10, form=Form.OFFLINE) for _ in range(2)]
        for issue in good:
            log.append(session, describe.issue(issue))
    size = publish(database, files).size
    with database.writing() as session:
        stolen = allocate(session, lot=session.merge(lot), count=50, form=Form.OFFLINE)
        log.append(session, describe.issue(stolen))
        waiting = ranges.logged_runs(session, good[0].kid, before=size)
    publish(database, files)
    with database.reading() as session:
        found = ranges.logged_runs(session, good[0].kid, before=size)
        assert found == waiting
        assert ranges.number_ranges(found) == ((good[0].first, good[0].first + 20),)
        assert ranges.unit_ranges(found) == ((lot.id, 0, 20),)
        later = ranges.logged_runs(session, good[0].kid, before=size + 1)
        assert ranges.number_ranges(later) == ((good[0].first, good[0].first + 70),)
        assert not ranges.logged_runs(session, good[0].kid + 1, before=size)


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
