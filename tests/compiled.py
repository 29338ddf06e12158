"""What each application of a test would compile again: templates and the builders of addresses.

Used by conftest.py. A test makes an application of its own, with its database; that took two
thirds of the time of the tests of pages.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
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
    """Compile each template and each address once a process."""
    patch.setattr(Flask, "jinja_options", {"bytecode_cache": Templates()})
    make, kept = Rule._compile_builder, dict[Any, Callable[..., tuple[str, str]]]()

    def builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, tuple(rule._trace), defaults, append_unknown)
        if key not in kept:
            kept[key] = make(rule, append_unknown)
        return kept[key]

    patch.setattr(Rule, "_compile_builder", builder)
