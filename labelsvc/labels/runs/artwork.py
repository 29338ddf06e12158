"""Artwork: keeps the certification mark that the office uploads, the logos of producers, and which picture
a run shows. Used by runs and by the pages of mark and logo.

The mark is registered and never drawn here. A picture is decoded and written again, kept under the
SHA-256 of what was written and never deleted: a run names it by that, so the same run gives the same
bytes long after the office has put another one in its place.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.catalogue import photos
from labelsvc.errors import FileMissing, NotFound, PhotoRefused
from labelsvc.files import Files
from labelsvc.labels.drawing.content import LabelContent
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import Artwork

#: Pixels on the shorter side: 300 on 12 mm are 635 dpi, what is finer shows on no label.
LEAST: Final = 300
#: Longest side kept: each file of labels holds the picture once.
MOST: Final = 1200
#: What variables, `when` and the folder call it.
NAME: Final = "mark"
LOGO: Final = "logo"
#: Pixels on the shorter side of a logo, which is printed 7 to 12 mm wide.
LEAST_LOGO: Final = 200
#: Beginnings of drawings that no decoder of ours takes, and what they are.
_DRAWINGS = ((b"%PDF", "PDF"), (b"%!PS", "PostScript"))


class Taken(NamedTuple):
    """A picture written again: PNG without metadata."""

    data: bytes
    width: int
    height: int
    transparent: bool

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def take(data: bytes, *, least: int = LEAST) -> Taken:
    """Decode a sent picture and write it again, its transparency kept.

    :raises PhotoRefused: a drawing instead of pixels, too small or large, damaged, something else.
    """
    kind = _drawing(data)
    if kind:
        raise PhotoRefused(
            "This is a drawing ({kind}), not a picture of pixels.",
            fix="Export it as PNG, at least {least} pixels on each side, better {most}, with a "
            "transparent ground.",
            kind=kind,
            least=least,
            most=MOST,
        )
    picture = photos.decoded(data, least=least, most=MOST)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return Taken(out.getvalue(), *picture.size, picture.mode == "RGBA")


def _drawing(data: bytes) -> str:
    head = data[:4000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<") and b"<svg" in head.lower():
        return "SVG"
    if data[:3] == b"\x1f\x8b\x08":
        return "SVGZ"
    return next((kind for start, kind in _DRAWINGS if head.startswith(start)), "")


def use(session: Session, taken: Taken, *, actor: str, producer_id: int | None = None) -> Artwork:
    """Show *taken*, whose bytes are already kept by `store`, on labels from now on: as the mark, or as
    the logo of the producer."""
    _retire(session, producer_id)
    row = Artwork(
        name=_name(producer_id),
        producer_id=producer_id,
        sha256=taken.sha256,
        width=taken.width,
        height=taken.height,
        bytes=len(taken.data),
        transparent=taken.transparent,
        created_by=actor,
    )
    session.add(row)
    session.flush()
    _record(session, row, f"{row.name}.upload", actor)
    return row


def store(files: Files, taken: Taken) -> None:
    """Keep the bytes under their SHA-256."""
    files.put(_key(taken.sha256), taken.data)


def remove(session: Session, *, actor: str, producer_id: int | None = None) -> None:
    """Print labels without the mark, or the producer's logo, from now on; runs that began keep theirs.

    :raises NotFound: there is none.
    """
    row = current(session, producer_id)
    if row is None:
        words = (
            "There is no mark to remove." if producer_id is None else "There is no logo to remove."
        )
        raise NotFound(words, fix="Look at the page again.")
    _retire(session, producer_id)
    _record(session, row, f"{row.name}.remove", actor)


def current(session: Session, producer_id: int | None = None) -> Artwork | None:
    """The mark in use, or the logo of the producer."""
    return session.scalars(
        select(Artwork).where(*_in_use(producer_id)).order_by(Artwork.id.desc()).limit(1)
    ).first()


def picture(files: Files, row: Artwork) -> bytes:
    """The bytes of *row*. :raises FileMissing: they were lost."""
    return load(files, {row.name: row.sha256})[row.name]


def pictures(session: Session, files: Files, producer_id: int | None = None) -> dict[str, bytes]:
    """Give the pictures for labels that are begun now: `LabelContent.images`, with the logo of the producer.

    :raises FileMissing: the artwork in use was lost.
    """
    rows = [current(session), current(session, producer_id) if producer_id is not None else None]
    return {row.name: picture(files, row) for row in rows if row is not None}


def hashes(layout: Layout, content: LabelContent) -> dict[str, str]:
    """Pictures of *content* that matter to *layout*, by SHA-256: what a run remembers."""
    wanted = layout.pictures & content.images.keys()
    return {name: hashlib.sha256(content.images[name]).hexdigest() for name in sorted(wanted)}


def load(files: Files, hashes: Mapping[str, str]) -> dict[str, bytes]:
    """Pictures by the hashes of `hashes`. :raises FileMissing: one is gone or is not what it was."""
    found = {}
    for name, digest in hashes.items():
        data = files.get(_key(digest)) if files.exists(_key(digest)) else b""
        if hashlib.sha256(data).hexdigest() != digest:
            raise FileMissing(
                "The artwork of the mark is missing from the files.",
                fix="Bring the folder “artwork” back from the backup, or upload the mark again.",
                key=_key(digest),
            )
        found[name] = data
    return found


def _key(digest: str) -> str:
    return f"artwork/{digest}.png"


def _name(producer_id: int | None) -> str:
    return NAME if producer_id is None else LOGO


def _in_use(producer_id: int | None) -> tuple[ColumnElement[bool], ...]:
    """Conditions: the pictures of the programme, or of the producer, that nobody removed."""
    mine = (
        Artwork.producer_id.is_(None) if producer_id is None else Artwork.producer_id == producer_id
    )
    return mine, Artwork.name == _name(producer_id), Artwork.removed_at.is_(None)


def _retire(session: Session, producer_id: int | None) -> None:
    session.execute(update(Artwork).where(*_in_use(producer_id)).values(removed_at=clock.now()))


def _record(session: Session, row: Artwork, action: str, actor: str) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"artwork:{row.id}",
        facts={"sha256": row.sha256, "width": row.width, "height": row.height},
    )
