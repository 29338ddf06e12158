"""What a verifier without a network says, and what it lets into its folder."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from labelsvc.codes.forms import carton, offline
from labelsvc.codes.forms.carton import CartonPayload
from labelsvc.codes.forms.offline import OfflinePayload
from labelsvc.codes.forms.signing import public_key
from labelsvc.codes.keys.key import Key, KeyState
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.tlog.formats.note import NoteKey, sign
from labelsvc.codes.trust.formats.body import WHOLE
from labelsvc.codes.trust.formats.manifest import Content, Manifest
from labelsvc.codes.trust.formats.status import HeadLine, Purpose, StatusHead, StatusList
from labelsvc.codes.trust.held import HeldTrust
from labelsvc.codes.trust.roots import SeedRoot
from labelsvc.errors import BadStatusList, BadTrust, FileMissing, TrustRollback
from tests.codes.trust import moments

HOST = "qr.example.vn"
AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
STATUS = bytes([8]) * 32
SEEDS = [bytes([n]) * 32 for n in range(1, 5)]
WITHDRAWN, SOLD = Purpose.WITHDRAWN, Purpose.SOLD
#: Keys 1 active, 2 frozen to units 0 to 1,023 of lot 7, 3 revoked; 4 is in no manifest.
SIGNERS = {
    n: Key(n, KeyState.RETIRED, public_key(bytes([20 + n]) * 32), bytes([20 + n]) * 32)
    for n in range(1, 5)
}
KEYS = (
    replace(SIGNERS[1], ed25519_private=None, state=KeyState.ACTIVE),
    replace(
        SIGNERS[2], ed25519_private=None, state=KeyState.FROZEN,
        unit_ranges=((7, 0, 1024, 12, 0, 0), (8, 0, 9)),
    ),
    replace(SIGNERS[3], ed25519_private=None, state=KeyState.REVOKED),
)  # fmt: skip
CONTENT = Content(
    host=HOST, version=1, issued=AT, expires=AT + timedelta(days=400), threshold=2,
    roots=tuple(public_key(seed) for seed in SEEDS[:3]), keys=KEYS,
    status_keys=(NoteKey(f"{HOST}/status", public_key(STATUS)),),
)  # fmt: skip
MAKER = Keyring(list(SIGNERS.values()), None, HOST)
noted = partial(sign, name=f"{HOST}/status", seed=STATUS)


def manifest(version: int = 1, *roots: int, **changes: Any) -> Manifest:
    made = Manifest.draft(replace(CONTENT, version=version, **changes))
    for root in roots or (0, 1):
        made = made.sign(SeedRoot(SEEDS[root]))
    return made


def a_list(purpose: Purpose, number: int, listed: dict[int, Any], **changes: Any) -> StatusList:
    made = StatusList(HOST, 1, purpose, number, 0, AT, AT + timedelta(days=1), 100, listed)
    return replace(made, **changes)


class Service:
    """What a service gives: manifests and the lists that its head names."""

    def __init__(self, *lists: StatusList, newest: Manifest | None = None) -> None:
        self.newest = newest or manifest()
        self.paths = {".well-known/labelsvc-trust.json": bytes(self.newest)}
        self.publish(*lists)

    def publish(self, *lists: StatusList, issued: datetime = AT) -> None:
        lines = []
        for made in lists:
            file = made.write(noted)
            self.paths[f"trust/status/{made.kid}/{made.purpose}/{made.number}"] = file
            digest = hashlib.sha256(file).hexdigest()
            lines.append(HeadLine(made.kid, made.purpose, made.number, digest))
        if lists:
            head = StatusHead(HOST, issued, issued + timedelta(hours=24), tuple(sorted(lines)), 1)
            self.paths["trust/head"] = head.write(noted)

    def get(self, path: str) -> bytes:
        try:
            return self.paths[path]
        except KeyError:
            raise FileMissing("There is no file {key}.", key=path) from None


class Folder:
    """Files of a verifier."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def write(self, name: str, data: bytes) -> None:
        self.files[name] = data

    def read(self, name: str) -> bytes:
        try:
            return self.files[name]
        except KeyError:
            raise FileMissing("There is no file {key}.", key=name) from None


LISTS = (
    a_list(WITHDRAWN, 5, {7: (3, 4), 9: WHOLE}),
    a_list(SOLD, 2, {7: (4, 5)}),
)


def fetched(service: Service, folder: Folder | None = None, held: HeldTrust | None = None) -> HeldTrust:  # fmt: skip
    return HeldTrust.fetch(service.get, (folder or Folder()).write, held)


def code(kid: int = 1, lot: int = 7, unit: int = 6, expires: date | None = None) -> Any:
    return offline.parse(MAKER.offline(OfflinePayload(kid, 12, lot, unit, expires)))


def in_carton(kid: int = 1, expires: date | None = None) -> Any:
    tags = carton.tags(HOST, [f"KARTON{n:018}" for n in range(24)], room=24)
    payload = CartonPayload(kid, 12, 7, 7, 120, 24, tags, expires=expires)
    return carton.parse(MAKER.carton(payload))


def other_digit(made: Any) -> Any:
    """A code whose signature was changed."""
    return replace(made, signature=made.signature[:-1] + bytes([made.signature[-1] ^ 1]))


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        pytest.param(code(), "ISSUED_OK", id="good"),
        pytest.param(code(unit=3), "REVOKED", id="withdrawn"),
        pytest.param(code(lot=9), "REVOKED", id="of a recalled lot"),
        pytest.param(code(unit=5), "DECOMMISSIONED", id="sold"),
        pytest.param(code(unit=4), "REVOKED", id="sold and withdrawn"),
        pytest.param(code(unit=3, expires=date(2026, 1, 1)), "REVOKED", id="withdrawn and old"),
        pytest.param(code(expires=date(2026, 11, 23)), "EXPIRED", id="past its date"),
        pytest.param(code(expires=date(2026, 11, 24)), "ISSUED_OK", id="on its last day"),
        pytest.param(code(lot=100), "ISSUED_OK_STALE", id="of a lot that no list covers yet"),
        pytest.param(code(kid=4), "UNKNOWN_KEY", id="of a newer key"),
        pytest.param(code(kid=3), "FROZEN_KEY_OUTSIDE_RANGE", id="of a revoked key"),
        pytest.param(code(kid=2, unit=1024), "FROZEN_KEY_OUTSIDE_RANGE", id="made after a theft"),
        pytest.param(code(kid=2), "ISSUED_OK_STALE", id="of a frozen key without lists"),
        pytest.param(code(kid=2, expires=date(2035, 1, 1)), "FROZEN_KEY_OUTSIDE_RANGE", id="with a later day"),
        pytest.param(code(kid=2, lot=8), "SHORT_CODE_NEEDS_NETWORK", id="of a run of before that was told"),
        pytest.param(code(kid=2, lot=8, expires=date(2026, 11, 23)), "EXPIRED", id="the same, past its date"),
        pytest.param(other_digit(code()), "BAD_SIGNATURE", id="forged"),
    ],
)  # fmt: skip
def test_what_is_said_of_an_offline_code(shown: Any, said: str) -> None:
    assert fetched(Service(*LISTS)).say(shown, AT) == said


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        pytest.param(in_carton(), "ISSUED_OK", id="good"),
        pytest.param(in_carton(expires=date(2026, 11, 23)), "EXPIRED", id="past its date"),
        pytest.param(in_carton(expires=date(2026, 11, 24)), "ISSUED_OK", id="on its last day"),
        pytest.param(in_carton(kid=2), "SHORT_CODE_NEEDS_NETWORK", id="of a frozen key"),
        pytest.param(in_carton(kid=3), "FROZEN_KEY_OUTSIDE_RANGE", id="of a revoked key"),
        pytest.param(in_carton(kid=4), "UNKNOWN_KEY", id="of a newer key"),
        pytest.param(other_digit(in_carton()), "BAD_SIGNATURE", id="forged"),
    ],
)
def test_what_is_said_of_a_carton(shown: Any, said: str) -> None:
    assert fetched(Service(*LISTS)).say_carton(shown, AT) == said


@pytest.mark.parametrize(
    ("service", "later", "said"),
    [
        pytest.param(Service(*LISTS), timedelta(hours=24), "ISSUED_OK", id="to the last moment"),
        pytest.param(Service(*LISTS), timedelta(hours=24, seconds=1), "ISSUED_OK_STALE", id="head"),
        pytest.param(
            Service(*LISTS, newest=manifest(expires=AT + timedelta(hours=2))),
            timedelta(hours=2), "ISSUED_OK", id="to the last moment of the manifest",
        ),
        pytest.param(
            Service(*LISTS, newest=manifest(expires=AT + timedelta(hours=2))),
            timedelta(hours=2, seconds=1), "ISSUED_OK_STALE", id="manifest",
        ),
        pytest.param(Service(), timedelta(0), "ISSUED_OK_STALE", id="no head"),
    ],
)  # fmt: skip
def test_old_knowledge_is_told_as_old(service: Service, later: timedelta, said: str) -> None:
    held = fetched(service)
    assert held.say(code(), AT + later) == said
    assert held.say_carton(in_carton(), AT + later) == said


@pytest.mark.parametrize("case", moments.CASES, ids=[case.name for case in moments.CASES])
def test_what_is_said_at_any_moment(case: moments.Case) -> None:
    keys = tuple(replace(key, state=case.state) if key.kid == 1 else key for key in KEYS)
    facts = dict(case.facts)
    facts["states"] = tuple(
        (1 if kid == 4 else kid, state) for kid, state in facts.get("states", ())
    )
    issued = AT + case.head_later
    lines = tuple(HeadLine(1, made.purpose, made.number, "ab" * 32) for made in LISTS)
    head = StatusHead(
        HOST, issued, issued + timedelta(hours=24), lines, **({"manifest": 1} | facts)
    )
    held = HeldTrust(
        manifest(keys=keys, issued=AT + case.manifest_later), head,
        {(made.kid, made.purpose): made for made in LISTS},
        latest=None if case.latest is None else AT + case.latest,
    )  # fmt: skip
    assert held.say(code(), AT + case.now) == case.answer
    assert held.say_carton(in_carton(), AT + case.now) == case.answer


def test_the_head_may_take_more_trust_away_than_the_manifest() -> None:
    head = StatusHead(HOST, AT, AT + timedelta(hours=24), (), 1, ((2, KeyState.REVOKED),))
    held = HeldTrust(manifest(), head)
    assert held.say(code(kid=2), AT) == "FROZEN_KEY_OUTSIDE_RANGE"
    assert held.say_carton(in_carton(kid=2), AT) == "FROZEN_KEY_OUTSIDE_RANGE"
    assert HeldTrust(manifest()).say_carton(in_carton(kid=2), AT) == "SHORT_CODE_NEEDS_NETWORK"


def test_a_clock_that_is_set_back_is_found_until_a_newer_head_settles_it() -> None:
    service, folder = Service(*LISTS), Folder()
    fetched(service, folder).note(folder.write, AT + timedelta(days=900))
    held = HeldTrust.read(folder.read)
    assert held.say(code(), AT) == "ISSUED_OK_STALE"
    held.note(folder.write, AT)  # no earlier moment takes its place
    assert HeldTrust.read(folder.read).latest == AT + timedelta(days=900)
    same = fetched(service, folder, held)
    assert same.say(code(), AT) == "ISSUED_OK_STALE"
    service.publish(*LISTS, issued=AT + timedelta(minutes=1))
    newer = fetched(service, folder, same)
    assert newer.say(code(), AT + timedelta(minutes=1)) == "ISSUED_OK"
    newer.note(folder.write, AT + timedelta(minutes=1))
    assert HeldTrust.read(folder.read).say(code(), AT + timedelta(minutes=1)) == "ISSUED_OK"
    folder.files["latest"] = b"no moment"
    assert HeldTrust.read(folder.read).latest is None


def test_a_service_of_a_release_before_gives_no_ground_for_a_good_word() -> None:
    service = Service(*LISTS)
    head = StatusHead.read(service.paths.pop("trust/head"), host=HOST, keys=CONTENT.status_keys)
    service.paths["trust/status"] = replace(head, manifest=None).write(noted)
    held = fetched(service)
    assert held.say(code(), AT) == "ISSUED_OK_STALE"
    assert held.say(code(unit=3), AT) == "REVOKED"


def test_an_expiry_date_ends_at_midnight_in_hanoi() -> None:
    held = fetched(Service(*LISTS))
    shown = code(expires=date(2026, 11, 24))
    carton_shown = in_carton(expires=date(2026, 11, 24))
    for at, said in (
        (datetime(2026, 11, 24, 16, 59, tzinfo=UTC), "ISSUED_OK"),
        (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), "EXPIRED"),
    ):
        assert held.say(shown, at) == said
        assert held.say_carton(carton_shown, at) == said


@pytest.mark.parametrize("one", [WITHDRAWN, SOLD])
def test_both_lists_must_cover_a_lot(one: Purpose) -> None:
    lists = [made if made.purpose == one else replace(made, lots=7) for made in LISTS]
    held = fetched(Service(*lists))
    assert held.say(code(lot=6), AT) == "ISSUED_OK"
    assert held.say(code(), AT) == "ISSUED_OK_STALE"
    held = fetched(Service(next(made for made in LISTS if made.purpose == one)))
    assert held.say(code(), AT) == "ISSUED_OK_STALE"  # and both must be there


def test_a_folder_holds_what_was_fetched() -> None:
    folder = Folder()
    held = fetched(Service(*LISTS), folder)
    assert set(folder.files) == {"manifest.json", "status", "1-withdrawn-5", "1-sold-2"}
    assert held.names == {*folder.files, "latest"}
    assert held.host == HOST
    again = HeldTrust.read(folder.read)
    assert again == held
    assert again.say(code(unit=3), AT) == "REVOKED"


def test_a_folder_without_a_manifest_says_how_to_get_one() -> None:
    with pytest.raises(BadTrust, match=r"There is no trust manifest\.") as caught:
        HeldTrust.read(Folder().read)
    assert caught.value.fix == "Fetch one with: labelsvc keys fetch"


def test_a_folder_with_less_is_believed_as_far_as_it_goes() -> None:
    folder = Folder()
    fetched(Service(*LISTS), folder)
    del folder.files["1-sold-2"]
    held = HeldTrust.read(folder.read)
    assert set(held.lists) == {(1, WITHDRAWN)}
    assert held.say(code(unit=3), AT) == "REVOKED"
    assert held.say(code(), AT) == "ISSUED_OK_STALE"
    del folder.files["1-withdrawn-5"], folder.files["status"]
    bare = HeldTrust.read(folder.read)
    assert (bare.head, bare.lists) == (None, {})
    assert bare.names == {"manifest.json", "status", "latest"}


@pytest.mark.parametrize(
    ("name", "file", "error"),
    [
        ("manifest.json", bytes(manifest(1, 0, 3)), BadTrust),
        ("manifest.json", b"{}", BadTrust),
        ("status", b"x", BadStatusList),
        ("1-sold-2", b"x", BadStatusList),
        ("1-sold-2", a_list(SOLD, 2, {7: (4, 6)}).write(noted), BadStatusList),
    ],
)
def test_a_file_that_was_changed_in_the_folder_is_refused(
    name: str, file: bytes, error: type[Exception]
) -> None:
    folder = Folder()
    fetched(Service(*LISTS), folder)
    folder.files[name] = file
    with pytest.raises(error):
        HeldTrust.read(folder.read)


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(replace(LISTS[0], kid=2), id="of another key"),
        pytest.param(replace(LISTS[0], purpose=SOLD), id="of another purpose"),
        pytest.param(replace(LISTS[0], number=6), id="of another number"),
        pytest.param(replace(LISTS[0], base=4), id="a delta"),
    ],
)
def test_a_list_under_another_name_is_refused(made: StatusList) -> None:
    service = Service(*LISTS)
    file = made.write(noted)
    service.paths["trust/status/1/withdrawn/5"] = file
    line = HeadLine(1, WITHDRAWN, 5, hashlib.sha256(file).hexdigest())
    head = StatusHead(HOST, AT, AT + timedelta(hours=24), (line,), 1)
    service.paths["trust/head"] = head.write(noted)
    with pytest.raises(BadStatusList, match=r"not the one that the head names\."):
        fetched(service)


def test_newer_lists_take_the_place_of_older_ones() -> None:
    service, folder = Service(*LISTS), Folder()
    held = fetched(service, folder)
    service.publish(a_list(WITHDRAWN, 6, {7: (3, 4, 6), 9: WHOLE}), LISTS[1], issued=AT + timedelta(hours=1))  # fmt: skip
    newer = fetched(service, folder, held)
    assert held.say(code(), AT) == "ISSUED_OK"
    assert newer.say(code(), AT) == "REVOKED"
    assert newer.names == {"manifest.json", "status", "latest", "1-withdrawn-6", "1-sold-2"}
    assert HeldTrust.read(folder.read).say(code(), AT) == "REVOKED"


def test_an_older_head_is_refused_and_nothing_is_lost() -> None:
    service, folder = Service(), Folder()
    service.publish(*LISTS, issued=AT + timedelta(hours=1))
    held = fetched(service, folder)
    before = dict(folder.files)
    service.publish(a_list(WITHDRAWN, 5, {}), LISTS[1], issued=AT)
    with pytest.raises(BadStatusList, match="older"):
        fetched(service, folder, held)
    assert folder.files == before


def test_the_first_manifest_is_believed_when_enough_of_its_own_roots_signed_it() -> None:
    with pytest.raises(BadTrust):
        fetched(Service(newest=manifest(1, 0, 3)))
    assert fetched(Service(newest=manifest(7))).manifest.content.version == 7


def test_later_manifests_are_believed_one_after_another() -> None:
    service, folder = Service(), Folder()
    held = fetched(service, folder)
    new_roots = tuple(public_key(seed) for seed in SEEDS[1:4])
    for version, made in {
        2: manifest(2), 3: manifest(3, 0, 1, 2, 3, roots=new_roots), 4: manifest(4, 2, 3, roots=new_roots),
    }.items():  # fmt: skip
        service.paths[f"trust/manifest/{version}.json"] = bytes(made)
        service.paths[".well-known/labelsvc-trust.json"] = bytes(made)
    assert fetched(service, folder, held).manifest.content.version == 4
    assert HeldTrust.read(folder.read).manifest.content.roots == new_roots
    # The last one alone is signed by new roots, of which the first manifest knows too few.
    service.paths["trust/manifest/3.json"] = bytes(manifest(3, 2, 3, roots=new_roots))
    with pytest.raises(BadTrust):
        fetched(service, Folder(), held)
    del service.paths["trust/manifest/2.json"]
    with pytest.raises(FileMissing):
        fetched(service, Folder(), held)


def test_an_older_manifest_is_refused_and_the_newer_one_stays() -> None:
    folder = Folder()
    held = fetched(Service(newest=manifest(2)), folder)
    before = dict(folder.files)
    with pytest.raises(TrustRollback):
        fetched(Service(newest=manifest(1)), folder, held)
    assert folder.files == before


def test_a_service_that_published_nothing_says_so() -> None:
    service = Service()
    service.paths.clear()
    with pytest.raises(FileMissing):
        fetched(service)
