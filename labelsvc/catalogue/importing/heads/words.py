"""The words of a column's head → the field that it means. Pure; header.py finds the head itself.

Exact names first, then rules from the narrow to the wide: "Ngày hết hạn" before "Ngày", "Địa chỉ,
số điện thoại" before "Điện thoại". A head that no rule knows is unknown: a person assigns it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from labelsvc.catalogue.products import columns as product_columns
from labelsvc.i18n import fold

#: Fields that are read into the catalogue.
READ: Final = (
    "product", "old_name", "producer", "kind", "representative", "address", "hamlet", "commune", "district", "phone",
    "email", "website", "tax_code", "stars", "score", "decision", "decision_date", "valid_from", "valid_to",
    "authority", "certificate", "set", *(column.name for column in product_columns.IN_LISTS), "note", "status",
    "withdrawal_decision", "withdrawal_date", "withdrawal_reason", "outlet", "operator", "hours", "opened",
    "position", "latitude", "longitude", "village", "craft",
)  # fmt: skip
#: Recognised, but not stored.
NOT_KEPT: Final = (
    "number", "capacity", "old_stars", "old_decision", "wanted_stars", "part_score", "year", "personal_id",
    "registration", "photo", "unit", "price", "count", "province",
)  # fmt: skip
FIELDS: Final = (*READ, *NOT_KEPT)

#: Field → heads that mean it and nothing else, folded.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    field: tuple(names.split("|"))
    for field, names in {
        "number": "stt|tt|so tt|so thu tu|thu tu|no|s tt",
        "product": "ten|ten san pham|san pham|ten sp|sp|ten san pham ocop|product|product name|ocop product|name of product|name of the product|ten hang hoa|mat hang|ten nong san|ten spocop|ten s pham",
        "producer": "chu the|producer|owner|maker|producer name|name of producer|ocop owner|entity|don vi|doanh nghiep|co so|ten hkd|hkd|chu ho|chu co so|ho ten chu the|phap nhan",
        "kind": "loai hinh|legal form|loai hinh chu the|loai hinh to chuc|loai chu the|hinh thuc to chuc",
        "representative": "nguoi dai dien|dai dien|ho va ten|ho ten|nguoi dung dau",
        "address": "dia chi|address|dia diem|noi o|dia ban|d c|dc",
        "commune": "xa|phuong|ten xa|xa p|dia phuong xa|xa moi|phuong moi|don vi hanh chinh",
        "district": "huyen|quan|dia phuong|tp|thanh pho",
        "hamlet": "thon|to|xom|thon xom|to dan pho|khu|so nha|duong pho",
        "province": "tinh|tinh thanh|tinh thanh pho",
        "phone": "dt|telephone|phone|sdt|lien he|so dt|dtdd|so dtdd|d thoai|so d thoai|so may",
        "email": "email|e mail|thu dien tu|mail",
        "website": "website|web|trang web|link",
        "tax_code": "mst|tax code|ma so thue|ma dn|msdn|ms thue|ms dn",
        "stars": "hang|stars|sao|ocop stars|star|star rating|ocop star rating|rating|ocop rating|ket qua|xep hang|phan hang|xep loai|so sao|dat hang|hang dat|cap hang|ocop|dat ocop|cong nhan hang",
        "score": "diem|score|points|so diem|tong diem",
        "decision": "qd|decision|decision number|decision no|quyet dinh|can cu|so van ban|so hieu",
        "decision_date": "ngay|decision date|date of the decision|ngay ky|ngay cap|ngay thang|ngay thang nam|ngay ban hanh|ngay qd|ngay vb",
        "valid_to": "han|valid until|valid to|expires|den ngay|thoi han|hieu luc|hieu luc den|den",
        "valid_from": "tu ngay|tu",
        "authority": "noi cap|cap",
        "set": "nhom|criteria set|bo|nganh|phan nhom|bo tieu chi|nganh hang|linh vuc|loai san pham|phan loai",
        "ocop_code": "ma|ma so",
        "note": "ghi chu|note|chu thich|luu y|y kien|dien giai",
        "year": "nam",
    }.items()
}
for _column in product_columns.IN_LISTS:
    NAMES[_column.name] = (*NAMES.get(_column.name, ()), *_column.heads)
_EXACT: Final = {name: field for field, names in NAMES.items() for name in names}

_COMMUNE = r"^(?:ten |dia chi |thuoc |dia ban )?(?:xa|phuong|thi tran|tt|p|x)(?: (?:xa|phuong|thi tran|tt|p|x))*(?: (?:cu|moi|hien nay|truoc day|sau sap nhap|truoc sap nhap))*$"
_DISTRICT = r"^(?:ten |thuoc )?(?:huyen|quan|thi xa|tx|q|h|thanh pho)(?: (?:huyen|quan|thi xa|thanh pho|tx|tp|xa))*(?: (?:cu|truoc day|truoc sap nhap))*$"
_HAMLET = r"^(?:ten |dia chi )?(?:thon|to|xom|lang|khu|ap|ban|tdp|to dan pho|cum|so nha|duong|pho|khu pho)(?: (?:thon|to|xom|lang|khu|ap|ban|tdp|to dan pho|dan pho|pho|cum|so nha|duong|khu pho))*$"

#: Field, words that mean it, words that mean something else.
_RULES: Final[tuple[tuple[str, str, str], ...]] = (
    ("number", r"^(?:so )?thu tu$|^so tt$|^(?:no )?stt(?: no)?$", ""),
    ("name_en", r"\bten\b.*\b(?:tieng anh|english)\b", ""),
    ("repacker", r"\b(?:don vi|co so|noi|nguoi|doanh nghiep) (?:dong goi|san chiet|sang chiet|dong chai)\b|\bdong goi (?:tai|boi)\b", ""),
    ("ordering_party", r"\b(?:dat|thue) (?:hang )?(?:gia cong|san xuat)\b|\bgia cong (?:cho|theo)\b", ""),
    ("nutrition", r"\bdinh duong\b", ""),
    ("allergens", r"\bdi ung\b", ""),
    ("storage", r"\bbao quan\b", r"\bthoi (?:han|gian)\b"),
    ("instructions", r"\b(?:huong dan|cach|cach thuc) (?:su dung|dung|che bien|pha)\b|\bhdsd\b", ""),
    ("warning", r"\bcanh bao\b|\bkhuyen cao\b", ""),
    ("alcohol", r"\b(?:do|nong do|ham luong) (?:con|ruou)\b|\beth?anol\b", ""),
    ("dimensions", r"\bkich (?:thuoc|co)\b", ""),
    ("drained_weight", r"\b(?:khoi|trong) luong\b.*\b(?:rao|cai)\b", ""),
    ("packs", r"^so (?:luong )?(?:goi|tui|chai|hop|lo|hu|vien|mieng)\b", ""),
    ("specification", r"\bthong so\b|\bchat lieu\b", ""),
    ("standards", r"\btieu chuan (?:ap dung|co so|chat luong|san xuat|san pham)\b|\btccs\b|\b[tq]cvn\b", r"\bngay\b|\bbo\b"),
    ("declaration", r"\b(?:so|ban|ho so) (?:\w+ )?(?:tu )?cong bo\b|^(?:tu )?cong bo (?:san pham|chat luong|hop quy)", r"\bngay\b"),
    ("artisan", r"\b(?:ten|ho ten) nghe nhan\b|\bnghe nhan (?:thuc hien|lam|che tac)\b", ""),
    ("kind", r"^(?:phan )?loai (?:hinh )?(?:cua )?(?:diem|cua hang)\b|^(?:loai|mo) hinh (?:diem|cua hang)\b", ""),
    ("opened", r"\b(?:ngay|nam|thoi gian|thoi diem)\b.*\b(?:khai truong|di vao hoat dong|bat dau hoat dong|mo (?:diem|cua hang)|thanh lap diem)\b", ""),
    ("hours", r"\b(?:gio|khung gio|thoi gian|lich) (?:mo cua|hoat dong|ban hang|lam viec|phuc vu|dong mo cua|mo)\b|^(?:khung )?gio$|^(?:opening )?hours$", ""),
    ("operator", r"^(?:ten )?(?:don vi|to chuc|ben|doanh nghiep) (?:truc tiep )?(?:quan ly )?(?:van hanh|khai thac)\b|^operator$", ""),
    ("latitude", r"\bvi do\b(?!.*\bkinh do\b)|^lat(?:itude)?$", ""),
    ("longitude", r"(?<!vi do )\bkinh do\b|^(?:lon|lng|long|longitude)$", r"\bvi do\b"),
    ("position", r"\btoa do\b|\bvi do\b|\bgoogle ?maps?\b|\bvi tri (?:tren )?ban do\b|\blink ban do\b|\bgps\b", ""),
    ("product", r"^(?:ten |cac |danh muc |nhung )*(?:san pham|sp|mat hang|hang)\b.*\b(?:tai|o) (?:cac )?(?:diem|cua hang|sieu thi|noi ban|quay)\b|^(?:cac |danh muc )?(?:san pham|sp|mat hang) (?:ocop )?(?:duoc )?(?:bay ban|ban|kinh doanh|trung bay|gioi thieu)$", ""),
    ("status", r"^(?:tinh trang |trang thai )?(?:con|dang) (?:hieu luc|han|thoi han|gia tri)\b", r"\bden\b|\bngay\b"),
    ("representative", r"^(?:ten |ho ten |ho va ten )?(?:chu|quan ly|phu trach|nguoi (?:phu trach|quan ly|dung dau))(?: cua)? (?:cua hang|diem|quay|sieu thi|gian hang)\b", ""),
    ("old_stars", r"^tu (?:hang|sao)\b", ""),
    ("stars", r"^(?:nang )?len (?:hang|sao)\b", ""),
    ("withdrawal_reason", r"\bly do\b|\bnguyen nhan\b|\bhinh thuc vi pham\b", ""),
    ("withdrawal_date", r"\b(?:ngay|thoi gian|thoi diem)\b.*\b(?:thu hoi|huy|cham dut)\b|\b(?:thu hoi|huy bo)\b.* ngay\b", r"\b(?:so|quyet dinh so)\b|\bqd\b.*\bngay\b.*\bqd\b"),
    ("withdrawal_decision", r"\b(?:thu hoi|huy bo|cham dut)\b", r"\bngay$"),
    ("commune", _COMMUNE, ""),
    ("district", _DISTRICT, ""),
    ("hamlet", _HAMLET, ""),
    ("old_name", r"\bten\b.*\b(?:cu|truoc day|truoc)\b", r"\b(?:huyen|xa|quan|phuong)\b"),
    ("email", r"\be ?mail\b|\bthu dien tu\b", ""),
    ("website", r"\bwebsite\b|\btrang (?:web|mang|thong tin)\b|\bfanpage\b|\bfacebook\b", ""),
    ("tax_code", r"\bma so thue\b|\bmst\b|\bma so (?:dn|doanh nghiep|hkd)\b", ""),
    ("personal_id", r"\b(?:cccd|cmnd|cmt|cmtnd|can cuoc|dinh danh ca nhan|chung minh)\b", ""),
    ("certificate", r"\b(?:so|ma)\b.*\b(?:giay chung nhan|gcn|chung nhan|giay cn)\b|^(?:giay chung nhan|giay cn|gcn)(?: ocop)?(?: so)?$", r"\bdang ky\b|\battp\b|\ban toan\b|\bngay\b|\bhan\b"),
    ("registration", r"\b(?:dkkd|dang ky kinh doanh|giay phep|giay dang ky|gcn|giay chung nhan|dang ky hkd|tcvn|tieu chuan|cong bo)\b", r"\bhan\b|\bhieu luc\b|\bngay\b|\bgia tri\b|\b(?:hien|tinh) trang\b|\btrang thai\b"),
    ("address", r"\bdia chi\b|\btru so\b|\bnoi (?:san xuat|sx|o|dat|kinh doanh|che bien)\b|\bdia diem\b|\bdia ban\b|\bvi tri\b", r"^(?:ten )?(?:chu the|co so|don vi)"),
    ("old_stars", r"\b(?:sao|hang)\b.*\b(?:cu|truoc|truoc day|lan truoc|lan 1|da cong nhan|hien co)\b", ""),
    ("wanted_stars", r"\b(?:dang ky|du kien|phan dau|muc tieu|ky vong)\b.*\b(?:sao|hang)\b|\b(?:sao|hang)\b.*\b(?:dang ky|du kien|phan dau|muc tieu)\b", ""),
    ("shelf_life_days", r"\bhan su dung\b|\bhsd\b", r"giay|\bgcn\b"),
    ("price", r"\bgia (?:ban|thanh|tien|ca)\b|\bdon gia\b|^gia$", ""),
    ("unit", r"\bdon vi tinh\b|\bdvt\b", ""),
    ("capacity", r"\bsan luong\b|\bdoanh thu\b|\bcong suat\b|\bnang luc\b|\bquy mo\b|\blao dong\b|\bdien tich\b|\bvon\b|\bthi truong\b|\bxuat khau\b|\bkenh\b", ""),
    ("count", r"\bso luong\b|^so san pham\b|^so sp\b|\btong so (?:san pham|sp|chu the)\b|^so chu the\b", ""),
    ("photo", r"\bhinh anh\b|\banh\b|\blogo\b|\bqr\b|\bho so\b|\bcau chuyen\b|\bmo ta\b", ""),
    ("part_score", r"\bdiem\b.*\b(?:phan|cap (?:huyen|xa|co so)|tu (?:cham|danh gia)|thanh phan|[abc])$|\bphan [abc]\b|\bdiem\b.*\b(?:cap huyen|cap xa|tu cham|tu danh gia|lan 1)\b", r"\btong\b|\bbinh quan\b|\btrung binh\b|\bcap (?:tinh|thanh pho|tp)\b"),
    ("score", r"\bdiem\b|\bcham diem\b", r"\bdia diem\b|\bthoi diem\b|\bdac diem\b|\bdiem (?:ban|gioi thieu|trung bay|du lich|den)\b|\bphan hang$|\bsao$"),
    ("valid_from", r"\b(?:hieu luc|gia tri)\b.*\b(?:tu|bat dau)\b|\bngay (?:co )?hieu luc$|\bngay bat dau\b", r"\bden\b"),
    ("valid_to", r"\bhet (?:han|hieu luc|thoi han|gia tri)\b|\bthoi han\b|\bhieu luc\b|\bgia tri den\b|\bhan (?:gcn|giay|cong nhan|den)\b|\bthoi gian (?:hieu luc|het)\b|\bngay den han\b|\bdao han\b|\bhan su dung\b", r"\bqd\b.*\bso\b|^(?:tinh|hien) trang\b|^trang thai\b"),
    ("authority", r"\bco quan\b|\bcap (?:ban hanh|cong nhan|quyet dinh|phe duyet|danh gia|ky)\b|\bnoi cap\b|\bdon vi (?:ban hanh|cong nhan|cap)\b|\bnguoi ky\b", r"\bngay\b|\bdia chi\b"),
    ("year", r"^nam\b.*", r"\bnam sinh\b"),
    ("old_decision", r"\b(?:qd|quyet dinh|van ban)\b.*\b(?:cu|truoc day|truoc|lan truoc|lan 1|lan dau|bi thay the)\b", ""),
    ("decision", r"\b(?:qd|quyet dinh|van ban|vb)\b.*\bngay\b|\bso\b.*\bngay\b|\bngay\b.*\bso\b|\bso\b.*\b(?:qd|quyet dinh|van ban)\b", r"^ngay\b(?!.*\bso\b)|\b(?:qd|quyet dinh)\b.*\bngay(?: (?:ban hanh|ky|cap|qd|thang|thang nam|cong nhan))?$(?<!so ngay)(?<!so ngay thang)"),
    ("decision_date", r"\bngay\b|\bthoi (?:gian|diem)\b.*\b(?:cong nhan|cap|ban hanh|ky|quyet dinh|qd|dat)\b", r"\bso\b|\bsinh\b"),
    ("decision", r"\bqd\b|\bquyet dinh\b|\bvan ban\b|\bcan cu\b(?!\s*cuoc)|\bvb\b", ""),
    ("phone", r"\bdien thoai\b|\bsdt\b|\bso dt\b|\bdt\b|\blien he\b|\bhotline\b|\bdi dong\b|\bzalo\b|\btel\b|\bphone\b", r"\bnguoi lien he\b"),
    ("gtin", r"\bgtin\b|\bma (?:so )?(?:ma )?vach\b|\bmsmv\b|\bbarcode\b", ""),
    ("ocop_code", r"^ma\b.*\b(?:san pham|sp|ocop|dinh danh|so)\b|^ma so\b|\bma (?:so )?(?:ocop|san pham|sp)\b", r"\bthue\b|\bvach\b|\bho\b"),
    ("stars", r"\bsao\b|\bphan hang\b|\bxep (?:hang|loai)\b|\b(?:cap|thu|dat|ket qua) hang\b|\bhang (?:sp|san pham|dat|ocop|cong nhan|duoc)\b|^ket qua\b|^hang\b|\bket qua$", r"\bmat hang\b|\bcua hang\b|\bnganh hang\b|\bkhach hang\b|\bhang hoa\b|\bngay\b|\bten\b|\bbao sao\b|\bso dien\b"),
    ("kind", r"\bloai hinh\b|\bhinh thuc\b|\b(?:loai|danh hieu) lang\b", ""),
    ("outlet", r"\b(?:diem (?:ban|gioi thieu|trung bay|kinh doanh|gt)|cua hang|sieu thi)\b", ""),
    ("village", r"\blang (?:nghe|co nghe)\b|\bnghe truyen thong\b", ""),
    ("craft", r"^(?:ten )?nghe\b(?! nhan)|\bnganh nghe\b", ""),
    ("product", r"^(?:ten )?(?:cac |loai )?(?:san pham|sp|hang hoa|mat hang|dich vu)\b(?! (?:chu luc|khac))|\bten (?:goi |day du |thuong mai |chinh thuc |cua |nhan )*(?:cac )?(?:san pham|sp|hang|mat hang|bo san pham|dich vu)\b|\bdanh muc (?:san pham|sp|hang)\b|\bsan pham (?:dat |duoc )?(?:ocop|cong nhan)\b|^thong tin san pham$", r"^(?:nhom|nganh|phan nhom|loai|bo) |^san pham (?:nhom|thuoc)"),
    ("set", r"\bnhom\b|\bnganh\b|\bbo (?:san pham|sp|tieu chi)\b|\bloai (?:san pham|sp|hang)\b|\blinh vuc\b|\bphan loai\b", ""),
    ("representative", r"\bdai dien\b|\bho (?:va )?ten\b|\bnguoi (?:lien he|phu trach|dai dien)\b|\bgiam doc\b|\bchu nhiem\b", r"\bchu the\b|\bco so\b|\bdon vi\b"),
    ("producer", r"\bchu the\b|\bco so\b|\bdon vi\b|\bhtx\b|\bhop tac xa\b|\bdoanh nghiep\b|\bcong ty\b|\bcty\b|\bto chuc\b|\bca nhan\b|\bho (?:san xuat|kinh doanh|gia dinh|kd)\b|\bnha (?:san xuat|cung cap)\b|\bnguoi san xuat\b|\bchu (?:so huu|ho|co so)\b|\bhkd\b|\bnghe nhan\b", r"\bdon vi (?:tinh|hanh chinh)\b"),
    ("net_content", r"\bquy cach\b|\bkhoi luong\b|\bdinh luong\b|\bthe tich\b|\btrong luong\b|\bdong goi\b", ""),
    ("ingredients", r"\bthanh phan\b|\bnguyen lieu\b", ""),
    ("status", r"\btrang thai\b|\btinh trang\b|\bhien trang\b|\bket luan\b", ""),
    ("note", r"\bghi chu\b|\bchu thich\b|\bluu y\b|\bnhan xet\b|\by kien\b|\bnoi dung khac\b|\bkhac$", ""),
    ("brand", r"\bthuong hieu\b|\bnhan hieu\b", ""),
    ("province", r"\btinh\b", ""),
)  # fmt: skip
_COMPILED: Final = tuple(
    (field, re.compile(means), re.compile(other) if other else None)
    for field, means, other in _RULES
)
#: A head of groups: what stands below it says what its columns are.
_GENERIC = re.compile(r"^(?:ket qua|thong tin|noi dung|chi tiet|trong do|danh gia|cong nhan|nam|ket qua (?:danh gia|phan hang|xep hang|cham diem|cong nhan|hoi dong)(?: .*)?)(?: |$)")  # fmt: skip
#: Words that alone say nothing without the head above them.
_NEEDS_TOP = frozenset(
    ["so", "ngay", "ten", "ma", "loai", "so hieu", "so van ban", "ngay ban hanh", "ngay ky", "ngay cap", "ngay thang", "ngay thang nam", "so ngay", "so ngay thang", "nam", "hang", "den", "tu", "ghi ro", "cu", "moi", "so qd", "ngay qd", "so quyet dinh", "ngay quyet dinh", "den ngay", "tu ngay", "ly do", "diem", "sao", "hang sao", "xep hang", "phan hang", "quyet dinh", "qd", "xep loai", "so sao"]
)  # fmt: skip
_OLD_TOP = re.compile(r"\b(?:cu|truoc day|lan truoc|truoc do|lan 1|lan dau|truoc khi)\b")
_OLD_OF = {"stars": "old_stars", "decision": "old_decision", "decision_date": "old_decision",
           "score": "part_score", "valid_to": "old_decision", "product": "old_name"}  # fmt: skip
_END_OF = {"decision": "withdrawal_decision", "decision_date": "withdrawal_date"}


#: "Hạng sao theo QĐ số 1147/QĐ-UBND ngày 04/3/2026" is a head of stars.
_BY = re.compile(r"(?<=\w) (?:theo|tai|kem theo) (?:qd|quyet dinh)\b(?=.*\d).*$")


#: "QĐ/ngày tháng": both in one cell.
_NUMBER_AND_DAY = re.compile(r"^(?:so )?(?:qd|quyet dinh)\s*(?:[/;,&-]|va\b)\s*ngay\b")


@lru_cache(maxsize=4096)
def field_of(words: str) -> str:
    """The field that one head means; "" where no rule knows it."""
    whole = _BY.sub("", fold(words))
    plain = _plain(re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", whole)) or _plain(whole)
    if not plain or len(plain) > 80 or len(whole) > 160:
        return ""
    if plain in _EXACT:
        return _EXACT[plain]
    if _NUMBER_AND_DAY.search(whole):
        return "decision"
    if len(plain.split()) > 12:
        return ""
    for field, means, other in _COMPILED:
        if means.search(plain) and not (other and other.search(plain)):
            return field
    return ""


def field_under(tops: tuple[str, ...], words: str) -> str:
    """The field of a head below other heads: "Kết quả" over "Điểm" is the points.

    The lower head speaks, unless it needs the upper one: "Quyết định thu hồi" over "Số".
    """
    above = [top for top in tops if top and top != words]
    if not above:
        return field_of(words)
    if not words:
        return field_of(above[-1])
    plain, top = _plain(fold(words)), _plain(fold(" ".join(above)))
    own, joined = field_of(words), field_of(f"{above[-1]} {words}")
    found = own if own and plain not in _NEEDS_TOP else ""
    if not found:
        ruled = own in ("stars", "score", "valid_to") or _GENERIC.match(top)
        found = own if own and ruled else (_below(top, plain) or joined or own)
    if re.search(r"\b(?:thu hoi|huy bo)\b", top):
        return _END_OF.get(found, found)
    return _OLD_OF.get(found, found) if _OLD_TOP.search(top) else found


def is_exact(words: str) -> bool:
    """True if *words* are a usual head and nothing else."""
    return _plain(re.sub(r"\([^)]*\)", " ", fold(words))) in _EXACT or field_of(words) in (
        "number", "score", "stars", "decision", "decision_date", "valid_to", "phone", "tax_code"
    )  # fmt: skip


def _below(top: str, plain: str) -> str:
    """Number, day and name below a head that says of what."""
    over = field_of(top)
    if over in ("decision", "decision_date", "withdrawal_decision", "authority"):
        if plain.startswith("ngay"):
            return "decision_date"
        if plain.startswith(("so", "quyet dinh", "qd")):
            return "decision"
    if plain in ("ten", "ghi ro") and over:
        return over
    if plain in ("ma", "so") and over == "product":
        return "ocop_code"
    if plain == "loai":
        return "kind" if over == "producer" else "set"
    if over == "valid_to" and plain in ("den", "den ngay"):
        return "valid_to"
    return "valid_from" if over == "valid_to" and plain in ("tu", "tu ngay") else ""


def _plain(folded: str) -> str:
    """Letters and digits of a folded head, with "xa/phuong" as two words."""
    return " ".join(re.findall(r"[a-z0-9]+", folded))


def is_combined(words: str) -> bool:
    """True if a head of owners says that their cells hold the address as well."""
    return field_of(words) == "producer" and bool(
        re.search(r"\bdia chi\b|\bnoi san xuat\b", fold(words))
    )
