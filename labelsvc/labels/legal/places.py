"""Names of places: whole ones, and of units that there are today (Decree 37/2026 art. 39, 98).

Art. 39 lets words for the unit be short ("P.", "X.", "TP.", "T.X.", "K.C.N."), never the name.
An abbreviation that can only be a place ("HN", "Tp.Hcm", "Đ.Nẵng") is found wherever it is read;
initials that may be something else ("QN", "ĐT") only where an address stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.template import expand
from labelsvc.labels.layouts.variables import PER_UNIT, VARIABLES
from labelsvc.labels.legal.finding import Finding, Severity, article, grave
from labelsvc.labels.legal.spoken import Spoken
from labelsvc.wording.syllable import plain, possible

#: Variables that name a place.
PLACES = ("producer_address", "village", "origin")
#: What no reader takes for words: never judged.
_CODES = frozenset(
    {"lot_code", "growing_area", "ocop_code", "gtin", "decision_number", "host", "website", "phone"}
)

#: Provinces and cities since 1 July 2025, then those that were, and what they are cut to beside
#: their initials.
PROVINCES: Mapping[str, str] = {
    "Hà Nội": "HNO HNi", "Huế": "", "Quảng Ninh": "QNi QNinh", "Cao Bằng": "CBg", "Lạng Sơn": "LSn",
    "Lai Châu": "LCh", "Điện Biên": "ĐBi", "Sơn La": "", "Thanh Hóa": "THo", "Nghệ An": "NgAn",
    "Hà Tĩnh": "HTi HTĩ", "Tuyên Quang": "TQu", "Lào Cai": "LCa", "Thái Nguyên": "TNg TNguyên",
    "Phú Thọ": "PTh", "Bắc Ninh": "BNi BNinh", "Hưng Yên": "HYe", "Hải Phòng": "HPh HPG",
    "Ninh Bình": "NBi NBình", "Quảng Trị": "QTr", "Đà Nẵng": "ĐNa ĐNG DNG", "Quảng Ngãi": "QNg QNgãi",
    "Gia Lai": "GLa", "Khánh Hòa": "KHo", "Lâm Đồng": "LĐg", "Đắk Lắk": "ĐLk ĐLắk",
    "Hồ Chí Minh": "HCMC", "Đồng Nai": "ĐNai", "Tây Ninh": "TNi TNinh", "Cần Thơ": "CTh",
    "Vĩnh Long": "VLg", "Đồng Tháp": "ĐTh", "Cà Mau": "CMa", "An Giang": "AGi",
    "Hà Giang": "HGi", "Bắc Kạn": "", "Yên Bái": "YBi", "Hòa Bình": "HBi HBình", "Bắc Giang": "BGi",
    "Vĩnh Phúc": "VPh", "Hải Dương": "HDu", "Thái Bình": "TBi", "Hà Nam": "HNa", "Nam Định": "NĐi",
    "Quảng Bình": "QBi", "Thừa Thiên Huế": "TTHuế", "Quảng Nam": "QNa QNam", "Bình Định": "BĐi",
    "Phú Yên": "PYe", "Ninh Thuận": "NTh", "Bình Thuận": "BTh", "Kon Tum": "", "Đắk Nông": "ĐNo",
    "Bình Dương": "BDg BDu", "Bình Phước": "BPh", "Bà Rịa Vũng Tàu": "BR-VT", "Long An": "",
    "Tiền Giang": "TGi", "Bến Tre": "BTr", "Trà Vinh": "TVi", "Hậu Giang": "HGg HGi",
    "Kiên Giang": "KGi", "Sóc Trăng": "STr", "Bạc Liêu": "BLi", "Sài Gòn": "", "Việt Nam": "",
}  # fmt: skip
#: Initials that can only be a place, read in any text and any case.
_ONLY_PLACES = ("HN", "HNO", "HCM", "HCMC", "TPHCM", "TPHN", "BRVT", "BR-VT", "TTH", "TTHuế", "VN")
#: Initials that labels use for other things: phone, expiry, company, kilogram, number.
_ALSO_WORDS = frozenset(["ĐT", "HD", "CT", "KG", "SL", "BT", "NT", "NB", "TH", "TL", "LA", "DN"])
#: Words for a unit, with their full stops left out: short ones are lawful before a whole name.
_UNITS = frozenset(
    [
        "P",
        "X",
        "TP",
        "TX",
        "TT",
        "TDP",
        "KCN",
        "CCN",
        "KCX",
        "KĐT",
        "KDC",
        "KP",
        "KTX",
        "TTTM",
        "HTX",
        "QL",
        "TL",
        "ĐT",
        "Q",
        "H",
        "T",
        "Đ",
        "TNHH",
        "UBND",
    ]
)


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split())


#: As written → nothing more is asked where an address stands.
_INITIALS: frozenset[str] = frozenset(
    short
    for name, more in PROVINCES.items()
    for written in (_initials(name), *more.split())
    if len(name.split()) > 1
    for short in (written, written.replace("Đ", "D"))
)


def _half_names() -> str:
    """Names with the first syllable cut to its letter: "h.noi", "hnoi"."""
    found = []
    for name in PROVINCES:
        first, *rest = plain(name).casefold().split()
        if len(rest) == 1:
            found.append(rf"{first[0]}\.\s?{rest[0]}")
            if not possible(first[0] + rest[0]):
                found.append(first[0] + rest[0])
    return "|".join(found)


_CERTAIN = re.compile(
    r"(?<![\w.@/-])(?:"
    rf"(?:{'|'.join(plain(short).casefold() for short in _ONLY_PLACES)})(?![\w-])(?!\.\w)(?!\s?\d)"
    r"|t\.?p\.?\s?(?:hn|hcm|hp|dn|ct)(?!\w)"
    r"|t\.?\s?t\.?\s?[-–]?\s?hue(?!\w)"
    rf"|(?P<half>{_half_names()})(?!\w))"
)
_DOTTED = re.compile(r"(?<![\w.])((?:[A-ZĐ]\.\s?){2,}[A-ZĐ]?)(?!\w)")
_TOKEN = re.compile(r"(?<![\w./@-])[A-ZĐ][A-ZĐa-zà-ỹ-]{1,5}(?![\w/-])(?!\s?\d)")
#: What follows a word for the unit: a whole name, or a number.
_WHOLE = re.compile(r"\s*(?:[A-ZÀ-ỸĐ][a-zà-ỹđ]|\d)")
_BEFORE = re.compile(r"(?:tỉnh|thành phố|[Tt][Pp]\.?|(?<!\w)T\.)\s*$", re.IGNORECASE)
_ADDRESS_WORDS = re.compile(
    r"(?<!\w)(?:xã|phường|thôn|tỉnh|thành phố|quận|huyện|địa chỉ|(?:sản xuất|đóng gói|chế biến) tại"
    r"|made in|province|ward)(?!\w)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"(?<!\w)(?:{'|'.join(plain(name).casefold() for name in PROVINCES if ' ' in name)})(?!\w)"
)
#: Units between province and commune, which ended on 1 July 2025; towns (thị trấn) became communes.
_OLD_UNITS = re.compile(
    r"(?<!\w)(?:(?i:quận|huyện|thị\s+xã|thị\s+trấn|quan|huyen|thi\s+xa|thi\s+tran)\s+(?=[A-ZĐÀ-Ỹ\d])|(?:Q|H|TX|T\.X|TT)\.\s*(?=[A-ZĐÀ-Ỹ\d])|(?<=, )(?:(?:Q|H|TX|TT)\s+|[qh]\.\s*)(?=[A-ZĐÀ-Ỹ]))"
    r"|[A-ZĐÀ-Ỹ]\w+\s+(?i:district|dist\.?|township)(?!\w)"
)
#: "Thôn Quận Nhất" is a name.
_IN_NAME = re.compile(r"(?:thôn|làng|xóm|phố|đường|ngõ|bản|chợ|chùa|đình)\s+$", re.IGNORECASE)
#: Districts of Hà Nội until then: behind a commune the bare name is that of the district.
_DISTRICTS = (
    "ba dinh|hoan kiem|tay ho|long bien|cau giay|dong da|hai ba trung|hoang mai|thanh xuan|ha dong|nam tu liem|bac tu liem|soc son|dong anh|"
    "gia lam|thanh tri|me linh|son tay|ba vi|phuc tho|dan phuong|hoai duc|quoc oai|thach that|chuong my|thanh oai|thuong tin|phu xuyen|ung hoa|my duc"
)
_BARE_DISTRICT = re.compile(
    rf"(?<!\w)(?:xa|phuong|x\.|p\.)\s*[^,\n]+,\s*(?P<name>{_DISTRICTS})\s*,\s*(?:tp\.?|thanh pho|t\.p\.)?\s*ha noi"
)
#: What an address has, and a name of a page or a number of a telephone has not.
_PLACE_WORDS = re.compile(
    r"(?<!\w)(?:so|ngo|ngach|hem|pho|duong|thon|xom|to|khu|lo|km|ban|ap|lang|xa|phuong|x|p|tp|tinh|kcn|ccn|doi|quoc lo|dac khu)(?!\w)"
)

#: What tells one hamlet or street of a name from all others; Huế is the one province of one syllable.
_COMMUNE = re.compile(r"(?<!\w)(?:(?:xa|phuong|dac khu|thi tran|x\.|p\.|tt\.?)\s*\w|hue(?!\w))")

_PROVINCE = re.compile(
    rf"(?<!\w)(?:{'|'.join(plain(name).casefold() for name in PROVINCES)})(?!\w)"
)
#: "Xã Ba Vì": the unit with a name of at most three words, and nothing else.
_COMMUNE_ALONE = re.compile(r"(?:xa|phuong|dac khu|thi tran|x\.|p\.)\s*\w+(?:\s+\w+){0,2}")

#: What was there before, said as such: "(huyện Gia Lâm cũ)", "(trước đây: huyện Gia Lâm)".
_FORMER = re.compile(r"\((?:[^()]*\b(?:cũ|trước)\b[^()]*)\)")


def _bare(address: str) -> bool:
    """True if nothing is left of *address* without the names of provinces and countries, or it is none."""
    folded = plain(address).casefold()
    if not _PLACE_WORDS.search(folded) and not _NAMED.search(folded):
        return True
    left = _NAMED.sub(" ", plain(address).casefold())
    left = re.sub(r"\b(?:thanh pho|tinh|tp|t|nuoc|viet nam|vn)\b", " ", left)
    return not re.search(r"\w", left)


def abbreviated(text: str, *, address: bool) -> list[str]:
    """The names of places in *text* that are cut short, in the order of the text.

    :param address: *text* is one, or part of one: initials are names of places there.
    """
    found: dict[int, str] = {}
    folded = plain(text).casefold()
    if len(folded) != len(text):  # a ligature or such: no place name has one
        return []
    for hit in _CERTAIN.finditer(folded):
        words = text[hit.start() : hit.end()]
        if not hit["half"] or _cut(words, text[hit.end() :]):
            found[hit.start()] = words
    for hit in _DOTTED.finditer(text):
        letters = re.sub(r"[.\s]", "", hit[1])
        unit = letters in _UNITS and _WHOLE.match(text[hit.end() :])
        if not unit and (address or letters in _ONLY_PLACES):
            found.setdefault(hit.start(), hit[1].strip())
    if address:
        for hit in _TOKEN.finditer(text):
            if hit[0] in _INITIALS and (hit[0] not in _ALSO_WORDS or _is_part(text, hit)):
                found.setdefault(hit.start(), hit[0])
    return [found[place] for place in sorted(found)]


def _cut(words: str, after: str) -> bool:
    """True if *words* really are short for a name: "H. Yên" is, "H. Yên Thế" (a district) is not,
    nor is a small letter with a full stop ("đ. nẵng" of a sentence's end)."""
    if not words[0].isupper():
        return "." not in words
    single = re.match(r"[PQHXĐDT]\.", words)
    return not (single and re.match(r"\s+[A-ZÀ-ỸĐ]", after))


def _is_part(text: str, hit: re.Match[str]) -> bool:
    """True if the initials fill a part of the address, or a word for the unit stands before."""
    before, after = text[: hit.start()], text[hit.end() :]
    alone = re.search(r"(?:^|[,(–-])\s*$", before) and re.match(r"\s*(?:$|[,.)–-])", after)
    return bool(alone or _BEFORE.search(before))


def is_address(text: str) -> bool:
    """True if *text* speaks of a place: a word for a unit, or a whole name of a province."""
    return bool(_ADDRESS_WORDS.search(text) or _NAMED.search(plain(text).casefold()))


def check(layout: Layout, values: Mapping[str, str], text: Spoken) -> Iterator[Finding]:
    """Names cut short in *text*, as it is composed, and units that no longer exist."""
    own = _composed(text, values, lambda name: name in PLACES)
    said = set()
    for line in own:
        address = is_address(line) or any(
            values.get(name) and values[name].split("\n")[0] in line for name in PLACES
        )
        for short in abbreviated(line, address=address):
            if short not in said:
                said.add(short)
                yield _abbreviated(text, short, "error")
    # Names of firms and goods are registered as they are: advice, no refusal.
    for line in _composed(text, values, lambda name: name not in _CODES):
        for short in abbreviated(line, address=False):
            if short not in said:
                said.add(short)
                yield _abbreviated(text, short, "warning")
    whole = _FORMER.sub(" ", "\n".join(own))
    given = values.get("producer_address", "")
    if "producer_address" in text.variables and given:
        yield from _short(layout, given, text)
    folded = plain(whole).casefold()
    old = next(
        (hit for hit in _OLD_UNITS.finditer(whole) if not _IN_NAME.search(whole[: hit.start()])),
        None,
    )
    if old is None and len(folded) == len(whole) and (bare := _BARE_DISTRICT.search(folded)):
        old = re.compile(re.escape(whole[bare.start("name") : bare.end("name")])).search(
            whole, bare.start("name")
        )
    if old:
        yield Finding(
            grave(layout),
            "old_address",
            "The address names a unit that no longer exists since 1 July 2025: “{words}”.",
            "Give the new commune or ward. Only labels printed before that day may be used up, until 30 June 2027.",
            article("98"),
            {"words": re.split(r"[,\n]", whole[old.start() :])[0]},
            text.element,
        )


def _short(layout: Layout, address: str, text: Spoken) -> Iterator[Finding]:
    """Yield what *address* leaves out so that nobody finds the place."""
    folded = plain(address).casefold()
    if _bare(address):
        message = "The address “{words}” names no place below the province."
        fix = "Give house or hamlet, and the commune or ward."
    elif not _COMMUNE.search(folded) and not _NAMED.search(folded):
        message = "The address “{words}” names neither commune nor province."
        fix = "Give the commune or ward and the province behind house or hamlet."
    elif _COMMUNE_ALONE.fullmatch(folded.strip(" .")) and not _PROVINCE.search(folded):
        message = "The address “{words}” names no province."
        fix = "Give the province behind it: many communes have the same name."
    else:
        return
    yield Finding(
        grave(layout), "address_short", message, fix, article("42.1b, 44"), {"words": address},
        text.element,
    )  # fmt: skip


def _abbreviated(text: Spoken, short: str, severity: Severity) -> Finding:
    return Finding(
        severity,
        "place_abbreviated",
        "The name of the place “{words}” is abbreviated.",
        "Write it in full. Words for the unit may be short: P., X., TP.",
        article("39"),
        {"words": short},
        text.element,
    )


def _composed(text: Spoken, values: Mapping[str, str], kept: Callable[[str], bool]) -> list[str]:
    """The lines of *text* with the values of the variables *kept*, an ellipsis for the others."""
    shown = {}
    for name in VARIABLES:
        value = "" if name in PER_UNIT else values.get(name, "")
        shown[name] = value if kept(name) or not value else "…"
    return ["".join(run.text for run in line) for line in expand(text.style.text, shown)]
