"""Setting names: finds the ones that no setting has, and the ones probably meant. Used by the
commands that start the service, and by `doctor`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final, NamedTuple

from labelsvc.errors import Phrase
from labelsvc.setting_files import PREFIX, config_file
from labelsvc.settings import Settings

#: Variables with our prefix that are no settings: the place of the file, what `backup` and tests read.
_OTHER_VARIABLES: Final = frozenset({"CONFIG", "VECTORS", "BENCH_FOLDER", "BACKUP_PASSPHRASE"})


class Unknown(NamedTuple):
    """A name that no setting has."""

    #: As it was written: `LABELSVC_PROXY_HOP`, or a key of the file.
    name: str
    #: The file in which it stands; None in the environment.
    file: Path | None
    #: The name that was probably meant, written in the same way; empty when none is near.
    nearest: str


def unknown_names(environment: Mapping[str, str] | None = None) -> list[Unknown]:
    """Names in the environment and in the settings file that would be ignored.

    :raises ConfigurationError: the file cannot be read.
    """
    known, found = Settings.model_fields, []
    for variable in sorted(os.environ if environment is None else environment):
        # pydantic reads variables in any case
        name = variable.upper().removeprefix(PREFIX)
        other = name in _OTHER_VARIABLES or name.startswith("TEST_")
        if variable.upper().startswith(PREFIX) and not other and name.lower() not in known:
            meant = _nearest(name)
            found.append(Unknown(variable, None, meant and PREFIX + meant.upper()))
    if file := config_file():
        for key, value in tomllib.loads(file.read_text(encoding="utf-8")).items():
            # In a [table] it is the table that is wrong: settings stand at the top of the file.
            names = [f"{key}.{name}" for name in value] if isinstance(value, dict) else [key]
            if key not in known:
                found += [Unknown(name, file, _nearest(name.rpartition(".")[2])) for name in names]
    return found


def _nearest(name: str) -> str:
    plain = name.lower().removeprefix(PREFIX.lower())
    return next(iter(get_close_matches(plain, Settings.model_fields, n=1, cutoff=0.7)), "")


def told(unknown: Unknown) -> Phrase | str:
    """The name, its place and what was probably meant, as one piece of a sentence."""
    words = f"{unknown.name} ({unknown.file})" if unknown.file else unknown.name
    if not unknown.nearest:
        return words
    return Phrase("{words}, probably {nearest} is meant", words=words, nearest=unknown.nearest)
