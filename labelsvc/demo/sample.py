"""The sample catalogue: producers, products, stars and certificates in Hanoi's villages."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import (
    AdminUnit,
    Outlet,
    Producer,
    ProducerKind,
    Product,
    Village,
    VillageKind,
)
from labelsvc.catalogue.points import steps
from labelsvc.catalogue.points.hours import read as read_hours
from labelsvc.catalogue.recognition import (
    EXTENDABLE,
    EXTENSION_MAX_DAYS,
    Authority,
    Certificate,
    Recognition,
    default_valid_to,
)
from labelsvc.catalogue.villages.crafts import named
from labelsvc.demo import people
from labelsvc.resources import folder

REFORM = date(2025, 7, 1)
#: Standing each product of the demo gets, by weight; the first product of all stays in force.
_STANDINGS = (
    ("in_force", 58), ("ending", 16), ("expired", 8), ("extended", 4), ("withdrawn", 4),
    ("none", 5), ("potential", 5),
)  # fmt: skip
_FOOD_CERTIFICATES = (
    ("HACCP", "TCVN 5603:2023"), ("ISO 22000", "ISO 22000:2018"), ("VietGAP", "TCVN 11892-1:2017"),
    ("Hữu cơ", "TCVN 11041-2:2017"), ("Cơ sở đủ điều kiện ATTP", "Nghị định 15/2018/NĐ-CP"),
)  # fmt: skip
_OUTLETS = (
    ("Điểm giới thiệu và bán sản phẩm OCOP Bát Tràng", "Số 28 đường Giang Cao", "Xã Bát Tràng", "tourism", (20.976, 105.912)),
    ("Điểm OCOP làng lụa Vạn Phúc", "Phố Lụa", "Phường Hà Đông", "tourism", (20.979, 105.774)),
    ("Trung tâm OCOP Sơn Tây", "Phố Phó Đức Chính", "Phường Sơn Tây", "design_centre", (21.138, 105.505)),
    ("Cửa hàng nông sản an toàn Ba Vì", "Tỉnh lộ 414", "Xã Suối Hai", "shop", (21.158, 105.386)),
    ("Điểm OCOP chợ Mê Linh", "Đường 23B", "Xã Mê Linh", "booth", (21.183, 105.719)),
    ("Điểm OCOP Tây Hồ", "Đường Đặng Thai Mai", "Phường Tây Hồ", "shop", (21.063, 105.823)),
)  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """A product and the name of its picture."""

    product: Product
    picture: str

    def image(self) -> bytes:
        """The picture, a WebP file of 1200 × 900 pixels."""
        return (folder("demo") / "pictures" / f"{self.picture}.webp").read_bytes()


def villages() -> list[dict[str, Any]]:
    """The data file, as it stands."""
    with (folder("demo") / "data" / "villages.toml").open("rb") as file:
        data: list[dict[str, Any]] = tomllib.load(file)["village"]
    return data


def fill_catalogue(session: Session, *, random: Random, today: date) -> list[Drawn]:
    """Add villages, producers, products, recognitions, certificates and outlets."""
    communes = {
        unit.name: unit
        for unit in session.scalars(select(AdminUnit).where(AdminUnit.valid_from == REFORM))
    }
    outlets = [
        Outlet(
            name=name, street=street, commune=communes[commune], phone=_phone(random), kind=kind,
            latitude=place[0], longitude=place[1], hours=read_hours("T2-T6: 8h-17h30; T7, CN: 8h-20h"),
            published_on=today - timedelta(days=60 + 80 * index),
            confirmed_on=today - timedelta(days=20 + 45 * index),
        )
        for index, (name, street, commune, kind, place) in enumerate(_OUTLETS)
    ]  # fmt: skip
    session.add_all(outlets)
    session.flush()
    for outlet in outlets:
        steps.begin(session, outlet, actor="demo", on=outlet.published_on)
    drawn: list[Drawn] = []
    names: set[str] = set()
    for facts in villages():
        village = _village(session, facts, communes[facts["commune"]], random)
        offers = [(kind, v) for kind in facts["kind"] for v in kind["variants"]]
        for _ in range(facts["producers"]):
            producer, brand = _producer(session, facts, village, random, names)
            count = min(len(offers), random.choice((2, 2, 3)))
            for kind, variant in random.sample(offers, count):
                product = _product(session, producer, village, brand, kind, variant, len(drawn))
                product.gtin = people.gtin(100 + len(drawn)) if random.random() < 0.35 else None
                _recognise(session, product, facts, random, today, first=not drawn)
                _certify(session, product, random, today)
                product.outlets = random.sample(outlets, random.choice((0, 1, 1, 2)))
                drawn.append(Drawn(product, kind["picture"]))
    session.flush()
    return drawn


def _village(
    session: Session, facts: dict[str, Any], commune: AdminUnit, random: Random
) -> Village:
    village = Village(
        commune=commune,
        craft_code=named(facts["craft"]),
        kind=VillageKind.TRADITIONAL,
        decision_number=f"{random.randint(1000, 7999)}/QĐ-UBND",
        decision_date=date(
            random.randint(2009, 2021), random.randint(1, 12), random.randint(1, 28)
        ),
        **{k: facts[k] for k in ("name", "name_en", "craft", "craft_en", "story", "story_en")},
    )
    session.add(village)
    return village


def _phone(random: Random) -> str:
    return f"024 0000 {random.randint(1000, 9999)}"  # 0000: no exchange has it


def _producer(
    session: Session, facts: dict[str, Any], village: Village, random: Random, names: set[str]
) -> tuple[Producer, str]:
    kind, name, brand, who = people.producer(random, facts["craft"], names)
    hamlet = f"Xóm {random.randint(1, 9)}"
    number = len(names)
    producer = Producer(
        name=name,
        kind=kind,
        tax_code=None if kind is ProducerKind.HOUSEHOLD else f"0000{number:06d}",
        representative=who,
        phone=_phone(random),
        email=f"lienhe{number}@ocop.example",
        website=f"https://san-pham-{number}.example" if random.random() < 0.4 else "",
        street=hamlet,
        commune=village.commune,
        old_address=f"{hamlet}, {facts['old']}, Hà Nội",
        village=village,
        registration_number=f"01{random.randint(10**7, 10**8 - 1)}",
        registration_date=date(random.randint(2012, 2023), random.randint(1, 12), 15),
    )
    session.add(producer)
    return producer, brand


def _product(
    session: Session,
    producer: Producer,
    village: Village,
    brand: str,
    kind: dict[str, Any],
    variant: str,
    number: int,
) -> Product:
    vi, en, *own = (part.strip() for part in variant.split("|"))
    product = Product(
        producer=producer,
        name=f"{kind['name']} {vi}",
        name_en=f"{kind['name_en'][0].upper()}{kind['name_en'][1:]}, {en}",
        brand=brand,
        set_number=kind["set"],
        ocop_code=None,
        net_content=kind["net"],
        ingredients=own[0] if own else kind["ingredients"],
        nutrition=kind.get("nutrition", ""),
        instructions=kind["instructions"],
        storage=kind["storage"],
        warning=kind["warning"],
        specification=kind.get("specification", ""),
        alcohol=kind.get("alcohol", ""),
        standards=f"TCCS {number % 7 + 1:02d}:2025" if kind["set"] < 20 else "",
        declaration=f"{number % 90 + 1:02d}/TCB/2026" if kind["set"] < 18 else "",
        shelf_life_days=kind.get("shelf"),
        story=village.story,
        story_en=village.story_en,
    )
    session.add(product)
    session.flush()
    return product


def _recognise(
    session: Session,
    product: Product,
    facts: dict[str, Any],
    random: Random,
    today: date,
    *,
    first: bool,
) -> None:
    names, weights = zip(*_STANDINGS, strict=True)
    standing = "in_force" if first else random.choices(names, weights)[0]
    if standing == "none":
        return
    age = {
        "in_force": (60, 880), "potential": (60, 400), "ending": (930, 1085), "expired": (1110, 1400),
        "extended": (1105, 1190), "withdrawn": (300, 900),
    }[standing]  # fmt: skip
    decided = today - timedelta(days=random.randint(*age))
    if standing == "extended":
        ends = max(EXTENDABLE[0], today - timedelta(days=random.randint(60, 165)))
        if ends > min(EXTENDABLE[1], today - timedelta(days=1)):
            return  # nothing can be extended any more (art. 12.3)
        decided = ends.replace(year=ends.year - 3)
    stars = 4 if first else random.choices((3, 4, 5), (50, 45, 5))[0]
    if standing == "potential" or (stars == 5 and standing == "extended"):
        stars = 4
    if stars == 5:
        authority, body, series = Authority.MINISTRY, "Bộ Nông nghiệp và Môi trường", "QĐ-BNNMT"
    elif stars == 3 and decided < REFORM:
        district = facts["old"].rpartition(", ")[2]
        authority, body, series = Authority.DISTRICT, f"UBND {district}", "QĐ-UBND"
    else:
        authority, body, series = Authority.PROVINCE, "UBND Thành phố Hà Nội", "QĐ-UBND"
    basis = "148/QĐ-TTg" if decided < REFORM else "1489/QĐ-TTg"
    recognition = Recognition(
        product=product,
        product_name=product.name,
        stars=stars,
        score=Decimal({3: 55, 4: 74, 5: 91}[5 if standing == "potential" else stars])
        + Decimal(random.randint(0, 700)) / 100,
        potential_five=standing == "potential",
        decision_number=f"{decided.toordinal() % 6800 + 200}/{series}",
        decision_date=decided,
        authority=authority,
        authority_name=body,
        legal_basis="26/2026/QĐ-TTg" if decided >= date(2026, 5, 22) else basis,
        valid_from=decided,
        valid_to=default_valid_to(decided),
    )
    if standing == "extended":
        recognition.extended_to = recognition.valid_to + timedelta(days=EXTENSION_MAX_DAYS)
        recognition.extension_evidence = "Biên nhận hồ sơ đánh giá lại (mẫu)"
    if standing == "withdrawn":
        recognition.withdrawn_on = today - timedelta(days=random.randint(5, 60))
        recognition.withdrawal_decision = f"{random.randint(4000, 6900)}/QĐ-UBND"
        recognition.withdrawal_reason = (
            "Ghi nhãn sai thành phần (Điều 8.1c Quyết định 26/2026/QĐ-TTg)"
        )
    session.add(recognition)
    session.flush()
    commune_code = product.producer.commune_code
    product.ocop_code = f"01-{commune_code}-{product.id:03d}-{decided.year}"


def _certify(session: Session, product: Product, random: Random, today: date) -> None:
    if product.set_number >= 20:
        return
    for kind, number in random.sample(_FOOD_CERTIFICATES, random.choice((0, 1, 1, 2))):
        since = today - timedelta(days=random.randint(100, 1200))
        session.add(
            Certificate(
                product_id=product.id,
                kind=kind,
                number=f"{number} / {random.randint(100, 999)}",
                issuer="Tổ chức chứng nhận mẫu",
                valid_from=since,
                valid_to=since + timedelta(days=1095),
            )
        )
