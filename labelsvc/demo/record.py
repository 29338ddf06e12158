"""Demo record: a file in the demo's folder that tells whether the demo is finished, and what is in it.

Used by the command `labelsvc demo`. A folder without the record is no demo and is never deleted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from labelsvc.demo.build import Demo

NAME = "labelsvc-demo"


@dataclass(frozen=True)
class Record:
    """A finished demo, the port that its codes name, and the seconds that building took."""

    demo: Demo
    port: int
    seconds: float


def present(folder: Path) -> bool:
    """Tell whether *folder* is one that `labelsvc demo` made."""
    return (folder / NAME).is_file()


def begin(folder: Path) -> None:
    """Mark a new folder as a demo that is not finished."""
    _write(folder, {"finished": False})


def finish(record: Record) -> None:
    """Mark the demo as finished; its files are kept relative, so that the folder may be moved."""
    demo = record.demo
    _write(
        demo.folder,
        {
            "finished": True,
            "port": record.port,
            "seconds": record.seconds,
            "pages": demo.pages,
            "accounts": demo.accounts,
            "print_files": [path.relative_to(demo.folder).as_posix() for path in demo.print_files],
            "list_file": demo.list_file.relative_to(demo.folder).as_posix(),
            "counts": demo.counts,
        },
    )


def read(folder: Path) -> Record | None:
    """Read the record of *folder*; None where building was interrupted.

    :raises ValueError: an older program wrote it, or it is damaged.
    """
    kept = json.loads((folder / NAME).read_text(encoding="utf-8"))
    try:
        if not kept["finished"]:
            return None
        demo = Demo(
            folder=folder,
            pages=dict(kept["pages"]),
            accounts=dict(kept["accounts"]),
            print_files=[folder / name for name in kept["print_files"]],
            list_file=folder / kept["list_file"],
            counts=dict(kept["counts"]),
        )
        return Record(demo, int(kept["port"]), float(kept["seconds"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"not the record of a demo: {error}") from None


def _write(folder: Path, kept: dict[str, object]) -> None:
    part = folder / f"{NAME}.part"
    part.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    part.replace(folder / NAME)
