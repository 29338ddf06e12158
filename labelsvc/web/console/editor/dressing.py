"""Dressing: gives the layout in the editor another family, palette or logo. The browser keeps what comes back."""

from __future__ import annotations

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from labelsvc.errors import LayoutError
from labelsvc.labels.families import shelf
from labelsvc.labels.families.exchange import exchange, undress
from labelsvc.labels.families.family import BLACK
from labelsvc.labels.layouts.writing import facts
from labelsvc.web.console.editor import faults
from labelsvc.web.console.editor.preview import posted_json, read_layout
from labelsvc.web.console.producer_scope import bp
from labelsvc.web.language import current, explain
from labelsvc.web.site import site


@bp.post("/layouts/dress")
def dress_layout() -> ResponseReturnValue:
    """`{layout, dress, logo}` → `{layout}`. `dress` is "gom-lam", or "" for none.

    422 with `findings` where it is no layout, where there is no such family, or where the dress
    leaves the words no room.
    """
    posted = posted_json()
    with site().database.reading() as session:
        layout, _whole, findings = read_layout(session, posted.get("layout"))
    if layout is None:
        return jsonify({"findings": findings}), 422
    wanted, logo = str(posted.get("dress") or "")[:40], posted.get("logo") is True
    try:
        made = exchange(layout, shelf.dress_of(wanted), logo=logo) if wanted else undress(layout)
    except LayoutError as error:
        return jsonify({"findings": [faults.row(*explain(error))]}), 422
    except ValidationError as error:  # words that reach out of the label, too many elements
        return jsonify({"findings": faults.of_model(error)}), 422
    return jsonify({"layout": facts(made)})


def offered() -> list[dict[str, Any]]:
    """Families and their palettes, black too, with the words of the reader's language."""
    english = current() == "en"
    return [
        {
            "name": family.name,
            "title": family.title_en if english else family.title_vi,
            "palettes": [
                {"name": one.name, "title": one.title_en if english else one.title_vi, "strong": one.strong, "accent": one.accent}
                for one in (*family.palettes, family.palette(BLACK))
                if one is not None
            ],
        }
        for family in shelf.families().values()
    ]  # fmt: skip
