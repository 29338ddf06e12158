"""Repeat: the producer's page that opens a lot like the last one and prints it, made for a telephone.

The script `outbox.js` keeps what is sent from it on the telephone until the service has answered; without a
script it is a form like others.
"""

from __future__ import annotations

import secrets

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.labels.drawing import fonts
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs import artwork, repeat
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.producer_scope import bp, own_product, titles_of
from labelsvc.web.console.typed import whole
from labelsvc.web.language import gettext
from labelsvc.web.problems import wants_json
from labelsvc.web.signed_in import current_user
from labelsvc.web.site import site


@bp.route("/products/<int:product_id>/again", methods=["GET", "POST"])
def again(product_id: int) -> ResponseReturnValue:
    posted = Posted()
    if request.method == "POST":
        made_on = posted.day("made_on", "Date of manufacture (NSX)")
        settings = site().settings

        def act(session: Session) -> PrintRun:
            sent = repeat.Act(
                uid=posted.text("uid"),
                declared=whole(posted.text("declared"), gettext("Quantity made"), "declared"),
                made_on=made_on,
                sure=posted.text("sure") == "1",
                base_url=settings.base_url,
                former=settings.former_hosts,
                pictures=artwork.pictures(session, site().files),
            )
            product = own_product(session, product_id)
            return repeat.enter(session, product, sent, user_id=current_user().id)

        fonts.load()  # read before anything is locked
        run = posted.attempt(act)
        if run is not None:
            if wants_json():
                return jsonify({"page": url_for("producer.run", run_id=run.id)})
            return redirect(url_for("producer.run", run_id=run.id), code=303)
        if wants_json():
            said = [f"{one.message} {one.fix}".strip() for one in posted.problems]
            return jsonify({"problems": said}), max(posted.status, 400)
    with site().database.reading() as session:
        found = own_product(session, product_id)
        last = repeat.usual(session, found)
        if last is None:
            return redirect(url_for("producer.new_lot", product_id=found.id))
        page = render_template(
            "console/producer/again.html",
            p=found,
            last=last,
            title=titles_of(session).get(last.layout.name, ""),
            form=request.form,
            uid=request.form.get("uid") or secrets.token_hex(16),
            today=clock.today(),
            problems=posted.problems,
            errors=posted.errors,
            ticks=posted.ticks,
        )
    return page, posted.status
