"""Carton: the page behind the code of a carton: its goods, its labels, and their state."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.codes.forms.carton import CartonCode
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.register import cartons
from labelsvc.db import Revision
from labelsvc.revisions import EVERYTHING
from labelsvc.scans import carton, lookup
from labelsvc.scans.verdict import Verdict
from labelsvc.web.scan import view as scan_view
from labelsvc.web.scan.state import ScanSite


class Shown(NamedTuple):
    """The parts that a page is made of."""

    issue_id: int
    verdict: Verdict
    view: dict[str, Any]


def shown(own: ScanSite, code: CartonCode) -> Shown | None:
    """The page of a carton code; None when its signature holds and there are no such units.

    :raises BadSignature: the signature is wrong, or its key is not known or not believed.
    """
    own.verify_carton(code)
    with own.where.database.reading() as session:
        if own.outdated(
            session.scalar(select(Revision.number).where(Revision.id == EVERYTHING)) or 0
        ):
            return shown(own, code)
        return _shown(session, own.keyring, code, base_url=own.where.settings.base_url)


def _shown(session: Session, ring: Keyring, code: CartonCode, *, base_url: str) -> Shown | None:
    payload, today = code.payload, clock.today()
    issue = cartons.find(session, ring, payload)
    if issue is None:
        return None
    first = issue.first + payload.first
    verdict, mark, states = carton.judge(session, issue, first=first, count=payload.count, on=today)
    found = lookup.by_issue(session, issue.id, on=today)
    view = scan_view.view(
        found, verdict, form="carton", mark=mark, base_url=base_url, code=code.canonical
    )
    view["code"] = {"text": code.canonical, "printed": None, "position": None, "form": "carton"}
    first, last = payload.numbers
    view["carton"] = {
        "first": first,
        "last": last,
        "count": payload.count,
        "states": {str(state): count for state, count in states.items()},
    }
    return Shown(issue.id, verdict, view)
