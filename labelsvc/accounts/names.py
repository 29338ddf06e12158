"""Names: brings what people type to sign in with to one spelling, and finds whose it is.

A person is known by the sign-in name, and by each address that they have proven to be theirs.
"""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import ColumnElement, or_, select

from labelsvc.accounts.contact.models import Contact
from labelsvc.accounts.models import User
from labelsvc.i18n import nfc

#: A number of Vietnam, as it is left when spaces, dots and brackets are gone.
TELEPHONE: Final = re.compile(r"(?:\+84|0084|84|0)(\d{8,10})")


def normal_name(name: str) -> str:
    """Give *name* as names are compared: NFC, lower case, no spaces around; telephone numbers from 0, digits only."""
    plain = nfc(name).strip().lower()[:120]
    found = TELEPHONE.fullmatch(re.sub(r"[\s.()-]", "", plain))
    return f"0{found[1]}" if found else plain


def named(name: str) -> ColumnElement[bool]:
    """The rule that finds who signs in as *name*, also where it was entered in another spelling."""
    number = normal_name(name)
    kept = [number, nfc(name).strip().lower()[:120]]
    if TELEPHONE.fullmatch(number):
        kept += [f"+84{number[1:]}", f"84{number[1:]}"]
    proven = select(Contact.user_id).where(
        Contact.address.in_(kept), Contact.verified_at.is_not(None)
    )
    return or_(User.name.in_(kept), User.id.in_(proven))
