"""Stars that a row gives: how many, by which decision, by whom, until when."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from labelsvc.catalogue.address import read_address
from labelsvc.catalogue.districts import district_named, district_of
from labelsvc.catalogue.importing.heads.headings import Context, stands
from labelsvc.catalogue.importing.rows.line import Line, Reader
from labelsvc.catalogue.importing.values import cell as cells
from labelsvc.catalogue.importing.values.decisions import Mention, decision_of
from labelsvc.catalogue.places import REFORM
from labelsvc.catalogue.recognition import Authority, default_valid_to
from labelsvc.catalogue.stars.award import (
    BANDS,
    check_facts,
    check_giver,
    legal_basis_on,
    stars_above,
)
from labelsvc.errors import BadInput
from labelsvc.i18n import fold

#: Three stars were given by districts from Decision 148/QĐ-TTg to their end.
DISTRICTS_FROM = date(2023, 2, 24)
_BARE = re.compile(r"(?i)(?:(?:quyết định|qđ)\s*(?:số)?\s*:?\s*)?(\d{1,6})(?:\s*/\s*(?:qđ|qd)?)?")
#: Of a state or note: stars that were not given, or not yet. "Chưa công nhận lại" leaves the older ones.
_NOT_GIVEN = re.compile(
    r"(?:(?<=\s)|^|(?<=\())(?:(?:san pham|sp|ho so|ket qua)\s+)?(?:(?:khong|chua)\s+(?:duoc\s+|co\s+)?(?:cong nhan|dat|phan hang|xep hang|danh gia|du dieu kien|du diem|phe duyet|quyet dinh cong nhan|ket qua)\b(?!\s+(?:lai|0?5|nam sao))"
    r"|(?:dang\s+)?(?:cho|doi)\s+(?:co\s+)?(?:ket qua|cong nhan|danh gia|phe duyet|quyet dinh|tham dinh|phan hang|xet|hoi dong|hoan thien)\b(?!\s+(?:lai))"
    r"|(?:dang|da)\s+(?:trinh|tham dinh|xem xet|lam ho so|hoan thien)\b|bao luu\b|ho so\s+(?:bo sung|thieu|chua|khong)\b|(?:can\s+)?bo sung ho so\b|bi loai\b|truot\b|tra (?:lai )?ho so\b)"
)
#: A state that denies something, unless it is known to leave the stars as they are.
_DENIED = re.compile(
    r"(?:khong|chua)\b(?! (?:(?:duoc )?(?:cong nhan|danh gia|phan hang) lai|(?:bi |co )?(?:vi pham|khieu nai|xu phat|thu hoi|huy)|thay doi|het|qua han|dat (?:0?5|nam)\b))"
)
_CITY = "UBND Thành phố Hà Nội"


def read_recognition(reader: Reader, context: Context) -> None:
    """Put the recognition into the line, or the reason why there is none."""
    line = reader.line
    if _not_given(reader):
        return
    stars, potential = _stars(reader, context)
    number, day, signer = _decision(reader, context, stars)
    if (
        stars is None
        and not number
        and (context.decision is None or "stars" not in reader.header.columns)
    ):
        return  # a product without stars: the producer may print without them
    problems = len(line.problems)
    if stars is None:
        reader.refuse("stars", BadInput("The stars are missing.", fix="Write 3, 4 or 5."))
    if not number and not problems:
        reader.refuse("decision", BadInput("The decision is missing.", fix="Write its number, such as 1147/QĐ-UBND."))  # fmt: skip
    if day is None and number and not problems:
        reader.refuse("decision_date", BadInput("The date of the decision is missing.", fix="Write day/month/year."))  # fmt: skip
    score = reader.get("score", cells.score_of)
    begins = reader.day("valid_from")
    if begins is not None and day is not None and begins < day:
        begins = None
    valid_to = None
    if day is not None:
        valid_to = reader.get("valid_to", lambda cell: cells.end_of(_term(cell, reader), begins or day, from_1904=reader.from_1904))  # fmt: skip
    if len(line.problems) > problems or problems or stars is None or day is None:
        return
    start = begins or day
    authority, name, guessed = _authority(reader, context, (number, signer), stars, day)
    facts: dict[str, Any] = {
        "stars": stars, "potential_five": potential, "decision_number": number, "decision_date": day,
        "authority": authority, "authority_name": name, "legal_basis": legal_basis_on(day),
        "valid_from": start, "valid_to": valid_to or default_valid_to(start),
    }  # fmt: skip
    if score is not None:
        facts["score"] = score
    reader.field(facts, "certificate", lambda text: text[:60], "certificate_number")
    try:
        check_facts(
            stars=stars, authority=authority, decision_date=day, valid_from=start,
            valid_to=facts["valid_to"], score=score, potential_five=potential,
        )  # fmt: skip
    except BadInput as error:
        place = {
            "stars": "stars",
            "decision_number": "decision",
            "score": "score",
            "valid_to": "valid_to",
        }
        reader.refuse(place.get(str(error.params.get("field")), "decision_date"), error)
        return
    try:
        check_giver(stars, authority, day)
    except BadInput as error:
        line.note(error.message)
    reached = stars_above(score, stars, potential_five=potential)
    if score is not None and reached is not None:
        line.note(
            "{score} points would do for {reached} stars; the list says {stars}.",
            score=f"{score.normalize():f}", reached=reached, stars=stars,
        )  # fmt: skip
    line.recognition.update(facts)
    line.assumed = frozenset(
        (["valid_to"] if valid_to is None else []) + (["valid_from"] if begins is None else [])
        + (["authority", "authority_name"] if guessed else [])
    )  # fmt: skip


def _term(cell: Any, reader: Reader) -> Any:
    """A bare number below "Thời hạn (tháng)" or "(năm)", with its unit."""
    text = cells.text_of(cell)
    if not text.isdigit():
        return cell
    unit = re.search(r"\b(thang|nam)\b", fold(reader.header.label("valid_to")))
    if unit and text.isdigit() and 1 <= int(text) <= (60 if unit[1] == "thang" else 5):
        return f"{text} {'tháng' if unit[1] == 'thang' else 'năm'}"
    return cell


def _not_given(reader: Reader) -> bool:
    """Refuse a row whose state or note says that the stars were not given, or not yet."""
    head = fold(reader.header.label("status")) if "status" in reader.header.columns else ""
    if re.match(r"(?:con|dang) (?:hieu luc|han|thoi han|gia tri)", head):
        said = fold(reader.text("status")).strip(" .")
        if said in ("", "-", "–", "0", "khong", "het", "da het"):
            reader.refuse("status", BadInput(
                "The row is not ticked as one whose stars hold.",
                fix="Leave the row out, or correct this cell.",
            ))  # fmt: skip
            return True
    for name in ("status", "note"):
        text = reader.text(name)
        plain = " ".join(fold(text).split())
        if name == "status":
            found = _NOT_GIVEN.search(plain) or _DENIED.match(plain)
        else:
            found = _NOT_GIVEN.match(plain)
        if found:
            reader.refuse(name, BadInput(
                "“{text}”: it is not said that the stars were given.",
                fix="Leave the row out, or correct these words.", text=text[:80],
            ))  # fmt: skip
            return True
    return False


def _stars(reader: Reader, context: Context) -> tuple[int | None, bool]:
    stars, potential = reader.get("stars", cells.stars_of, (None, False))
    if "tiem nang" in fold(reader.text("note")) and "5" in reader.text("note"):
        stars, potential = (4 if stars in (None, 5) else stars), True
    said = bool(reader.text("stars"))
    if context.stars is not None:
        if stars is None and not said:
            stars = context.stars
            reader.line.note("The stars stand in the heading: {stars}.", stars=stars)
        elif (
            stars is not None and stars != context.stars and not (potential and context.stars == 5)
        ):
            reader.refuse("stars", BadInput(
                "The row says {stars} stars and the heading above it {heading}.",
                fix="Check the decision.", stars=stars, heading=context.stars,
            ))  # fmt: skip
    if stars is not None and stars not in BANDS:
        reader.refuse(
            "stars",
            BadInput(
                "There is no certificate for {stars} stars, only for 3, 4 and 5.",
                fix="Check the decision.",
                stars=stars,
            ),
        )
    return stars, potential


def _decision(reader: Reader, context: Context, stars: int | None) -> tuple[str, date | None, str]:
    """Number, day and signer: of the row, else of the heading, the sheet's name or the title."""
    line = reader.line
    written = reader.day("decision_date")
    held = stands(written, context)
    text = reader.text("decision")
    bare = _BARE.fullmatch(text)
    if bare and held is not None and held.number.split("/")[0].lstrip("0") == bare[1].lstrip("0"):
        _rest_on(line, context, held)
        return held.number, held.day, held.signer
    number, day, signer = reader.get("decision", decision_of, ("", None, ""))
    if not day and not written and not number and not text:
        note = reader.text("note")
        if "công nhận" in note.lower() and not re.search(r"(?i)thu hồi|thay thế|sửa đổi", note):
            try:
                number, day, signer = decision_of(note)
                line.note("The decision stands in the note: {number}.", number=number)
            except BadInput:
                number = ""
    if day and written and day != written:
        reader.refuse("decision_date", BadInput(
            "The decision is of {day}, the column says {written}.", fix="Check the decision.",
            day=f"{day:%d/%m/%Y}", written=f"{written:%d/%m/%Y}",
        ))  # fmt: skip
    day = written or day
    if number and day is None and held is not None and held.number == number:
        day, signer = held.day, signer or held.signer
        line.note("The day of the decision stands in the title: {day}.", day=f"{day:%d/%m/%Y}")
    if not number and not text and stars is not None and held is not None and not line.problems:
        _rest_on(line, context, held)
        return held.number, held.day, held.signer
    return number, day, signer


def _rest_on(line: Line, context: Context, held: Mention) -> None:
    """The row has no decision of its own: the one above it is proposed, and confirmed once."""
    line.proposed = f"{held.number} {held.day:%Y-%m-%d}"
    place = {"heading": "heading", "sheet": "name of the sheet"}.get(context.decision_from, "title")
    line.note("The decision stands in the {place}: {number} of {day}.", place=place,
              number=held.number, day=f"{held.day:%d/%m/%Y}")  # fmt: skip


def _authority(
    reader: Reader, context: Context, decision: tuple[str, str], stars: int, day: date
) -> tuple[Authority, str, bool]:
    """Tell the authority that decided, its name, and whether it is only proposed: by the text, by the
    number, by the law of the day."""
    number, signer = decision
    said = reader.text("authority") or signer
    plain = f"{fold(said)} {fold(number)}"
    if "bnn" in plain or "bo nong nghiep" in plain or (stars == 5 and "ubnd" not in plain):
        return Authority.MINISTRY, "Bộ Nông nghiệp và Môi trường" if day >= date(2025, 3, 1) else "Bộ Nông nghiệp và Phát triển nông thôn", False  # fmt: skip
    district = _district_in(said)
    if district and day < REFORM:
        return Authority.DISTRICT, f"UBND {district}", False
    if re.search(r"\b(?:thanh pho|tp|tinh|city)\b", fold(said)):
        return Authority.PROVINCE, _CITY, False
    if stars != 3 or not DISTRICTS_FROM <= day < REFORM:
        return Authority.PROVINCE, _CITY, not said
    if re.search(r"(?i)thành phố|tp", context.body) and not _district_in(context.body):
        return Authority.PROVINCE, _CITY, True
    if number in context.of_the_city():
        reader.line.note("The same decision gives four stars, so the city gave these three.")
        return Authority.PROVINCE, _CITY, True
    known = _district_in(context.body) or context.district or _old_district(reader.line.address)
    if known:
        reader.line.note(
            "Three stars of that time were given by districts: {name} is proposed. Check the decision.",
            name=f"UBND {known}",
        )
        return Authority.DISTRICT, f"UBND {known}", True
    reader.line.note(
        "Three stars of that time were given by districts, and none is named: check who signed."
    )
    return Authority.PROVINCE, _CITY, True


def _district_in(text: str) -> str:
    """ "UBND huyện Gia Lâm" → "huyện Gia Lâm"."""
    found = re.search(r"(?i)(?:ubnd|[uủ]ỷ? ?ban nhân dân|uỷ ban nhân dân|ủy ban nhân dân)\s+((?:huyện|quận|thị xã)\s+[^,;.()\n]+)", text)  # fmt: skip
    return (
        re.sub(r"(?i)\s+(?:phê duyệt|về|công nhận|thành phố|tp).*$", "", found[1]).strip()
        if found
        else ""
    )


def _old_district(address: str) -> str:
    """The district that an address names or that its old commune lay in, with its kind."""
    parts = read_address(address)
    return district_named(parts.district) or (district_of(parts.commune) if parts.commune else "")
