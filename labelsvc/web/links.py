"""Links: makes addresses that carry on what was asked for. Nothing of a query names an option of `url_for`.

`?_external=1`, `?_scheme=x`, `?_method=POST` or `?endpoint=x` in an address are words that somebody typed: as
keyword arguments of `url_for` they would be its own. A query therefore goes behind the address, encoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request, url_for


def link(endpoint: str, query: Mapping[str, Any], /, **values: Any) -> str:
    """Address of a page with *query* behind it; *values* fill the places of its route.

    What is None or empty in the query is left out.
    """
    kept = {name: value for name, value in query.items() if value not in (None, "")}
    address = url_for(endpoint, **values)
    return f"{address}?{urlencode(kept)}" if kept else address


def turn(page: int) -> str:
    """Address of another page of the list at hand, with what was searched for."""
    return here(page=page)


def here(**changed: Any) -> str:
    """Address of the page at hand with its query, but for what is *changed*."""
    # The places of a route have names that we gave; only the query is of others.
    return link(
        str(request.endpoint), request.args.to_dict() | changed, **(request.view_args or {})
    )


def install(app: Flask) -> None:
    app.jinja_env.globals.update(turn=turn, link=link, here=here)
