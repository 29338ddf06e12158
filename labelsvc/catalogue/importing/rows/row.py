"""A row of cells → what it says about a producer and a product, or why it is refused.

What it says about stars is in grant.py, what about their end in ending.py.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from labelsvc.catalogue import criteria, fields
from labelsvc.catalogue.address import in_two_times, read_address
from labelsvc.catalogue.importing.heads import words as heads
from labelsvc.catalogue.importing.heads.headings import Context
from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.importing.rows import contents, ending, grant, wording
from labelsvc.catalogue.importing.rows.line import Line, Reader
from labelsvc.catalogue.importing.values import cell as cells
from labelsvc.catalogue.importing.values import personal, zeros
from labelsvc.catalogue.models import ProducerKind
from labelsvc.catalogue.products import columns as product_columns
from labelsvc.errors import BadInput
from labelsvc.i18n import fold

_KINDS = (
    ("hop tac xa", ProducerKind.COOPERATIVE), ("htx", ProducerKind.COOPERATIVE),
    ("htxnn", ProducerKind.COOPERATIVE), ("lien hiep htx", ProducerKind.COOPERATIVE),
    ("to hop tac", ProducerKind.COOPERATIVE_GROUP), ("tht", ProducerKind.COOPERATIVE_GROUP),
    ("cong ty", ProducerKind.ENTERPRISE), ("cty", ProducerKind.ENTERPRISE), ("tnhh", ProducerKind.ENTERPRISE),
    ("doanh nghiep", ProducerKind.ENTERPRISE), ("dn", ProducerKind.ENTERPRISE), ("dntn", ProducerKind.ENTERPRISE),
    ("trang trai", ProducerKind.FARM),
    ("ho", ProducerKind.HOUSEHOLD), ("hkd", ProducerKind.HOUSEHOLD), ("co so", ProducerKind.HOUSEHOLD),
    ("cssx", ProducerKind.HOUSEHOLD), ("nghe nhan", ProducerKind.HOUSEHOLD), ("ca the", ProducerKind.HOUSEHOLD),
)  # fmt: skip
_OLDER = re.compile(r"(?i)\s*[(\[]\s*(?:tên cũ|tên trước đây|trước đây là|trước là|đổi tên từ|đổi từ|tên gọi cũ|cũ)\s*:?\s*(?:là\s+)?([^)\]]+)[)\]]")  # fmt: skip
#: Where the name of an owner ends and its address begins, in one cell.
_ADDRESS = re.compile(
    r"(?i)\s*(?:\n|[,;–-]\s|\(|\.\s)\s*(?=(?:địa chỉ|đ/c|đc|trụ sở|số\s+\d|số nhà|thôn|xóm|tổ\s|tổ dân phố|tdp|làng|khu|đường|ngõ|xã|phường|thị trấn|p\.|x\.|tt\.|huyện|quận|h\.|q\.)\b)"
)
#: The legal form that an owner's name begins with.
_LEGAL = re.compile(r"(?:\d+[.)]\s*)?(?:htx|hop tac xa|lien hiep htx|cong ty|cty|ho kinh doanh|hkd|ho kd|to hop tac|tht|dntn|doanh nghiep tu nhan|co so san xuat)\s+\w")  # fmt: skip
#: Columns of a product whose faults refuse their row.
_IDENTITY = frozenset(("ocop_code", "net_content", "ingredients", "allergens", "nutrition"))
#: Heads of what was before the communes were merged.
_BEFORE = re.compile(r"\b(?:cu|truoc(?: day| khi)?|truoc (?:sap xep|sap nhap|hop nhat))\b")
#: "Chủ thể: HTX …" in the cell of the owner.
_OWNER_LABEL = re.compile(
    r"(?i)^\s*(?:tên\s+)?(?:chủ thể(?: ocop)?|đơn vị|chủ cơ sở|cơ sở sản xuất|nhà sản xuất|chủ hộ|đại diện)\s*:\s*(?=\w)"
)
_LABEL = re.compile(r"(?i)^(?:địa chỉ|đ/c|đc|trụ sở)\s*:?\s*")
#: No cell without one of these names two owners.
_JOINED = re.compile(r"[;\n,]|và")
_LOST = re.compile(r"[^\W\d_]\?[^\W\d_]|\ufffd")


def read_line(reader: Reader, context: Context) -> Line:
    """All that the row says; `reader.line` with its problems."""
    line = reader.line
    ended = ending.kind_of(reader, context)
    line.kind = ended or context.judgement.kind
    reader.note_turned()
    if line.kind.ends_stars:
        reader.refuse_unsaved("stars", "score")
    else:
        reader.refuse_unsaved()
    _read_producer(reader, context)
    _read_product(reader, context)
    if line.kind.ends_stars:
        ending.read_ending(reader, context)
    elif line.kind.gives_stars:
        grant.read_recognition(reader, context)
    elif line.kind is ListKind.REGISTERED:
        line.note("Registered for assessment: no stars are taken from this list.")
    wording.check(reader)
    return line


def _read_producer(reader: Reader, context: Context) -> None:
    line, into = reader.line, reader.line.producer
    said, rest = _owner_and_address(reader, context)
    line.said["producer"] = fields.shown(said)
    if _several_owners(reader.text("producer")):
        reader.refuse("producer", BadInput(
            "The cell names several owners.", fix="Leave the one whom the decision names.",
        ))  # fmt: skip
        return
    into_name = _named(reader, "producer", said)
    if into_name:
        into["name"] = into_name
    elif not line.problems:
        reader.refuse(
            "producer", BadInput("The producer is missing.", fix="Enter the name of the owner.")
        )
    if "(" in into.get("name", "") and re.search(r"\(.*chua ro.*\)", fold(into["name"])):
        reader.refuse(
            "producer", BadInput("The producer is not named.", fix="Enter the name of the owner.")
        )
    kind = kind_of_owner(reader.text("kind")) or kind_of_owner(str(into.get("name", "")))
    into["kind"] = kind or ProducerKind.HOUSEHOLD
    if kind is None and into.get("name"):
        line.note("Taken for a household: the kind of owner is not said.")
    reader.phone(into)
    for name, check in (
        ("email", fields.email), ("website", fields.website), ("representative", fields.line),
    ):  # fmt: skip
        reader.field(into, name, check)
    reader.restored(into, "tax_code", zeros.tax_code)
    if rest:
        _take_numbers(reader, rest)
    read_address_of(reader, context, rest.text if rest else "")


def _owner_and_address(reader: Reader, context: Context) -> tuple[str, personal.Cleaned | None]:
    """The owner's name without numbers of people; the rest of its cell where that holds an address."""
    text = reader.text("producer") or context.owner
    if not text:
        return "", None
    if not reader.text("producer") and context.owner:
        reader.line.note("The owner stands in the heading: {text}.", text=context.owner[:80])
    text, rest = _OWNER_LABEL.sub("", text), ""
    combined = heads.is_combined(reader.header.label("producer"))
    if combined or "\n" in text or "address" not in reader.header.columns:
        parts = _ADDRESS.split(text, maxsplit=1)
        if len(parts) == 2 and parts[0].strip():
            text, rest = parts[0].strip(), _LABEL.sub("", parts[1]).strip(" )")
    bare = personal.cleaned(text)
    if bare.changed:
        _take_numbers(reader, bare)
    return bare.text, personal.cleaned(rest) if rest else None


def _take_numbers(reader: Reader, cleaned: personal.Cleaned) -> None:
    """Put a telephone that stood in a text into its own field; say what else left the text."""
    line, into = reader.line, reader.line.producer
    if cleaned.phones:
        if not reader.text("phone") and not into.get("phone"):
            try:
                into["phone"] = fields.phone(", ".join(cleaned.phones)[:30])
                line.note(
                    "The telephone stood in the address or the name; it has its own field now."
                )
            except BadInput:
                line.note("A telephone was taken out of the address or the name.")
        else:
            line.note("A telephone was taken out of the address or the name.")
    if cleaned.tax_codes and not reader.text("tax_code") and "tax_code" not in into:
        try:
            into["tax_code"] = zeros.tax_code(cleaned.tax_codes[0])[0]
            line.note("The tax code stood in the address or the name; it has its own field now.")
        except BadInput:
            line.note("A number was taken out of the address or the name.")
    if cleaned.ids:
        line.note("A personal id was taken out of the address or the name; it is kept nowhere.")


def read_address_of(reader: Reader, context: Context, rest: str = "") -> None:
    """The whole address: its columns, and the place of the heading where they name none.

    Of an address before and one after the communes were merged the later one counts.
    """
    written, before = _of_two_times(reader, "address")
    said, former = personal.cleaned(written or rest), personal.cleaned(before)
    for one in (said, former):
        if one.changed:
            _take_numbers(reader, one)
    street = said.text
    if (hamlet := reader.text("hamlet")) and fold(hamlet) not in fold(street):
        street = ", ".join(part for part in (hamlet, street) if part)
    commune, old_commune = _of_two_times(reader, "commune")
    district, old_district = _of_two_times(reader, "district")
    if old_commune:
        district, old_district = "", old_district or district
    commune, district = _with_kinds(commune, district)
    parts = read_address(street)
    if not commune and not parts.commune and not parts.loose and context.commune:
        commune = context.commune
    if not district and not parts.district and context.district and not former.text:
        district = context.district
    whole = ", ".join(part for part in (street, commune, district) if part)
    now, then = in_two_times(whole)
    if old_commune:
        then = ", ".join(part for part in (street, *_with_kinds(old_commune, old_district)) if part)
    line = reader.line
    line.address = reader.get("address", lambda _: fields.line(now, most=300), "")
    line.address_before = reader.get("address", lambda _: fields.line(former.text or then, most=300), "")  # fmt: skip


def _of_two_times(reader: Reader, name: str) -> tuple[str, str]:
    """Read the columns of *name*: the text of today, and that of "trước sắp xếp" or "cũ" beside it."""
    header = reader.header
    if name not in header.more:
        return reader.text(name), ""
    columns = (header.columns[name], *header.more[name])
    old = [i for i in columns if _BEFORE.search(fold(header.words.get(i, "")))]
    if not old or len(old) == len(columns):  # the joined cells, as everywhere
        return reader.text(name), ""
    now, before = (
        ", ".join(filter(None, (cells.text_of(reader.row[i]) for i in part if i < len(reader.row))))
        for part in ([i for i in columns if i not in old], old)
    )
    return (now, before) if now else (before, "")


def _with_kinds(commune: str, district: str) -> tuple[str, str]:
    """Names of columns with the kinds of unit that they lack."""
    if commune and not re.match(
        r"(?i)\s*(xã|phường|thị trấn|p\.|x\.|tt|xa |phuong |thi tran )", commune
    ):
        commune = f"phường {commune}" if district.lower().startswith("quận") else f"xã {commune}"
    if (
        district
        and not re.match(r"(?i)\s*(huyện|quận|thị xã|tx|h\.|q\.|huyen |quan |thi xa )", district)
        and read_address(district).commune == ""
        and not re.match(r"(?i)\s*(xã|phường|tp|thành phố)", district)
    ):
        district = f"huyện {district}"
    return commune, district


@lru_cache(maxsize=1024)
def kind_of_owner(text: str) -> ProducerKind | None:
    plain = f" {' '.join(re.findall(r'[a-z0-9]+', fold(text)))} "
    found = [(plain.find(f" {words} "), kind) for words, kind in _KINDS if f" {words} " in plain]
    return min(found, key=lambda one: one[0])[1] if found else None


def _named(reader: Reader, column: str, text: str) -> str:
    """A checked name; a problem where its letters were lost or it may not stand."""
    if _LOST.search(text):
        reader.refuse(column, BadInput(
            "Letters of “{text}” were lost when the list was saved.",
            fix="Save the list as XLSX, or as CSV UTF-8, and send that.", text=fields.shown(text)[:60],
        ))  # fmt: skip
        return ""
    made: str = reader.get(column, lambda _: fields.name(text), "")
    return made


def _read_product(reader: Reader, context: Context) -> None:
    line, into = reader.line, reader.line.product
    if _several(reader.text("product")):
        line.said["product"] = fields.shown(reader.text("product"))
        reader.refuse("product", BadInput(
            "The cell names several products.", fix="Give each of them a row of its own.",
        ))  # fmt: skip
        return
    said = personal.cleaned(" ".join(reader.text("product").split("\n"))).text
    older = _OLDER.search(said)
    if older:
        said = (said[: older.start()] + said[older.end() :]).strip()
    line.older = tuple(
        one for one in (older[1].strip() if older else "", reader.text("old_name")) if one
    )
    line.said["product"] = fields.shown(said)
    if name := _named(reader, "product", said):
        into["name"] = name
    elif not line.problems:
        reader.refuse(
            "product", BadInput("The product is missing.", fix="Enter the name of the product.")
        )
    reader.restored(into, "gtin", zeros.gtin)
    for column in product_columns.IN_LISTS:
        if column.name in _IDENTITY:
            reader.field(into, column.name, product_columns.CHECKS[column.name])
    if not line.kind.ends_stars:
        _read_set(reader, context, into)
        for column in product_columns.IN_LISTS:
            if column.name in reader.header.columns and column.name not in (*_IDENTITY, "gtin"):
                contents.read(reader, column)


def _several_owners(text: str) -> bool:
    """True if a cell names two owners, each with its legal form: "HTX A và HTX B"."""
    if not _JOINED.search(text):
        return False
    parts = [
        part.strip(" -–+•")
        for part in re.split(r"[;\n]|\bvà\b|,(?=\s*(?:HTX|Hợp|Công|Cty|Hộ))", text)
    ]
    return sum(bool(_LEGAL.match(fold(part))) for part in parts if part) > 1


def _several(text: str) -> bool:
    """True if a cell lists products: "1. …; 2. …", lines with dashes, lines that are goods each."""
    if "\n" not in text and ";" not in text and not text[:1].isdigit():
        return False
    if re.match(r"\s*1\s*[.)/-]\s*\D", text) and re.search(
        r"(?:[;,\n]|\s)\s*2\s*[.)/-]\s*\D", text
    ):
        return True
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) < 2:
        parts = [part.strip() for part in text.split(";") if part.strip()]
        return len(parts) > 1 and all(criteria.guess_set(part, None) for part in parts)
    if sum(bool(re.match(r"[-–+•*]\s*\w", line)) for line in lines) > 1:
        return True
    return all(line[:1].isupper() and criteria.guess_set(line, None) for line in lines)


def _read_set(reader: Reader, context: Context, into: dict[str, Any]) -> None:
    said = reader.text("set")
    number = criteria.find_set(said) if said else context.set_number
    into["set_guessed"] = number is None
    if number is None:
        group = (criteria.find_group(said) if said else None) or context.group
        guessed = criteria.guess(str(into.get("name", "")), group)
        if guessed is not None:
            number, reader.line.set_words = guessed.number, guessed.words
    if number is not None:
        into["set_number"] = number


def refuse_without_set(line: Line, label: str, letter: str) -> None:
    """A product that the catalogue does not hold needs a set; a known one has its own."""
    from labelsvc.catalogue.importing.rows.line import Problem

    line.problems.append(
        Problem(label, letter, "The criteria set is not known.", "Add a column “Bộ sản phẩm” with a number from 1 to 26.", {})
    )  # fmt: skip


__all__ = ["cells", "kind_of_owner", "read_address_of", "read_line", "refuse_without_set"]
