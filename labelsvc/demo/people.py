"""Invented producers: names are put together at random, any likeness is chance."""

from __future__ import annotations

from random import Random

from labelsvc.catalogue.models import ProducerKind

_SURNAMES = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Phan",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Ngô",
    "Dương",
)
_MIDDLE = ("Thị", "Văn", "Đức", "Thu", "Minh", "Xuân", "Ngọc", "Quang", "Hữu", "Thanh")
_GIVEN = (
    "Lan",
    "Hùng",
    "Mai",
    "Thảo",
    "Sơn",
    "Hạnh",
    "Tuấn",
    "Nga",
    "Dũng",
    "Hoa",
    "Bình",
    "Yến",
    "Khánh",
    "Liên",
)
_BRANDS = (
    "Sông Nhuệ", "Tản Viên", "Hồng Hà", "Thăng Long", "Bến Đục", "Cổng Làng", "Gốc Đa", "Mùa Gặt",
    "Nếp Nhà", "Đất Bãi", "Sương Mai", "Cầu Đá", "Ao Sen", "Chợ Phiên", "Đồi Chè", "Giếng Ngọc",
    "Lũy Tre", "Mái Đình", "Nắng Hạ", "Bờ Xôi", "Cánh Cò", "Đò Ngang", "Hương Quê", "Làng Mới",
)  # fmt: skip
_KINDS = (
    (ProducerKind.HOUSEHOLD, "Hộ kinh doanh {person}"),
    (ProducerKind.COOPERATIVE, "Hợp tác xã {craft} {brand}"),
    (ProducerKind.ENTERPRISE, "Công ty TNHH {brand} {craft}"),
    (ProducerKind.HOUSEHOLD, "Cơ sở {craft} {person}"),
    (ProducerKind.COOPERATIVE_GROUP, "Tổ hợp tác {craft} {brand}"),
    (ProducerKind.FARM, "Trang trại {brand}"),
)


def person(random: Random) -> str:
    """A full name."""
    return f"{random.choice(_SURNAMES)} {random.choice(_MIDDLE)} {random.choice(_GIVEN)}"


def producer(random: Random, craft: str, taken: set[str]) -> tuple[ProducerKind, str, str, str]:
    """Kind, name, brand and representative of an invented producer not in *taken* yet."""
    craft = craft.partition(",")[0].lower()
    while True:
        who, brand = person(random), random.choice(_BRANDS)
        kind, pattern = random.choice(_KINDS)
        if kind is ProducerKind.FARM and not craft.startswith(("trồng", "chăn")):
            continue
        name = pattern.format(person=who, brand=brand, craft=craft)
        if name not in taken:
            taken.add(name)
            return kind, name, brand, who


def gtin(number: int) -> str:
    """GTIN-14 under prefix 952, which GS1 keeps for examples, with its check digit."""
    digits = f"0952{number:09d}"
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(digits))
    return digits + str(-total % 10)
