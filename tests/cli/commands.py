"""Every command, and words with which it may be called."""

from __future__ import annotations

from pathlib import Path

import click

from labelsvc.cli import main
from labelsvc.cli.base import Day


def every_command(group: click.Group = main, *before: str) -> list[tuple[str, ...]]:
    """The words of each command that does something itself."""
    found: list[tuple[str, ...]] = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            found += every_command(command, *before, name)
        else:
            found.append((*before, name))
    return found


def find(words: tuple[str, ...]) -> click.Command:
    """The command of *words*."""
    command: click.Command = main
    for word in words:
        assert isinstance(command, click.Group)
        inner = command.get_command(click.Context(command), word)
        assert inner is not None
        command = inner
    return command


def least_words(command: click.Command, folder: Path) -> list[str]:
    """What must be said so that *command* begins its work."""
    words: list[str] = []
    for parameter in command.params:
        if parameter.required:
            value = _value(parameter.type, folder)
            words += [parameter.opts[0], value] if isinstance(parameter, click.Option) else [value]
        if parameter.name == "yes":
            words.append("--yes")
    return words


def _value(kind: click.ParamType, folder: Path) -> str:
    if isinstance(kind, click.Choice):
        return str(kind.choices[0])
    if isinstance(kind, click.types.IntParamType):
        return "1"
    if isinstance(kind, Day):
        return "2026-01-01"
    if isinstance(kind, click.Path):
        place = folder / "given"
        if kind.exists:
            place.write_text("x")
        return str(place)
    return "x"
