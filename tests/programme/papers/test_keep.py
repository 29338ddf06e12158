"""What may be kept as the PDF of a decision: the bytes as they came, and nothing that acts by itself."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from labelsvc.errors import BadInput
from labelsvc.programme.papers import keep


def pdf(
    change: Callable[[pikepdf.Pdf], None] | None = None, pages: int = 1, **options: object
) -> bytes:
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    if change is not None:
        change(made)
    out = BytesIO()
    made.save(out, **options)  # type: ignore[arg-type]
    return out.getvalue()


def test_the_bytes_stay_as_they_came() -> None:
    data = pdf(pages=3) + b"\n% a signature covers every byte"
    taken = keep.take(data)
    assert (taken.data, taken.pages) == (data, 3)


def _opening(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _scripts(made: pikepdf.Pdf) -> None:
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([])))


def _files(made: pikepdf.Pdf) -> None:
    made.attachments["x.exe"] = b"MZ"


def _launch(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.Launch, F=String("calc.exe"))


def _acts(made: pikepdf.Pdf) -> None:
    made.Root.AA = Dictionary(WC=Dictionary(S=Name.JavaScript, JS=String("1")))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "No file"), (b"%PDF-1.7 nothing", "no PDF"), (b"PK\x03\x04 a workbook", "no PDF"), (b"\x00" * 5000, "no PDF"),
        (pdf()[:300], "no PDF"), (pdf(_opening), "by itself"), (pdf(_scripts), "by itself"), (pdf(_files), "by itself"),
        (pdf(_launch), "by itself"), (pdf(_acts), "by itself"),
        (pdf(encryption=pikepdf.Encryption(user="x", owner="y")), "password"),
        (pdf(encryption=pikepdf.Encryption(user="", owner="y")), "encrypted"),
        (pdf(pages=keep.MAX_PAGES + 1), "pages"), (b"%PDF-" + b" " * keep.MAX_BYTES, "MB"),
    ],
)  # fmt: skip
def test_what_is_no_plain_pdf_is_refused_with_words(data: bytes, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        keep.take(data)
    assert words in str(refused.value) and refused.value.fix
    assert refused.value.params["field"] == "paper"
