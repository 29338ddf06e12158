"""Words: tells what checking a log gave, in words and as facts. Used by audit-log verify and cosign."""

from __future__ import annotations

from typing import Any

from labelsvc.cli import base
from labelsvc.codes.tlog.formats import audit
from labelsvc.codes.tlog.formats.missing import Missing
from labelsvc.codes.tlog.formats.note import NoteKey

#: Gaps that are told in words; --json has all.
_MOST = 40


def result(report: audit.Report, key: NoteKey, source: str) -> dict[str, Any]:
    """For --json."""
    return {
        "ok": report.ok,
        "origin": report.origin,
        "size": report.size,
        "root": report.root.hex(),
        "before": report.before,
        "key": key.text,
        "key_from": source,
        "leaves": report.kinds,
        "witnesses": report.witnesses,
        "problems": [{"place": p.place, **p.error.as_json()} for p in report.problems],
        "over": [lot.lot for lot in report.over],
        "missing": [
            {"first": gap.first, "last": gap.last, "lot": gap.lot} for gap in report.missing
        ],
        "lots": [
            {
                "lot": lot.lot,
                "lot_code": lot.lot_code,
                "product": lot.product,
                "gtin": lot.gtin,
                "ocop_code": lot.ocop_code,
                "declared": lot.declared,
                "issued": lot.issued,
                "void": lot.void,
                "withdrawn": lot.withdrawn,
                "live": lot.live,
                "recalled": lot.recalled,
                "lot_labels": lot.lot_labels,
                "leaves": lot.leaves,
            }
            for lot in report.lots
        ],
    }


def words(report: audit.Report, key: NoteKey, source: str) -> list[str]:
    """Lines for people."""
    lines = [base.say("{origin}: {size} leaves", origin=report.origin, size=report.size)]
    if source == "log":
        lines.append(
            base.say(
                "The key came from the log itself. Compare it with the one of the programme office: {key}",
                key=key.text,
            )
        )
    if report.before is not None:
        lines.append(base.say("Last time it had {before} leaves.", before=report.before))
    for name, at in report.witnesses.items():
        lines.append(base.say("Seen by the witness {name}, {at} (POSIX time)", name=name, at=at))
    for lot in sorted(report.lots, key=lambda found: not found.over):
        mark = base.say("TOO MANY") if lot.over else "ok"
        lines.append(
            f"{mark:<9} "
            + base.say(
                "Lot {code} of product {product}: {live} live codes ({issued} issued, {void} void, {withdrawn} withdrawn), {declared} units declared",
                code=lot.lot_code,
                product=lot.ocop_code or lot.gtin or lot.product,
                live=lot.live,
                issued=lot.issued,
                void=lot.void,
                withdrawn=lot.withdrawn,
                declared=lot.declared,
            )
        )
    for problem in report.problems:
        told = base.say(problem.error.message, **problem.error.params)
        lines.append(f"{base.say('DOES NOT FIT')}  {problem.place}: {told}")
    lines += [f"{base.say('NO ENTRY')}  {_missing(gap)}" for gap in report.missing[:_MOST]]
    lines.append(
        base.say("Every leaf, hash and signature fits.")
        if report.ok
        else base.say("The log cannot be trusted as it is.")
    )
    return lines


def _missing(gap: Missing) -> str:
    if gap.lot is None:
        text = "Numbers {first} to {last} were given, and no leaf tells for what."
        return base.say(text, first=gap.first, last=gap.last)
    text = "Labels {first} to {last} of lot {lot} (counted from 1) are before others of it, and no leaf tells of them."
    return base.say(text, first=gap.first + 1, last=gap.last + 1, lot=gap.lot)
