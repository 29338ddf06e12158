"""Languages: the one table of what label printers understand, and how each is written and read.
Used by runs, the read-back, sending, calibration labels, the pages and the command line.

A further language is one module beside `zpl` and `tspl`, and one entry here.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from labelsvc.errors import BadInput
from labelsvc.labels.rolls import tspl, zpl
from labelsvc.labels.rolls.pictures import Picture
from labelsvc.labels.rolls.pictures import from_label as rest_from
from labelsvc.labels.rolls.raster import Row

#: The other kind of output: a file for the driver of any printer.
PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Language:
    """A language that printers of rolls understand.

    `name` is kept with runs and printers (8 characters at most) and ends the names of files.
    `title` is shown on pages, by way of the catalogue. `write` puts rows of labels on a file, each
    row `width_mm` x `height_mm`; `formats` gives back each picture with its commands, None for
    commands that set up the printer; `command` asks for one picture. `question` asks a printer on
    the network for its state, and `status` gives the trouble that its answer tells of: a key of
    `printers.trouble.WORDS`, or "".
    """

    name: str
    title: str
    write: Callable[[IO[bytes], Iterable[Row], float, float], int]
    formats: Callable[[IO[bytes]], Iterator[tuple[Picture | None, bytes]]]
    command: Callable[[Picture], bytes]
    question: bytes
    status: Callable[[bytes], str]
    #: As `write`, for runs of edition 1 (`Layout.edition`); None where there were none.
    write_first: Callable[[IO[bytes], Iterable[Row], float, float], int] | None = None

    def read(self, data: bytes) -> list[Picture]:
        """All pictures of a file in memory. Raises `ReadBackFailed` for commands that are not ours."""
        return [picture for picture, _ in self.formats(io.BytesIO(data)) if picture is not None]

    def from_label(self, source: IO[bytes], number: int) -> Iterator[tuple[Picture | None, bytes]]:
        """Write what is left of a file after a jam: from the row of label *number* on."""
        return rest_from(self.formats(source), number, self.command)


#: By name, in the order in which pages offer them.
LANGUAGES: dict[str, Language] = {
    language.name: language
    for language in (
        Language(
            "zpl",
            "Label printer, language ZPL (Zebra and alike)",
            zpl.write,
            zpl.formats,
            zpl.command,
            zpl.QUESTION,
            zpl.status,
            zpl.write_first,
        ),
        Language(
            "tspl",
            "Label printer, language TSPL (TSC, Xprinter, Gprinter and alike)",
            tspl.write,
            tspl.formats,
            tspl.command,
            tspl.QUESTION,
            tspl.status,
            tspl.write_first,
        ),
    )
}


def outputs() -> tuple[str, ...]:
    """Kinds of files that a run can be: PDF, and every language."""
    return (PDF, *LANGUAGES)


def suffixes() -> tuple[str, ...]:
    """Endings of the names of such files."""
    return tuple(f".{output}" for output in outputs())


def language_of(output: str) -> Language | None:
    """The language of files of the kind *output*; None for a PDF.

    :raises BadInput: there is no such kind.
    """
    if output == PDF:
        return None
    found = LANGUAGES.get(output)
    if found is None:
        raise BadInput(
            "Files of the kind “{ending}” cannot be written.",
            fix="Give a file name that ends with: {formats}.",
            ending=output,
            formats=", ".join(suffixes()),
        )
    return found
