"""Setting files: finds `labelsvc.toml` and reads files with secrets. Used by `settings`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from labelsvc.errors import ConfigurationError, Phrase

#: Before the name of every setting in the environment.
PREFIX: Final = "LABELSVC_"


def config_file() -> Path | None:
    """The settings file, or None where there is none.

    :raises ConfigurationError: it cannot be read, or `LABELSVC_CONFIG` names none.
    """
    named = os.environ.get(f"{PREFIX}CONFIG", "")
    file = Path(named or "labelsvc.toml")
    try:
        with file.open("rb"):
            return file
    except FileNotFoundError:
        if not named:
            return None
        reason: Phrase | str = Phrase("there is no such file")
    except PermissionError:
        if not named and not _searchable(file.absolute().parent):
            raise ConfigurationError(
                "The working folder {folder} may not be read by the user of this program, so "
                "labelsvc.toml is not found there.",
                fix="Change to another folder first (cd /), or name the file in LABELSVC_CONFIG.",
                folder=file.absolute().parent,
            ) from None
        reason = Phrase("the user of this program may not read it")
    except OSError as error:
        reason = error.strerror or str(error)
    raise ConfigurationError(
        "The settings file {file} cannot be read: {reason}.",
        fix="Look at its name and its permissions (ls -l {file}).",
        file=file.absolute(),
        reason=reason,
    )


def _searchable(folder: Path) -> bool:
    try:
        os.stat(os.path.join(folder, "."))  # noqa: PTH116, PTH118 -- a Path would drop the dot
    except PermissionError:
        return False
    return True


def read_private(file: Path, variable: str) -> str:
    """Read a file that nobody but its owner and root can read."""
    try:
        with file.open(encoding="utf-8") as opened:
            if os.fstat(opened.fileno()).st_mode & 0o077:
                raise ConfigurationError(
                    "{file}, named by {variable}, may be read by others than its owner.",
                    fix="Run: chmod 600 {file}",
                    file=file,
                    variable=variable,
                )
            return opened.read()
    except FileNotFoundError:
        reason: Phrase | str = Phrase("there is no such file")
    except PermissionError:
        reason = Phrase("the user of this program may not read it")
    except UnicodeDecodeError:
        reason = Phrase("it is not text")
    except OSError as error:
        reason = error.strerror or str(error)
    raise ConfigurationError(
        "{file}, named by {variable}, cannot be read: {reason}.",
        fix="It must be a text file that belongs to the user of the service (ls -l {file}).",
        file=file,
        variable=variable,
        reason=reason,
    )
