"""Leaving: clears what the inspector's application keeps on a device when the inspector signs out there.

Goods, visits, notes and photographs of a visit stand in the browser's store, so that they are there without a
network. Who takes the telephone next is not to read them. Before cases that were not sent go, the page asks
(`static/account/leave.js`).
"""

from __future__ import annotations

from flask import Flask, Response, g, request

from labelsvc.accounts.models import Role

#: Pages after which this device is signed out.
LEAVING = frozenset({"account.sign_out", "account.sign_out_everywhere", "inspect.leave"})


def install(app: Flask) -> None:
    """Say so to the browser. The worker that keeps the shell goes too; the next visit brings it back."""

    @app.after_request
    def clear(answer: Response) -> Response:
        user = g.get("user")
        left = request.endpoint in LEAVING and request.method == "POST" and answer.status_code < 400
        if left and user is not None and user.role == Role.INSPECTOR:
            answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer
