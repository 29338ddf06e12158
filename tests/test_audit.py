"""The audit: its rules find what they are for, its reasons are needed, and the table of ASVS names what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tools.audit import __main__ as door
from tools.audit import asvs, judge
from tools.audit.rules import RULES, TEMPLATES, Finding, in_source, in_template, in_tree

ROOT = Path(__file__).parents[1]

#: A fault of each rule, and its neighbour that is none.
PLANTED = [
    ("joined-markup", "def f(name):\n return f'<b class=x>{name}</b>'", "def f(name):\n return '<b>' "),
    ("joined-markup", "def f(name):\n return '<b>' + name", "P = re.compile(rf'(?P<a>{X})')"),
    ("joined-markup", "def f(name):\n return '<b>{}</b>'.format(name)", "def f(a):\n return f'{a} < {a}'"),
    ("joined-markup", "def f(name):\n return '<b>%s</b>' % name", "def f(a):\n return f'{a}<'"),
    ("joined-json", "def f(a):\n return '{\"name\": \"' + a", "def f(a):\n return dumps({'name': a})"),
    ("joined-json", "def f(a):\n return f'{{\"name\": \"{a}\"}}'", "def f(a):\n return f'{a}: {a}'"),
    (
        "parse-in-transaction",
        "def f(db, a):\n with db.writing() as session:\n  g(tomllib.loads(a))",
        "def f(db, a):\n b = tomllib.loads(a)\n with db.writing() as session:\n  g(b)",
    ),
    (
        "parse-in-transaction",
        "class A:\n def f(self, p):\n  with self.db.writing() as s:\n   s.x = hash_password(p)",
        "def f(db, p):\n with db.reading() as s:\n  return Image.open(p)",
    ),
    ("query-in-url-for", "def f():\n return url_for('a', **request.args)", "def f(n):\n return url_for('a', **{'x': n})"),
    (
        "query-in-url-for",
        "def f():\n q = request.args.to_dict()\n return url_for('a', **q)",
        "def f():\n return link('a', request.args)",
    ),
    ("foreign-redirect", "def f():\n return redirect(request.args['next'])", "def f():\n return redirect(url_for('a', next=request.full_path))"),
    (
        "foreign-redirect",
        "def f():\n to = request.referrer or '/'\n return redirect(to)",
        "def f():\n to = local_target(request.args.get('next'))\n return redirect(to or start_page(u))",
    ),
    ("bare-cookie", "def f(a):\n a.set_cookie('x', 'y', httponly=True)", "def f(a):\n a.set_cookie('x', 'y', httponly=True, secure=S, samesite='Lax')"),
    ("request-in-log", "def f():\n log.info('asked', path=request.args['q'])", "def f():\n log.info('asked', route=request.url_rule)"),
    ("outgoing-line", "def f(a):\n return urlopen(a)", "def f():\n return Session(engine)"),
    ("letterwise-compare", "def f(a, token):\n return a.signature == token", "def f(t):\n return SignIn.token_hash == t"),
    ("running-loader", "def f(a):\n return pickle.loads(a)", "def f(a):\n return json.loads(a)"),
    ("foretold-chance", "def f():\n return random.choice(WORDS)", "def f():\n return secrets.choice(WORDS)"),
]  # fmt: skip


def rules_of(text: str) -> set[str]:
    return {one.rule for one in in_source("web/page.py", text)}


@pytest.mark.parametrize(("rule", "fault", "neighbour"), PLANTED)
def test_a_planted_fault_is_found(rule: str, fault: str, neighbour: str) -> None:
    assert rules_of(fault) == {rule}
    assert rules_of(neighbour) == set()


def test_every_rule_has_a_planted_fault() -> None:
    assert {rule for rule, _, _ in PLANTED} == set(RULES)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("<b>{{ name|safe }}</b>", "a.html:name"),
        ("{% autoescape false %}", "a.html:autoescape"),
        ("<b>{{ safe }} {{ name|e }}</b>", None),
    ],
)
def test_a_text_without_escaping_is_found_in_templates(line: str, found: str | None) -> None:
    assert [one.place for one in in_template("a.html", line)] == ([found] if found else [])


def test_the_tree_is_clean_and_every_reason_is_needed() -> None:
    ours = [one for one in judge.REASONS if one["rule"] in {*RULES, TEMPLATES}]
    assert judge.judged(in_tree(ROOT), ours) == ([], [])
    assert all(one["why"].endswith(".") for one in judge.REASONS)


def test_a_reason_holds_for_its_place_alone_and_is_told_when_idle() -> None:
    here, there = Finding("r", "a/b.py:f", 1, ""), Finding("r", "a/b.py:g", 1, "")
    other = Finding("s", "a/b.py:f", 1, "")
    reason = {"rule": "r", "place": "a/b.py:f", "why": "."}
    assert judge.judged([here, there, other], [reason]) == ([there, other], [])
    assert judge.judged([here, there, other], [reason | {"place": "a/"}]) == ([other], [])
    assert judge.judged([there], [reason]) == ([there], [reason])
    assert judge.judged([there], [reason | {"place": "a"}])[0] == [there], "a folder ends with /"


@pytest.mark.parametrize(
    ("licence", "good"),
    [
        ("MIT", True),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only AND MIT", False),
        ("BSD License; GNU General Public License", False),
        ("GPL-3.0-only", False),
        ("UNKNOWN", False),
    ],
)
def test_licences_are_held_against_the_policy(licence: str, good: bool) -> None:
    wrong = judge.refused_licences([{"Name": "Some_Package", "License": licence}])
    assert wrong == ([] if good else [f"some-package: {licence}"])


def test_a_judged_licence_is_refused_again_when_it_changes() -> None:
    (first, *_) = judge.LICENCES["package"]
    same = {"Name": first["name"], "License": first["says"]}
    assert judge.refused_licences([same]) == []
    assert judge.refused_licences([same | {"License": "GPL-3.0-only"}])


def test_a_list_without_a_hash_is_told() -> None:
    good = "aa==1.0 \\\n    --hash=sha256:00\n"
    assert judge.unhashed(good + "bb==2.0\ncc==3 \\\n    --hash=sha256:11\n") == ["bb==2.0"]
    assert judge.pinned(good + 'bb[x]==2.0 ; python_version < "3.12" \\\n    --hash=sha256:22') == {
        "aa": "1.0",
        "bb": "2.0",
    }


@pytest.mark.parametrize(
    ("answer", "state", "word"),
    [
        ({"dependencies": [{"name": "a", "skip_reason": "no"}]}, door.UNASKED, "no advisories"),
        ({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}, door.GOOD, "4 packages"),
        (
            {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}]},
            door.BAD,
            "4 packages",
        ),
        (None, door.UNASKED, "no route"),
    ],
)  # fmt: skip
def test_what_could_not_be_asked_is_no_success_and_no_failure(
    monkeypatch: pytest.MonkeyPatch, answer: Any, state: str, word: str
) -> None:
    import json
    import subprocess

    def run(*_: str) -> subprocess.CompletedProcess[str]:
        text = json.dumps(answer) if answer else ""
        return subprocess.CompletedProcess([], 0, text, "trace\nno route to the service")

    monkeypatch.setattr(door, "_run", run)
    found, told, _ = door.advisories()
    assert found == state and word in told


def test_each_line_of_asvs_is_held_reasoned_or_open() -> None:
    assert asvs.wrong() == []
    assert asvs.PAGE.read_text("utf-8") == asvs.page(), "run: python -m tools.audit.asvs"


def test_an_unknown_check_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert door.main(["rulez"]) == 2
    assert "rulez" in capsys.readouterr().err
