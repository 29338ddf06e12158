"""Usage errors: translates click's messages about options and values.

Click fills its sentences before anybody sees them, so they are recognised by their shape. One that is
not known stays English.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

import click

#: Sentences of click, keys of the translations; a placeholder stands for a sentence too. Looked at in
#: this order.
SENTENCES: Final = (
    "{message} (Did you mean one of: {names}?)",
    "{message} Did you mean {names}?",
    "Invalid value for {name}: {message}",
    "Invalid value: {message}",
    "Missing command.",
    "Missing argument {name}.",
    "Missing option {name}.",
    "No such option {name}.",
    "No such command {name}.",
    "Option {name} requires an argument.",
    "Option {name} requires {count} arguments.",
    "Option {name} does not take a value.",
    "Got unexpected extra argument ({words})",
    "Got unexpected extra arguments ({words})",
    "{value} is not in the range {range}.",
    "{value} is not one of {choices}.",
    "{value} is not a valid integer.",
    "{value} is not a valid integer range.",
    "{value} is not a valid float.",
    "{value} is not a valid float range.",
    "{value} does not match the format {choices}.",
    "{value} does not match the formats {choices}.",
    "File {name} does not exist.",
    "File {name} is a directory.",
    "File {name} is not readable.",
    "File {name} is not writable.",
    "Directory {name} does not exist.",
    "Directory {name} is a file.",
    "Directory {name} is not readable.",
    "Directory {name} is not writable.",
    "Path {name} does not exist.",
)


def told(error: click.UsageError, say: Callable[..., str]) -> str:
    """Translate *error* by *say*."""
    return _said(error.format_message(), say)


def show(error: click.UsageError, say: Callable[..., str]) -> None:
    """*error* with the usage of its command and where help is, on the error output."""
    if error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
        command = f"{error.ctx.command_path} --help"
        click.echo(say("For help: {command}", command=command) + "\n", err=True)
    click.secho(told(error, say), fg="red", err=True)


def _said(message: str, say: Callable[..., str]) -> str:
    for sentence in SENTENCES:
        found = _shape(sentence).fullmatch(message)
        if found:
            parts = found.groupdict()
            if "message" in parts:
                parts["message"] = _said(parts["message"], say)
            return say(sentence, **parts)
    return message


@cache
def _shape(sentence: str) -> re.Pattern[str]:
    """Make the pattern that *sentence* has once it is filled."""
    pieces = re.split(r"\{(\w+)\}", sentence)
    return re.compile(
        "".join(
            f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece)
            for place, piece in enumerate(pieces)
        ),
        re.DOTALL,
    )
