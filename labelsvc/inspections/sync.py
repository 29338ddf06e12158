"""Sync: takes in cases that were opened without a network, once each."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc import clock, i18n
from labelsvc.catalogue.models import Lot
from labelsvc.catalogue.photos import redrawn
from labelsvc.codes.forms import carton
from labelsvc.codes.forms.uri import MAX_TEXT
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register.resolve import find_goods
from labelsvc.errors import Conflict, LabelsvcError, MalformedCode, PhotoRefused
from labelsvc.files import Files
from labelsvc.inspections import cases
from labelsvc.inspections.ends import code_by_ends, without_codes
from labelsvc.inspections.models import Case, CaseFile, CaseKind, CaseNote, SightingSource
from labelsvc.inspections.places import Spot, note_sighting
from labelsvc.inspections.sightings import Moment, SentPlace, Uid
from labelsvc.labels import legal
from labelsvc.labels.runs.catalogue_content import product_content
from labelsvc.scans.verdict import SHOWN, Verdict

#: Of one case. The application makes photos smaller before it keeps them.
MOST_PHOTOS, LARGEST_PHOTO = 6, 3 * 1024 * 1024


class SentPhoto(BaseModel):
    """A picture as base 64."""

    model_config = ConfigDict(extra="forbid")

    uid: Uid
    data: Annotated[str, Field(max_length=LARGEST_PHOTO * 4 // 3 + 4)]


class SentCase(SentPlace):
    """A case, as the application kept it."""

    uid: Uid
    #: When it was opened on the device.
    at: Moment
    code: Annotated[str, Field(max_length=MAX_TEXT)]
    verdict: Annotated[str, Field(max_length=30)]
    #: How many items carried the code.
    items: Annotated[int, Field(ge=1, le=10_000)] = 1
    #: Of the scan it is about, where its place is told, too: both are one sighting.
    sighting: Uid | None = None
    note: Annotated[str, Field(max_length=2000)] = ""
    #: Keys of mandatory contents (Decree 37/2026) that were missing on the label.
    missing: list[Annotated[str, Field(max_length=40)]] = Field(default=[], max_length=60)
    photos: list[SentPhoto] = Field(default=[], max_length=MOST_PHOTOS)


class Picture(NamedTuple):
    """A photo drawn anew: a JPEG and its size in pixels."""

    data: bytes
    width: int
    height: int


def pictures(sent: SentCase) -> list[Picture]:
    """Draw the photos of a case anew, in their order: before anything is locked, for it takes seconds.

    :raises PhotoRefused: one is no photo; nothing of the case is kept then.
    """
    return [Picture(*redrawn(_raw(photo))) for photo in sent.photos]


def _raw(photo: SentPhoto) -> bytes:
    try:
        return base64.b64decode(photo.data, validate=True)
    except binascii.Error:
        raise PhotoRefused("The photo arrived damaged.", fix="Send it again.") from None


def take(
    session: Session,
    files: Files,
    ring: Keyring,
    sent: SentCase,
    *,
    drawn: Sequence[Picture],
    actor: str,
) -> Case:
    """Keep a case with its note and photos; sent again as it was, it is kept once.

    A uid belongs to who sent it first, and stands for what came with it: evidence does not change.

    :param drawn: the `pictures` of *sent*.
    :raises Conflict: the uid of the case, of a photo or of the place is known from somebody else, or with
        other contents.
    """
    uid, contents = cases.canonical_uid(sent.uid), _hash(sent)
    issue = number = None
    with suppress(LabelsvcError):  # a code that is not ours is a reason for a case, too
        issue, number = find_goods(session, ring, sent.code)
    issue_id = issue.id if issue is not None else None
    case = cases.open_case(
        session,
        kind=CaseKind.INSPECTION,
        actor=actor,
        subject=cases.CaseSubject(issue_id=issue_id, number=number),
        uid=uid,
        sent_hash=contents,
        facts={"verdict": sent.verdict, "items": sent.items, "code": code_by_ends(sent.code)},
    )
    # Derived: a case that has it was kept whole before, or a moment ago by another process.
    note = str(uuid.uuid5(uuid.UUID(uid), "note"))
    if session.scalar(select(CaseNote.id).where(CaseNote.uid == note)) is not None:
        return _same(case, contents, actor)
    if case.opened_by != actor or case.kind != CaseKind.INSPECTION:
        raise _taken(case)
    if issue_id is not None and number is not None:
        note_sighting(
            session, number=number, issue_id=issue_id, source=SightingSource.INSPECTOR, at=sent.at,
            spot=Spot(sent.place, sent.latitude, sent.longitude), uid=sent.sighting or uid,
        )  # fmt: skip
    cases.add_note(session, case, _words(session, sent, case, issue), actor, uid=note)
    for photo, picture in zip(sent.photos, drawn, strict=True):
        _keep_photo(session, files, case, photo.uid, picture, actor)
    return case


def _hash(sent: SentCase) -> str:
    """Of everything that was sent, however it was spelled: a time in another zone is the same time."""
    facts = sent.model_dump(mode="json") | {"at": sent.at.astimezone(UTC).isoformat()}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _same(case: Case, contents: str, actor: str) -> Case:
    """*case*, which was kept before, for who sends it again.

    :raises Conflict: it is another's, or says something else now.
    """
    # Cases of before the hash are not compared; nothing is added to them either.
    if case.opened_by != actor or case.sent_hash not in ("", contents):
        raise _taken(case)
    return case


def _taken(case: Case) -> Conflict:
    """Says no more than that: who else has it, and of which case it is, is not the sender's business."""
    return Conflict(
        "A case with this number of its own was kept before, by somebody else or with other contents.",
        fix="Open a new case with what you found.",
        uid=case.uid,
    )


def _words(session: Session, sent: SentCase, case: Case, issue: Issue | None) -> str:
    """Write what the inspector found, for the readers of the case. Vietnamese: an official record."""
    lines = [
        f"Kiểm tra lúc {clock.local(sent.at):%H:%M %d/%m/%Y}: {_verdict(sent.verdict)}"
        + (f", {sent.items} món cùng mã" if sent.items > 1 else ""),
        _named(sent.code, issue, case.number),
    ]
    if sent.place.strip():
        lines.append(f"Nơi kiểm tra: {without_codes(sent.place.strip())}")
    if sent.cell:
        north, east = (i18n.number(degrees, "vi") for degrees in sent.cell)
        lines.append(f"Vị trí (ô khoảng 5 km): vĩ độ {north}°, kinh độ {east}°")
    if sent.missing:
        names = _names(session, case, sent.missing)
        lines.append(f"Nhãn thiếu: {'; '.join(names)}")
    if sent.note.strip():
        lines.append(without_codes(sent.note.strip()))
    return "\n".join(lines)


def _verdict(word: str) -> str:
    """Translate the verdict that the application showed; a word that is no verdict stays as it came."""
    try:
        return i18n.translate(SHOWN[Verdict(word)].headline, "vi")
    except ValueError:
        return word


def _named(code: str, issue: Issue | None, number: int | None) -> str:
    """Name what the case is about, without the code: who has a code can show its page.

    A label by its place in its run, a carton by its labels, what is none of ours by its ends.
    """
    if issue is not None and number is not None:
        lot = issue.lot.code
        if issue.form == Form.LOT:
            return f"Tem chung của lô {lot}"
        return f"Tem số {number - issue.first + 1} của đợt mã {issue.id}, lô {lot}"
    try:
        first, last = carton.parse(code.rpartition("/")[2]).payload.numbers
    except MalformedCode:
        return f"Mã: {code_by_ends(code)}"
    return f"Mã thùng: tem số {first}–{last}, {code_by_ends(code)}"


def _names(session: Session, case: Case, keys: Sequence[str]) -> list[str]:
    lot = session.get(Lot, case.lot_id) if case.lot_id is not None else None
    known = (
        legal.required(lot.product.set_number, product_content(lot.product))
        if lot is not None
        else ()
    )
    names = {
        content.key: f"{content.name_vi} ({legal.cite(content.article, 'vi')})" for content in known
    }
    return [names.get(key, key) for key in keys]


def _keep_photo(
    session: Session, files: Files, case: Case, uid: str, picture: Picture, actor: str
) -> None:
    path = f"cases/{case.uid}/{uid}.jpg"
    photo = CaseFile(
        uid=uid, actor=actor, path=path, width=picture.width, height=picture.height,
        sha256=hashlib.sha256(picture.data).hexdigest(),
    )  # fmt: skip
    cases.add_photo(session, case, photo)  # first: a file that another case has is not written over
    files.put(path, picture.data)
