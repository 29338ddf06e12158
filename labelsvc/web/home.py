"""Home: the first page, with a field for a code that a camera could not read."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labelsvc.codes.forms import uri
from labelsvc.errors import BadCode
from labelsvc.partners import partner_of
from labelsvc.scans.verdict import FOREIGN_KNOWN
from labelsvc.web.language import explain, gettext
from labelsvc.web.site import site

bp = Blueprint("home", __name__)


@bp.get("/")
def home() -> ResponseReturnValue:
    return render_template("home/home.html", problem=None, code="")


@bp.get("/check")
def check() -> ResponseReturnValue:
    """A typed code: to its page, or back with what is wrong with it."""
    code = request.args.get("code", "").strip()
    if not code:
        return redirect(url_for("home.home"))
    try:
        parsed = uri.parse(
            code, host=uri.authority(site().settings.base_url), former=site().settings.former_hosts
        )
    except BadCode as error:
        known = partner_of(str(error.params.get("host", "")), site().settings.partners)
        problem = (
            (gettext(FOREIGN_KNOWN.headline), gettext(FOREIGN_KNOWN.meaning))
            if known
            else explain(error)
        )
        page = render_template(
            "home/home.html", problem=problem, partner=known, code=code[: uri.MAX_TEXT]
        )
        return page, error.http_status
    return redirect(f"/{parsed.canonical}")
