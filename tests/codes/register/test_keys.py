"""Signing keys in the database: creation, rotation, freezing, and what they mean for labels."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from labelsvc.catalogue.models import Lot
from labelsvc.codes import models
from labelsvc.codes.forms import offline, short, uri
from labelsvc.codes.forms.offline import OfflineCode
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Counter, Form, Issue, KeyRecord, PermutationSecret
from labelsvc.codes.register.issue import allocate, codes_of, find_unit
from labelsvc.codes.register.keys import (
    create_keys,
    freeze,
    load_keyring,
    lock_counter,
    revoke_key,
    rotate,
)
from labelsvc.codes.tlog import describe
from labelsvc.codes.tlog.formats.leaf import parse
from labelsvc.codes.tlog.formats.merkle import leaf_hash
from labelsvc.codes.tlog.models import LogLeaf
from labelsvc.db import Database
from labelsvc.errors import Conflict, FrozenKey, KeyUnavailable, NotFound, RevokedKey
from labelsvc.files import Files
from tests.factories import make_lot, publish_log

BASE_URL = "https://qr.example.vn"
SECRETS = ("a-secret-of-the-settings-for-tests-0001",)


def loaded(database: Database, secrets: tuple[str, ...] = SECRETS) -> Keyring:
    with database.reading() as session:
        return load_keyring(session, base_url=BASE_URL, secrets=secrets)


def states(database: Database) -> list[tuple[int, str, int | None]]:
    with database.reading() as session:
        rows = session.scalars(select(KeyRecord).order_by(KeyRecord.kid))
        return [(row.kid, row.state, row.first_number) for row in rows]


def issue(database: Database, count: int, form: Form = Form.SHORT, code: str = "L1") -> Issue:
    with database.writing() as session:
        lot = session.scalars(select(Lot)).first() or make_lot(session, code=code)
        made = allocate(session, lot=lot, count=count, form=form)
        _ = made.lot.product  # loaded before the session ends
        return made


def short_numbers(keyring: Keyring, texts: list[str]) -> list[int]:
    return [keyring.verify_short(short.parse(text.rsplit("/", 1)[1])) for text in texts]


def test_the_first_keys_are_one_active_and_one_waiting(database: Database) -> None:
    with database.writing() as session:
        assert create_keys(session, secrets=SECRETS).kid == 1
    assert states(database) == [(1, "active", 1), (2, "next", None)]
    with database.writing() as session:
        assert create_keys(session, secrets=SECRETS).kid == 1
    assert states(database) == [(1, "active", 1), (2, "next", None)]


def test_many_processes_starting_at_once_make_one_set_of_keys(database: Database) -> None:
    barrier = threading.Barrier(8)
    failures: list[BaseException] = []

    def start() -> None:
        barrier.wait()
        try:
            with database.writing() as session:
                create_keys(session, secrets=SECRETS)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert states(database) == [(1, "active", 1), (2, "next", None)]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PermutationSecret)) == 1


def test_no_secret_lies_open_in_the_database(database: Database) -> None:
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
    keyring = loaded(database)
    with database.reading() as session:
        boxes = b"".join(session.scalars(select(KeyRecord.sealed)))
        boxes += b"".join(session.scalars(select(PermutationSecret.sealed)))
    for key in keyring.keys:
        assert key.mac_secret and key.mac_secret not in boxes
        assert key.ed25519_private and key.ed25519_private not in boxes


def test_the_secret_of_the_settings_can_be_changed(database: Database) -> None:
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
    assert issue(database, 1).first == 1
    code = loaded(database).short(1)
    both = (*SECRETS, "another-secret-of-the-settings-0000002")
    with database.writing() as session:
        rotate(session, secrets=both)
    assert loaded(database, both).short(1) == code
    with pytest.raises(KeyUnavailable):
        loaded(database, both[1:])


def test_nothing_works_without_keys_and_the_error_says_what_to_do(database: Database) -> None:
    with pytest.raises(KeyUnavailable) as caught:
        loaded(database)
    assert caught.value.fix
    for verb in (rotate, lambda session, secrets: lock_counter(session)):
        with pytest.raises(KeyUnavailable), database.writing() as session:
            verb(session, secrets=SECRETS)
    with pytest.raises(KeyUnavailable):
        issue(database, 1)


def test_labels_survive_every_rotation(database: Database) -> None:
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
    printed: list[tuple[Issue, list[str]]] = []
    for _ in range(4):
        made = issue(database, 5)
        printed.append((made, codes_of(made, loaded(database))))
        with database.writing() as session:
            rotate(session, secrets=SECRETS)
    assert [state for _, state, _ in states(database)] == ["retired"] * 4 + ["active", "next"]
    assert [first for *_, first in states(database)] == [1, 6, 11, 16, 21, None]
    keyring = loaded(database)
    for made, texts in printed:
        assert short_numbers(keyring, texts) == list(range(made.first, made.last + 1))
        assert codes_of(made, keyring) == texts  # rendered again, the same file


def test_a_run_that_is_rendered_after_a_rotation_is_signed_by_its_own_key(
    database: Database,
) -> None:
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
    made = issue(database, 3)
    before = codes_of(made, loaded(database))
    with database.writing() as session:
        rotate(session, secrets=SECRETS)
    assert codes_of(made, loaded(database)) == before


def test_a_frozen_key_is_believed_inside_the_log_only(database: Database, files: Files) -> None:
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
    units = issue(database, 20, Form.OFFLINE)
    texts = codes_of(units, loaded(database))
    stolen = loaded(database)
    with database.writing() as session:
        freeze(session, 1, secrets=SECRETS)
    publish_log(database, files, SECRETS)
    assert [state for _, state, _ in states(database)] == ["frozen", "active", "next"]
    keyring = loaded(database)

    code = uri.parse(texts[0], host=keyring.host)
    assert isinstance(code, OfflineCode)
    payload = keyring.verify_offline(code)
    with database.reading() as session:
        found = find_unit(session, keyring, payload)
        assert found is not None
        assert (found[0].id, found[1]) == (units.id, units.first)

    # The thief signs a unit of a lot that was never in the log.
    forged = offline.OfflinePayload(1, 1, units.lot_id + 1, 0)
    with pytest.raises(FrozenKey):
        keyring.verify_offline(offline.parse(stolen.offline(forged)))
    # A number beyond the log is not in the range of the stolen key any more.
    assert keyring.keys[0].ranges == ((1, 21),)


def test_a_thief_beside_the_units_of_a_lot_is_found_out_without_secrets(
    database: Database, files: Files
) -> None:
    """All that anybody holds is the public half, with the key of the shuffle told in it."""
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
    units = issue(database, 20, Form.OFFLINE)
    stolen = loaded(database)
    with database.writing() as session:
        freeze(session, 1, secrets=SECRETS)
    publish_log(database, files, SECRETS)
    public = Keyring.from_json(loaded(database).to_json())
    for index in range(60):
        unit = stolen.units.printed(units.lot_id, index)
        genuine = offline.OfflinePayload(
            1, units.said.reference, units.lot_id, unit, units.said.expires, units.said.is_gtin
        )
        code = offline.parse(stolen.offline(genuine))
        if index < 20:
            assert public.verify_offline(code).unit == unit
        else:
            with pytest.raises(FrozenKey):
                public.verify_offline(code)


@pytest.mark.parametrize(
    "change",
    [{"expires": date(2035, 1, 1)}, {"expires": None}, {"reference": 99_999},
     {"reference": 8938505974019, "is_gtin": True}, {"unit": 1 << 20}, {"lot": 5}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
@pytest.mark.parametrize("noted", [True, False], ids=["new run", "run of before"])
def test_a_thief_who_signs_a_printed_unit_as_something_else_is_found_out(
    database: Database, files: Files, change: dict[str, Any], noted: bool
) -> None:
    """By the service, while the key is active and once it is frozen, and without secrets."""
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
    units = issue(database, 20, Form.OFFLINE)
    ring = loaded(database)
    genuine = offline.parse(codes_of(units, ring)[3].rpartition("/")[2])
    forged = offline.parse(ring.offline(replace(genuine.payload, **change)))
    if (
        not noted
    ):  # of a release that did not note what codes say, neither in the row nor in the log
        with database.writing() as session:
            row = session.get_one(Issue, units.id)
            row.reference = row.expiry = row.flags = None
            session.flush()
            leaf = session.scalars(select(LogLeaf).where(LogLeaf.subject == "issue:1")).one()
            made = describe.issue(row)
            leaf.body = bytes(
                replace(made, at=parse(leaf.body).at, reference=None, expiry=None, flags=None)
            )
            leaf.leaf_hash = leaf_hash(leaf.body)

    def found(code: offline.OfflineCode) -> bool:
        with database.reading() as session:
            return find_unit(session, loaded(database), code.payload) is not None

    assert found(genuine)
    assert not (noted and found(forged))
    with database.writing() as session:
        freeze(session, 1, secrets=SECRETS)
    publish_log(database, files, SECRETS)
    assert found(genuine)
    assert not found(forged)
    for frozen in (loaded(database), Keyring.from_json(loaded(database).to_json())):
        assert frozen.is_compared(frozen.verify_offline(genuine))
        with pytest.raises(FrozenKey):
            frozen.verify_offline(forged)


def test_a_key_is_believed_for_what_it_signed_and_not_for_what_the_next_one_did(
    database: Database, files: Files
) -> None:
    """Runs before, between and after in one lot; neighbours are one range."""
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
    issue(database, 20, Form.OFFLINE)
    issue(database, 30, Form.OFFLINE)
    lot = issue(database, 5, Form.SHORT).lot_id
    issue(database, 7, Form.OFFLINE)
    with database.writing() as session:
        rotate(session, secrets=SECRETS)
    issue(database, 9, Form.OFFLINE)
    with database.writing() as session:
        freeze(session, 1, secrets=SECRETS)
    publish_log(database, files, SECRETS)
    rows = loaded(database).keys[0].unit_ranges
    assert [row[:3] for row in rows] == [(lot, 0, 50), (lot, 55, 62)]


def test_units_of_lots_to_come_are_shuffled_by_a_key_that_is_not_told(
    database: Database, files: Files
) -> None:
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
    lot = issue(database, 20, Form.OFFLINE).lot_id
    before = loaded(database)
    for kid in (1, 2):
        with database.writing() as session:
            freeze(session, kid, secrets=SECRETS)
            freeze(session, 1, secrets=SECRETS)  # once more changes nothing
    publish_log(database, files, SECRETS)
    after = loaded(database)
    assert [key.lots_before for key in after.keys] == [lot + 1001, lot + 1001, None, None]
    (told,) = after.keys[0].unit_keys
    assert (told.first, told.stop) == (0, lot + 1001)
    assert after.keys[1].unit_keys == ()  # it never signed
    # A lot that is opened meanwhile, by a process that has not heard of it, keeps its key.
    for changed, of in ((False, lot), (False, lot + 1000), (True, lot + 1001)):
        units = [ring.units.printed_many(of, 0, 50) for ring in (before, after)]
        assert (units[0] != units[1]) is changed


def test_a_revoked_key_is_not_believed_at_all(database: Database) -> None:
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
    made = issue(database, 1)
    texts = codes_of(made, loaded(database))
    with database.writing() as session:
        revoke_key(session, 1, secrets=SECRETS)
    with pytest.raises(RevokedKey):
        short_numbers(loaded(database), texts)
    with pytest.raises(Conflict), database.writing() as session:
        freeze(session, 1, secrets=SECRETS)
    with pytest.raises(NotFound), database.writing() as session:
        freeze(session, 77, secrets=SECRETS)


def test_a_key_that_was_only_waiting_can_be_revoked(database: Database) -> None:
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
        revoke_key(session, 2, secrets=SECRETS)
        assert rotate(session, secrets=SECRETS).kid == 3
    assert [s for _, s, _ in states(database)] == ["retired", "revoked", "active", "next"]
    made = issue(database, 2)
    keyring = loaded(database)
    assert short_numbers(keyring, codes_of(made, keyring)) == [1, 2]


def test_the_counter_starts_at_one(database: Database) -> None:
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
    with database.reading() as session:
        assert session.scalars(select(Counter.next)).all() == [1]


def test_key_states_of_the_table_are_those_of_the_keyring() -> None:
    assert models.KeyState is KeyState
