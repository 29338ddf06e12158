"""After another secret key: every sealed row of every table is under the newest, or none is."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select, update

from labelsvc import sealing
from labelsvc.accounts import factors, users
from labelsvc.accounts.models import Challenge, Factor, Totp
from labelsvc.accounts.roles import Role
from labelsvc.clock import now
from labelsvc.codes.models import KeyRecord
from labelsvc.codes.register import keys
from labelsvc.codes.tlog import log
from labelsvc.codes.trust import publish as lists
from labelsvc.codes.trust.reseal import look, reseal
from labelsvc.db import Database
from labelsvc.errors import KeyUnavailable
from labelsvc.files import Files

OLD = "old-secret-of-the-settings-00000001"
NEW = "new-secret-of-the-settings-00000002"
BASE = "https://qr.example.vn"
HOST = "qr.example.vn"
PURPOSES = {"key 1", "key 2", "log key", "permutation", "status key"}


@pytest.fixture
def app(database: Database) -> pyotp.TOTP:
    """Everything that is ever sealed, under the old key; gives the app of user 1."""
    with database.writing() as session:
        keys.create_keys(session, secrets=[OLD])
        log.open_log(session, origin=log.origin_of(HOST), secrets=[OLD])
        lists.status_key(session, host=HOST, secrets=[OLD])
        user = users.create_user(
            session, name="thao", full_name="Thảo", role=Role.OFFICE, producer_id=None,
            password="chum sen bên hồ", actor="test",
        )  # fmt: skip
        secret = factors.offer_totp(session, user.id, browser="browser", keys=[OLD])
        made = pyotp.TOTP(secret)
        factors.add_totp(session, user.id, made.at(now()), browser="browser", keys=[OLD])
        factors.offer_totp(session, user.id, browser="another", keys=[OLD])
    return made


def user_of(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(select(Totp.user_id)).one()


def boxes(database: Database) -> list[bytes]:
    with database.reading() as session:
        return [*session.scalars(select(KeyRecord.sealed)), *session.scalars(select(Totp.sealed))]


def test_under_the_new_key_alone_everything_works_and_staff_sign_in(
    database: Database, files: Files, app: pyotp.TOTP
) -> None:
    user = user_of(database)
    with database.reading() as session:
        before = look(session, secrets=[OLD, NEW])
        code = keys.load_keyring(session, base_url=BASE, secrets=[OLD]).short(1)
    assert (set(before.older), before.current, before.shut) == (PURPOSES | {f"totp {user}"}, (), ())
    with database.writing() as session:
        assert reseal(session, secrets=[OLD, NEW]) == 6
    with database.reading() as session:
        after = look(session, secrets=[NEW])
        assert (len(after.current), after.older, after.shut) == (6, (), ())
        ring = keys.load_keyring(session, base_url=BASE, secrets=[NEW])
    assert ring.short(1) == code
    typed = app.at(now() + timedelta(seconds=30))
    found = factors.check_code(database, user, typed, keys=[NEW], network="203.0.113")
    assert found is Factor.TOTP
    assert log.publish(database, files, origin=log.origin_of(HOST), secrets=[NEW]).size == 0
    assert lists.publish(database, files, ring, secrets=[NEW]) is not None
    with database.writing() as session:
        assert keys.rotate(session, secrets=[NEW]).kid == 2


def test_an_app_that_is_being_set_up_is_offered_anew(database: Database, app: pyotp.TOTP) -> None:
    user = user_of(database)
    with database.writing() as session:
        reseal(session, secrets=[OLD, NEW])
        assert session.scalar(select(func.count()).select_from(Challenge)) == 0
        # A process with the old settings made an offer since then.
        factors.offer_totp(session, user, browser="another", keys=[OLD])
    with database.writing() as session:
        secret = factors.offer_totp(session, user, browser="another", keys=[NEW])
        typed = pyotp.TOTP(secret).at(now())
        factors.add_totp(session, user, typed, browser="another", keys=[NEW])


def test_what_does_not_open_is_named_and_nothing_is_changed(
    database: Database, app: pyotp.TOTP
) -> None:
    user, before = user_of(database), boxes(database)
    with pytest.raises(KeyUnavailable) as caught, database.writing() as session:
        reseal(session, secrets=[NEW])
    assert caught.value.params["count"] == 6
    assert boxes(database) == before
    stranger = sealing.seal(["lost" * 10], b"x", purpose=f"totp {user}")
    with database.writing() as session:
        session.execute(update(Totp).values(sealed=stranger))
    before = boxes(database)
    with pytest.raises(KeyUnavailable, match=f": totp {user}") as caught, database.writing() as it:
        reseal(it, secrets=[OLD, NEW])
    assert "reset the second factors" in caught.value.fix
    assert boxes(database) == before
    with database.reading() as session:
        assert look(session, secrets=[OLD, NEW]).shut == (f"totp {user}",)
    with database.writing() as session:  # as the message says
        factors.reset(session, session.get_one(users.User, user), actor="cli")
        assert reseal(session, secrets=[OLD, NEW]) == 5


def test_two_at_once_and_a_rotation_between_leave_one_whole_set(
    database: Database, app: pyotp.TOTP
) -> None:
    both, barrier, raised = [OLD, NEW], threading.Barrier(4), []

    def work(number: int) -> None:
        barrier.wait()
        try:
            with database.writing() as session:
                if number == 3:
                    keys.rotate(session, secrets=both)
                else:
                    reseal(session, secrets=both)
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []
    with database.reading() as session:
        found = look(session, secrets=[NEW])
    assert (len(found.current), found.older, found.shut) == (7, (), ())


#: A process of its own: a fork of one with threads (a browser was driven in it before) may never wake up.
_KILLED = """
import os, signal, sys
import labelsvc.migrations.tables
from labelsvc.db import Database
from labelsvc.codes.trust.reseal import reseal
url, after, *secrets = sys.argv[1:]
done, real = 0, reseal.__globals__["seal"]
def seal(*args, **more):
    global done
    done += 1
    if done == int(after):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **more)
reseal.__globals__["seal"] = seal
with Database(url).writing() as session:
    reseal(session, secrets=secrets)
"""


@pytest.mark.parametrize("after", [1, 4, 6])
def test_killed_after_any_row_nothing_is_changed(
    database: Database, app: pyotp.TOTP, after: int
) -> None:
    before = boxes(database)
    url = database.url.render_as_string(hide_password=False)
    ended = subprocess.run(
        [sys.executable, "-c", _KILLED, url, str(after), OLD, NEW], timeout=120, capture_output=True
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert boxes(database) == before
    with database.writing() as session:
        assert reseal(session, secrets=[OLD, NEW]) == 6
