"""OpenDocument sheets: what their reader does not tell: hidden rows and columns, merged cells."""

from __future__ import annotations

import io
import zipfile
from html import escape

import pytest

from labelsvc.catalogue.importing import plan_import
from labelsvc.catalogue.places import load_places
from labelsvc.db import Database
from tests.catalogue import lists

_OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def cell(text: object, **more: str) -> str:
    told = "".join(f' table:{name.replace("_", "-")}="{value}"' for name, value in more.items())
    return f'<table:table-cell office:value-type="string"{told}><text:p>{escape(str(text))}</text:p></table:table-cell>'


def book(columns: str, *rows: str) -> bytes:
    """An .ods file with one sheet of these columns and rows."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_OFFICE} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Danh sách">{columns}{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_merged_and_hidden_cells_of_an_open_document_are_told_and_read(database: Database) -> None:
    covered = "<table:covered-table-cell/>"
    by = "".join(map(cell, ("4 sao", "1147/QĐ-UBND", "04/03/2026")))
    data = book(
        '<table:table-column table:number-columns-repeated="3"/><table:table-column table:visibility="collapse"/>'
        '<table:table-column table:number-columns-repeated="3"/>',
        f"<table:table-row>{''.join(map(cell, lists.HEAD))}</table:table-row>",
        "<table:table-row>" + cell(1) + cell("Giò lụa") + cell("HTX Giò Ước Lễ", number_rows_spanned="2", number_columns_spanned="1")
        + cell("phường Hà Đông", number_rows_spanned="2", number_columns_spanned="1") + by + "</table:table-row>",
        '<table:table-row table:visibility="collapse">' + cell(2) + cell("Chả quế") + covered + covered + by + "</table:table-row>",
    )  # fmt: skip
    with database.writing() as session:
        load_places(session)
        plan = plan_import(session, data=data, file_name="a.ods")
    assert [(row.product, row.producer, row.state) for row in plan.rows] == [
        ("Giò lụa", "HTX Giò Ước Lễ", "new"),
        ("Chả quế", "HTX Giò Ước Lễ", "new"),
    ]
    told = plan.as_json()["sheets"][0]
    assert (told["hidden_rows"], told["hidden_columns"], told["merged"]) == ([3], ["D"], 2)
    assert not any("left empty" in message for row in plan.rows for message, _ in row.line.notes)
