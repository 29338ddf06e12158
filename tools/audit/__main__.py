"""Door of `make audit`: runs each check, prints what is wrong and a table; fails where something is wrong.

    python -m tools.audit [rules bandit advisories licences parts asvs]

What cannot be asked here, such as advisories without a network, is told with its reason and fails nothing.
docs/security.md says how to read it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tools.audit import asvs, judge
from tools.audit.rules import RULES, Finding, in_tree

ROOT = Path(__file__).parents[2]
LISTS = ROOT / "requirements"
BUILD = ROOT / "build"
#: Lists whose packages run in a service; the others are of developers.
SERVING = ("runtime.txt", "scale.txt", "hsm.txt", "oidc.txt")
BOM = "sbom.cdx.json"
#: Seconds that a tool may take, and that a service of advisories may take for one answer.
PATIENCE, ANSWER = 600, 10

#: State, one line for the table, and the lines that are printed above it.
Outcome = tuple[str, str, list[str]]
GOOD, BAD, UNASKED = "good", "WRONG", "not asked"


def _run(module: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


def _told(findings: list[Finding], of: str, tool: str) -> Outcome:
    reasons = [one for one in judge.REASONS if one["rule"].startswith("B") == (tool == "bandit")]
    bare, idle = judge.judged(findings, reasons)
    lines = [f"{one.rule}: {one.place}, line {one.line}: {one.told}" for one in bare]
    lines += [
        f"{one['rule']}: {one['place']}: a reason that nothing needs; delete it" for one in idle
    ]
    reasoned = len(findings) - len(bare)
    return (BAD if lines else GOOD), f"{of}, {len(bare)} open, {reasoned} with a reason", lines


def rules() -> Outcome:
    """Hold the source against rules of our own."""
    return _told(list(in_tree(ROOT)), f"{len(RULES) + 1} rules", "rules")


def bandit() -> Outcome:
    """Hold the source against the rules of bandit."""
    done = _run("bandit", "-q", "-r", "labelsvc", "-f", "json")
    if not done.stdout:
        return BAD, "bandit did not run", done.stderr.splitlines()[-3:]
    found = json.loads(done.stdout)
    findings = [
        Finding(
            one["test_id"],
            f"{Path(one['filename']).as_posix().removeprefix('./').removeprefix('labelsvc/')}:module",
            one["line_number"],
            one["issue_text"],
        )
        for one in found["results"]
    ]
    return _told(findings, f"{found['metrics']['_totals']['loc']:,} lines", "bandit")


def advisories() -> Outcome:
    """Ask for known vulnerabilities of every pinned version that serves."""
    lines, asked, unasked = [], 0, 0
    for name in SERVING:
        bare = judge.unhashed((LISTS / name).read_text("utf-8"))
        lines += [f"{name}: {one} has no hash" for one in bare]
        done = _run(
            "pip_audit", "--require-hashes", "--disable-pip", "--requirement", f"requirements/{name}",
            "--format", "json", "--progress-spinner", "off", "--timeout", str(ANSWER),
        )  # fmt: skip
        try:
            bad, some, none = judge.advisories(json.loads(done.stdout))
        except ValueError:
            reason = (done.stderr.strip().splitlines() or ["no answer"])[-1][:200]
            return (BAD if lines else UNASKED), f"no service of advisories: {reason}", lines
        lines, asked, unasked = lines + bad, asked + some, unasked + none
    if lines:
        return BAD, f"{asked} packages asked", lines
    if not asked:
        return UNASKED, f"the registry at hand has no advisories of {unasked} packages", []
    return (
        GOOD,
        f"{asked} packages asked, none is known to be vulnerable, {unasked} not known there",
        [],
    )


def licences() -> Outcome:
    """Hold the licences of the packages that serve against the policy."""
    serving: dict[str, str] = {}
    for name in SERVING:
        serving |= judge.pinned((LISTS / name).read_text("utf-8"))
    done = _run("piplicenses", "--format=json")
    if done.returncode:
        return BAD, "pip-licenses did not run", done.stderr.splitlines()[-3:]
    here = [
        one for one in json.loads(done.stdout) if one["Name"].lower().replace("_", "-") in serving
    ]
    wrong = judge.refused_licences(here)
    missing = len(serving) - len(here)
    return (
        (BAD if wrong else GOOD),
        f"{len(here)} packages, {missing} of extras not installed here",
        wrong,
    )


def parts() -> Outcome:
    """Write the list of parts of a service (CycloneDX) into build/."""
    BUILD.mkdir(exist_ok=True)
    done = _run(
        "cyclonedx_py", "requirements", "requirements/runtime.txt", "--pyproject", "pyproject.toml",
        "--output-reproducible", "--short-PURLs", "--output-file", f"build/{BOM}",
    )  # fmt: skip
    if done.returncode:
        return BAD, "cyclonedx-py did not run", done.stderr.splitlines()[-3:]
    named = {one["name"] for one in json.loads((BUILD / BOM).read_text("utf-8"))["components"]}
    missing = sorted(set(judge.pinned((LISTS / "runtime.txt").read_text("utf-8"))) - named)
    return (BAD if missing else GOOD), f"{len(named)} parts in build/{BOM}", missing


def standard() -> Outcome:
    """Hold the table of ASVS against code and tests."""
    wrong, counts = asvs.wrong(), asvs.counts()
    return (BAD if wrong else GOOD), ", ".join(f"{n} {state}" for state, n in counts.items()), wrong


CHECKS: dict[str, Callable[[], Outcome]] = {
    "rules": rules,
    "bandit": bandit,
    "advisories": advisories,
    "licences": licences,
    "parts": parts,
    "asvs": standard,
}


def main(asked: list[str]) -> int:
    """Run the checks that were asked for, or all; 1 where something is wrong, 2 for an unknown name."""
    if unknown := [name for name in asked if name not in CHECKS]:
        print(f"{unknown[0]}: no check; there are {', '.join(CHECKS)}", file=sys.stderr)
        return 2
    rows = []
    for name in asked or CHECKS:
        state, told, lines = CHECKS[name]()
        rows.append((name, state, told))
        for line in lines:
            print(f"{name}: {line}")
    print("\n| check | state | |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    return 1 if any(state == BAD for _, state, _ in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
