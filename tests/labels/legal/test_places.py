"""Names of places cut short, and what only looks like it: addresses, and words of any text."""

from __future__ import annotations

import pytest

from labelsvc.labels import legal
from labelsvc.labels.legal import places
from labelsvc.wording.syllable import plain

from .conftest import FOOD, Label, Values, codes


@pytest.mark.parametrize(
    ("address", "short"),
    [
        ("Phường Ba Đình, HN", "HN"),
        ("Phường Ba Đình, H.Nội", "H.Nội"),
        ("Phường Ba Đình, H. Nội", "H. Nội"),
        ("Phường Ba Đình, HNội", "HNội"),
        ("Phường Ba Đình, Hnoi", "Hnoi"),
        ("Phường Ba Đình, Tp.Hn", "Tp.Hn"),
        ("Phường Ba Đình, tp.hn", "tp.hn"),
        ("Phường Sài Gòn, Tp Hcm", "Tp Hcm"),
        ("Phường Sài Gòn, TP.HCM", "TP.HCM"),
        ("Phường Sài Gòn, T.P. H.C.M", "T.P. H.C.M"),
        ("Phường Sài Gòn, hcm", "hcm"),
        ("Phường Hải Châu, Đ.Nẵng", "Đ.Nẵng"),
        ("Phường Hải Châu, ĐN", "ĐN"),
        ("Phường Hạ Long, Quảng Ninh (QN)", "QN"),
        ("Phường Hạ Long, tỉnh QN", "QN"),
        ("Phường Vũng Tàu, BRVT", "BRVT"),
        ("Phường Vũng Tàu, BR-VT", "BR-VT"),
        ("Phường Thuận Hóa, TT-Huế", "TT-Huế"),
        ("Phường Thuận Hóa, TT Huế", "TT Huế"),
        ("Phường Ninh Kiều, CT", "CT"),
        ("Xã Tủa Chùa, Đ. Biên", "Đ. Biên"),
        ("Xã B.T., thành phố Hà Nội", "B.T."),
        ("Số 3, đường N.V. Cừ, Hà Nội", "N.V."),
        ("Xã Ba Vì, Hà Nội, V.N.", "V.N."),
        ("Xã Ba Vì, Hà Nội, Vn", "Vn"),
        ("Xã Ba Vì, Hà Nội, V.Nam", "V.Nam"),
    ],
)
def test_a_name_cut_short_is_refused(
    label: Label, values: Values, address: str, short: str
) -> None:
    found = legal.check_run(label(), values(stars=None, producer_address=address), 11)
    named = [f for f in found if f.code == "place_abbreviated"]
    assert [(f.severity, f.params["words"], f.element) for f in named] == [("error", short, "rest")]


@pytest.mark.parametrize(
    "address",
    [
        "Thôn 3, xã Bát Tràng, thành phố Hà Nội",
        "P. Ba Đình, TP. Hà Nội",
        "Số 12, X. Ba Vì, TP Hà Nội",
        "Số 8, T.X. Sơn Tây, TP. Hà Nội",
        "T.T. Vân Đình, T. Thái Nguyên",
        "TT. Vân Đình, TP. Hà Nội",
        "Lô 5, K.C.N. Thăng Long, TP. Hà Nội",
        "KCN Thăng Long, TP. Hải Phòng",
        "C.C.N. Bát Tràng, TP. Hà Nội",
        "T.D.P. 3, P. Tây Mỗ, TP. Hà Nội",
        "P. Yên Nghĩa, TP. Hà Nội",
        "P. Nam Định, T. Ninh Bình",
        "Đ. Nam Kỳ Khởi Nghĩa, Thành phố Hồ Chí Minh",
        "Tòa CT1, P. Tây Mỗ, TP. Hà Nội",
        "Km 12, ĐT 70, xã Đại Thanh, thành phố Hà Nội",
        "Số 5 đường Nguyễn Trãi, thành phố Huế",
        "Thôn Hà, xã Nội Bài, thành phố Hà Nội, Việt Nam",
    ],
)
def test_words_for_the_unit_may_be_short(label: Label, values: Values, address: str) -> None:
    found = legal.check_run(label(), values(stars=None, producer_address=address), 11)
    assert "place_abbreviated" not in codes(found)


@pytest.mark.parametrize("name", sorted(places.PROVINCES))
def test_every_province_may_be_written_whole_and_not_by_its_initials(name: str) -> None:
    for whole in (name, plain(name), name.upper()):
        assert places.abbreviated(f"Xã Mới, tỉnh {whole}", address=True) == []
        assert places.abbreviated(f"Đặc sản {whole} thơm ngon", address=False) == []
    words = name.split()
    if len(words) > 1:
        initials = "".join(word[0] for word in words)
        assert places.abbreviated(f"Xã Mới, tỉnh {initials}", address=True) == [initials]
    if len(words) == 2:
        half = f"{words[0][0]}.{words[1]}"
        assert places.abbreviated(f"Đặc sản {half}", address=False) == [half]


def written(text: str) -> str:
    return (
        f'{FOOD}[[elements]]\nid="own"\ntype="text"\nx=2\ny=96\nw=120\nh=8\nsize=6\ntext="{text}"\n'
    )


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("Made in Vietnam by HN", "error"),
        ("Đặc sản HN", "error"),
        ("Sản xuất tại xã Hạ Long, QN", "error"),
        ("Đóng gói tại H.Nội", "error"),
        ("SL: 12 · ĐT 024 3000 0000", None),
        ("Theo TCVN 1234 và QCVN 8", None),
        ("Xem www.chesen.vn", None),
        ("Trà của nhóm chị N. Lụa", None),
        ("Sản xuất tại HTX Suối Mây", None),
        ("Lô {lot_code} · vùng trồng {growing_area}", None),
    ],
)
def test_the_words_of_a_layout_are_judged_too(
    label: Label, values: Values, text: str, severity: str | None
) -> None:
    content = values(stars=None, lot_code="HN", growing_area="VN-HNOR-0123")
    found = legal.check_run(label(written(text)), content, 11)
    named = [(f.severity, f.element) for f in found if f.code == "place_abbreviated"]
    assert named == ([(severity, "own")] if severity else [])


def test_a_registered_name_with_initials_is_advised_against_not_refused(
    label: Label, values: Values
) -> None:
    content = values(stars=None, producer_name="Công ty Thực phẩm HN")
    found = legal.check_run(label(), content, 11)
    assert [(f.severity, f.params["words"]) for f in found] == [("warning", "HN")]
