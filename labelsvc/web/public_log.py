"""Public log: serves its files, and a page that says how many codes a lot got."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot, Product
from labelsvc.codes.forms import uri
from labelsvc.codes.forms.carton import CartonCode
from labelsvc.codes.forms.gs1 import Gs1Link
from labelsvc.codes.models import Issue
from labelsvc.codes.register import cartons, issue
from labelsvc.codes.tlog import log as public_log
from labelsvc.codes.tlog.formats import merkle
from labelsvc.codes.tlog.formats.checkpoint import Checkpoint, Proof, read
from labelsvc.codes.tlog.formats.leaf import PrintRunLeaf, WithdrawalLeaf, parse
from labelsvc.codes.tlog.formats.note import Note, NoteKey
from labelsvc.codes.tlog.formats.tiles import Tile, TileTree
from labelsvc.codes.tlog.formats.totals import LotTotal, Totals
from labelsvc.codes.tlog.models import LogLeaf, LogState
from labelsvc.errors import BadCode, BadLog, FileMissing, LabelsvcError, NotFound, NotIssued
from labelsvc.web.language import explain
from labelsvc.web.scan import wait as scan_wait
from labelsvc.web.scan.state import ScanSite
from labelsvc.web.scan.unit import held
from labelsvc.web.site import site

bp = Blueprint("log", __name__, url_prefix="/log")

_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"
_FOR_EVER = "public, max-age=31536000, immutable"
#: Leaves of a lot on one page; a lot of more is read with the command line.
_MOST = 200
#: What a leaf says, in words.
_WORDS = {
    "short": "Codes for single labels",
    "gs1": "Codes for single labels (GS1)",
    "offline": "Codes for single labels (checked without network)",
    "lot": "One code for all labels of the lot",
    "void": "Void: labels not used",
    "withdrawn": "Codes withdrawn",
    "recalled": "The whole lot was recalled",
}


@dataclass
class Entry:
    """A leaf of a lot with its proof."""

    seq: int
    leaf: PrintRunLeaf | WithdrawalLeaf
    leaf_hash: bytes
    proof: Proof

    @property
    def words(self) -> str:
        leaf = self.leaf
        return _WORDS[leaf.form if isinstance(leaf, PrintRunLeaf) else leaf.state]


@dataclass
class Found:
    """A lot, what the log says of it, and how many of its codes the log does not know yet."""

    lot: Lot
    total: LotTotal
    entries: list[Entry]
    missing: int
    more: int


# --- files ---------------------------------------------------------------------------------------


@bp.get("/checkpoint")
def checkpoint() -> ResponseReturnValue:
    return _file(public_log.CHECKPOINT, "no-cache")


@bp.get("/key")
def key() -> ResponseReturnValue:
    return _file(public_log.KEY, "public, max-age=3600")


@bp.get("/tile/<path:name>")
def tile(name: str) -> ResponseReturnValue:
    """A tile or bundle. A partial one never changes either: its width is in its name."""
    try:
        data = public_log.read_tile(site().files, Tile.parse(f"tile/{name}"))
    except (BadLog, FileMissing):
        return _missing()
    return _open(Response(data, content_type=_BYTES), _FOR_EVER)


@bp.get("/leaf/<int:seq>")
def leaf(seq: int) -> ResponseReturnValue:
    """The bytes of a published leaf, which its hash is made of."""
    with site().database.reading() as session:
        body = session.scalar(select(LogLeaf.body).where(LogLeaf.seq == seq))
    if body is None or seq >= _published()[0].size:
        abort(404)
    answer = Response(body, content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="leaf-{seq}.json"'
    return _open(answer, _FOR_EVER)


@bp.get("/proof/<int:seq>")
def proof(seq: int) -> ResponseReturnValue:
    """Inclusion proof with the present checkpoint (C2SP tlog-proof)."""
    try:
        data = bytes(public_log.prove(site().files, _key(), seq))
    except (BadLog, FileMissing):
        abort(404)
    answer = Response(data, content_type=_TEXT)
    answer.headers["Content-Disposition"] = f'attachment; filename="leaf-{seq}.tlog-proof"'
    return _open(answer, "no-cache")


def _file(name: str, caching: str) -> Response:
    try:
        return _open(Response(site().files.get(name), content_type=_TEXT), caching)
    except FileMissing:
        return _missing()


def _missing() -> Response:
    return _open(Response("not found\n", 404, content_type=_TEXT), "no-cache")


def _open(answer: Response, caching: str) -> Response:
    """Anybody's page may read the log."""
    answer.headers["Cache-Control"] = caching
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


# --- the page ------------------------------------------------------------------------------------


@bp.get("/")
def page() -> ResponseReturnValue:
    asked = {name: request.args.get(name, "").strip()[:300] for name in ("lot", "product")}
    asked["code"] = request.args.get("code", "").strip()[: uri.MAX_TEXT + 1]  # more is refused
    problem = found = head = None
    status, name = 200, ""
    try:
        head, note = _published()
        with site().database.reading() as session:
            lot = _asked_for(session, asked)
            found = _look_up(session, lot, head, note) if lot is not None else None
            name = lot.product.name if lot is not None else ""
    except FileMissing:
        pass  # nothing is published yet: the page says so
    except LabelsvcError as error:
        problem, status = explain(error), error.http_status
    text = render_template(
        "log/log.html", asked=asked, name=name, problem=problem, found=found, head=head,
        key=_key().text if head else "", address=f"{site().settings.base_url}/log/",
    )  # fmt: skip
    return text, status


def _asked_for(session: Session, asked: dict[str, str]) -> Lot | None:
    """The lot that somebody asks for; None where nobody does.

    :raises NotFound: there is none. :raises BadCode: the code is none of ours.
    """
    if asked["code"]:
        return _lot_of_code(session, asked["code"])
    if not asked["lot"] and not asked["product"]:
        return None
    return _lot_named(session, asked["lot"].upper(), asked["product"])


def _lot_of_code(session: Session, code: str) -> Lot:
    own = ScanSite.of(current_app)
    parsed = uri.parse(code, host=own.host, former=own.former)
    if isinstance(parsed, Gs1Link):
        return _lot_named(session, parsed.lot or "", parsed.gtin)
    lot = _lot_that_holds(session, own, parsed)
    if lot is None:
        if wait := own.missed(parsed):
            abort(scan_wait.page(own, parsed.canonical, "html", wait=wait))
        raise NotIssued(
            "This code was not issued to any lot.",
            fix="Open its page for what is known about it.",
        )
    return lot


def _lot_that_holds(session: Session, own: ScanSite, parsed: uri.ParsedCode) -> Lot | None:
    """The lot of a code that holds; None for every other, whatever the reason."""
    if not isinstance(parsed, CartonCode):
        peek = held(own, parsed)
        return session.get_one(Issue, peek.issue_id).lot if peek is not None else None
    try:
        run = cartons.find(session, own.keyring, own.verify_carton(parsed))
    except BadCode:
        return None
    return run.lot if run is not None else None


def _lot_named(session: Session, lot: str, product: str) -> Lot:
    digits = product.zfill(14) if product.isascii() and product.isdigit() else product
    rows = session.scalars(
        select(Lot)
        .join(Product)
        .where(Lot.code == lot, or_(Product.ocop_code == product, Product.gtin == digits))
        .limit(2)
    ).all()
    if len(rows) != 1:
        raise NotFound(
            "There is no such lot of this product.",
            fix="Both codes stand on the label: lot (Lô) and product code or GTIN.",
        )
    return rows[0]


def _look_up(session: Session, lot: Lot, head: Checkpoint, note: Note) -> Found:
    rows = session.scalars(
        select(LogLeaf)
        .where(LogLeaf.lot_id == lot.id, LogLeaf.seq < head.size)
        .order_by(LogLeaf.seq)
    ).all()
    totals = Totals()
    tree = TileTree(head.size, lambda tile: public_log.read_tile(site().files, tile))
    entries: list[Entry] = []
    for row in rows:
        seq, said = row.seq or 0, parse(row.body)
        totals.add(seq, "", said)
        if len(entries) < _MOST and isinstance(said, PrintRunLeaf | WithdrawalLeaf):
            entries.append(_entry(seq, said, row.leaf_hash, tree, head, note))
    total = next(iter(totals.lots()), None) or LotTotal(lot.id, lot.code, lot.product_id)
    missing = max(0, issue.next_in_lot(session, lot) - total.issued)
    return Found(lot, total, entries, missing, len(rows) - len(entries))


def _entry(
    seq: int,
    said: PrintRunLeaf | WithdrawalLeaf,
    leaf_hash: bytes,
    tree: TileTree,
    head: Checkpoint,
    note: Note,
) -> Entry:
    """:raises BadLog: the files of the log do not fit the leaf."""
    hashes = tuple(merkle.inclusion_proof(seq, head.size, tree.node))
    merkle.check_inclusion(leaf_hash, seq, head.size, head.root, hashes)
    return Entry(seq, said, leaf_hash, Proof(seq, hashes, note))


def _published() -> tuple[Checkpoint, Note]:
    """:raises FileMissing: nothing is published yet."""
    return read(public_log.published(site().files), _key())


def _key() -> NoteKey:
    """:raises FileMissing: there is no log yet."""
    with site().database.reading() as session:
        state = session.scalar(select(LogState).where(LogState.id == 1))
    if state is None:
        raise FileMissing("Nothing of the public log is published yet.")
    return public_log.key_of(state)
