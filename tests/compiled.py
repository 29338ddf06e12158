"""What each application of a test would compile again: templates, addresses and statements.

Used by conftest.py. A test makes an application of its own, with its database; that took two
thirds of the time of the tests of pages.
"""

from __future__ import annotations

from copy import copy
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule


class Templates(BytecodeCache):
    """Compiled templates by their name and source, in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[bucket.key, bucket.checksum] = bucket.code


def once(patch: pytest.MonkeyPatch) -> None:
    """Compile each template, each address and each statement once a process."""
    patch.setattr(Flask, "jinja_options", {"bytecode_cache": Templates()})
    _addresses(patch)
    _statements(patch)


def _addresses(patch: pytest.MonkeyPatch) -> None:
    make, kept = Rule.compile, dict[Any, dict[str, Any]]()

    def compile_rule(rule: Rule) -> None:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, defaults)
        if key not in kept:
            make(rule)
            names = ("_parts", "_trace", "_converters", "arguments")
            built = {name: getattr(rule, name).__func__ for name in ("_build", "_build_unknown")}
            kept[key] = {name: copy(getattr(rule, name)) for name in names} | built
            return
        for name, value in kept[key].items():
            bound = name in ("_build", "_build_unknown")
            setattr(rule, name, value.__get__(rule) if bound else copy(value))

    patch.setattr(Rule, "compile", compile_rule)


def _statements(patch: pytest.MonkeyPatch) -> None:
    """Let the engines of all tests share what they compile: a dialect is one by its kind.

    The keys of SQLAlchemy's caches hold the dialect of an engine, so each test compiled anew, and what
    the engines before it had compiled stayed in the caches of the mappers.
    """
    kept: dict[type[Dialect], LRUCache[Any, Any]] = {}

    def shared(engine: Engine) -> LRUCache[Any, Any]:
        return kept.setdefault(type(engine.dialect), LRUCache(1500))

    patch.setattr(Engine, "_compiled_cache", property(shared, lambda *_: None), raising=False)
    patch.setattr(DefaultDialect, "__hash__", lambda self: hash(type(self)))
    patch.setattr(DefaultDialect, "__eq__", lambda self, other: type(self) is type(other))
