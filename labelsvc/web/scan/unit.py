"""Unit: finds the unit behind a code, for the small pages beside the scan page."""

from __future__ import annotations

from typing import NamedTuple

from flask import abort
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.codes.forms import uri
from labelsvc.codes.models import Form, Issue
from labelsvc.errors import BadCode
from labelsvc.scans import lookup
from labelsvc.scans.lookup import Peek
from labelsvc.scans.verdict import OUT
from labelsvc.web.scan import wait as scan_wait
from labelsvc.web.scan.state import ScanSite


class Unit(NamedTuple):
    """One label in use."""

    #: Canonical spelling of its code.
    code: str
    number: int
    issue: Issue


def held(own: ScanSite, parsed: uri.ParsedCode) -> Peek | None:
    """Look up a code that holds and is on goods; None for every other, for any reason."""
    try:
        number = own.number(parsed)
    except BadCode:
        return None
    peek = lookup.peek(own.where.database, number) if number is not None else None
    return peek if peek is not None and lookup.fits(parsed, peek.form) else None


def unit_or_404(own: ScanSite, session: Session, code: str) -> Unit:
    """The issued unit of *code*; 404 with one answer for every reason, 429 for too many misses."""
    try:
        parsed = uri.parse(code, host=own.host, former=own.former)
    except BadCode:
        abort(404)
    peek = held(own, parsed)
    if peek is None:
        if wait := own.missed(parsed):
            abort(scan_wait.page(own, parsed.canonical, "html", wait=wait))
        abort(404)
    if peek.form == Form.LOT:
        abort(404)
    if lookup.verdict_of(session, peek, on=clock.today()) in OUT:
        abort(404)
    return Unit(parsed.canonical, peek.number, session.get_one(Issue, peek.issue_id))
