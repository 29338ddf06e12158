"""The public log in a real browser: look up a lot, open a proof, take it home."""

from __future__ import annotations

from pathlib import Path

import pytest

from labelsvc.codes.tlog import log
from labelsvc.codes.tlog.formats.checkpoint import Proof
from labelsvc.codes.tlog.sweep import sweep
from labelsvc.files import Files
from labelsvc.settings import DEVELOPMENT_KEY
from tests.e2e.conftest import Live, Reader

pytestmark = pytest.mark.e2e


def publish(live: Live) -> None:
    files = Files(f"file://{Path(str(live.database.url.database)).parent}/files")
    origin = log.origin_of(live.url.partition("://")[2])
    with live.database.writing() as session:
        sweep(session, origin=origin, secrets=[DEVELOPMENT_KEY])
    log.publish(live.database, files, origin=origin, secrets=[DEVELOPMENT_KEY])


def test_anybody_looks_up_a_lot_and_takes_the_proof_home(live: Live, reader: Reader) -> None:
    publish(live)
    for language, title in (("vi", "Nhật ký công khai"), ("en", "Public log")):
        assert reader.open(f"/log/?lang={language}") == 200
        assert reader.page.locator("h1").inner_text() == title
        reader.check(f"empty page {language}")
        assert reader.open(f"/log/?lang={language}&code={live.world.codes['in_force'][1:]}") == 200
        assert reader.page.locator("h2#result").inner_text().endswith("L-MAIN")
        reader.check(f"lot {language}")
        assert reader.open(f"/log/?lang={language}&lot=NONE&product=1") == 404
        reader.check(f"no lot {language}")
    reader.open("/log/")
    reader.page.fill("#code", live.url + live.world.codes["in_force"])
    reader.page.click("text=Tra cứu >> nth=0")
    assert "Số mã không vượt số hàng" in reader.page.locator(".note.good").inner_text()
    reader.page.click("summary >> nth=0")
    reader.check("proof open")
    assert reader.page.locator("details[open] code.block").count() >= 1
    with reader.page.expect_download() as waiting:
        reader.page.click("text=Tải bằng chứng >> nth=0")
    taken = Path(waiting.value.path()).read_bytes()
    assert Proof.parse(taken).note.text.startswith(live.url.partition("://")[2] + "/log\n")
