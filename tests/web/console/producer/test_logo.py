"""The producer's logo: uploaded once, on dressed labels from then on, kept by runs that began with it."""

from __future__ import annotations

import io

import pytest

from labelsvc.db import Database
from labelsvc.labels.models import Artwork, PrintRun
from tests.artwork import picture
from tests.web.console.producer.test_products import SignIn
from tests.world import World

PRINT = {
    "layout": "a4-24", "form": "short", "count": "10", "start_at": "1",
    "family": "gom", "palette": "lam", "do": "print",
}  # fmt: skip


def sent(data: bytes) -> dict[str, object]:
    return {"logo": (io.BytesIO(data), "logo.png")}


def test_a_logo_stands_on_dressed_labels_and_old_runs_keep_it(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    address = f"/console/lots/{world.lot}/preview/a4-24--gom-lam.svg"
    assert "<image" not in lan.get(address).text
    assert lan.post("/console/logo", sent(picture())).status_code == 303
    assert "<image" in lan.get(address).text
    assert "<image" not in lan.get(f"/console/lots/{world.lot}/preview/a4-24.svg").text
    assert lan.get("/console/logo.png").data.startswith(b"\x89PNG")
    assert lan.post(f"/console/lots/{world.lot}/print", PRINT).status_code == 303
    assert lan.post("/console/logo/remove").status_code == 303
    assert lan.get("/console/logo.png").status_code == 404
    assert "<image" not in lan.get(address).text
    with database.reading() as session:
        (run,) = session.query(PrintRun)
        (row,) = session.query(Artwork).filter_by(name="logo")
        assert run.content["images"]["logo"] == row.sha256
        assert row.removed_at is not None


def test_a_logo_belongs_to_its_producer_alone(
    signed_in: SignIn, world: World, database: Database
) -> None:
    signed_in("lan").post("/console/logo", sent(picture()))
    with database.reading() as session:
        (row,) = session.query(Artwork)
        assert row.producer_id == world.producer
    assert signed_in("hung").get("/console/logo.png").status_code == 404


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "trống"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"nothing of a picture", "ảnh"),
        (picture(120, 120), "điểm ảnh"),
        (picture(kind="GIF", clear=False), "ảnh"),
    ],
)
def test_what_is_no_fit_picture_is_refused(
    signed_in: SignIn, database: Database, data: bytes, told: str
) -> None:
    lan = signed_in("lan")
    answer = lan.post("/console/logo", sent(data))
    assert answer.status_code in (400, 409, 422)
    assert told in answer.text
    with database.reading() as session:
        assert not session.query(Artwork).filter_by(name="logo").count()
