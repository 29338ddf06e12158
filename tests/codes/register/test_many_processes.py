"""Numbers are given out once, whoever asks at the same time: threads share much, processes nothing."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise

import pytest

from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form
from labelsvc.codes.register.blank import allocate_blank
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.db import Database
from labelsvc.migrations import tables as tables
from labelsvc.settings import Settings
from tests.factories import make_lot

PROCESSES, RUNS = 4, 8


def _runs(url: str, lot_id: int, seed: int) -> list[tuple[int, int]]:
    """Ranges that one process got."""
    database = Database(url)
    found = []
    try:
        for number in range(RUNS):
            count = 1 + (seed * 7 + number * 3) % 50
            with database.writing() as session:
                lot = session.get_one(Lot, lot_id)
                if number % 4 == 3:
                    owner = lot.product.producer_id
                    roll = allocate_blank(session, producer_id=owner, count=count, by="x")
                    found.append((roll.first, roll.last))
                else:
                    made = allocate(session, lot=lot, count=count, form=Form.SHORT, by="x")
                    found.append((made.first, made.last))
    finally:
        database.close()
    return found


@pytest.mark.server
def test_thirty_two_runs_of_four_processes_never_overlap(
    database: Database, database_url: str, settings: Settings
) -> None:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        lot_id = make_lot(session, declared=5000).id
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn) as pool:
        asked = [pool.submit(_runs, database_url, lot_id, seed) for seed in range(PROCESSES)]
        ranges = sorted(pair for done in asked for pair in done.result(120))
    assert len(ranges) == PROCESSES * RUNS
    assert all(a[1] < b[0] for a, b in pairwise(ranges))
    assert all(a[1] + 1 == b[0] for a, b in pairwise(ranges))  # and without a gap
