"""What somebody gets who takes the project: licences, versions, hashed lists, a changelog one can read."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import tomllib
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSION: str = PROJECT["version"]
#: Longest sentence of the changelog, in words.
LONGEST = 28
TODAY = date(2026, 11, 30)
GOOD = "# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-11-30)\n- New.\n\n## 0.1.0 (2026-11-24)\n- First.\n"


@pytest.fixture(scope="module")
def release() -> ModuleType:
    """The module tools/release.py."""
    spec = importlib.util.spec_from_file_location("release", ROOT / "tools" / "release.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_licence_is_whole_and_the_one_that_is_declared() -> None:
    assert PROJECT["license"] == "Apache-2.0"
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in text and "END OF TERMS AND CONDITIONS" in text
    assert [f"{number}." for number in range(1, 10)] == re.findall(r"^   (\d\.) [A-Z]", text, re.M)


def test_the_notice_names_every_work_of_others_by_a_path_that_exists() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for path in re.findall(r"(?:labelsvc|tests)/[\w./*-]+", notice):
        assert list(ROOT.glob(path.rstrip("/"))), path
    texts = ["OFL.txt", "vendor/*/LICENSE", "vendor/*-LICENSE.txt"]
    globs = [f"{top}/**/{text}" for top in ("labelsvc", "tests") for text in texts]
    found = {path.relative_to(ROOT).as_posix() for glob in globs for path in ROOT.glob(glob)}
    assert len(found) >= 4
    for path in found:
        assert path in notice, path


def test_the_newest_release_of_the_changelog_is_the_version(release: ModuleType) -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    # Between releases lines wait under Unreleased; `make release` alone minds them.
    faults = release.changelog_faults(text, VERSION, date.max)
    assert [fault for fault in faults if "under Unreleased" not in fault] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD, None),
        (GOOD.replace("## Unreleased\n", ""), "begin with"),
        (GOOD.replace("Unreleased\n", "Unreleased\n- Waits.\n"), "lines under Unreleased"),
        (GOOD.replace("0.2.0 (", "0.3.0 ("), "newest release is not 0.2.0"),
        (GOOD.replace("2026-11-30", "2026-12-01"), "future"),
        (GOOD.replace(" (2026-11-24)", ""), "not of the form"),
        (GOOD.replace("2026-11-24", "2026-12-24"), "newest to the oldest"),
        (GOOD.replace("0.1.0 (", "0.10.0 ("), "newest to the oldest"),
        ("# Changelog\n\n## Unreleased\n", "newest release is not"),
    ],
)
def test_a_changelog_that_does_not_fit_a_release_is_told(
    release: ModuleType, text: str, words: str | None
) -> None:
    faults = release.changelog_faults(text, "0.2.0", TODAY)
    assert len(faults) == (words is not None), faults
    assert words is None or words in faults[0]


def test_a_tree_that_is_not_clean_or_tagged_already_is_told(
    release: ModuleType, tmp_path: Path
) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=Mơ", "-c", "user.email=mo@ocop.example")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message", "Begin")
    git("tag", "v0.1.0")
    assert release.tree_faults(tmp_path, "0.2.0") == []
    (tmp_path / "note.txt").write_text("not committed")
    (clean,) = release.tree_faults(tmp_path, "0.2.0")
    assert "not clean" in clean
    assert "v0.1.0 is there already" in release.tree_faults(tmp_path, "0.1.0")[1]


def test_sentences_of_the_changelog_are_short() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    items = [item.split("\n\n")[0] for item in text.split("\n- ")[1:]]
    assert len(items) > 50
    for item in items:
        for sentence in re.split(r"(?<=[.!?])\s+", item):
            assert len(sentence.split()) <= LONGEST, sentence


def names(requirements: str) -> dict[str, str]:
    """Packages of a hashed list: name → the text of its entry, up to the next one."""
    text = (ROOT / "requirements" / requirements).read_text(encoding="ascii")
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
    return {entry.partition("==")[0]: entry for entry in entries}


def wanted(lines: list[str]) -> set[str]:
    """Names of packages in lines of pyproject.toml, as the lists spell them."""
    return {re.split(r"[\[<>=]", line)[0].lower().replace("_", "-") for line in lines}


@pytest.mark.parametrize(
    ("requirements", "extra"),
    [("runtime.txt", None), ("scale.txt", "scale"), ("hsm.txt", "hsm"), ("oidc.txt", "oidc")],
)
def test_lists_of_requirements_hold_what_is_declared_with_hashes(
    requirements: str, extra: str | None
) -> None:
    declared = wanted(PROJECT["dependencies"])
    if extra is not None:
        declared |= wanted(PROJECT["optional-dependencies"][extra])
    listed = names(requirements)
    assert declared <= listed.keys()
    for name, entry in listed.items():
        assert re.match(r"\S+==\S+", entry) and "--hash=sha256:" in entry, name
    for name, entry in names("runtime.txt").items():
        assert listed[name] == entry, f"{name} differs from runtime.txt: run make lock"


def test_every_extra_has_a_list() -> None:
    for extra in PROJECT["optional-dependencies"]:
        assert (ROOT / "requirements" / f"{extra}.txt").is_file(), extra


def test_nobody_is_told_to_fetch_this_package_from_an_index() -> None:
    """A stranger could register the name there."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    seen = 0
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix not in (".py", ".md", ".po", ".toml", ".sh", ".html") or path == Path(
            __file__
        ):
            continue
        if not path.is_file():
            continue  # deleted, and not yet committed
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"labelsvc\[|pip install (?:-\S+ )*['\"]?labelsvc\b", text), name
        seen += 1
    assert seen > 500
