"""The drill of a rename: labels printed under the old name, then the service has another one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from labelsvc.cli.doctor import rows
from labelsvc.clock import now
from labelsvc.codes.forms import offline
from labelsvc.codes.forms.offline import OfflineCode
from labelsvc.codes.models import Issue
from labelsvc.codes.register.issue import codes_of, load_keyring, rotate
from labelsvc.codes.trust import store
from labelsvc.codes.trust.held import HeldTrust
from labelsvc.codes.trust.known import Known
from labelsvc.codes.trust.roots import SeedRoot
from labelsvc.db import Database
from labelsvc.errors import BadSignature, ConfigurationError, FileMissing, PrintRefused
from labelsvc.files import Files
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs import hosts
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.worker.publishing import publish_lists
from tests.conftest import HOST
from tests.world import World

NEW = "tem.example.vn"
ROOTS = [SeedRoot(bytes([n]) * 32) for n in (1, 2, 3)]


@pytest.fixture
def renamed(settings: Settings) -> Settings:
    changes = {"base_url": f"https://{NEW}", "former_hosts": (HOST,)}
    return settings.model_copy(update=changes)


@pytest.fixture
def app(database: Database, renamed: Settings, world: World) -> Flask:
    return create_app(renamed, database)


def ceremony(database: Database, settings: Settings, *roots: bytes) -> None:
    with database.writing() as session:
        ring = load_keyring(
            session, base_url=settings.base_url, secrets=settings.keys, former=settings.former_hosts
        )
        made = store.draft(session, ring, secrets=settings.keys, roots=roots)
        store.publish_manifest(session, made.sign(ROOTS[0]).sign(ROOTS[1]), host=ring.host)
    publish_lists(database, Files(settings.files), settings)


def getter(app: Flask, host: str) -> Callable[[str], bytes]:
    def get(path: str) -> bytes:
        answer = app.test_client().get("/" + path, headers={"Host": host})
        if answer.status_code != 200:
            raise FileMissing("There is no file {key}.", key=path)
        return bytes(answer.get_data())

    return get


def read(path: str) -> OfflineCode:
    return offline.parse(path.removeprefix("/"))


def test_the_drill_of_a_rename(
    database: Database, settings: Settings, renamed: Settings, world: World
) -> None:
    code = read(world.codes["offline"])
    ceremony(database, settings, *(root.public for root in ROOTS))
    old = HeldTrust.fetch(getter(create_app(settings, database), HOST), lambda *_: None)
    assert (old.host, old.say(code, now())) == (HOST, Known.ISSUED_OK)

    with database.writing() as session:
        rotate(session, secrets=settings.keys)
    ceremony(database, renamed)
    app = create_app(renamed, database)
    # One that stays with the old manifest, one that goes on from it, one that begins now.
    assert old.say(code, now()) == Known.ISSUED_OK
    for get in (getter(app, NEW), getter(app, HOST)):
        for before in (old, None):
            found = HeldTrust.fetch(get, lambda *_: None, before)
            assert (found.host, found.say(code, now())) == (NEW, Known.ISSUED_OK)
    ((name, kids),) = found.manifest.content.former.items()
    assert (name, code.payload.kid in kids) == (HOST, True)

    # The ceremony after that one keeps what was told of the name before.
    ceremony(database, renamed)
    later = HeldTrust.fetch(getter(app, NEW), lambda *_: None, found)
    assert later.manifest.content.hosts == found.manifest.content.hosts


@pytest.mark.parametrize("host", [HOST, NEW])
@pytest.mark.parametrize("name", ["in_force", "offline", "gs1", "lot"])
def test_printed_codes_are_answered_at_both_names(
    app: Flask, world: World, host: str, name: str
) -> None:
    client = app.test_client()
    for _ in range(2):  # the second one from the cache
        answer = client.get(world.codes[name], headers={"Host": host, "Accept": "application/json"})
        assert (answer.status_code, answer.json["verdict"]) == (200, "ISSUED_OK")  # type: ignore[index]


def test_a_text_with_either_name_is_read_and_that_of_a_stranger_is_not(
    app: Flask, world: World
) -> None:
    path = world.codes["in_force"]
    for host, goes in ((HOST, path), (NEW, path), ("qr.evil.example", None)):
        asked = {"code": f"https://{host}{path}"}
        answer = app.test_client().get("/check", query_string=asked, headers={"Host": NEW})
        assert answer.headers.get("Location") == goes, host


def test_new_codes_lead_to_the_new_name_and_old_ones_stay_as_printed(
    database: Database, renamed: Settings, world: World
) -> None:
    with database.reading() as session:
        ring = load_keyring(
            session, base_url=renamed.base_url, secrets=renamed.keys, former=renamed.former_hosts
        )
        issue = session.scalars(select(Issue).where(Issue.form == "short")).first()
        assert issue is not None
        new = codes_of(issue, ring, count=1)[0]
        old = codes_of(issue, ring.under(HOST), count=1)[0]
    assert new.startswith(f"HTTPS://{NEW.upper()}/") and old.startswith(f"HTTPS://{HOST.upper()}/")
    assert new.rpartition("/")[2] != old.rpartition("/")[2]
    plain = ring.under(HOST)
    assert plain.verify_offline(read(world.codes["offline"]))
    with database.reading() as session, pytest.raises(BadSignature):
        load_keyring(session, base_url=renamed.base_url, secrets=renamed.keys).verify_offline(
            read(world.codes["offline"])
        )


@pytest.mark.parametrize(
    ("path", "goes"),
    [
        ("/account/sign-in?next=/office/", f"https://{NEW}/account/sign-in?next=/office/"),
        ("/office/?next=//evil.example", f"https://{NEW}/office/?next=//evil.example"),
        ("/console/", f"https://{NEW}/console/"),
    ],
)
def test_other_pages_are_sent_on_in_one_hop(app: Flask, path: str, goes: str) -> None:
    whole, _, query = path.partition("?")
    asked = {"PATH_INFO": whole, "QUERY_STRING": query}
    answer = app.test_client().get("/", headers={"Host": HOST}, environ_overrides=asked)
    assert (answer.status_code, answer.headers["Location"]) == (301, goes)
    assert answer.headers["Cache-Control"] == "no-store"


def test_doctor_refuses_a_new_name_that_forgets_the_old_one(
    database: Database, settings: Settings, renamed: Settings, world: World
) -> None:
    forgetful = renamed.model_copy(update={"former_hosts": ()})
    with database.writing() as session:
        issue = session.scalars(select(Issue).where(Issue.form == "short")).first()
        assert issue is not None
        run = PrintRun(
            lot=issue.lot, issue=issue, form=issue.form, layout_name="a", layout_toml="", count=1,
            base_url=settings.base_url, content={}, created_by="test",
        )  # fmt: skip
        session.add(run)
    for known in (settings, renamed):
        assert known.host in rows.hosts(known, database)
    with pytest.raises(ConfigurationError, match=HOST):
        rows.hosts(forgetful, database)
    with database.reading() as session:
        hosts.refuse(session, renamed.base_url, renamed.former_hosts)
        hosts.refuse(session, forgetful.base_url, None)
        with pytest.raises(PrintRefused, match=HOST):
            hosts.refuse(session, forgetful.base_url, ())
