"""Listing: the office's list of craft villages, and the names that forms offer while somebody types."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from labelsvc import clock
from labelsvc.catalogue.finding import villages as finding
from labelsvc.catalogue.models import VILLAGE_KINDS, Producer, VillageKind
from labelsvc.catalogue.villages.crafts import crafts
from labelsvc.i18n import fold
from labelsvc.web.console.lists import choice_of, paged
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.language import current, gettext
from labelsvc.web.site import site

STATES = {
    finding.State.RECOGNISED: "Officially recognised",
    finding.State.NOT_RECOGNISED: "Not recognised",
    finding.State.ENDED: "Historic entries",
}


def craft_options(blank: str) -> list[tuple[str, str]]:
    """The crafts by name, for a choice; *blank* is said for none."""
    named = [(code, craft.name(current())) for code, craft in crafts().items()]
    return [("", gettext(blank)), *sorted(named, key=lambda one: fold(one[1]))]


def asked() -> finding.Asked:
    """Read the question of the address. :raises BadInput: a choice that is none."""
    return finding.Asked(
        words=request.args.get("q", "")[:100],
        craft=choice_of("craft", [*crafts(), finding.NO_CRAFT]),
        kind=choice_of("kind", list(VillageKind)),
        state=choice_of("state", list(finding.State)),
    )


@bp.get("/villages")
def villages() -> ResponseReturnValue:
    wanted, today = asked(), clock.today()
    with site().database.reading() as session:
        shown = paged(session, finding.chosen(wanted, today))
        makers = (
            select(Producer.village_id, func.count())
            .where(Producer.village_id.in_([one.id for one in shown.rows]))
            .where(Producer.merged_into_id.is_(None))
            .group_by(Producer.village_id)
        )
        counts = {village: count for village, count in session.execute(makers)}
    return render_template(
        "console/office/villages.html",
        shown=shown,
        counts=counts,
        searched=wanted != finding.Asked(),
        crafts=crafts(),
        craft_options=[*craft_options("All"), (finding.NO_CRAFT, gettext("Craft not chosen"))],
        kinds=VILLAGE_KINDS,
        states=STATES,
        today=today,
    )


@bp.get("/villages/names")
def village_names() -> ResponseReturnValue:
    """Names for what is typed into a form, with the commune beside them."""
    with site().database.reading() as session:
        found = finding.offered(session, request.args.get("q", "")[:100], clock.today())
        return [
            {"name": one.name, "place": one.commune.name if one.commune else ""} for one in found
        ]
