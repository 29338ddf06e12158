"""Step-up: asks for the factor or password again before something that the public sees.

Used by the office's forms and the pages of accounts. A step-up holds for some minutes.
"""

from __future__ import annotations

from typing import cast

from flask import g

from labelsvc.accounts import factors, sessions
from labelsvc.accounts.models import SignIn
from labelsvc.clock import now
from labelsvc.errors import SignInFailed, StepUpNeeded
from labelsvc.web.browsers.sign_in_cookie import token
from labelsvc.web.signed_in import current_user, network, own_factors
from labelsvc.web.site import site


def confirmed() -> bool:
    """True where the factor or password was given within the last minutes."""
    row = cast(SignIn | None, g.get("sign_in"))
    return row is not None and sessions.recently_confirmed(row)


def confirm(secret: str) -> None:
    """Step up by the password; by a code of the app or of recovery where there is a second factor.

    :raises SignInFailed: it is wrong, or nothing was typed, which is no try.
    :raises TooManyTries: too often.
    """
    if not secret.strip():
        raise SignInFailed(
            "Confirm first that it is you.",
            fix="Type your password, or the code of your app.",
            field="password",
        )
    where = site()
    if not own_factors():
        key = where.settings.keys[0]
        sessions.confirm(where.database, token(), secret, secret=key, network=network())
    else:
        mine = current_user().id
        factor = factors.check_code(
            where.database, mine, secret, keys=where.settings.keys, network=network(),
            device=sessions.here(token(), mine),
        )  # fmt: skip
        if factor is None:
            raise SignInFailed(
                "The code is not right.",
                fix="Type the code that your app shows now, or a recovery code.",
                field="password",
            )
        sessions.confirmed(where.database, token())
    step_up_holds()


def step_up_holds() -> None:
    """Note in this request that the step-up was just made."""
    g.sign_in.confirmed_at = now()


def require_step_up() -> None:
    """Lead to the page that asks for a step-up, and back; programs get the error.

    :raises StepUpNeeded: it was not given.
    """
    if not confirmed():
        raise StepUpNeeded(
            "Confirm first that it is you.", fix="Then do it again.", field="password"
        )
