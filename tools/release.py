"""Release check: version, changelog, clean tree, and the wheel installed in a folder of its own.

Used by `make release`; with --tag it makes the tag when all of it holds. Standard library alone.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_HEADING = re.compile(r"^## (.+)$", re.M)
_RELEASE = re.compile(r"(\d+\.\d+\.\d+) \((\d{4}-\d{2}-\d{2})\)")


def version(root: Path) -> str:
    """Read the version in pyproject.toml."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def changelog_faults(text: str, wanted: str, today: date) -> list[str]:
    """List what keeps *text* from being the changelog of a release of *wanted*."""
    headings = _HEADING.findall(text)
    if headings[:1] != ["Unreleased"]:
        return ["CHANGELOG.md does not begin with the heading: ## Unreleased"]
    found = []
    waiting = text.partition("## Unreleased")[2].partition("\n## ")[0].strip()
    if waiting:
        found.append("CHANGELOG.md has lines under Unreleased: move them below the new heading.")
    releases = [_RELEASE.fullmatch(heading) for heading in headings[1:]]
    for heading, match in zip(headings[1:], releases, strict=True):
        if match is None:
            found.append(f"CHANGELOG.md: “## {heading}” is not of the form: ## 1.2.3 (2026-01-31)")
    dated = [(match[1], date.fromisoformat(match[2])) for match in releases if match]
    if not dated or dated[0][0] != wanted:
        found.append(
            f"CHANGELOG.md: the newest release is not {wanted}, the version in pyproject.toml."
        )
    elif dated[0][1] > today:
        found.append(f"CHANGELOG.md: {wanted} is dated in the future.")
    days, numbers = (
        [day for _, day in dated],
        [tuple(map(int, name.split("."))) for name, _ in dated],
    )
    if days != sorted(days, reverse=True) or numbers != sorted(set(numbers), reverse=True):
        found.append("CHANGELOG.md: releases do not stand from the newest to the oldest.")
    return found


def tree_faults(root: Path, wanted: str) -> list[str]:
    """List what keeps the checkout at *root* from being tagged as *wanted*."""
    found = []
    if _git(root, "status", "--porcelain"):
        found.append("The tree is not clean: commit or remove what `git status` shows.")
    if f"v{wanted}" in _git(root, "tag", "--list").split():
        found.append(f"The tag v{wanted} is there already: raise the version in pyproject.toml.")
    return found


def build(root: Path, target: Path) -> Path:
    """Build the wheel of the last commit into *target*: files that are not committed stay out."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "source.tar")
        _git(root, "archive", "--format=tar", f"--output={archive}", "HEAD")
        source = Path(folder, "source")
        source.mkdir()
        _run("tar", "-x", "-C", source, "-f", archive)
        for old in target.glob("labelsvc-*.whl"):
            old.unlink()
        _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
             "--wheel-dir", target, source)  # fmt: skip
    (wheel,) = target.glob("labelsvc-*.whl")
    return wheel


def wheel_faults(wheel: Path, wanted: str) -> list[str]:
    """List what *wheel* lacks."""
    names = zipfile.ZipFile(wheel).namelist()
    info = f"labelsvc-{wanted}.dist-info"
    return [
        f"{wheel.name} lacks {name}."
        for name in ("METADATA", "licenses/LICENSE", "licenses/NOTICE")
        if f"{info}/{name}" not in names
    ]


def try_elsewhere(root: Path, wheel: Path, wanted: str) -> list[str]:
    """Install *wheel* in a new environment, and build the demo with it in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        python, script = Path(folder, "venv/bin/python"), Path(folder, "venv/bin/labelsvc")
        _run(sys.executable, "-m", "venv", python.parent.parent)
        pip = (python, "-m", "pip", "install", "--quiet")
        _run(*pip, "--require-hashes", "--requirement", root / "requirements/runtime.txt")
        _run(*pip, "--no-deps", wheel)
        said = _run(script, "--version", cwd=folder).strip()
        if said != wanted:
            return [f"The installed program says that it is {said}."]
        facts = json.loads(
            _run(script, "demo", "--no-serve", "--json", "--dir", "demo", cwd=folder)
        )
        lost = [name for name in facts["print_files"] if not Path(folder, name).is_file()]
        return [f"The demo of the installed program has no {name}." for name in lost]


def main(arguments: Sequence[str]) -> int:
    """Check, say what is wrong, and make the tag when it is asked for."""
    wanted = version(ROOT)
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = changelog_faults(text, wanted, date.today())  # noqa: DTZ011 -- the day of who releases
    found += tree_faults(ROOT, wanted)
    if not found:
        print(f"Building the wheel of {wanted} and trying it elsewhere …", flush=True)
        wheel = build(ROOT, ROOT / "dist")
        found = wheel_faults(wheel, wanted) or try_elsewhere(ROOT, wheel, wanted)
    if found:
        print(*(f"✗ {line}" for line in found), sep="\n", file=sys.stderr)
        return 1
    if "--tag" in arguments:
        _git(ROOT, "tag", "--annotate", "--message", f"labelsvc {wanted}", f"v{wanted}")
        print(f"Tagged v{wanted}. The wheel is {wheel}.")
    else:
        print(f"{wanted} can be released: {wheel}. `make release RELEASE=yes` makes the tag.")
    return 0


def _git(root: Path, *words: str) -> str:
    return _run("git", *words, cwd=root)


def _run(*words: str | Path, cwd: str | Path | None = None) -> str:
    """Run a command without our settings; its output on success, else its errors and the end."""
    clean = {
        key: text for key, text in os.environ.items() if not key.startswith(("LABELSVC_", "PYTHON"))
    }
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"✗ {' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
