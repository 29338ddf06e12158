"""A hundred questions as buyers type them: the right answer is among the first five.

The register is the sample of the demo with invented decisions, a namesake and a thousand other products around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import AdminUnit, Outlet, Producer, Product
from labelsvc.catalogue.places import REFORM, load_places
from labelsvc.clock import today
from labelsvc.db import Database
from labelsvc.demo.sample import fill_catalogue
from labelsvc.i18n import fold
from labelsvc.programme.search import keep
from labelsvc.programme.search.find import find
from labelsvc.programme.search.models import Found
from tests import postgres
from tests.factories import make_recognition
from tests.snapshot import empty

#: What is typed → kind of page, and words of its title or of the line beside it.
QUESTIONS = [
    # products, with and without marks
    ("ấm chén bát tràng", "product", "Bộ ấm chén"),
    ("bo am chen", "product", "Bộ ấm chén"),
    ("BÌNH HOA MEN NGỌC", "product", "Bình hoa men ngọc"),
    ("binh hoa men ngoc 32cm", "product", "Bình hoa men ngọc"),
    ("khăn lụa tơ tằm", "product", "Khăn lụa tơ tằm"),
    ("khan lua to tam song hac", "product", "song hạc"),
    ("vai lua van phuc", "product", "Vải lụa"),
    ("hộp trang sức sơn mài", "product", "Hộp trang sức"),
    ("khay tra son mai", "product", "Khay trà"),
    ("tranh kham trai", "product", "Tranh khảm trai"),
    ("hop dung tra", "product", "Hộp đựng trà"),
    ("gio may dan tay", "product", "Giỏ mây"),
    ("đèn mây tre", "product", "Đèn mây tre"),
    ("tranh theu tay", "product", "Tranh thêu tay"),
    ("quat giay do", "product", "Quạt giấy dó"),
    ("nón lá", "product", "Nón lá"),
    ("non la chuong quai lua", "product", "quai lụa"),
    ("hương thảo mộc", "product", "Hương thảo mộc"),
    ("che lam", "product", "Chè lam"),
    ("chè lam đường lâm", "product", "Chè lam"),
    ("tuong nep", "product", "Tương nếp"),
    ("kẹo dồi", "product", "Kẹo dồi"),
    ("sua chua ba vi", "product", "Sữa chua Ba Vì"),
    ("bánh sữa ba vì", "product", "Bánh sữa Ba Vì"),
    ("chè xanh ba trại", "product", "Chè xanh Ba Trại"),
    ("tra xanh ba trai", "product", "Chè xanh Ba Trại"),
    ("mien dong cu da", "product", "Miến dong Cự Đà"),
    ("miến cự đà", "product", "Miến dong"),
    ("com say lang vong", "product", "Cốm sấy làng Vòng"),
    ("chả cốm", "product", "Chả cốm"),
    ("gio lua uoc le", "product", "Giò lụa Ước Lễ"),
    ("lược sừng", "product", "Lược sừng trâu"),
    ("khăn tơ sen", "product", "Khăn tơ sen"),
    ("ao dai lua", "product", "Áo dài lụa"),
    ("tượng gỗ mít", "product", "Tượng gỗ mít"),
    ("tra sen tay ho", "product", "Trà sen Tây Hồ"),
    ("xoi say an lien", "product", "Xôi sấy ăn liền"),
    ("hoa hồng chậu", "product", "Hoa hồng chậu"),
    ("tra hoa hong", "product", "Trà hoa hồng"),
    ("gạo thơm bối khê", "product", "Gạo thơm Bối Khê"),
    ("buoi tom vang", "product", "Bưởi tôm vàng"),
    ("nấm hương khô", "product", "Nấm hương khô"),
    ("ruou mo huong tich", "product", "Rượu mơ Hương Tích"),
    ("nuoc cot mo", "product", "Nước cốt mơ"),
    ("mật ong hoa rừng", "product", "Mật ong hoa rừng"),
    ("tra hoa vang", "product", "Trà hoa vàng"),
    ("tinh dau sa chanh", "product", "Tinh dầu sả chanh"),
    # wrong tones, slips of the finger, words run together
    ("gồm bát tràng", "village", "Bát Tràng"),
    ("lúa vạn phuc", "village", "Vạn Phúc"),
    ("mặt ong hoa rung", "product", "Mật ong hoa rừng"),
    ("chá cốm", "product", "Chả cốm"),
    ("nón lả chương", "village", "nón Chuông"),
    ("buoi tom vamg", "product", "Bưởi tôm vàng"),
    ("mien dongg cu da", "product", "Miến dong Cự Đà"),
    ("gom bat trag", "village", "Bát Tràng"),
    ("lua van fuc", "village", "Vạn Phúc"),
    ("vanphuc", "village", "Vạn Phúc"),
    ("battrang", "village", "Bát Tràng"),
    ("matong hoa rung", "product", "Mật ong hoa rừng"),
    ("tinh dau xa chanh", "product", "Tinh dầu sả chanh"),
    # questions around the words
    ("mua rượu mơ ở đâu", "product", "Rượu mơ"),
    ("mật ong nguyên chất giá bao nhiêu", "product", "Mật ong"),
    ("sữa chua ba vì ocop 4 sao", "product", "Sữa chua Ba Vì"),
    ("đặc sản chùa hương rượu mơ", "product", "Rượu mơ"),
    ("qua tang gom su bat trang", "village", "Bát Tràng"),
    ("giò chả ước lễ chính hãng", "village", "Ước Lễ"),
    ("com lang vong ngon nhat ha noi", "product", "làng Vòng"),
    # kinds of goods and English
    ("lotus tea", "product", "Trà sen"),
    ("honey", "product", "Mật ong"),
    ("silk scarf", "product", "Khăn lụa"),
    ("pottery village", "village", "Bát Tràng"),
    ("conical hat", "product", "Nón lá"),
    ("tinh dầu", "product", "Tinh dầu"),
    # villages
    ("làng gốm", "village", "Bát Tràng"),
    ("lang nghe son mai", "village", "Hạ Thái"),
    ("làng mây tre đan", "village", "Phú Vinh"),
    ("lang huong quang phu cau", "village", "Quảng Phú Cầu"),
    ("quất động", "village", "Quất Động"),
    ("lang duong lam", "village", "Đường Lâm"),
    ("làng nghề thạch thất", "village", "Chàng Sơn"),
    ("sơn đồng", "village", "Sơn Đồng"),
    ("làng nghề huyện thường tín", "village", "Quất Động"),
    # former districts and communes
    ("gốm huyện gia lâm", "village", "Bát Tràng"),
    ("mây tre chương mỹ", "village", "Phú Vinh"),
    ("dệt mỹ đức", "village", "Phùng Xá"),
    ("chè huyện ba vì", "product", "Ba Trại"),
    ("sơn mài xã duyên thái", "product", "sơn mài"),
    ("huyện gia lâm", "place", "Huyện Gia Lâm"),
    ("xã bát tràng", "place", "Xã Bát Tràng"),
    ("sóc sơn mật ong", "product", "Mật ong"),
    ("thuong tin luoc sung", "product", "Lược sừng"),
    # points of sale and producers
    ("cửa hàng ocop hà đông", "outlet", "Vạn Phúc"),
    ("diem ban ocop son tay", "outlet", "Sơn Tây"),
    ("diem ocop cho me linh", "outlet", "Mê Linh"),
    ("cửa hàng nông sản ba vì", "outlet", "Ba Vì"),
    ("điểm bán tây hồ", "outlet", "Tây Hồ"),
    ("htx gốm cây gạo", "producer", "Gốm Cây Gạo"),
    ("hợp tác xã gốm cây gạo", "producer", "Gốm Cây Gạo"),
    # decisions
    ("1147/QĐ-UBND", "decision", "1147/QĐ-UBND"),
    ("quyet dinh 1147", "decision", "1147/QĐ-UBND"),
    ("quyết định 6699 ngày 28/12/2021", "decision", "6699/QĐ-UBND"),
]  # fmt: skip
#: Names of other goods, which have words of the questions in other order and other places.
_GOODS = (
    "Bánh gai",
    "Gạo nếp",
    "Nước mắm",
    "Trứng gà",
    "Thịt chua",
    "Rau cải",
    "Khoai sấy",
    "Bún khô",
    "Đậu phụ",
    "Măng ớt",
)
_MORE = ("Hoa Sen", "Hồng Hà", "Đồng Xanh", "Mai Vàng", "Sông Đáy", "Núi Tản", "Cánh Cò", "Vườn Chanh", "Hương Quê", "Tràng An")  # fmt: skip


def fill(session: Session) -> None:
    """The register of this file."""
    load_places(session)
    fill_catalogue(session, random=Random(7), today=date(2026, 12, 1))
    session.execute(
        update(Outlet).values(confirmed_on=today())
    )  # all are in the lists, on any day of a test
    given = list(session.scalars(select(Product).order_by(Product.id).limit(2)))
    make_recognition(session, given[0], decision_number="1147/QĐ-UBND", valid_from=date(2026, 3, 4))
    make_recognition(session, given[1], decision_number="6699/QĐ-UBND", valid_from=date(2021, 12, 28))  # fmt: skip
    session.add(Producer(name="Hợp tác xã Gốm Cây Gạo", kind="cooperative"))
    codes = session.scalars(select(AdminUnit.code).where(AdminUnit.valid_from == REFORM)).all()
    session.flush()
    last = max(session.scalars(select(Producer.id)))
    owners = [
        {"id": last + 1 + n, "name": f"Cơ sở {_MORE[n % 10]} {n}", "kind": "household", "search_key": "",
         "commune_code": codes[n % len(codes)], "commune_from": REFORM}
        for n in range(100)
    ]  # fmt: skip
    session.execute(insert(Producer), owners)
    goods = [
        {"producer_id": owners[n % 100]["id"], "name": f"{_GOODS[n // 100]} {_MORE[n * 7 % 10]} loại {n % 9 + 1} gói {n}",
         "set_number": 8, "search_key": ""}
        for n in range(1000)
    ]  # fmt: skip
    session.execute(
        insert(Product), [one | {"search_key": fold(str(one["name"]))} for one in goods]
    )


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def register(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("questions") / "register.sqlite3"
        path.write_bytes(request.getfixturevalue("_sqlite_template").read_bytes())
        database = Database(f"sqlite:///{path}")
    else:
        if postgres.binaries() is None:
            pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
        database = Database(
            request.getfixturevalue("_postgres").url.render_as_string(hide_password=False)
        )
        with database.engine.begin() as connection:
            empty(connection)
    with database.writing() as session:
        fill(session)
        session.flush()
        keep.rebuild(session)
    with database.reading() as session:
        yield session
    if not database.is_sqlite:
        with database.engine.begin() as connection:
            empty(connection)
    database.close()


def test_there_are_a_hundred_questions() -> None:
    assert len({asked for asked, _, _ in QUESTIONS}) >= 100


def test_the_right_answer_is_among_the_first_five(register: Session) -> None:
    wrong = []
    for asked, kind, words in QUESTIONS:
        first = find(register, asked, limit=5).hits
        if not any(hit.kind == kind and words in f"{hit.title} {hit.about}" for hit in first):
            wrong.append((asked, kind, words, [(str(hit.kind), hit.title) for hit in first]))
    assert wrong == []


@pytest.mark.parametrize("asked", ["", "  ", "%%%", "'\"*():&|!<->", "NEAR(a b)", "a" * 5000, "\x00 \u0300", "đ", "1", "AND OR NOT"])  # fmt: skip
def test_no_question_breaks_the_search(register: Session, asked: str) -> None:
    assert len(find(register, asked, limit=5).hits) <= 5


def test_slips_are_found_where_pg_trgm_may_not_be_installed(register: Session) -> None:
    if register.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite has its own way")
    register.execute(text("DROP EXTENSION pg_trgm"))
    try:
        for asked, words in (
            ("gom bat trag", "Bát Tràng"),
            ("vanphuc", "Vạn Phúc"),
            ("buoi tom vamg", "Bưởi tôm vàng"),
        ):
            assert any(words in hit.title for hit in find(register, asked, limit=5).hits), asked
    finally:
        register.rollback()


def test_only_the_kinds_that_are_asked_for_are_found(register: Session) -> None:
    hits = find(register, "bát tràng", kinds=(Found.OUTLET, Found.PLACE)).hits
    assert {hit.kind for hit in hits} == {Found.OUTLET, Found.PLACE}


def test_the_index_made_by_changes_is_the_one_made_anew(register: Session) -> None:
    assert keep.sync(register.connection(), dict.fromkeys(Found)) == 0
