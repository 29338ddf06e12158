"""Answers the questions of verifier/conformance.js with the package: python -m tests.verifier.answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from labelsvc.codes.forms import alphabet, carton, gs1, offline, short, uri
from labelsvc.codes.forms.permutation import Permutation
from labelsvc.codes.forms.signing import derive
from labelsvc.codes.forms.units import LAST_LOT, UnitKey, Units
from labelsvc.codes.keys.key import Key, KeyState
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.tlog.formats.note import NoteKey
from labelsvc.codes.trust.formats.body import Whole
from labelsvc.codes.trust.formats.manifest import Manifest
from labelsvc.codes.trust.formats.status import StatusHead, StatusList
from labelsvc.codes.trust.held import HeldTrust
from labelsvc.errors import BadCode, BadSignature, BadStatusList, BadTrust, TrustRollback

Ask = Mapping[str, Any]
Answer = dict[str, Any]
_FORMS: Final = {
    short.ShortCode: "short",
    gs1.Gs1Code: "gs1",
    gs1.Gs1Link: "link",
    offline.OfflineCode: "offline",
    carton.CartonCode: "carton",
}
#: In these states a key makes no codes; the vectors were made before.
_LATER: Final = (KeyState.FROZEN, KeyState.REVOKED)


def _read(ask: Ask) -> Answer:
    found = uri.parse(ask["text"], host=ask["host"])
    return {"form": _FORMS[type(found)], "canonical": found.canonical}


def _signature(ask: Ask) -> Answer:
    ring = Keyring([Key.from_public(key) for key in ask["keys"]], None, ask["host"])
    try:
        ring.verify_offline(offline.parse(ask["canonical"]))
    except BadSignature as error:
        return {"result": error.code}
    return {"result": "ok"}


def _offline(ask: Ask) -> Answer:
    code = offline.parse(ask["canonical"])
    payload = code.payload
    return _named(payload, "kid", "reference", "lot", "unit") | {
        "expires": payload.expires and payload.expires.isoformat(),
        "payload": payload.pack().hex(),
        "message": offline.message(ask["host"], payload.pack()).hex(),
        "signature": code.signature.hex(),
    }


def _unit(ask: Ask) -> Answer:
    units = Units([UnitKey(0, LAST_LOT, bytes.fromhex(ask["unit_key"]))])
    return {"index": units.index(ask["lot"], ask["printed"])}


def _carton(ask: Ask) -> Answer:
    code = carton.parse(ask["canonical"])
    payload, size = code.payload, carton.TAG_LENGTH
    inside = [
        payload.tags[at * size : (at + 1) * size] == carton.tag(ask["host"], unit)
        for at, unit in enumerate(ask["units"])
    ]
    return _named(payload, "kid", "reference", "lot", "issue", "first", "count") | {
        "payload": payload.pack().hex(),
        "signature": code.signature.hex(),
        "inside": inside,
    }


def _manifest(ask: Ask) -> Answer:
    found = Manifest.parse(ask["file"].encode())
    if ask["held"] is None:
        found.check_first()
    else:
        found.check_next(Manifest.parse(ask["held"].encode()))
    return {"result": "ok"}


def _head(ask: Ask) -> Answer:
    held = None
    for file in filter(None, (ask["held"], ask["file"])):
        held = StatusHead.read(bytes.fromhex(file), host=ask["host"], keys=_keys(ask), held=held)
    return {"result": "ok"}


def _list(ask: Ask) -> Answer:
    found = StatusList.read(bytes.fromhex(ask["file"]), host=ask["host"], keys=_keys(ask))
    units = {
        str(lot): None if isinstance(some, Whole) else list(some)
        for lot, some in found.listed.items()
    }
    return {"result": "ok", "units": units}


def _stolen(ask: Ask) -> Answer:
    held = HeldTrust(Manifest.parse(ask["manifest"].encode()))
    at = datetime.fromisoformat(ask["at"])
    return {"verdict": str(held.say(offline.parse(ask["code"]), at))}


def _make_offline(ask: Ask) -> Answer:
    payload = offline.OfflinePayload(
        **_asked(ask, "kid", "reference", "lot", "unit", "is_gtin"),
        expires=date.fromisoformat(ask["expires"]) if ask["expires"] else None,
    )
    return {"canonical": _maker(ask).offline(payload)}


SECTIONS: Final[Mapping[str, Callable[[Ask], Answer]]] = {
    "read": _read,
    "signature": _signature,
    "offline": _offline,
    "unit": _unit,
    "carton": _carton,
    "manifest": _manifest,
    "head": _head,
    "list": _list,
    "stolen": _stolen,
    "make_short": lambda ask: {"canonical": _maker(ask).short(ask["number"])},
    "make_gs1": lambda ask: {"canonical": _maker(ask).gs1(ask["gtin"], ask["number"])},
    "make_offline": _make_offline,
    "derive": lambda ask: {"key": derive(bytes.fromhex(ask["master"]), ask["purpose"]).hex()},
    "shuffle": lambda ask: {
        "place": Permutation(bytes.fromhex(ask["key"]), ask["bits"], tweak=ask["tweak"]).forward(
            ask["number"]
        )
    },
    "base32": lambda ask: {"text": alphabet.encode(ask["value"], ask["length"])},
}


def answer(question: Ask) -> Answer:
    """One line of output for one of input."""
    put = SECTIONS.get(question["section"])
    if put is None:
        return {"id": question["id"], "unsupported": True}
    try:
        found = put(question["ask"])
    except TrustRollback:
        found = {"result": "rollback"}
    except (BadTrust, BadStatusList):
        found = {"result": "refused"}
    except BadCode as error:
        found = {"error": error.code}
    return {"id": question["id"], "answer": found}


def _named(payload: object, *names: str) -> Answer:
    return {name: getattr(payload, name) for name in names}


def _asked(ask: Ask, *names: str) -> dict[str, Any]:
    return {name: ask[name] for name in names}


def _keys(ask: Ask) -> list[NoteKey]:
    return [NoteKey.parse(text) for text in ask["status_keys"]]


def _maker(ask: Ask) -> Keyring:
    keys = []
    for entry in ask["keys"]:
        state = KeyState(entry["state"])
        keys.append(
            Key(
                kid=entry["kid"],
                state=KeyState.RETIRED if state in _LATER else state,
                ed25519_public=bytes.fromhex(entry["ed25519_public"]),
                ed25519_private=bytes.fromhex(entry["ed25519_private"]),
                mac_secret=bytes.fromhex(entry["mac_secret"]),
                first_number=entry["first_number"],
            )
        )
    return Keyring(keys, bytes.fromhex(ask["permutation_secret"]), ask["host"])


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))))
