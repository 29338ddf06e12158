"""Roles: one table from page (Flask endpoint) to the roles that may open it. A page that is not in
it is closed.

`PUBLIC` pages need no sign-in. A producer's pages look at the user's own producer only; the pages
see to that, and a test goes through every page × role × tenant.
"""

from __future__ import annotations

from labelsvc.accounts.models import Role, Stage

ANYBODY = frozenset(Role)
PRODUCER = frozenset({Role.PRODUCER})
OFFICE = frozenset({Role.OFFICE})
READERS = frozenset({Role.OFFICE, Role.AUDITOR, Role.VIEWER})
#: Who looks at people: accounts and what they did. Goods and cases are enough for all other readers.
OVERSEERS = frozenset({Role.OFFICE, Role.AUDITOR})
#: Roles that look into labels by their office.
OFFICIAL = frozenset({Role.INSPECTOR, Role.OFFICE})
#: Roles whose looks at a code are no sign of what the public meets.
STAFF = OFFICIAL | READERS
#: Roles that sign in with a second factor where the settings ask for it; producers may.
SECOND_FACTOR = frozenset({Role.OFFICE, Role.INSPECTOR, Role.AUDITOR, Role.VIEWER})

#: Blueprints whose pages are open to everybody.
PUBLIC_ROOMS = frozenset(
    {
        "scan",
        "products",
        "producers",
        "decisions",
        "changes",
        "finding",
        "guides",
        "machine",
        "home",
        "health",
        "report",
        "inner",
        "place",
        "media",
        "static",
        "log",
        "trust",
        "points",
        "confirmation",
        "villages",
        "figures",
        "open_data",
    }
)
PUBLIC_PAGES = frozenset(
    {
        "static",
        "account.sign_in",
        "account.sign_in_options",
        "account.sign_in_passkey",
        "account.invitation",
        "account.forgotten",
        "account.reset",
        "account.address_check",
        "account.language",
        "inspect.shell",
        "inspect.service_worker",
        "inspect.manifest",
    }
)
#: Pages that a half sign-in opens, by how far it has come: nothing else does.
HALF_PAGES: dict[Stage, frozenset[str]] = {
    Stage.FACTOR: frozenset(
        {"account.factor", "account.factor_options", "account.factor_passkey", "account.sign_out"}
    ),
    Stage.ENROL: frozenset(
        {
            "account.factors",
            "account.totp",
            "account.passkey_options",
            "account.add_passkey",
            "account.sign_out",
        }
    ),
}

#: Pages by their endpoint, or all pages of a room by "room.*"; the single page wins.
POLICY: dict[str, frozenset[Role]] = {
    "account.*": ANYBODY,
    "producer.*": PRODUCER,
    "inspect.pack": OFFICIAL,
    "inspect.sync": OFFICIAL,
    "inspect.report": OFFICIAL,
    "inspect.seen": OFFICIAL,
    "inspect.verdict": OFFICIAL,
    "inspect.issued": OFFICIAL,
    "inspect.who": OFFICIAL,
    "inspect.leave": OFFICIAL,
    "office.*": OFFICE,
    "office.dashboard": READERS,
    "office.find_page": READERS,
    "office.products": READERS,
    "office.lots": READERS,
    "office.lot": READERS,
    "office.runs": READERS,
    "office.export": READERS,
    "office.export_people": OVERSEERS,
    "office.recognitions": READERS,
    "office.recognition": READERS,
    "office.recognitions_csv": READERS,
    "office.proposals": READERS,
    "office.producers": READERS,
    "office.producer": READERS,
    "office.product": READERS,
    "office.villages": READERS,
    "office.outlets": READERS,
    "office.outlet": READERS,
    "office.outlet_poster": READERS,
    "office.sets": READERS,
    "office.imports": READERS,
    "office.import_run": READERS,
    "office.handovers": READERS,
    "office.reports": READERS,
    "office.report": READERS,
    "office.cases": READERS,
    "office.case": READERS,
    "office.case_photo": READERS,
    "office.audit": OVERSEERS,
    "office.accounts": OVERSEERS,
    "office.account": OVERSEERS,
    "office.account_proposals": OVERSEERS,
    "office.keys": READERS,
    "office.key": READERS,
    "office.mark": READERS,
    "office.mark_picture": READERS,
    "office.merges": READERS,
    "office.merge": READERS,
    "office.withdrawals": READERS,
    "office.withdrawal": READERS,
    "office.withdrawal_outlets": READERS,
    "office.messages": READERS,
    "office.message_kinds": READERS,
    "office.plans": READERS,
    "office.papers": READERS,
    "office.paper": READERS,
}


#: Acts that take something away or give it: the factor or password is asked again, not long before.
#: `Posted.attempt` asks wherever the page did not; a test tries each of them without.
STEP_UP: frozenset[str] = frozenset(
    f"office.{page}"
    for page in (
        "new_recognition", "withdraw", "extend", "producer_active", "invite", "user_active",
        "new_account", "account_link", "account_role", "account_active", "account_reset",
        "decide_account", "account_proposal_link", "new_withdrawal", "confirm_withdrawal",
        "freeze_key", "revoke_key", "propose_ranges", "confirm_ranges", "new_merge",
        "upload_mark", "remove_mark", "import_undo_done",
    )
)  # fmt: skip


def is_public(endpoint: str) -> bool:
    return endpoint in PUBLIC_PAGES or endpoint.partition(".")[0] in PUBLIC_ROOMS


def allowed(endpoint: str) -> frozenset[Role]:
    """Roles that may open a page; none for a page that the table does not know."""
    room = endpoint.partition(".")[0]
    return POLICY.get(endpoint) or POLICY.get(f"{room}.*") or frozenset()
