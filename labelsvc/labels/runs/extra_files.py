"""Extra files: makes other files of a released run: press file, variable data, archive, carton labels.
Used by the page of a run, the worker and the command line.

No number is taken: the codes are those of the run. What is made is checked before it may be
fetched; an error of the preflight ends the job and says what to change.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, NamedTuple, assert_never

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc import i18n
from labelsvc.accounts import audit
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.errors import BadInput, Conflict, PrintRefused
from labelsvc.files import Files
from labelsvc.jobs.queue import enqueue
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import PrintRun, RunFile, RunState
from labelsvc.labels.pdf import rendering
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.pages import Job
from labelsvc.labels.press import icc, imposition
from labelsvc.labels.press.archive import to_pdfa2
from labelsvc.labels.press.imposition import CropMarks, Imposition
from labelsvc.labels.press.inspect.check import Wanted, check
from labelsvc.labels.press.report import Proof, press_report_pdf
from labelsvc.labels.press.settings import MOST_LABELS, PressSettings
from labelsvc.labels.press.variable_data import write_variable
from labelsvc.labels.press.write import write_press_pdf
from labelsvc.labels.rolls.languages import PDF
from labelsvc.labels.runs import carton_label, parts

#: Kind of the job that makes a file.
JOB_KIND = "run_file"
Kind = Literal["press", "variable", "archive", "cartons"]
KINDS: tuple[Kind, ...] = ("press", "variable", "archive", "cartons")
#: An archive is made of the whole file in memory.
LARGEST_ARCHIVE = 100_000_000
#: Dots per inch of the picture on the report.
_PROOF_DPI = 200
#: What the pictures of the report show instead of an inner code.
_HIDDEN = "XXXX XXXX XXXX"
#: Of one label of a press sheet: its symbol must be readable where it is enlarged.
_LABEL_DPI = 400


@dataclass(frozen=True, slots=True)
class Wish:
    """The wishes of the print shop, in mm. `columns` 0: one label a page, with crop marks. `icc`: SHA-256
    of a profile that was kept with `keep_profile`. Of cartons: `per` units each, on the layout `paper`."""

    kind: Kind
    bleed: float = 2.0
    marks: bool = True
    icc: str = ""
    condition: str = ""
    columns: int = 0
    rows: int = 0
    gutter: float = 4.0
    sheet_width: float = 320.0
    sheet_height: float = 450.0
    order: Literal["across", "down", "stack"] = "across"
    die_line: str = ""
    vector: bool = False
    per: int = 24
    paper: str = carton_label.LAYOUTS[0]

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Wish:
        known = {f.name for f in fields(cls)}
        return cls(**{key: value for key, value in kept.items() if key in known})

    def settings(self, files: Files | None) -> PressSettings:
        """As the press engine takes it. Raises `BadInput` for values that no press can do."""
        imposition = None
        if self.columns or self.rows:
            imposition = Imposition(
                self.columns,
                self.rows,
                (self.gutter, self.gutter),
                (self.sheet_width, self.sheet_height),
                self.order,
            )
        made = PressSettings(
            bleed_mm=self.bleed,
            marks=CropMarks() if self.marks else None,
            icc=files.get(_profile_key(self.icc)) if self.icc and files is not None else None,
            condition=self.condition,
            imposition=imposition,
            die_line=self.die_line,
            vector=self.vector,
        )
        made.check()
        return made


class Made(NamedTuple):
    """The file, how it ends, the sheet for the print shop if there is one, and figures."""

    data: bytes
    ending: str
    sheet: bytes | None
    report: dict[str, Any]


def keep_profile(files: Files, data: bytes) -> str:
    """Keep an ICC profile of a press; its SHA-256. Raises `BadInput` when it is none."""
    icc.read_output(data)
    name = hashlib.sha256(data).hexdigest()
    files.put(_profile_key(name), data)
    return name


def profile_name(files: Files, sha256: str) -> str:
    """Tell the name that a profile kept before gives itself. Raises `FileMissing`."""
    return icc.read_output(files.get(_profile_key(sha256))).name


def _profile_key(sha256: str) -> str:
    return f"profiles/{sha256}.icc"


def request_file(session: Session, *, run: PrintRun, wish: Wish, actor: str) -> RunFile:
    """Queue the making of a file of *run*, in the caller's transaction.

    :raises Conflict: the run is not released. :raises BadInput: the wish is impossible, or the run
        is too large for one file.
    """
    if run.state != RunState.RELEASED:
        raise Conflict(
            "The run is not released: nothing of it may be printed.",
            fix="Wait until it is finished.",
        )
    if wish.kind == "archive" and run.output != PDF:
        raise BadInput(
            "Commands of a label printer are no document.", fix="Archive runs that are PDF files."
        )
    if wish.kind == "cartons":
        carton_label.check(run, per=wish.per, layout_name=wish.paper)
    if run.count > MOST_LABELS and wish.kind in ("press", "variable"):
        raise BadInput(
            "{count} labels are too many for one file for the press",
            fix="Cut the run into files of at most {most} labels.",
            count=run.count,
            most=MOST_LABELS,
        )
    if wish.kind == "archive" and (run.bytes or 0) > LARGEST_ARCHIVE:
        raise BadInput(
            "The file of the run is too large to be archived as one.",
            fix="Keep the file as it is; it has its fonts inside. Smaller runs can be archived.",
        )
    wish.settings(None)
    file = RunFile(run_id=run.id, kind=wish.kind, wish=asdict(wish), created_by=actor)
    session.add(file)
    session.flush()
    file.job = enqueue(session, kind=JOB_KIND, payload={"file_id": file.id}, parts=1)
    audit.record(
        session,
        actor=actor,
        action="print_run.file",
        subject=f"print_run:{run.id}",
        facts={"kind": wish.kind, "file": file.id},
    )
    return file


def files_of(session: Session, run: PrintRun) -> Sequence[RunFile]:
    """Newest first."""
    return session.scalars(
        select(RunFile).where(RunFile.run_id == run.id).order_by(RunFile.id.desc())
    ).all()


def file_name(file: RunFile) -> str:
    """Name of the download."""
    ending = (file.file_key or "").rpartition(".")[2]
    return f"{file.kind}-{file.run.record.replace('/', '-')}-{file.run_id}.{ending}"


def make(run: PrintRun, wish: Wish, keyring: Keyring, files: Files) -> Made:
    """The file that *wish* asks for.

    :raises PrintRefused: the finished file fails its preflight.
    :raises BadInput: what the engines of `press`, `variable` and `archive` refuse.
    """
    match wish.kind:
        case "archive":
            data = to_pdfa2(files.get(run.file_key or ""))
            return Made(data, "pdf", None, {"standard": "PDF/A-2b"})
        case "cartons":
            data, figures = carton_label.render(run, keyring, per=wish.per, layout_name=wish.paper)
            return Made(data, "pdf", None, figures)
        case "variable":
            shop = _Order.of(run, wish, keyring, files)
            made = write_variable(
                shop.layout, shop.blocks, fonts.load(), settings=shop.settings, job=shop.job
            )
            return Made(_zipped(made._asdict()), "zip", None, {"labels": len(shop.units)})
        case "press":
            return _press(run, wish, _Order.of(run, wish, keyring, files))
        case _:
            assert_never(wish.kind)


class _Order(NamedTuple):
    """The order that the engines of the print shop take."""

    layout: Layout
    settings: PressSettings
    content: LabelContent
    units: list[Unit]
    job: Job

    @classmethod
    def of(cls, run: PrintRun, wish: Wish, keyring: Keyring, files: Files) -> _Order:
        content = parts.run_content(run, files)
        job = Job(
            title=f"{content['product_name']} · {content['lot_code']}",
            author=content["producer_name"],
            note=f"Lô {run.record} · đợt in {run.id}",
        )
        units = parts.units_of(run, keyring, parts.Slice(0, run.count))
        return cls(parts.layout_of(run), wish.settings(files), content, units, job)

    @property
    def blocks(self) -> list[Block]:
        return [Block(self.content, self.units)]


def _press(run: PrintRun, wish: Wish, shop: _Order) -> Made:
    """The press file, checked, and the sheet for the print shop."""
    layout, settings, content, units, job = shop
    out = io.BytesIO()
    report = write_press_pdf(out, layout, shop.blocks, fonts.load(), settings=settings, job=job)
    pdf = out.getvalue()
    found = check(
        pdf,
        Wanted(
            standard="pdfx4" if report.standard else "none",
            trim_mm=None if wish.columns else report.trim_mm,
            bleed_mm=None if wish.columns else wish.bleed,
            module_mm=report.module_mm,
            resolution_dpi=report.resolution_dpi,
            codes=[unit.code for unit in units],
        ),
    )
    worst = next((finding for finding in found.findings if finding.severity == "error"), None)
    if worst is not None:
        raise PrintRefused(worst.message, fix=worst.fix, **worst.params)
    shown = pdf
    if layout.prints_inner_code:  # the sheet goes through many hands: no secret on its pictures
        hidden = [
            unit._replace(inner_code=_HIDDEN) for unit in units[: max(1, wish.columns * wish.rows)]
        ]
        out = io.BytesIO()
        write_press_pdf(
            out, layout, [Block(content, hidden)], fonts.load(), settings=settings, job=job
        )
        shown = out.getvalue()
    proof = Proof(
        rendering.page_png(shown, dpi=_PROOF_DPI),
        _first_label(shown, layout, settings) if wish.columns else None,
    )
    sheet = press_report_pdf(
        report,
        fonts.load(),
        job=job,
        check=found,
        proof=proof,
        facts=[("Lô", run.record), ("Đợt in", str(run.id))],
        say=lambda text, params: i18n.translate(text, "vi", **params),
    )
    findings = [
        {"severity": f.severity, "message": f.message, "fix": f.fix, "params": f.params}
        for f in found.findings
    ]
    notes = [{"message": note.message, "params": dict(note.params)} for note in report.notes]
    figures = {
        "labels": report.labels,
        "pages": report.pages,
        "standard": report.standard,
        "reason": report.reason,
        "plates": list(report.plates),
        "module_mm": report.module_mm,
    }
    return Made(pdf, "pdf", sheet, figures | {"findings": findings, "notes": notes})


def _first_label(pdf: bytes, layout: Layout, settings: PressSettings) -> bytes:
    """The first label of a press sheet as it is cut, as PNG."""
    frame = imposition.frame(
        (layout.width, layout.height),
        bleed_mm=settings.bleed_mm,
        marks=settings.marks,
        imposition=settings.imposition,
    )
    x, y = frame.slots[0]
    box = (x, y, x + layout.width, y + layout.height)
    return rendering.page_png(pdf, dpi=_LABEL_DPI, box=box)


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    """Template and tables in one file; the same bytes for the same parts."""
    endings = {"template": "template.pdf", "table": "labels.csv", "places": "places.csv"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(endings[name], (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()
