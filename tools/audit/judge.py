"""Judge: holds findings against reasons, licences against the policy. Used by the audit and its test."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tools.audit.rules import Finding

HERE = Path(__file__).parent
REASONS: list[dict[str, str]] = tomllib.loads((HERE / "reasons.toml").read_text("utf-8"))["reason"]
LICENCES: dict[str, Any] = tomllib.loads((HERE / "licences.toml").read_text("utf-8"))


def _fits(reason: Mapping[str, str], finding: Finding) -> bool:
    place = reason["place"]
    return reason["rule"] == finding.rule and (
        finding.place in (place, f"{place}:module")
        or finding.place.startswith(place if place.endswith("/") else f"{place}:")
    )


def judged(
    findings: Iterable[Finding], reasons: Iterable[Mapping[str, str]] = REASONS
) -> tuple[list[Finding], list[Mapping[str, str]]]:
    """Findings without a reason, and reasons without a finding."""
    found, given = list(findings), list(reasons)
    bare = [one for one in found if not any(_fits(reason, one) for reason in given)]
    idle = [reason for reason in given if not any(_fits(reason, one) for one in found)]
    return bare, idle


def refused_licences(
    packages: Iterable[Mapping[str, str]], policy: Mapping[str, Any] = LICENCES
) -> list[str]:
    """Packages whose licence is outside of the policy, with what they say.

    An "OR" needs one licence that is allowed, an "AND" or a list all of them.
    """
    allowed = {word.casefold() for word in policy["allowed"]}
    exempt = {one["name"]: one["says"] for one in policy["package"]}
    wrong = []
    for package in packages:
        name, says = package["Name"].lower().replace("_", "-"), package["License"]
        whole = [
            any(part.strip(" ()").casefold() in allowed for part in re.split(r"\s+OR\s+", one))
            for one in re.split(r"\s+AND\s+|;\s*", says)
        ]
        if says.casefold() not in allowed and not all(whole) and exempt.get(name) != says:
            wrong.append(f"{name}: {says}")
    return wrong


def pinned(requirements: str) -> dict[str, str]:
    """Name and version of each package of a hashed list."""
    return dict(
        re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", requirements, re.M)
    )


def unhashed(requirements: str) -> list[str]:
    """Packages of a list that have no hash behind them."""
    blocks = re.split(r"\n(?=\S)", requirements.strip())
    return [one.split()[0] for one in blocks if one[:1].isalnum() and "--hash=sha256:" not in one]


def advisories(document: Mapping[str, Any]) -> tuple[list[str], int, int]:
    """Read the answer of pip-audit: what is known to be vulnerable, how many were looked up, how many were not."""
    bad, asked, skipped = [], 0, 0
    for package in document["dependencies"]:
        if "skip_reason" in package:
            skipped += 1
            continue
        asked += 1
        for one in package["vulns"]:
            fixed = ", ".join(one.get("fix_versions") or ()) or "none"
            bad.append(f"{package['name']} {package['version']}: {one['id']}, mended in {fixed}")
    return bad, asked, skipped
