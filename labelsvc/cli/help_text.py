"""Help of commands in the reader's language.

Docstrings and help of options are English sentences like every other: keys of the translations,
a paragraph a key. Commands to be copied (after a line with \\b, or after "Example:") stay as they are.
"""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import click

from labelsvc import i18n
from labelsvc.cli.language import language

Say = Callable[[str], str]
Parameter = TypeVar("Parameter", bound=click.Parameter)
Command = TypeVar("Command", bound=click.Command)

#: What click itself writes into a help page.
OWN_WORDS = ("Usage", "Options", "Commands", "Show this message and exit.", "required", "default")
_EXAMPLE = re.compile(r"\bExample: (?=labelsvc |LABELSVC_)")
_MARKS = re.compile(r"\[[^\[\]]*\]$")


class Formatter(click.HelpFormatter):
    """Writes the headings and marks of a help page in the language of the command line."""

    say: Say = staticmethod(str)

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or f"{self.say('Usage')}: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(self.say(heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        said = [(name, _MARKS.sub(self._marks, self.say(text))) for name, text in rows]
        super().write_dl(said, *args, **kwargs)

    def _marks(self, found: re.Match[str]) -> str:
        return re.sub(r"\b(?:required|default)\b", lambda word: self.say(word[0]), found[0])


class Context(click.Context):
    """A context whose help pages know the language."""

    def make_formatter(self) -> click.HelpFormatter:
        made = Formatter(width=self.terminal_width, max_width=self.max_content_width)
        made.say = _into(language(self))
        return made


def translated(command: Command, into: str) -> Command:
    """*command* with its help, and that of everything below it, in the language *into*."""
    say, made = _into(into), copy.copy(command)
    made.context_class = Context
    if command.help:
        made.help = "\n\n".join(_paragraph(text, say) for text in _paragraphs(command.help))
    made.params = [_parameter(parameter, say) for parameter in command.params]
    if isinstance(made, click.Group):
        made.commands = {name: translated(one, into) for name, one in made.commands.items()}
    return made


def sentences(command: click.Command) -> Iterator[str]:
    """List the sentences in the help of *command*, each once as the key of a translation."""
    found: dict[str, str] = {}
    for text in _paragraphs(command.help or ""):
        _paragraph(text, lambda said: found.setdefault(said, said))
    for parameter in command.params:
        _parameter(parameter, lambda said: found.setdefault(said, said))
    yield from found


def _into(language: str) -> Say:
    return lambda text: i18n.translate(text, language)


def _paragraphs(text: str) -> list[str]:
    return inspect.cleandoc(text).split("\n\n")


def _paragraph(text: str, say: Say) -> str:
    if not text or text.startswith("\b"):
        return text
    words, *commands = _EXAMPLE.split(" ".join(text.split()), maxsplit=1)
    said = [say(words.strip())] if words else []
    return " ".join([*said, *(f"{say('Example:')} {command}" for command in commands)])


def _parameter(parameter: Parameter, say: Say) -> Parameter:
    words = getattr(parameter, "help", None)
    if not words:
        return parameter
    made = copy.copy(parameter)
    made.help = say(" ".join(words.split()))
    return made
