"""Shared parts of commands: errors in words or JSON, the database, dates, progress."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import wraps
from importlib import import_module
from typing import IO, Any, NoReturn, TypeVar

import click

from labelsvc import i18n, setting_names, settings
from labelsvc.cli import causes, help_text, usage
from labelsvc.cli.language import language as language
from labelsvc.db import Database
from labelsvc.errors import BadInput, ConfigurationError, LabelsvcError
from labelsvc.files import Files
from labelsvc.migrations import tables as tables
from labelsvc.settings import Settings

REFUSED, CONFIGURATION = 1, 3

json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")

Options = TypeVar("Options")


def gathered(
    kind: Callable[..., Options],
) -> Callable[[Callable[[Options], None]], Callable[..., None]]:
    """Hand a command its options as one *kind*, a dataclass whose fields have their names."""

    def decorate(command: Callable[[Options], None]) -> Callable[..., None]:
        @wraps(command)
        def call(**given: Any) -> None:
            command(kind(**given))

        return call

    return decorate


#: Where the context keeps whether a command was called with --json.
_JSON = "labelsvc.json"
#: Where it keeps the address of the database, which errors are told with.
_URL = "labelsvc.database"


class Group(click.Group):
    """Tells our errors as a message and a fix, or as JSON, and gives them their exit code.

    :param commands_at: command → "module:name" in this package, imported when it is asked for.
    """

    context_class = help_text.Context

    def __init__(self, *args: Any, commands_at: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._commands_at = commands_at

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._commands_at)  # in the order of their work, not of the alphabet

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self._commands_at.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(import_module(f"labelsvc.cli.{module}"), name)
        return help_text.translated(command, language(ctx))

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        click.Group.format_help(help_text.translated(self, language(ctx)), ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # Looked for here: an error of a later word must know it too.
        ctx.meta[_JSON] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LabelsvcError as error:
            if ctx.params.get("verbose"):
                raise
            self._refuse(ctx, error)
        except causes.LOOKED_AT as error:
            cause = causes.cause(error, ctx.meta.get(_URL))
            if ctx.params.get("verbose") or cause is None:
                raise
            self._refuse(ctx, cause)
        except click.UsageError as error:
            if ctx.meta[_JSON]:
                fix = f"{error.ctx.command_path} --help" if error.ctx else ""
                _tell(ctx, "usage", usage.told(error, say), fix, {})
            else:
                usage.show(error, say)
            ctx.exit(error.exit_code)

    def _refuse(self, ctx: click.Context, error: LabelsvcError) -> NoReturn:
        message, fix = i18n.explain(error, language(ctx))
        _tell(ctx, error.code, message, fix, error.params)
        ctx.exit(CONFIGURATION if isinstance(error, ConfigurationError) else REFUSED)


def _tell(
    context: click.Context, code: str, message: str, fix: str, params: Mapping[str, Any]
) -> None:
    """An error: on the standard output where JSON is read, else in words on the error output."""
    if context.meta[_JSON]:
        error = {"code": code, "message": message, "fix": fix, "params": params}
        click.echo(json.dumps({"error": error}, ensure_ascii=False, indent=1, default=str))
        return
    click.secho(message, fg="red", err=True)
    if fix:
        click.echo(fix, err=True)


def verbose() -> bool:
    """True if everything is to be told."""
    return bool(click.get_current_context().find_root().params.get("verbose"))


def say(text: str, **params: Any) -> str:
    """*text* in the language of the command line."""
    return i18n.translate(text, language(), **params)


def opened() -> tuple[Settings, Database, Files]:
    """Settings, database and files; the database is closed when the command ends."""
    found, context = settings.settings(), click.get_current_context()
    database = Database.of(found)
    context.meta[_URL] = database.url
    context.call_on_close(database.close)
    return found, database, Files(found.files)


def opened_to_print() -> tuple[Settings, Database, Files]:
    """`opened`, for commands that give numbers or print them.

    :raises LogForked: the database is older than what it published.
    """
    from labelsvc import migrations  # most commands need none of these
    from labelsvc.codes.tlog import setback
    from labelsvc.recovery import notice

    found, database, files = opened()
    if migrations.revisions(database)[0] is not None:
        notice.look(database, files, found)
        with database.reading() as session:
            setback.refuse(session)
    return found, database, files


def warn_of_unknown_settings() -> None:
    """Names of settings that do not exist, on the error output: whoever wrote them believes that they hold."""
    for unknown in setting_names.unknown_names():
        words = say("Warning: there is no setting {told}; it is ignored.", told=setting_names.told(unknown))  # fmt: skip
        click.secho(words, fg="yellow", err=True)


def put(result: dict[str, Any] | list[Any], as_json: bool, words: str) -> None:
    """The result on standard output: JSON, or words for people."""
    click.echo(json.dumps(result, ensure_ascii=False, indent=1, default=str) if as_json else words)


def columns(
    head: Sequence[str], rows: Sequence[Sequence[object]], *, right: Collection[int] = ()
) -> str:
    """A table for people: a header line and rows, each column as wide as its widest cell.

    :param right: columns that are flush right, from 0.
    """
    lines = [[str(cell) for cell in line] for line in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


class Day(click.ParamType[date]):
    """dd/mm/yyyy or yyyy-mm-dd."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
            try:
                return datetime.strptime(value, pattern).date()  # noqa: DTZ007 -- a calendar day
            except ValueError:
                continue
        self.fail(f"{value!r} is not a day: write 05/11/2026 or 2026-11-05", param, ctx)


def one_of(rows: list[Any], what: str, asked: str, describe: Callable[[Any], str]) -> Any:
    """The only row, or an error that lists the candidates."""
    if len(rows) == 1:
        return rows[0]
    if not rows:
        raise BadInput("There is no {what} “{asked}”.", fix="Give its id, code or exact name.", what=what, asked=asked)  # fmt: skip
    listed = "; ".join(describe(row) for row in rows[:8])
    raise BadInput(
        "“{asked}” may be any of these: {candidates}.", fix="Give the id.", asked=asked, candidates=listed
    )  # fmt: skip


def watched(stream: IO[str]) -> bool:
    """True if somebody sees what is written to *stream* as it comes."""
    return stream.isatty()


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on the error output while long work runs; only where somebody watches.

    :returns: what to call with the finished and all steps.
    """
    if not watched(sys.stderr):
        yield lambda done, total: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def step(done: int, total: int) -> None:
            bar.length = max(total, 1)
            if done >= total or done - bar.pos > total // 200:  # drawing takes longer than a row
                bar.update(min(done, bar.length) - bar.pos)

        yield step
