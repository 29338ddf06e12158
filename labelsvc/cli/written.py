"""Output files: checks that they can be written before work begins, and writes them whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import IO

from labelsvc.errors import BadInput


def check_output(output: Path, *endings: str) -> None:
    """Before numbers are taken: can the file be written at all? Raises `BadInput`."""
    if output.suffix.lower() not in endings:
        raise BadInput(
            "Files of the kind “{ending}” cannot be written.",
            fix="Give a file name that ends with: {formats}.",
            ending=output.suffix or output.name,
            formats=", ".join(endings),
        )
    folder = output.absolute().parent
    if not folder.is_dir():
        raise BadInput("There is no folder {folder}.", fix="Make it first.", folder=folder)
    if not os.access(folder, os.W_OK):
        raise BadInput(
            "Nothing may be written into the folder {folder}.",
            fix="Choose another folder.",
            folder=folder,
        )


def write(source: IO[bytes], output: Path) -> None:
    """*source* into *output*: aside first, so that nobody finds half a file."""
    aside = output.with_name(f".{output.name}.part")
    with aside.open("wb") as target:
        shutil.copyfileobj(source, target)
    aside.replace(output)
