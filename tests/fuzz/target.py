"""What is fed: a parser and good inputs for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Target(NamedTuple):
    """A parser and good inputs for it; texts where it reads text."""

    read: Callable[[Any], object]
    seeds: list[Any]
