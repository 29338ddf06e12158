"""press, variable, archive: make further files of a released run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from labelsvc.cli import base
from labelsvc.cli.printing import ACTOR
from labelsvc.cli.written import check_output, write
from labelsvc.db import Database
from labelsvc.errors import BadInput, NotFound
from labelsvc.files import Files
from labelsvc.labels.models import PrintRun, RunFile
from labelsvc.labels.press import icc
from labelsvc.labels.runs import carton_label, extra_files
from labelsvc.labels.runs.extra_files import Wish
from labelsvc.settings import Settings
from labelsvc.worker.tasks import run_inline

Function = TypeVar("Function", bound=Callable[..., Any])

_run_option = click.option(
    "--run", "run_id", required=True, type=click.IntRange(1, 2**31 - 1),
    help="Number of a released run, as `labelsvc print --json` gives it.",
)  # fmt: skip


def _output_option(ending: str) -> Callable[[Function], Function]:
    return click.option(
        "--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
        help=f"File to write, {ending}",
    )  # fmt: skip


class Size(click.ParamType[tuple[float, float]]):
    """WIDTHxHEIGHT in mm."""

    name = "WxH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        if isinstance(value, tuple):
            return value
        width, _, height = str(value).lower().replace("×", "x").partition("x")
        try:
            return float(width), float(height)
        except ValueError:
            self.fail(f"{value!r} is not a size: write 320x450", param, ctx)


@dataclass(frozen=True, slots=True, kw_only=True)
class PressOptions:
    """Options of `press`."""

    run_id: int
    output: Path
    bleed: float
    no_marks: bool
    profile: Path | None
    condition: str
    columns: int
    rows: int
    gutter: float
    sheet: tuple[float, float]
    order: Literal["across", "down", "stack"]
    die_line: str
    vector: bool
    sheet_for_shop: Path | None
    as_json: bool

    def wish(self, files: Files) -> Wish:
        """As the job takes it; the profile of the press is kept among *files*."""
        return Wish(
            "press", bleed=self.bleed, marks=not self.no_marks, condition=self.condition,
            columns=self.columns, rows=self.rows, gutter=self.gutter, sheet_width=self.sheet[0],
            sheet_height=self.sheet[1], order=self.order, die_line=self.die_line,
            vector=self.vector, icc=_kept(files, self.profile) if self.profile else "",
        )  # fmt: skip


@click.command()
@_run_option
@_output_option(".pdf")
@click.option("--bleed", type=float, default=2.0, show_default=True, help="Bleed in mm.")
@click.option("--no-marks", is_flag=True, help="Without crop marks.")
@click.option(
    "--icc", "profile", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Output profile of the press; without one there is no PDF/X-4.",
)  # fmt: skip
@click.option(
    "--condition", default="",
    help="Printing condition, as the print shop calls it; that of the profile unless given.",
)  # fmt: skip
@click.option("--columns", type=click.IntRange(0), default=0, help="Labels across a press sheet.")
@click.option("--rows", type=click.IntRange(0), default=0, help="Labels down a press sheet.")
@click.option(
    "--gutter", type=float, default=4.0, show_default=True, help="Between two labels, in mm."
)
@click.option(
    "--sheet", type=Size(), default=(320.0, 450.0), help="Press sheet in mm. [default: 320x450]"
)
@click.option(
    "--order", type=click.Choice(["across", "down", "stack"]), default="across", show_default=True,
    help="stack: in order when the cut piles are laid on each other.",
)  # fmt: skip
@click.option("--die-line", default="", help="Name of the spot colour of the cut, e.g. CutContour.")
@click.option("--vector", is_flag=True, help="Symbols as outlines instead of 1-bit pictures.")
@click.option(
    "--sheet-for-shop", "sheet_for_shop", type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the sheet that tells the print shop what the file holds, .pdf",
)  # fmt: skip
@base.json_option
@base.gathered(PressOptions)
def press(options: PressOptions) -> None:
    """Make the file for the print shop of a run: bleed, crop marks, inks, press sheets.

    It carries the codes of the run and is checked (preflight) before it is written. With --columns
    and --rows several labels lie on a press sheet, otherwise one on a page.

    Example: labelsvc press --run 7 --icc PSOcoated_v3.icc --condition FOGRA51
    --columns 4 --rows 10 --output tem.pdf --sheet-for-shop phieu.pdf
    """
    output, sheet_for_shop = options.output, options.sheet_for_shop
    check_output(output, ".pdf")
    if sheet_for_shop is not None:
        check_output(sheet_for_shop, ".pdf")
    settings, database, files = base.opened_to_print()
    file = _made(settings, database, files, options.run_id, options.wish(files))
    result = _written(files, file, output)
    report = file.report or {}
    result |= {name: report.get(name) for name in ("pages", "standard", "plates", "module_mm")}
    result["remarks"] = [
        base.say(row["message"], **row["params"])
        for row in [*report.get("findings", ()), *report.get("notes", ())]
    ]
    if not report.get("standard") and report.get("reason"):
        result["remarks"].insert(0, base.say(report["reason"]))
    if sheet_for_shop is not None and file.report_key is not None:
        with files.open(file.report_key) as source:
            write(source, sheet_for_shop)
        result["sheet_for_shop"] = str(sheet_for_shop)
    words = base.say("{output}: labels {labels}, pages {pages}, {standard}.", **result | {"standard": result["standard"] or "PDF"})  # fmt: skip
    base.put(result, options.as_json, "\n".join([words, *(f"- {r}" for r in result["remarks"])]))


@click.command()
@_run_option
@_output_option(".zip")
@click.option(
    "--bleed", type=float, default=2.0, show_default=True, help="Bleed of the template in mm."
)
@base.json_option
def variable(run_id: int, output: Path, bleed: float, as_json: bool) -> None:
    """Make the variable data of a run: a table (CSV), places, and one template (PDF), as a ZIP.

    For print shops that merge by themselves. Every label of the run has its row.

    Example: labelsvc variable --run 7 --output du-lieu.zip
    """
    check_output(output, ".zip")
    settings, database, files = base.opened_to_print()
    file = _made(settings, database, files, run_id, Wish("variable", bleed=bleed))
    result = _written(files, file, output)
    base.put(result, as_json, base.say("{output}: rows for {labels} labels.", **result))


@click.command()
@_run_option
@_output_option(".pdf")
@base.json_option
def archive(run_id: int, output: Path, as_json: bool) -> None:
    """Make the archive copy of a run: its pages as PDF/A-2, to be kept for years.

    Example: labelsvc archive --run 7 --output luu-tru.pdf
    """
    check_output(output, ".pdf")
    settings, database, files = base.opened_to_print()
    file = _made(settings, database, files, run_id, Wish("archive"))
    result = _written(files, file, output) | {"standard": (file.report or {}).get("standard")}
    base.put(result, as_json, base.say("{output}: {standard}, {bytes} bytes.", **result))


@click.command("cartons")
@_run_option
@_output_option(".pdf")
@click.option("--per", type=int, default=24, show_default=True, help="Units in a carton.")
@click.option(
    "--layout",
    "paper",
    type=click.Choice(carton_label.LAYOUTS),
    default=carton_label.LAYOUTS[0],
    show_default=True,
)
@base.json_option
def carton_labels(run_id: int, output: Path, per: int, paper: str, as_json: bool) -> None:
    """Make the labels for the cartons of a run: each code says which labels belong inside.

    The units go into cartons in the order of their numbers. Every symbol is read back.

    Example: labelsvc cartons --run 7 --per 24 --output thung.pdf
    """
    check_output(output, ".pdf")
    settings, database, files = base.opened_to_print()
    wish = Wish("cartons", per=per, paper=paper)
    file = _made(settings, database, files, run_id, wish)
    report = file.report or {}
    result = _written(files, file, output)
    result |= {name: report.get(name) for name in ("labels", "units", "pages", "module_mm")}
    words = base.say("{output}: {labels} carton labels on {pages} pages, all read back.", **result)
    base.put(result, as_json, words)


def _kept(files: Files, profile: Path) -> str:
    if profile.stat().st_size > icc.MOST_BYTES:
        raise BadInput(
            "The profile {file} is too large.",
            fix="Take the output profile of the press; those have 0.5 to 3 MB.",
            file=profile.name,
        )
    return extra_files.keep_profile(files, profile.read_bytes())


def _made(settings: Settings, database: Database, files: Files, run_id: int, wish: Wish) -> RunFile:
    """The finished file. Raises what ended its making."""
    with database.writing() as session:
        run = session.get(PrintRun, run_id)
        if run is None:
            raise NotFound(
                "There is no print run {number}.",
                fix="Take the number that `labelsvc print` gave.",
                number=run_id,
            )
        file = extra_files.request_file(session, run=run, wish=wish, actor=ACTOR)
        file_id, job_id = file.id, file.job_id
    if job_id is None:
        raise BadInput("The run has no job.")
    with base.progress(wish.kind) as step:
        run_inline(database, files, settings, job_id, step=step)
    with database.reading() as session:
        done = session.get_one(RunFile, file_id)
        _ = done.run.count
        return done


def _written(files: Files, file: RunFile, output: Path) -> dict[str, Any]:
    with files.open(file.file_key or "") as source:
        write(source, output)
    return {
        "run": file.run_id, "kind": file.kind, "labels": file.run.count, "bytes": file.bytes,
        "sha256": file.sha256, "output": str(output),
    }  # fmt: skip
