"""Kinds: the table of messages, with the sentences of each and what a preview fills them with.

A message says what happened and leads to the page that shows it. No code, no reason, no name but those
that the reader needs to know which of their goods it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from labelsvc.errors import Phrase
from labelsvc.messages.models import Channel


@dataclass(frozen=True)
class Kind:
    """One kind of message: English sentences as keys of the translations."""

    #: As the page of choices and the office call it.
    title: Phrase
    subject: Phrase
    body: tuple[Phrase, ...]
    button: Phrase
    #: About an account: not every channel of it can be switched off, and no webhook learns of it.
    security: bool = False
    #: Somebody waits for it before a screen.
    urgent: bool = False


#: Facts that may be sentences of ours, and are translated then.
SPOKEN: Final = frozenset({"what", "goods"})
_IGNORE: Final = Phrase(
    "Was it not you? Tell the programme office, or whoever runs the machine, at once."
)

KINDS: Final[dict[str, Kind]] = {
    "invitation": Kind(
        Phrase("Invitation"),
        Phrase("Your account for traceability codes and labels"),
        (
            Phrase("An account was made for you. Choose a password; the link holds for a week."),
            Phrase("If you know nothing of this, delete this message."),
        ),
        Phrase("Choose a password"),
        security=True, urgent=True,
    ),
    "reset": Kind(
        Phrase("New password"),
        Phrase("A new password for your account"),
        (
            Phrase("Somebody asked for a new password for your account."),
            Phrase("The link works once, for {minutes} minutes."),
            Phrase("Was it not you? Then do nothing: the password stays as it is."),
        ),
        Phrase("Choose a new password"),
        security=True, urgent=True,
    ),
    "verify": Kind(
        Phrase("Check of an address"),
        Phrase("Please confirm this address"),
        (
            Phrase("This address was entered for an account. Confirm it, and messages come here."),
            Phrase("If you know nothing of this, delete this message."),
        ),
        Phrase("Confirm the address"),
        security=True, urgent=True,
    ),
    "sign_in": Kind(
        Phrase("Sign-in from a new device"),
        Phrase("Sign-in from a new device"),
        (
            Phrase("Your account was opened from a device that is not known yet: {device}, {moment}."),
            _IGNORE,
        ),
        Phrase("Look at my account"),
        security=True,
    ),
    "factor": Kind(
        Phrase("Changed second factor"),
        Phrase("The two-step sign-in of your account changed"),
        (Phrase("{what}: {moment}."), _IGNORE),
        Phrase("Look at my account"),
        security=True,
    ),
    "account": Kind(
        Phrase("Change of the account"),
        Phrase("Something changed at your account"),
        (Phrase("{what}: {moment}."), _IGNORE),
        Phrase("Look at my account"),
        security=True,
    ),
    "withdrawn": Kind(
        Phrase("Withdrawal of goods or codes"),
        Phrase("Goods or codes of yours were withdrawn: {goods}"),
        (
            Phrase("The programme office withdrew: {goods}."),
            Phrase("Whoever scans these codes is warned. Do not sell these goods."),
        ),
        Phrase("See what was withdrawn"),
    ),
    "case_opened": Kind(
        Phrase("New case"),
        Phrase("Case {number} was opened"),
        (Phrase("Case {number} was opened and waits for somebody of the office."),),
        Phrase("See the case"),
    ),
    "case_decided": Kind(
        Phrase("Decided case"),
        Phrase("Case {number} is decided"),
        (Phrase("The programme office decided case {number}. The page says what, and why."),),
        Phrase("See the case"),
    ),
    "stars_ending": Kind(
        Phrase("Stars that end soon"),
        Phrase("The stars of {product} end on {day}"),
        (
            Phrase("The recognition of {product} ends on {day}: {count} days are left."),
            Phrase("A file for renewal is handed in 180 to 120 days before the end."),
            Phrase("After that day, labels with stars may not be put on goods any more."),
        ),
        Phrase("See the product"),
    ),
    "list_taken": Kind(
        Phrase("List taken over"),
        Phrase("The list {file} was taken over"),
        (Phrase("The list {file} was taken over into the catalogue: {count} rows."),),
        Phrase("See the report"),
    ),
    "run_failed": Kind(
        Phrase("Failed print run"),
        Phrase("Print run {number} failed"),
        (
            Phrase("Print run {number} was not released; its numbers are free again."),
            Phrase("The page says why, and what to do."),
        ),
        Phrase("See the print run"),
    ),
    "confirm": Kind(
        Phrase("Something waits for a second person"),
        Phrase("Something waits for a second person"),
        (Phrase("{what}. It waits for somebody who did not propose it."),),
        Phrase("Look at it"),
    ),
    "runs_low": Kind(
        Phrase("Product that runs low at a point of sale"),
        Phrase("{product} runs low at {point}"),
        (Phrase("The point of sale {point} says that little of {product} is left."),),
        Phrase("See the points of sale"),
    ),
    "point_confirm": Kind(
        Phrase("Confirmation of a point of sale"),
        Phrase("Please confirm hours and products: {point}"),
        (
            Phrase("Buyers find {point} in the public list of points of sale of OCOP products."),
            Phrase("Please look once in this quarter whether hours and products are still right. No account is needed."),
            Phrase("By the same link you can tell a producer that something runs low. Keep it to yourself."),
        ),
        Phrase("Look and confirm"),
    ),
    "test": Kind(
        Phrase("Test message"),
        Phrase("A test message"),
        (Phrase("This message was sent to see whether messages arrive. Nothing is to be done."),),
        Phrase("Open the service"),
        urgent=True,
    ),
}  # fmt: skip

#: What a preview fills the sentences with.
SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "reset": {"minutes": 30},
    "sign_in": {"device": "Firefox / Android", "moment": "01/12/2026 08:15"},
    "factor": {"what": "A second factor was set up", "moment": "01/12/2026 08:15"},
    "account": {"what": "The password was set", "moment": "01/12/2026 08:15"},
    "withdrawn": {"goods": "Chè lam gừng, LOT-2026-07"},
    "case_opened": {"number": 12},
    "case_decided": {"number": 12},
    "stars_ending": {"product": "Chè lam gừng", "day": "30/05/2027", "count": 180},
    "list_taken": {"file": "danh-sach-ocop.xlsx", "count": 412},
    "run_failed": {"number": 31},
    "confirm": {"what": "The withdrawal of a lot or more is proposed"},
    "runs_low": {"product": "Chè lam gừng", "point": "Điểm OCOP Tây Hồ"},
    "point_confirm": {"point": "Điểm OCOP Tây Hồ"},
}
#: Channels as people call them.
CHANNEL_WORDS: Final = {
    Channel.MAIL: "E-mail",
    Channel.PHONE: "Telephone",
    Channel.WEBHOOK: "Webhook",
}
#: What a fact says of something that waits for a second person.
WAITING: Final = {
    "withdrawal": Phrase("The withdrawal of a lot or more is proposed"),
    "stars": Phrase("The withdrawal of stars is proposed"),
    "account": Phrase("An act on an account is proposed"),
    "merge": Phrase("A merge is proposed"),
    "ranges": Phrase("Ranges of a frozen key are proposed"),
}
#: Goods that have no name of their own.
ALL_OF_A_KEY: Final = Phrase("all codes of a signing key").text
#: Kinds that people choose channels for; the others go where their link leads.
CHOSEN: Final = tuple(
    name for name in KINDS if name not in ("invitation", "reset", "verify", "point_confirm", "test")
)
#: Kinds that a webhook is told of.
PUBLISHED: Final = frozenset(name for name, kind in KINDS.items() if not kind.security)
