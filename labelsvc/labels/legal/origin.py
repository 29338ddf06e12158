"""Origin: the phrases of the law, and the name of the country. Used by legal.

Source: Decree 37/2026/NĐ-CP art. 47.2 (origin) and 47.3 (the last step that finishes the goods).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.legal.finding import Finding, article, grave
from labelsvc.labels.legal.spoken import Spoken
from labelsvc.wording import legible
from labelsvc.wording.phrases import Pattern

_STEP = r"(?:lắp\s+ráp|đóng\s+chai|phối\s+trộn|hoàn\s+tất|đóng\s+gói|dán\s+nhãn)"
_ALSO = rf"(?:\s*(?:,|và|&|/|-)\s*{_STEP})*"
_ANY = re.compile(rf"sản\s+xuất|chế\s+tạo|{_STEP}")
#: Two steps: "thu hoạch và đóng gói tại" has one that the law does not know.
_BESIDE = re.compile(rf"([^\W\d_]+\s+[^\W\d_]+)\s*(?:và|&|/)\s*{_STEP}\s+tại$")
_LAWFUL = Pattern(
    rf"sản\s+xuất{_ALSO}\s+(?:tại|bởi)|chế\s+tạo{_ALSO}\s+tại|nước\s+sản\s+xuất|xuất\s+xứ|sản\s+phẩm\s+của|{_STEP}{_ALSO}\s+tại"
    r"|origin|made\s+in|produced\s+in|product\s+of|assembled\s+(?:in|by)|finished\s+in"
)
_ENGLISH = Pattern(
    r"origin|made\s+in|produced\s+in|product\s+of|assembled\s+(?:in|by)|finished\s+in"
)
#: Another step before "tại": "hoàn thiện tại", "được chế biến tại", "gắn nhãn tại".
_STEPS = Pattern(r"(?:[^\W\d_]+\s+)?[^\W\d_]+\s+(?:tại|bởi)")
#: Names of one syllable begin names of places as well ("Lào Cai", "Mỹ Đức"): they end the clause.
_COUNTRY = Pattern(
    r"việt\s*nam|nhật\s+bản|hàn\s+quốc|trung\s+quốc|đài\s+loan|hồng\s+kông|thái\s+lan|campuchia|cam-pu-chia|mianma|"
    r"myanmar|malaysia|ma-lai-xi-a|indonesia|in-đô-nê-xi-a|singapore|xin-ga-po|philippines|phi-líp-pin|ấn\s+độ|"
    r"băng-la-đét|bangladesh|ô-xtrây-li-a|australia|niu\s+di-lân|new\s+zealand|hoa\s+kỳ|canada|ca-na-đa|mê-hi-cô|mexico|"
    r"bra-xin|brazil|italia|tây\s+ban\s+nha|bồ\s+đào\s+nha|hà\s+lan|thụy\s+sĩ|thụy\s+điển|đan\s+mạch|phần\s+lan|ba\s+lan|"
    r"liên\s+bang\s+nga|thổ\s+nhĩ\s+kỳ|nam\s+phi|ai\s+cập|israel|japan|korea|china|taiwan|thailand|laos|cambodia|france|"
    r"germany|italy|spain|russia|india|na\s+uy"
)
_SHORT = re.compile(
    r"(?:^|[:,(]|tại|của|bởi|nước|hòa|bang|in|of)\s*(?:nước\s+)?(?:lào|úc|mỹ|anh|pháp|đức|ý|bỉ|nga|usa|uk|vn)\s*(?:$|[.,;()·|-])"
)


def check(layout: Layout, values: Mapping[str, str], text: Spoken) -> Iterator[Finding]:
    """Yield what is wrong with the origin that *text* says."""
    value = values.get("origin", "")
    if "origin" not in text.variables or not value:
        return
    first = legible.read(value.split("\n")[0])
    said = legible.read(text.text).split("\n")
    whole = " ".join([line for line in said if first in line] or said)
    own = legible.read(value).replace("\n", " ")
    phrase = _LAWFUL.search(whole)
    other = _other_step(own)
    if phrase is None or other is not None:
        yield Finding(
            grave(layout),
            "origin_phrase",
            "“{words}” does not say the origin in the words of the law.",
            "Write for example “Sản xuất tại Việt Nam” or “Xuất xứ: Việt Nam”.",
            article("47"),
            {"words": other or text.text},
            text.element,
        )
    elif not _country(whole[phrase.end() :]):
        yield Finding(
            grave(layout),
            "origin_country",
            "“{words}” names no country.",
            "Name the country after the phrase: “Xuất xứ: Việt Nam”.",
            article("47.2"),
            {"words": text.text},
            text.element,
        )
    elif _ENGLISH.search(phrase[0]) and not _LAWFUL.search(_ENGLISH.sub(whole)):
        yield Finding(
            "warning",
            "origin_english",
            "“{words}” says the origin in English alone.",
            "Art. 47.2 names these words, art. 42.1 wants Vietnamese: show both.",
            article("42.1, 47.2"),
            {"words": text.text},
            text.element,
        )


def _country(rest: str) -> bool:
    return bool(_COUNTRY.search(rest) or _SHORT.search(rest))


def _other_step(value: str) -> str | None:
    """A step that the law does not have, such as "gắn nhãn tại"; None where there is none."""
    for hit in _STEPS.finditer(value):
        words = hit[0]
        before = value[: hit.end()]
        if (beside := _BESIDE.search(value[: hit.start()] + words)) and not _ANY.fullmatch(
            beside[1]
        ):
            return beside[0]
        if not any(found.end() == hit.end() for found in _LAWFUL.finditer(before)):
            place = re.match(r"(?:địa\s+chỉ|nhà\s+máy|cơ\s+sở|xưởng|trụ\s+sở)", words)
            if place is None and not _LAWFUL.search(value[: hit.start()]):
                return words
    return None
