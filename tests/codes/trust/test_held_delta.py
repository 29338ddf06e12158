"""What a verifier without a network holds: brought up to date by what is new, or by the full list."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from labelsvc.codes.forms.signing import public_key
from labelsvc.codes.tlog.formats.note import NoteKey, sign
from labelsvc.codes.trust.formats.body import Listed
from labelsvc.codes.trust.formats.status import HeadLine, Purpose, StatusHead, StatusList
from labelsvc.codes.trust.held import MOST_DELTAS, HeldTrust
from labelsvc.errors import BadStatusList, FileMissing
from tests.codes.trust.test_manifest import CONTENT, FIRST, HOST, signed

AT = datetime(2026, 11, 24, tzinfo=UTC)
PATH = "trust/status/2/withdrawn/"


@dataclass
class Service:
    """Gives lists that grow by one unit each time, and notes what was asked for."""

    files: dict[str, bytes] = field(
        default_factory=lambda: {".well-known/labelsvc-trust.json": bytes(FIRST)}
    )
    asked: list[str] = field(default_factory=list)
    seed: bytes = bytes([8]) * 32

    def publish(
        self, number: int, *, more: tuple[int, ...] = (), at: datetime | None = None
    ) -> None:
        at = at or AT + timedelta(hours=number)
        signing = partial(sign, name=f"{HOST}/status", seed=self.seed)
        facts = HOST, 2, Purpose.WITHDRAWN, number
        ends = at, at + timedelta(days=1), 10
        full = StatusList(*facts, 0, *ends, {5: (*range(number), *more)}).write(signing)
        new: Listed = {5: (number - 1,)}
        self.files[f"{PATH}{number}"] = full
        self.files[f"{PATH}{number - 1}-{number}"] = StatusList(
            *facts, number - 1, *ends, new
        ).write(signing)
        line = HeadLine(2, Purpose.WITHDRAWN, number, hashlib.sha256(full).hexdigest())
        head = StatusHead(HOST, at, at + timedelta(days=1), (line,), 1)
        self.files["trust/head"] = head.write(signing)

    def get(self, path: str) -> bytes:
        if path.startswith(PATH):
            self.asked.append(path.removeprefix(PATH))
        if path not in self.files:
            raise FileMissing("There is no file {key}.", key=path)
        return self.files[path]


class Folder(dict[str, bytes]):
    def read(self, name: str) -> bytes:
        if name not in self:
            raise FileMissing("There is no file {key}.", key=name)
        return self[name]

    def fetch(self, service: Service) -> list[str]:
        """What was asked for; what is of no use any more is tidied away."""
        service.asked.clear()
        held = HeldTrust.read(self.read) if self else None
        found = HeldTrust.fetch(service.get, self.__setitem__, held)
        for name in set(self) - found.names:
            del self[name]
        return service.asked


def units(folder: Folder) -> tuple[int, tuple[int, ...]]:
    held = HeldTrust.read(folder.read)
    found = held.lists[2, Purpose.WITHDRAWN]
    return found.number, tuple(unit for unit in range(100) if found.has(5, unit))


@pytest.fixture
def service() -> Service:
    made = Service()
    for number in (1, 2, 3):
        made.publish(number)
    return made


@pytest.mark.parametrize(
    ("newest", "asked"),
    [
        (3, []),
        (4, ["3-4"]),
        (3 + MOST_DELTAS, [f"{n}-{n + 1}" for n in range(3, 3 + MOST_DELTAS)]),
        (4 + MOST_DELTAS, [f"{4 + MOST_DELTAS}"]),
    ],
    ids=["nothing new", "one", "as many as may be", "too many"],
)
def test_what_is_new_is_added_to_what_is_held(
    service: Service, newest: int, asked: list[str]
) -> None:
    folder = Folder()
    assert folder.fetch(service) == ["3"]
    for number in range(4, newest + 1):
        service.publish(number)
    assert folder.fetch(service) == asked
    assert units(folder) == (newest, tuple(range(newest)))
    assert folder.fetch(service) == []  # it is held now, whatever it is made of
    assert units(folder) == (newest, tuple(range(newest)))


def test_a_long_row_of_additions_ends_in_a_full_list(service: Service) -> None:
    folder = Folder()
    folder.fetch(service)
    full = 0
    for number in range(4, 30):
        service.publish(number)
        full += folder.fetch(service) == [str(number)]
        assert units(folder) == (number, tuple(range(number)))
        assert len(folder) <= 3 + MOST_DELTAS
    assert full == 2


@pytest.mark.parametrize("fault", ["missing", "damaged", "of another list", "signed by nobody"])
def test_where_an_addition_cannot_be_used_the_full_list_is_fetched(
    service: Service, fault: str
) -> None:
    folder = Folder()
    folder.fetch(service)
    for number in (4, 5):
        service.publish(number)
    name = f"{PATH}4-5"
    if fault == "missing":
        del service.files[name]
    elif fault == "damaged":
        service.files[name] = service.files[name][:-1] + b"?"
    elif fault == "of another list":
        service.files[name] = service.files[f"{PATH}3-4"]
    else:
        service.files[name] = service.files[name].replace(b"5 4\n", b"5 4\n\n", 1)
    assert folder.fetch(service) == ["3-4", "4-5", "5"]
    assert units(folder) == (5, tuple(range(5)))


def test_with_another_status_key_everything_is_fetched_in_full(service: Service) -> None:
    folder = Folder()
    folder.fetch(service)
    rotated = replace(
        CONTENT, version=2, status_keys=(NoteKey(f"{HOST}/status", public_key(bytes([6]) * 32)),)
    )
    service.files[".well-known/labelsvc-trust.json"] = bytes(signed(rotated, 0, 2))
    service.seed = bytes([6]) * 32
    service.publish(4)
    assert folder.fetch(service) == ["4"]
    assert units(folder) == (4, tuple(range(4)))


def test_another_list_of_the_same_number_is_fetched(service: Service) -> None:
    folder = Folder()
    folder.fetch(service)
    service.publish(2)
    service.files[f"{PATH}3"] = service.files.pop(f"{PATH}2")
    with pytest.raises(BadStatusList):  # the head went back
        folder.fetch(service)
    assert units(folder) == (3, (0, 1, 2))


def test_a_folder_that_lost_a_part_says_nothing_of_that_list(service: Service) -> None:
    folder = Folder()
    folder.fetch(service)
    for number in (4, 5):
        service.publish(number)
    folder.fetch(service)
    del folder["2-withdrawn-4-5"]
    assert not HeldTrust.read(folder.read).lists
    assert folder.fetch(service) == ["5"]
    assert units(folder) == (5, tuple(range(5)))


def test_what_is_held_still_counts_when_nothing_is_new(service: Service) -> None:
    folder = Folder()
    folder.fetch(service)
    again = HeldTrust.fetch(service.get, folder.__setitem__, HeldTrust.read(folder.read))
    assert again.lists[2, Purpose.WITHDRAWN].has(5, 2)


def test_a_list_of_the_same_number_with_other_words_is_fetched(service: Service) -> None:
    folder = Folder()
    folder.fetch(service)
    service.publish(3, more=(90,))  # the service was restored from a copy and went another way
    assert folder.fetch(service) == ["3"]
    assert units(folder) == (3, (0, 1, 2, 90))


def test_a_list_that_went_back_under_a_newer_head_is_fetched(service: Service) -> None:
    folder = Folder()
    folder.fetch(service)
    service.publish(2, at=AT + timedelta(hours=9))
    assert folder.fetch(service) == ["2"]
    assert units(folder) == (2, (0, 1))


@pytest.mark.parametrize(("after", "read"), [(1, True), (MOST_DELTAS, True), (MOST_DELTAS + 1, False)])  # fmt: skip
def test_a_folder_is_read_up_to_so_many_additions(after: int, read: bool) -> None:
    service, folder = Service(), Folder()
    service.publish(1)
    folder.fetch(service)
    for number in range(2, 2 + after):
        service.publish(number)
        name = f"{number - 1}-{number}"
        folder[f"2-withdrawn-{name}"] = service.files[PATH + name]
    folder["status"] = service.files["trust/head"]
    if read:
        assert units(folder) == (1 + after, tuple(range(1 + after)))
    else:
        assert not HeldTrust.read(folder.read).lists
