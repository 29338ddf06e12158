"""Edit: the office's form of a craft village, with its artisans and pictures below."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import VILLAGE_KINDS, Village
from labelsvc.catalogue.photos import MAX_PHOTOS, StoredPhoto, store_photo
from labelsvc.catalogue.register import create_village, update_village
from labelsvc.catalogue.villages import artisans, pictures
from labelsvc.catalogue.villages.models import VillageArtisan, VillagePhoto
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.web.console.forms import Posted, shown_values
from labelsvc.web.console.lists import found_or_404
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.producers import commune_of, commune_options
from labelsvc.web.console.office.villages.listing import craft_options
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

_TEXTS = (
    "name", "name_en", "craft", "craft_en", "craft_code", "kind", "decision_number", "story", "story_en",
)  # fmt: skip
_DAYS = {
    "decision_date": "Date of the decision",
    "withdrawn_on": "Recognition ended on",
    "ended_on": "Historic entry since",
}
_DEGREES = {"latitude": "Latitude", "longitude": "Longitude"}
_FIELDS = (*_TEXTS, *_DAYS, *_DEGREES, "commune_code")


@bp.route("/villages/new", methods=["GET", "POST"])
def new_village() -> ResponseReturnValue:
    return _edit(None)


@bp.route("/villages/<int:village_id>", methods=["GET", "POST"])
def edit_village(village_id: int) -> ResponseReturnValue:
    return _edit(village_id)


def _edit(village_id: int | None) -> ResponseReturnValue:
    posted = Posted()
    if request.method == "POST":
        saved = posted.attempt(_saver(posted, village_id))
        if saved is not None:
            flash(gettext("Saved."), "good")
            return redirect(url_for("office.edit_village", village_id=saved))
    return _page(village_id, posted)


def _saver(posted: Posted, village_id: int | None) -> Any:
    facts: dict[str, Any] = {name: posted.text(name) for name in _TEXTS}
    facts |= {name: posted.day(name, label) for name, label in _DAYS.items()}
    for name, label in _DEGREES.items():
        figure = posted.decimal(name, label)
        facts[name] = None if figure is None else float(figure)

    def change(session: Session) -> int:
        facts["commune"] = commune_of(session, posted.text("commune_code"))
        if village_id is None:
            return create_village(session, actor=actor(), **facts).id
        found = found_or_404(session.get(Village, village_id))
        update_village(session, found, actor=actor(), **facts)
        return found.id

    return change


def _page(village_id: int | None, posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        found = found_or_404(session.get(Village, village_id)) if village_id else None
        own = "name" in request.form  # another form of the page was sent: this one shows the row
        page = render_template(
            "console/office/village_form.html",
            village=found,
            v=shown_values(found, _FIELDS) if own or request.method == "GET" else _held(found),
            craft_options=craft_options("Craft not chosen"),
            kind_options=[
                ("", gettext("Not said")),
                *((k, gettext(w)) for k, w in VILLAGE_KINDS.items()),
            ],
            commune_options=commune_options(session),
            artisans=artisans.artisans_of(session, village_id) if village_id else [],
            photos=pictures.pictures_of(session, village_id) if village_id else [],
            most_photos=MAX_PHOTOS,
            form=request.form,
            problems=posted.problems,
            errors=posted.errors,
        )
    return page, posted.status


def _held(found: Village | None) -> dict[str, Any]:
    return {
        name: value if (value := getattr(found, name, "")) is not None else "" for name in _FIELDS
    }


def _done(village_id: int, posted: Posted, outcome: object, place: str) -> ResponseReturnValue:
    """Back to the part of the page that was changed, or the page with what is wrong."""
    if outcome is None:
        return _page(village_id, posted)
    flash(gettext("Saved."), "good")
    return redirect(url_for("office.edit_village", village_id=village_id, _anchor=place))


@bp.post("/villages/<int:village_id>/artisans")
def add_artisan(village_id: int) -> ResponseReturnValue:
    posted = Posted()

    def change(session: Session) -> VillageArtisan:
        return artisans.add_artisan(
            session, found_or_404(session.get(Village, village_id)), name=posted.text("artisan"),
            title=posted.text("title"), agreed=posted.text("agreed") == "yes", actor=actor(),
        )  # fmt: skip

    return _done(village_id, posted, posted.attempt(change), "artisans")


@bp.post("/villages/<int:village_id>/artisans/<int:artisan_id>")
def change_artisan(village_id: int, artisan_id: int) -> ResponseReturnValue:
    """Remove a person, or note that they agreed to be named, or do no longer."""
    posted = Posted()

    def change(session: Session) -> bool:
        of_village = select(VillageArtisan).where(VillageArtisan.village_id == village_id)
        one = found_or_404(session.scalar(of_village.where(VillageArtisan.id == artisan_id)))
        if posted.text("do") == "remove":
            artisans.remove_artisan(session, one, actor=actor())
        else:
            artisans.set_agreed(session, one, posted.text("do") == "agreed", actor=actor())
        return True

    return _done(village_id, posted, posted.attempt(change), "artisans")


@bp.post("/villages/<int:village_id>/photos")
def add_village_photo(village_id: int) -> ResponseReturnValue:
    posted, made = Posted(), None
    with site().database.reading() as session:
        found_or_404(session.get(Village, village_id))
    try:
        made = _taken()
    except LabelsvcError as error:
        error.params["field"] = "photo"
        posted.add(error)

    def change(session: Session) -> VillagePhoto | None:
        if made is None:
            return None
        return pictures.add_picture(
            session, village_id, made, description=posted.text("description"), actor=actor()
        )

    return _done(village_id, posted, posted.attempt(change), "photos")


def _taken() -> StoredPhoto:
    upload = request.files.get("photo")
    if upload is None or not upload.filename:
        raise BadInput("No picture was chosen.", fix="Choose a JPEG, PNG or WebP file.")
    return store_photo(site().files, upload.read())


@bp.post("/villages/<int:village_id>/photos/<int:photo_id>")
def change_village_photo(village_id: int, photo_id: int) -> ResponseReturnValue:
    """Remove a picture, or put it first."""
    posted = Posted()

    def change(session: Session) -> bool:
        of_village = select(VillagePhoto).where(VillagePhoto.village_id == village_id)
        one = found_or_404(session.scalar(of_village.where(VillagePhoto.id == photo_id)))
        act = pictures.remove_picture if posted.text("do") == "remove" else pictures.put_first
        act(session, one, actor=actor())
        return True

    return _done(village_id, posted, posted.attempt(change), "photos")
