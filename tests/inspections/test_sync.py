"""Cases from the inspector's application: kept once, whole, and nothing of them is believed."""

from __future__ import annotations

import base64
import hashlib
import io
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from pydantic import ValidationError
from sqlalchemy import func, select

from labelsvc.accounts.models import AuditEntry
from labelsvc.codes.forms import uri
from labelsvc.codes.models import Issue
from labelsvc.codes.register import cartons
from labelsvc.codes.register.issue import load_keyring
from labelsvc.db import Database
from labelsvc.errors import Conflict, PhotoRefused
from labelsvc.files import Files
from labelsvc.inspections import cases
from labelsvc.inspections.models import Case, CaseFile, CaseNote, Sighting
from labelsvc.inspections.sync import SentCase, SentPhoto, pictures, take
from labelsvc.settings import Settings
from tests.world import World

WHO = "user:9"


def photo(size: tuple[int, int] = (900, 700)) -> str:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    Image.new("RGB", size, (180, 90, 60)).save(out, "JPEG", exif=exif)
    return base64.b64encode(out.getvalue()).decode()


def sent(world: World, **facts: Any) -> SentCase:
    given = {
        "uid": str(uuid.uuid4()), "at": datetime(2026, 11, 24, 2, tzinfo=UTC),
        "code": world.codes["in_force"], "verdict": "DUPLICATE_HERE", "items": 2,
        "place": "Chợ Đồng Xuân, Hà Nội", "note": "Hai hộp cùng mã", "missing": ["net"],
        "photos": [{"uid": str(uuid.uuid4()), "data": photo()}],
    } | facts  # fmt: skip
    return SentCase.model_validate(given)


def keep(database: Database, settings: Settings, case: SentCase, *, actor: str = WHO) -> int:
    drawn = pictures(case)
    with database.writing() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        return take(session, Files(settings.files), ring, case, drawn=drawn, actor=actor).id


def everything(database: Database, settings: Settings) -> list[Any]:
    """All that is kept of cases: rows, trail, files with their contents."""
    found: list[Any] = []
    with database.reading() as session:
        for table in (Case, CaseNote, CaseFile, Sighting, AuditEntry):
            found += session.execute(select(table.__table__).order_by("id")).all()
        for path in session.scalars(select(CaseFile.path)):
            found.append(Files(settings.files).get(path))
    return found


def counted(database: Database) -> list[int]:
    with database.reading() as session:
        return [
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Case, CaseNote, CaseFile)
        ]


def test_a_case_is_kept_with_its_note_and_photos(
    database: Database, settings: Settings, world: World
) -> None:
    number = keep(database, settings, sent(world))
    with database.reading() as session:
        case = session.get_one(Case, number)
        assert (case.kind, case.lot_id, case.opened_by) == ("inspection", world.lot, WHO)
        (note,) = case.notes
        for words in ("09:00 24/11/2026", "2 món cùng mã", "Chợ Đồng Xuân", "Hai hộp cùng mã"):
            assert words in note.text
        (file,) = case.files
        assert (file.width, file.height) == (900, 700)
        data = Files(settings.files).get(file.path)
    assert data.startswith(b"\xff\xd8")
    assert b"SecretPhone" not in data


def test_the_place_is_kept_as_a_province_for_the_watch(
    database: Database, settings: Settings, world: World
) -> None:
    case = sent(world)
    keep(database, settings, case)
    keep(database, settings, case)
    with database.reading() as session:
        (seen,) = session.scalars(select(Sighting))
        assert (seen.source, seen.uid) == ("inspector", case.uid)


def test_a_position_is_kept_as_its_cell(
    database: Database, settings: Settings, files: Files, world: World
) -> None:
    keep(database, settings, sent(world, latitude=21.0123456, longitude=105.8499, place=""))
    with database.reading() as session:
        text = session.scalars(select(CaseNote.text)).one()
        assert "vĩ độ 21,025°, kinh độ 105,825°" in text
        assert "21,01" not in text and "0123456" not in text
        sighting = session.scalars(select(Sighting)).one()
        assert (sighting.province, sighting.latitude, sighting.longitude) == ("01", 21.025, 105.825)


def test_what_a_label_lacks_is_cited_in_vietnamese(
    database: Database, settings: Settings, files: Files, world: World
) -> None:
    keep(database, settings, sent(world, missing=["name"]))
    with database.reading() as session:
        text = session.scalars(select(CaseNote.text)).one()
    assert "Tên hàng hóa (Nghị định 37/2026/NĐ-CP, Điều 42 khoản 1 điểm a)" in text


def test_half_a_position_is_none(
    database: Database, settings: Settings, files: Files, world: World
) -> None:
    keep(database, settings, sent(world, latitude=21.0, place=""))
    with database.reading() as session:
        assert "Vị trí" not in session.scalars(select(CaseNote.text)).one()
        assert session.scalars(select(Sighting)).all() == []


def test_the_verdict_is_written_in_words(
    database: Database, settings: Settings, files: Files, world: World
) -> None:
    keep(database, settings, sent(world, verdict="REVOKED"))
    with database.reading() as session:
        assert ": Mã đã bị thu hồi" in session.scalars(select(CaseNote.text)).one()


def test_sent_again_it_is_the_same_case(
    database: Database, settings: Settings, world: World
) -> None:
    case = sent(world)
    first = keep(database, settings, case)
    assert keep(database, settings, case) == first
    assert counted(database) == [1, 1, 1]


#: What somebody may change in a case that was kept before.
OTHER = {
    "note": {"note": "Ba hộp"},
    "code": {"code": "/KHONG-PHAI-MA"},
    "verdict": {"verdict": "ISSUED_OK"},
    "items": {"items": 3},
    "place": {"place": "Hà Nội"},
    "position": {"latitude": 21.03, "longitude": 105.85},
    "missing": {"missing": []},
    "time": {"at": datetime(2026, 11, 24, 3, tzinfo=UTC)},
    "a photo less": {"photos": []},
    "another photo": {"photos": [SentPhoto(uid=str(uuid.uuid4()), data=photo((910, 700)))]},
}


@pytest.mark.parametrize("changed", OTHER)
@pytest.mark.parametrize("closed", [False, True])
def test_what_was_sent_once_says_nothing_else_later(
    database: Database, settings: Settings, world: World, changed: str, closed: bool
) -> None:
    case = sent(world)
    number = keep(database, settings, case)
    if closed:
        with database.writing() as session:
            kept = session.get_one(Case, number)
            cases.decide(session, kept, "no_action", "user:2")
            cases.close_case(session, kept, "user:2")
    before = everything(database, settings)
    with pytest.raises(Conflict):
        keep(database, settings, case.model_copy(update=OTHER[changed]))
    assert everything(database, settings) == before
    assert keep(database, settings, case) == number  # the answer to the first sending was lost
    assert everything(database, settings) == before


@pytest.mark.parametrize("same", [True, False])
def test_the_number_of_a_case_belongs_to_who_sent_it(
    database: Database, settings: Settings, world: World, same: bool
) -> None:
    case = sent(world)
    keep(database, settings, case)
    before = everything(database, settings)
    with pytest.raises(Conflict):
        keep(database, settings, case if same else sent(world, uid=case.uid), actor="user:8")
    assert everything(database, settings) == before


def test_the_number_of_a_case_of_another_kind_is_taken(
    database: Database, settings: Settings, world: World
) -> None:
    with database.writing() as session:
        other = cases.open_case(session, kind="copy_risk", actor=WHO)
    before = everything(database, settings)
    with pytest.raises(Conflict):
        keep(database, settings, sent(world, uid=other.uid))
    assert everything(database, settings) == before


def test_a_photo_is_of_one_case(database: Database, settings: Settings, world: World) -> None:
    case = sent(world)
    keep(database, settings, case)
    before = everything(database, settings)
    with pytest.raises(Conflict):
        keep(database, settings, sent(world, photos=case.photos))
    twice = [case.photos[0].model_copy(update={"uid": str(uuid.uuid4())})] * 2
    with pytest.raises(Conflict):
        keep(database, settings, sent(world, photos=twice))
    assert everything(database, settings) == before


def test_the_trail_has_the_hash_of_each_photo(
    database: Database, settings: Settings, world: World
) -> None:
    keep(database, settings, sent(world))
    with database.reading() as session:
        file = session.scalars(select(CaseFile)).one()
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "case.photo")).one()
    data = Files(settings.files).get(file.path)
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert (entry.facts, entry.actor) == ({"file": file.id, "sha256": file.sha256}, WHO)


def test_a_closed_case_takes_no_note(database: Database, settings: Settings, world: World) -> None:
    number = keep(database, settings, sent(world))
    with database.writing() as session:
        case = session.get_one(Case, number)
        cases.decide(session, case, "no_action", "user:2")
        cases.add_note(
            session, case, "Đã xem lại", "user:2"
        )  # a decided one may be looked at again
        cases.close_case(session, case, "user:2")
        with pytest.raises(Conflict):
            cases.add_note(session, case, "Thêm một ý", "user:2")


def test_a_case_of_before_the_hashes_is_added_to_by_nobody(
    database: Database, settings: Settings, world: World
) -> None:
    case = sent(world)
    number = keep(database, settings, case)
    with database.writing() as session:
        session.get_one(Case, number).sent_hash = ""
    before = everything(database, settings)
    assert keep(database, settings, case.model_copy(update={"note": "Khác"})) == number
    assert everything(database, settings) == before


def test_a_code_that_is_not_ours_is_a_case_too(
    database: Database, settings: Settings, world: World
) -> None:
    number = keep(database, settings, sent(world, code="HTTPS://QR.FAKE.VN/ABC", photos=[]))
    with database.reading() as session:
        case = session.get_one(Case, number)
        assert (case.lot_id, case.number) == (None, None)
        assert "QR.FAKE.VN" in case.notes[0].text


def test_a_carton_is_a_case_of_its_run(
    database: Database, settings: Settings, files: Files, world: World
) -> None:
    with database.reading() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        run = session.scalars(select(Issue).where(Issue.lot_id == world.lot)).first()
        assert run is not None
        code = ring.carton(next(iter(cartons.payloads(run, ring, per=8))))
    keep(database, settings, sent(world, code=code))
    with database.reading() as session:
        case = session.scalars(select(Case)).one()
        assert (case.issue_id, case.number, case.lot_id) == (run.id, None, world.lot)
        note = session.scalars(select(CaseNote)).one()
        assert "Mã thùng: tem số 1–8" in note.text
        assert code not in note.text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("in_force", "Tem số 1 của đợt mã"),
        ("gs1", "Tem số 1 của đợt mã"),
        ("offline", "Tem số 1 của đợt mã"),
        ("lot", "Tem chung của lô L-MAIN"),
        ("not_issued", "…"),
        ("bad_signature", "…"),
    ],
)
@pytest.mark.parametrize("typed", [False, True])
def test_no_case_holds_a_whole_code(
    database: Database, settings: Settings, world: World, name: str, said: str, typed: bool
) -> None:
    code = world.codes[name]
    own = code.rpartition("/")[2]
    if typed:
        code = uri.printed(code.strip("/")) or code
    strange = f"HTTPS://QR.FAKE.VN/{own}"
    keep(database, settings, sent(world, code=code, photos=[], note=f"In theo {strange}"))
    keep(database, settings, sent(world, code=strange, photos=[], place=f"Chợ {code}"))
    with database.reading() as session:
        ours, copied = session.scalars(select(Case).order_by(Case.id))
        assert said in ours.notes[0].text
        assert "HTTPS://QR.FAKE.VN/" in copied.notes[0].text
        kept = repr([(case.facts, [note.text for note in case.notes]) for case in (ours, copied)])
    for whole in (own, own[4:], code, uri.printed(own)):
        assert not whole or whole not in kept
    assert own not in kept.replace(" ", "")


@pytest.mark.parametrize("data", ["", "@@@", base64.b64encode(b"no picture").decode()])
def test_a_photo_that_is_none_keeps_nothing_of_the_case(
    database: Database, settings: Settings, world: World, data: str
) -> None:
    bad = sent(world, photos=[{"uid": str(uuid.uuid4()), "data": data}])
    with pytest.raises(PhotoRefused):
        keep(database, settings, bad)
    assert counted(database) == [0, 0, 0]


@pytest.mark.parametrize(
    "facts",
    [
        {"uid": "1"}, {"uid": "../../etc/passwd"}, {"items": 0}, {"note": "x" * 2001},
        {"code": "x" * 2049}, {"latitude": 91}, {"longitude": "Hà Nội"}, {"photos": [{"uid": "x", "data": ""}]}, {"actor": "user:1"},
        {"photos": [{"uid": str(uuid.uuid4()), "data": ""}] * 7}, {"missing": ["x"] * 61},
    ],
    ids=lambda facts: next(iter(facts)),
)  # fmt: skip
def test_what_no_application_of_ours_sends_is_refused(world: World, facts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        sent(world, **facts)
