"""The command line: `labelsvc COMMAND --help` teaches each command.

Exit codes: 0 done, 1 refused or a negative answer, 2 wrong usage, 3 configuration.
"""

from __future__ import annotations

import click

from labelsvc.cli import (
    accounts,
    catalogue,
    check,
    copies,
    demo,
    keys,
    layouts,
    printing,
    server,
)
from labelsvc.cli.base import Group


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="labelsvc", message="%(version)s")
@click.option(
    "--language", type=click.Choice(["vi", "en"]), help="Language of messages; LANG otherwise."
)
@click.option("--verbose", is_flag=True, help="Show where an error came from.")
@click.pass_context
def main(context: click.Context, language: str | None, verbose: bool) -> None:
    """QR traceability and product labels for Vietnam's OCOP programme.

    Settings come from LABELSVC_* variables and labelsvc.toml (docs/operate.md).
    Exit codes: 0 done, 1 refused or negative, 2 wrong usage, 3 configuration.
    """
    context.obj = {"language": language, "verbose": verbose}


for command in (
    demo.demo,
    server.serve,
    server.migrate,
    server.worker,
    server.doctor,
    copies.backup,
    copies.restore,
    keys.keys,
    catalogue.import_list,
    layouts.layouts,
    printing.issue,
    printing.print_labels,
    check.verify,
    check.audit,
    accounts.users,
):
    main.add_command(command)
