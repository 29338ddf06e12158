"""A producer's own layouts and sheets, beside those that come with the program."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.errors import BadInput, Conflict, LayoutError, NotFound
from labelsvc.i18n import fold
from labelsvc.labels.families import shelf
from labelsvc.labels.families.dress import dress
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.paper import Article
from labelsvc.labels.layouts.reading import load
from labelsvc.labels.layouts.toml import check_size
from labelsvc.labels.models import Artwork, OwnLayout, OwnSheet
from labelsvc.labels.sheets.sheet import Sheet

#: Layouts and sheets of one producer; more is a script gone wild.
MOST = 200
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


def layouts_of(session: Session, producer_id: int) -> Sequence[OwnLayout]:
    """By title."""
    return session.scalars(
        select(OwnLayout).where(OwnLayout.producer_id == producer_id).order_by(OwnLayout.title)
    ).all()


def row(session: Session, producer_id: int, name: str) -> OwnLayout | None:
    """The producer's own layout *name*; None when the producer has none of that name."""
    return session.scalars(
        select(OwnLayout).where(OwnLayout.producer_id == producer_id, OwnLayout.name == name)
    ).one_or_none()


def find(session: Session, producer_id: int, name: str) -> Layout:
    """The producer's own layout *name*, else the built-in one, in the dress that its name may ask for.

    :raises LayoutError: there is none, or its text cannot be read any more.
    """
    own = row(session, producer_id, name)
    plain, worn = shelf.split(name)
    if own is None and worn:
        return dress(
            find(session, producer_id, plain),
            shelf.dress_of(worn),
            logo=_has_logo(session, producer_id),
        )
    if own is None:
        return library.get(name)
    return load(own.toml, source=f"{own.name}.toml", articles=articles(session, producer_id))


def _has_logo(session: Session, producer_id: int) -> bool:
    query = select(Artwork.id).where(
        Artwork.producer_id == producer_id, Artwork.name == "logo", Artwork.removed_at.is_(None)
    )
    return session.scalar(query.limit(1)) is not None


def articles(session: Session, producer_id: int) -> Mapping[str, Article]:
    """Every sheet that the producer may print on: the stock of the program, then own ones."""
    return dict(library.articles()) | {
        sheet.name: Article.model_validate(sheet.article)
        for sheet in own_sheets(session, producer_id)
    }


class Written(NamedTuple):
    """A layout and its text. Text comes from people: it is read before anything is locked."""

    toml: str
    layout: Layout


def read(session: Session, producer_id: int, toml: str) -> Written:
    """Read *toml*, in a session for reading. :raises LayoutError: it is no layout."""
    return Written(toml, load(toml, source="layout.toml", articles=articles(session, producer_id)))


def save_layout(
    session: Session,
    *,
    producer_id: int,
    written: Written,
    actor: str,
    name: str | None = None,
    version: int | None = None,
) -> OwnLayout:
    """Keep *written* as the producer's layout: under the name that stands in it.

    :param name: the layout that is being changed; None for a new one.
    :param version: the version that was opened; None to take whatever is there.
    :raises LayoutError: the text is too long, or its labels do not fit their sheet.
    :raises Conflict: somebody saved it meanwhile, or the name is taken.
    """
    layout = written.layout
    check_size(written.toml, "layout.toml")
    Sheet.of(layout)
    own = row(session, producer_id, name) if name is not None else None
    if name is not None and own is None:
        raise NotFound("There is no layout {name}.", name=name)
    same = row(session, producer_id, layout.name)
    if same is not None and same is not own:
        raise Conflict(
            "There is another layout of the name {name}.",
            fix="Give this one another name.",
            name=layout.name,
        )
    if own is None and layout.name in library.names():
        raise Conflict(
            "{name} is the name of a layout that comes with the program.",
            fix="Give yours another name.",
            name=layout.name,
        )
    if own is None:
        if len(layouts_of(session, producer_id)) >= MOST:
            raise BadInput(
                "There are {count} layouts already.",
                fix="Delete some that are not used.",
                count=MOST,
            )
        own = OwnLayout(producer_id=producer_id, version=0)
        session.add(own)
    elif version is not None and version != own.version:
        raise Conflict(
            "The layout was saved meanwhile in another window.",
            fix="Copy what you changed, open the layout again, and enter it there.",
        )
    own.name, own.title, own.toml = layout.name, layout.title_vi, written.toml
    own.version = (own.version or 0) + 1
    own.updated_at, own.updated_by = clock.now(), actor
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="layout.save",
        subject=f"own_layout:{own.id}",
        facts={"name": own.name, "version": own.version},
    )
    return own


def delete_layout(session: Session, *, producer_id: int, name: str, actor: str) -> None:
    """Runs that were printed with it keep their copy. :raises NotFound: there is none."""
    own = row(session, producer_id, name)
    if own is None:
        raise NotFound("There is no layout {name}.", name=name)
    audit.record(
        session,
        actor=actor,
        action="layout.delete",
        subject=f"own_layout:{own.id}",
        facts={"name": own.name},
    )
    session.delete(own)


def free_name(session: Session, producer_id: int, wanted: str) -> str:
    """A name for a new layout like *wanted*: marks and spaces changed, a number where taken."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(wanted)).strip("-")[:50] or "layout"
    taken = {own.name for own in layouts_of(session, producer_id)} | set(library.names())
    number, name = 1, slug
    while name in taken:
        number += 1
        name = f"{slug}-{number}"
    return name


def own_sheets(session: Session, producer_id: int) -> Sequence[OwnSheet]:
    """By title."""
    return session.scalars(
        select(OwnSheet).where(OwnSheet.producer_id == producer_id).order_by(OwnSheet.title)
    ).all()


def save_sheet(
    session: Session,
    *,
    producer_id: int,
    name: str,
    title: str,
    article: Article | Mapping[str, Any],
    actor: str,
) -> OwnSheet:
    """Keep a sheet of the producer's, new or in place of that of the same name.

    :raises LayoutError: its labels do not fit the page. :raises BadInput: no name, or no label.
    """
    if not _NAME.fullmatch(name) or not title.strip():
        raise BadInput(
            "The sheet needs a name.",
            fix="Use small letters without marks, numbers and hyphens.",
        )
    if name in library.articles():
        raise Conflict(
            "{name} is the name of a sheet that comes with the program.",
            fix="Give yours another name.",
            name=name,
        )
    sheet = _article(article)
    if sheet.label is None:
        raise BadInput("The size of the label is missing.", fix="Give width and height, in mm.")
    Sheet.of_article(name, sheet)
    found = session.scalars(
        select(OwnSheet).where(OwnSheet.producer_id == producer_id, OwnSheet.name == name)
    ).one_or_none()
    if found is None:
        if len(own_sheets(session, producer_id)) >= MOST:
            raise BadInput(
                "There are {count} sheets already.",
                fix="Delete some that are not used.",
                count=MOST,
            )
        found = OwnSheet(producer_id=producer_id, name=name)
        session.add(found)
    found.title, found.updated_by = title.strip(), actor
    found.article = sheet.model_dump(mode="json", exclude_none=True)
    session.flush()
    return found


def delete_sheet(session: Session, *, producer_id: int, name: str) -> None:
    """Layouts that name it must be given other numbers; they say so when they are opened."""
    session.execute(
        delete(OwnSheet).where(OwnSheet.producer_id == producer_id, OwnSheet.name == name)
    )


def _article(given: Article | Mapping[str, Any]) -> Article:
    if isinstance(given, Article):
        return given
    try:
        return Article.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise LayoutError(
            "{field}: {reason}",
            fix="Correct the number.",
            field=".".join(str(part) for part in first["loc"]),
            reason=first["msg"].removeprefix("Value error, "),
        ) from error
