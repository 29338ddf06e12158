"""verifier/conformance.js: both of our verifiers agree with the frozen vectors, others are found out."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.conftest import FOLDER, ROOT, Node

PYTHON = f"{shlex.quote(sys.executable)} -m tests.verifier.answer"
JAVASCRIPT = "node verifier/answer.js"
#: Sections that need no secret of a service, and the others.
READERS = {"read", "signature", "offline", "unit", "carton", "manifest", "head", "list", "stolen"}
MAKERS = {"make_short", "make_gs1", "make_offline", "derive", "shuffle", "base32"}


def report(node: Node, program: str, code: int) -> dict[str, Any]:
    done = node("conformance.js", "--program", program, "--json")
    assert done.returncode == code, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("program", "lacks"), [(PYTHON, set()), (JAVASCRIPT, MAKERS)], ids=["python", "javascript"]
)
def test_our_verifiers_agree_with_every_vector(node: Node, program: str, lacks: set[str]) -> None:
    found = report(node, program, 0)
    assert found["differences"] == []
    assert found["sections"].keys() == READERS | MAKERS
    for name, count in found["sections"].items():
        assert (count["agree"] == 0) is (name in lacks), name
        assert (count["unsupported"] == 0) is (name not in lacks), name


def test_every_entry_of_the_vectors_is_asked(node: Node) -> None:
    rows = 0
    for name in ("codes", "cartons", "stolen", "trust"):
        made = json.loads((ROOT / "tests/vectors" / f"{name}.json").read_text(encoding="ascii"))
        made.pop("keys", None)  # of codes.json, material of the others
        made.pop("manifests") if name == "stolen" else None
        rows += sum(len(value) for value in made.values() if isinstance(value, list))
    codes = json.loads((ROOT / "tests/vectors/codes.json").read_text(encoding="ascii"))
    twice = len(codes["offline"]) + sum(row.get("form") == "offline" for row in codes["read"])
    asked = report(node, JAVASCRIPT, 0)["sections"].values()
    assert sum(sum(count.values()) for count in asked) == rows + twice


#: Programs with one fault each: of the package's answers, by what they change.
_FAULTS = {
    "a signature that is never checked": ("signature", {"result": "ok"}),
    "every manifest is believed": ("manifest", {"result": "ok"}),
    "a thief's code is green": ("stolen", {"verdict": "ISSUED_OK"}),
}


@pytest.mark.parametrize("name", _FAULTS)
def test_a_verifier_with_a_fault_is_found_out(node: Node, tmp_path: Path, name: str) -> None:
    section, answer = _FAULTS[name]
    program = tmp_path / "faulty.py"
    program.write_text(
        "import json, sys\n"
        "for line in sys.stdin:\n"
        "    asked = json.loads(line)\n"
        f"    known = asked['section'] == {section!r}\n"
        f"    print(json.dumps({{'id': asked['id']}} | ({{'answer': {answer!r}}} if known else {{'unsupported': True}})))\n",
        encoding="utf-8",
    )
    found = report(node, f"{shlex.quote(sys.executable)} {shlex.quote(str(program))}", 1)
    assert {one["id"].split("/")[0] for one in found["differences"]} == {section}
    assert found["sections"][section]["differ"] == len(found["differences"]) > 0


def test_a_program_that_does_not_answer_is_told(node: Node) -> None:
    done = node("conformance.js", "--program", "exit 3")
    assert done.returncode == 2 and "exit code 3" in done.stderr
    done = node("conformance.js", "--program", "sleep 60", "--seconds", "0.2")
    assert done.returncode == 2 and "SIGKILL" in done.stderr
    done = node("conformance.js")
    assert done.returncode == 2 and "--program" in done.stderr


def test_the_package_has_the_version_and_licence_of_the_project() -> None:
    told = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (told["version"], told["license"]) == (project["version"], project["license"])
    assert not {"dependencies", "devDependencies"} & told.keys()


def test_what_is_packed_runs_without_the_repository(node: Node, tmp_path: Path) -> None:
    made = tmp_path / "project"
    for name in ("verifier", "labelsvc/static", "tests/vectors"):
        shutil.copytree(ROOT / name, made / name, ignore=shutil.ignore_patterns("lib"))
    for name in ("LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, made / name)
    subprocess.run(["node", "verifier/pack.js"], cwd=made, check=True)
    alone = tmp_path / "alone"
    shutil.move(made / "verifier", alone)
    shutil.rmtree(made)
    program = f"node {shlex.quote(str(alone / 'answer.js'))}"
    done = subprocess.run(
        ["node", alone / "conformance.js", "--program", program, "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sections"]["read"]["agree"] > 0
    assert (alone / "lib/vendor/noble-ed25519/LICENSE").is_file()
    subprocess.run(["node", "pack.js", "--undo"], cwd=alone, check=True)
    assert not (alone / "lib").exists() and not (alone / "LICENSE").exists()
