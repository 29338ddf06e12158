"""The main job, end to end: print a hundred labels of each layout, read the paper, open every link.

The labels are read from the finished file without any knowledge of the layout, as a telephone
reads them, and each page is asked for what a consumer wants to know.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from datetime import date
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from flask.testing import FlaskClient

from labelsvc.codes.register import inner_lots
from labelsvc.codes.register.issue import codes_of, create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.labels.layouts import library
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs import start as print_run
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.web.scan.state import ScanSite
from labelsvc.worker.tasks import run_inline
from tests.factories import make_lot, make_producer, make_product, make_recognition, make_village

COUNT = 100
#: Fine enough for the smallest module of any layout.
DPI = 300
#: Every layout for lots with its usual form, and every form on one layout that takes them all.
PRINTED = [
    (name, library.get(name).forms[0])
    for name in (layout.name for layout in library.for_packs())
    if not library.get(name).blank
]
PRINTED += [
    ("a4-12", form) for form in library.get("a4-12").forms if ("a4-12", form) not in PRINTED
]

#: What the page of every one of these codes must say.
SAID = (
    "Mã hợp lệ",
    "Trà sen Quảng An",  # product
    "Hợp tác xã Trà sen Hồ Tây",  # producer
    "Làng trà sen Quảng An",  # village
    "4 sao",  # stars
    "1147/QĐ-UBND",  # decision
    "04/03/2026",  # its date
    "UBND Thành phố Hà Nội",
    "04/03/2029",  # valid until
    "L261105-01",  # lot
)


def printed(
    database: Database, settings: Settings, files: Files, layout: str, form: str
) -> tuple[bytes, list[str]]:
    """The released file of a run of `COUNT` labels, and the codes that must be on it."""
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        village = make_village(session, name="Làng trà sen Quảng An", craft="Ướp trà sen")
        producer = make_producer(session, name="Hợp tác xã Trà sen Hồ Tây", village=village)
        product = make_product(
            session, name="Trà sen Quảng An", producer=producer, gtin="09520000001001",
            ingredients="Chè búp 98 %, gạo sen 2 %",
        )  # fmt: skip
        make_recognition(session, product, valid_from=date(2026, 3, 4), potential_five=True)
        lot = make_lot(session, product, code="L261105-01", declared=COUNT)
        if library.get(layout).prints_inner_code:
            inner_lots.switch_on(session, lot.id, actor="user:1")
        run = print_run.start_run(session, print_run.RunRequest(lot=lot, layout=layout, count=COUNT, form=form, base_url=settings.base_url), actor="user:1")  # fmt: skip
        run_id, job_id = run.id, run.job_id
    assert job_id is not None
    run_inline(database, files, settings, job_id)
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        codes = codes_of(run.issue, ring)
        with print_run.output(files, run) as file:
            return file.read(), codes * COUNT if form == "lot" else codes


def read_from_paper(pdf: bytes) -> list[str]:
    """Every symbol of a file, page by page, as a camera finds them."""
    found = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            picture = page.render(scale=DPI / 72, grayscale=True).to_numpy()
            found += [
                symbol.text
                for symbol in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
            ]
    finally:
        document.close()
    return found


def words_on_paper(pdf: bytes) -> str:
    """What can be searched for and copied from the first page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        words = document[0].get_textpage().get_text_range()
    finally:
        document.close()
    return unicodedata.normalize("NFC", " ".join(words.split()))


def words_of(page: str) -> str:
    """What a reader sees of a page, without tags."""
    page = re.sub(r"(?s)<(style|head)\b.*?</\1>", " ", page)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def scan(client: FlaskClient, link: str) -> str:
    parts = urlsplit(link)
    answer = client.get(
        parts.path, base_url=f"{parts.scheme.lower()}://{parts.netloc.lower()}",
        headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130"},
    )  # fmt: skip
    assert answer.status_code == 200, link
    return words_of(answer.get_data(as_text=True))


@pytest.mark.parametrize(("layout", "form"), PRINTED, ids=lambda value: str(value))
def test_a_printed_label_leads_to_a_page_that_tells_the_truth(
    database: Database,
    settings: Settings,
    files: Files,
    layout: str,
    form: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pdf, codes = printed(database, settings, files, layout, form)
    assert Counter(read_from_paper(pdf)) == Counter(codes)
    said = words_on_paper(pdf)
    assert "Trà sen Quảng An" in said
    assert ("1147/QĐ-UBND" in said) == library.get(layout).shows_stars
    app = create_app(settings, database)
    # Counting scans is another test's business, and its thread would outlive this one.
    monkeypatch.setattr(ScanSite.of(app).recorder, "add", lambda seen: None)
    client = app.test_client()
    positions: set[str] = set()
    for link in sorted(set(codes)):
        words = scan(client, link)
        for wanted in SAID:
            assert wanted in words, (wanted, link)
        assert "5 sao" not in words.replace("tiềm năng 5 sao", "").replace("công nhận 5 sao", "")
        positions.update(re.findall(r"Tem số \(trong đợt in\) (\d+)", words))
    assert positions == ({str(n + 1) for n in range(COUNT)} if form != "lot" else set())
