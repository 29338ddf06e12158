"""Passkeys: registers W3C Web Authentication credentials (Level 3) and signs in with them.

Every challenge is made, kept and taken away here; the ceremony is checked by py_webauthn: challenge,
origin, host, presence, verification of the person (PIN, finger, face), signature. Attestation is not
asked for: which make of authenticator somebody has is not our business.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from webauthn.helpers import structs

from labelsvc.accounts import audit, challenges
from labelsvc.accounts.challenges import Purpose
from labelsvc.accounts.models import Passkey, User
from labelsvc.clock import now
from labelsvc.db import Database
from labelsvc.errors import Conflict, SignInFailed
from labelsvc.i18n import nfc

#: Passkeys that one person may have.
MOST: Final = 20
_TIMEOUT_MS: Final = int(challenges.LIFETIME.total_seconds() * 1000)


@dataclass(frozen=True)
class Party:
    """This site as authenticators know it (the "relying party")."""

    host: str
    name: str
    origin: str

    @classmethod
    def of(cls, base_url: str, name: str) -> Party:
        parts = urlsplit(base_url)
        return cls(parts.hostname or "", name, f"{parts.scheme}://{parts.netloc.lower()}")

    @property
    def possible(self) -> bool:
        """True if browsers make passkeys here: a name, not an address, and https unless at home."""
        try:
            ip_address(self.host)
        except ValueError:
            return self.origin.startswith("https:") or self.host == "localhost"
        return False


def registration(session: Session, party: Party, user: User, *, browser: str) -> str:
    """Options for `navigator.credentials.create`, as JSON.

    :raises Conflict: the user has as many as anybody may have.
    """
    held = of_user(session, user.id)
    if len(held) >= MOST:
        raise Conflict(
            "You have {most} passkeys already.", fix="Remove one that you do not use.", most=MOST
        )
    challenge = secrets.token_bytes(32)
    challenges.put(session, browser=browser, purpose=Purpose.REGISTER, body=challenge)
    options = webauthn.generate_registration_options(
        rp_id=party.host,
        rp_name=party.name,
        user_id=handle(user.id),
        user_name=user.name,
        user_display_name=user.full_name,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[_descriptor(key) for key in held],
    )
    return webauthn.options_to_json(options)


def new_key(
    database: Database, party: Party, answer: Mapping[str, Any], *, browser: str
) -> dict[str, Any]:
    """Check what `navigator.credentials.create` gave: columns of the `Passkey` to keep.

    :raises SignInFailed: it is no answer to the challenge of this browser.
    """
    challenge = _challenge(database, browser, Purpose.REGISTER)
    try:
        verified = webauthn.verify_registration_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception as error:  # the parsers inside raise a dozen kinds on hostile bytes
        raise _refused() from error
    transports = answer.get("response", {}).get("transports", [])
    known = [one.value for one in structs.AuthenticatorTransport]
    return {
        "credential_id": verified.credential_id,
        "public_key": verified.credential_public_key,
        "sign_count": verified.sign_count,
        "transports": [t for t in transports if t in known] if isinstance(transports, list) else [],
    }


def add(session: Session, user_id: int, key: dict[str, Any], *, name: str) -> Passkey:
    """Keep a new passkey. :raises Conflict: somebody has it already."""
    taken = select(Passkey.id).where(Passkey.credential_id == key["credential_id"])
    if session.scalar(taken) is not None:
        raise Conflict("This passkey is entered already.", fix="Use another one.")
    made = Passkey(user_id=user_id, name=nfc(name).strip()[:60], **key)
    session.add(made)
    session.flush()
    return made


def request(
    session: Session, party: Party, *, browser: str, purpose: Purpose, user_id: int | None = None
) -> str:
    """Options for `navigator.credentials.get`, as JSON.

    :param user_id: whose passkeys are asked for; nobody's in particular when signing in without a
        password: the authenticator then shows those that it holds for this site.
    """
    challenge = secrets.token_bytes(32)
    challenges.put(session, browser=browser, purpose=purpose, body=challenge)
    allowed = [] if user_id is None else [_descriptor(key) for key in of_user(session, user_id)]
    options = webauthn.generate_authentication_options(
        rp_id=party.host,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        allow_credentials=allowed,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def check(
    database: Database,
    party: Party,
    answer: Mapping[str, Any],
    *,
    browser: str,
    purpose: Purpose,
    user_id: int | None = None,
) -> int:
    """Check what `navigator.credentials.get` gave. Id of the user whose passkey it is.

    :param user_id: the only user whose passkeys are taken; None where the passkey itself says who.
    :raises SignInFailed: it does not hold; why is not said.
    """
    challenge = _challenge(database, browser, purpose)
    try:
        credential = webauthn.helpers.parse_authentication_credential_json(dict(answer))
        with database.reading() as session:
            key = session.scalars(
                select(Passkey).where(Passkey.credential_id == credential.raw_id)
            ).one()
            owner = session.get_one(User, key.user_id)
        claimed = credential.response.user_handle
        expected = handle(owner.id)
        if user_id is None:
            fits = claimed == expected
        else:
            fits = owner.id == user_id and claimed in (None, expected)
        if not (fits and owner.active):
            raise _refused()
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=0,  # compared below, where it is also written
            require_user_verification=True,
        )
    except Exception as error:  # the parsers inside raise a dozen kinds on hostile bytes
        raise _refused() from error
    if not _counted(database, key, verified.new_sign_count):
        raise _refused()
    return key.user_id


def of_user(session: Session, user_id: int) -> list[Passkey]:
    """The user's passkeys, oldest first."""
    rows = session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id))
    return list(rows)


def handle(user_id: int) -> bytes:
    """Make the bytes that authenticators keep for the user: they say nothing about the person (WebAuthn §14.6.1)."""
    return user_id.to_bytes(8, "big")


def _counted(database: Database, key: Passkey, count: int) -> bool:
    """Write the new counter down; False when it did not grow: then the key exists twice.

    Compared and written in one statement, so that two answers at once cannot both pass.
    """
    with database.writing() as session:
        grown = (Passkey.sign_count < count) | ((Passkey.sign_count == 0) & (count == 0))
        done = session.execute(
            update(Passkey)
            .where(Passkey.id == key.id, grown)
            .values(sign_count=count, used_at=now())
            .returning(Passkey.id)
        ).one_or_none()
        if done is None:
            audit.record(
                session,
                actor=f"user:{key.user_id}",
                action="account.factor.suspect",
                subject=f"user:{key.user_id}",
                facts={"factor": "passkey", "passkey": key.id, "count": count},
            )
    return done is not None


def _challenge(database: Database, browser: str, purpose: Purpose) -> bytes:
    with database.writing() as session:
        kept = challenges.take(session, browser=browser, purpose=purpose) if browser else None
    if kept is None:
        raise SignInFailed("This took too long, or was answered already.", fix="Begin again.")
    return kept


def _refused() -> SignInFailed:
    return SignInFailed(
        "The passkey was not accepted.",
        fix="Try again with the passkey that you set up for this site.",
    )


def _descriptor(key: Passkey) -> structs.PublicKeyCredentialDescriptor:
    transports = [structs.AuthenticatorTransport(one) for one in key.transports]
    return structs.PublicKeyCredentialDescriptor(
        id=key.credential_id, transports=transports or None
    )
