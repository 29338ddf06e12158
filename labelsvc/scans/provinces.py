"""Provinces since 1 July 2025: 34 names, their centres, and finding them in text.

Codes are those of Decision 19/2025/QĐ-TTg. Middle and reach are rough and the reach rounded up:
they serve to say that two provinces are *surely* farther apart than so many kilometres, and nothing
else. The tiles are a schematic map of five columns, no geography: no map service is ever asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from labelsvc.i18n import fold

_EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Province:
    code: str
    name: str
    #: On a tile.
    short: str
    #: Degrees.
    latitude: float
    longitude: float
    #: Kilometres from the middle within which all of it lies, roughly.
    reach: int
    #: Column 0 to 4 and row 0 to 14 of the schematic map.
    column: int
    row: int
    #: Provinces that went into it on 1 July 2025 (Resolution 202/2025/QH15).
    former: tuple[str, ...] = ()


_ALL = (
    Province("12", "Lai Châu", "LCh", 22.3, 103.2, 75, 1, 0),
    Province("15", "Lào Cai", "LCa", 22.0, 104.4, 85, 2, 0, ("Yên Bái",)),
    Province("08", "Tuyên Quang", "TQ", 22.5, 105.1, 95, 3, 0, ("Hà Giang",)),
    Province("04", "Cao Bằng", "CB", 22.75, 106.1, 70, 4, 0),
    Province("11", "Điện Biên", "ĐB", 21.8, 103.0, 80, 0, 1),
    Province("14", "Sơn La", "SL", 21.2, 104.1, 95, 1, 1),
    Province("25", "Phú Thọ", "PT", 21.1, 105.2, 75, 2, 1, ("Hòa Bình", "Hoà Bình", "Vĩnh Phúc")),
    Province("19", "Thái Nguyên", "TNg", 21.95, 105.85, 75, 3, 1, ("Bắc Kạn", "Bắc Cạn")),
    Province("20", "Lạng Sơn", "LS", 21.85, 106.6, 65, 4, 1),
    Province("01", "Hà Nội", "HN", 21.0, 105.7, 45, 2, 2),
    Province("24", "Bắc Ninh", "BN", 21.3, 106.4, 65, 3, 2, ("Bắc Giang",)),
    Province("22", "Quảng Ninh", "QN", 21.25, 107.3, 90, 4, 2),
    Province("37", "Ninh Bình", "NB", 20.3, 106.05, 50, 2, 3, ("Hà Nam", "Nam Định")),
    Province("33", "Hưng Yên", "HY", 20.6, 106.25, 45, 3, 3, ("Thái Bình",)),
    Province("31", "Hải Phòng", "HP", 20.85, 106.5, 50, 4, 3, ("Hải Dương",)),
    Province("38", "Thanh Hóa", "TH", 20.05, 105.3, 85, 2, 4),
    Province("40", "Nghệ An", "NA", 19.25, 104.95, 115, 2, 5),
    Province("42", "Hà Tĩnh", "HT", 18.3, 105.75, 75, 3, 5),
    Province("44", "Quảng Trị", "QT", 17.2, 106.6, 100, 3, 6, ("Quảng Bình",)),
    Province("46", "Huế", "Huế", 16.35, 107.5, 60, 4, 6, ("Thừa Thiên Huế",)),
    Province("48", "Đà Nẵng", "ĐNg", 15.65, 107.9, 85, 4, 7, ("Quảng Nam",)),
    Province("51", "Quảng Ngãi", "QNg", 14.75, 108.2, 100, 4, 8, ("Kon Tum",)),
    Province("52", "Gia Lai", "GL", 13.9, 108.5, 110, 4, 9, ("Bình Định",)),
    Province("66", "Đắk Lắk", "ĐL", 12.85, 108.6, 110, 4, 10, ("Phú Yên", "Đắc Lắc")),
    Province("80", "Tây Ninh", "TN", 11.0, 106.1, 80, 1, 11, ("Long An",)),
    Province("75", "Đồng Nai", "ĐN", 11.4, 107.0, 85, 2, 11, ("Bình Phước",)),
    Province("68", "Lâm Đồng", "LĐ", 11.6, 108.0, 130, 3, 11, ("Đắk Nông", "Bình Thuận")),
    Province("56", "Khánh Hòa", "KH", 12.0, 109.0, 100, 4, 11, ("Ninh Thuận",)),
    Province("82", "Đồng Tháp", "ĐT", 10.45, 106.0, 80, 1, 12, ("Tiền Giang",)),
    Province(
        "79", "Hồ Chí Minh", "HCM", 10.8, 106.75, 75, 2, 12,
        ("TP.HCM", "TPHCM", "TP HCM", "HCM", "Sài Gòn", "Bình Dương", "Bà Rịa", "Vũng Tàu"),
    ),
    Province("91", "An Giang", "AG", 10.2, 104.9, 110, 0, 13, ("Kiên Giang",)),
    Province("92", "Cần Thơ", "CT", 9.75, 105.75, 65, 1, 13, ("Sóc Trăng", "Hậu Giang")),
    Province("86", "Vĩnh Long", "VL", 10.0, 106.3, 65, 2, 13, ("Bến Tre", "Trà Vinh")),
    Province("96", "Cà Mau", "CM", 9.2, 105.2, 70, 0, 14, ("Bạc Liêu",)),
)  # fmt: skip
BY_CODE: dict[str, Province] = {province.code: province for province in _ALL}
#: For lists that people choose from.
BY_NAME: tuple[Province, ...] = tuple(sorted(_ALL, key=lambda province: fold(province.name)))


def find(text: str) -> Province | None:
    """The province that *text* names last, by its present or a former name, with or without marks:
    an address ends with it. None where no name stands in it."""
    found = list(_names().finditer(f" {fold(text)} "))
    return BY_CODE[_by_name()[found[-1][1]]] if found else None


def nearest(latitude: float, longitude: float) -> Province:
    """The province in whose reach a point lies deepest. Rough near borders."""
    return min(_ALL, key=lambda p: distance(latitude, longitude, p.latitude, p.longitude) / p.reach)


def distance(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Kilometres along the great circle between two points in degrees."""
    a, b = radians(latitude), radians(to_latitude)
    half = sin((b - a) / 2) ** 2
    half += cos(a) * cos(b) * sin(radians(to_longitude - longitude) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    return {fold(name): p.code for p in _ALL for name in (p.name, *p.former)}


@lru_cache(maxsize=1)
def _names() -> re.Pattern[str]:
    longest = sorted(_by_name(), key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])({'|'.join(map(re.escape, longest))})(?![^\W_])")
