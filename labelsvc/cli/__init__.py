"""The command line: `labelsvc COMMAND --help` teaches each command.

Exit codes: 0 done, 1 refused or a negative answer, 2 wrong usage, 3 configuration.
"""

from __future__ import annotations

import os

import click

from labelsvc.cli.base import Group
from labelsvc.resources import version

#: Command → module of this package and name in it. A module is imported when its command is
#: called: most commands need neither the web server nor the label engine.
COMMANDS = {
    "demo": "demo:demo",
    "serve": "server:serve",
    "migrate": "server:migrate",
    "worker": "server:worker",
    "doctor": "doctor.command:doctor",
    "backup": "backup.copies:backup",
    "restore": "backup.restoring:restore",
    "keys": "keys:keys",
    "import": "catalogue:import_list",
    "template": "lists:template",
    "handover": "lists:handover",
    "layouts": "layouts:layouts",
    "issue": "printing:issue",
    "print": "printing:print_labels",
    "blank": "blanks:blank",
    "press": "press:press",
    "variable": "press:variable",
    "archive": "press:archive",
    "cartons": "press:carton_labels",
    "verify": "check:verify",
    "audit": "audit:audit",
    "audit-log": "log.audit_log:audit_log",
    "users": "accounts:users",
    "messages": "messages:messages",
}


@click.group(
    cls=Group, commands_at=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(version=version(), message="%(version)s")
@click.option(
    "--language",
    type=click.Choice(["vi", "en"]),
    is_eager=True,
    help="Language of messages; LANG otherwise.",
)
@click.option(
    "--verbose", is_flag=True, help="Show where an error came from, and every row of a long report."
)
@click.pass_context
def main(context: click.Context, language: str | None, verbose: bool) -> None:
    """QR traceability and product labels for Vietnam's OCOP programme.

    Settings come from LABELSVC_* variables and labelsvc.toml (docs/operate.md).

    Exit codes: 0 done, 1 refused or negative, 2 wrong usage, 3 configuration. With --json an error
    is a document on the standard output: {"error": {"code", "message", "fix", "params"}}.

    The main job:

    \b
      labelsvc migrate
      labelsvc import danh-sach-ocop-2026.xlsx
      labelsvc issue --product "Chè lam gừng mật mía" --lot L261105-01 --declared 500
      labelsvc print --lot L261105-01 --layout a4-65 --count 130 --output labels.pdf
      labelsvc serve
    """
    os.umask(0o077)  # what is made is for its owner alone, folders of libraries too
