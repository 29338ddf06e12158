"""A month of life for the sample catalogue: lots, codes, journeys, scans, reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot, Product
from labelsvc.catalogue.recognition import ruling
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate
from labelsvc.events.models import Event
from labelsvc.inspections.models import Report, ReportKind, SightingSource
from labelsvc.inspections.places import Spot, note_sighting
from labelsvc.scans.models import Scan, UnitSeen
from labelsvc.scans.verdict import Verdict

ACTOR = "demo"
#: Occasions on which the copied label was scanned.
_COPIED = 13
_DEVICES = (
    "Chrome/Android",
    "Chrome/Android",
    "Safari/iOS",
    "Samsung Internet/Android",
    "Chrome/Windows",
)
#: How likely a scan is at each hour of the Vietnamese day: morning and evening markets.
_HOURS = (1, 0, 0, 0, 1, 3, 6, 9, 10, 10, 9, 7, 6, 4, 4, 5, 7, 9, 10, 9, 7, 5, 3, 2)
#: (EPCIS step, days before packing, what is noted) for food and for crafts.
_FOOD_JOURNEY = (
    ("harvesting", 3, "Thu hoạch, chọn lọc nguyên liệu", "Harvest and sorting"),
    ("processing", 2, "Sơ chế, chế biến theo quy trình cơ sở", "Processing"),
    ("inspecting", 1, "Kiểm tra cảm quan và độ ẩm", "Sensory and moisture check"),
    ("packing", 0, "Đóng gói, dán tem", "Packing and labelling"),
    ("shipping", -1, "Giao đến điểm bán OCOP", "Delivery to OCOP outlets"),
)
_CRAFT_JOURNEY = (
    ("creating", 14, "Tạo hình từ nguyên liệu thô", "Shaping of the raw material"),
    ("processing", 6, "Hoàn thiện bề mặt bằng tay", "Hand finishing"),
    ("inspecting", 1, "Kiểm tra từng chiếc", "Piece by piece inspection"),
    ("packing", 0, "Đóng hộp, treo thẻ", "Boxing and tagging"),
)


@dataclass
class Examples:
    """Numbers of codes that show each answer of the scan page."""

    numbers: dict[str, int] = field(default_factory=dict)


def open_lots(
    session: Session, products: Sequence[Product], *, random: Random, today: date
) -> list[Lot]:
    """One or two lots for nearly every product, with their journeys."""
    lots: list[Lot] = []
    for product in products:
        for age in random.sample(range(3, 75), random.choice((1, 1, 2))):
            made = today - timedelta(days=age)
            life = product.shelf_life_days
            lot = Lot(
                product=product,
                code=f"L{made:%y%m%d}-{len(lots) % 9 + 1:02d}",
                declared=random.choice((300, 500, 1000, 2000)),
                made_on=made,
                expires_on=made + timedelta(days=life) if life else None,
                growing_area="VN-HNOR-0001" if product.set_number in (1, 3, 11) else "",
                created_by=ACTOR,
            )
            session.add(lot)
            session.flush()
            lots.append(lot)
            _journey(session, lot, made, random)
    return lots


def _journey(session: Session, lot: Lot, made: date, random: Random) -> None:
    steps = _FOOD_JOURNEY if lot.product.set_number < 20 else _CRAFT_JOURNEY
    commune = lot.product.producer.commune
    place = commune.name if commune else ""
    for step, before, note, note_en in steps:
        at = datetime.combine(made - timedelta(days=before), time(random.randint(0, 9)), UTC)
        session.add(
            Event(
                lot_id=lot.id,
                step=step,
                at=at,
                place=place,
                note=note,
                note_en=note_en,
                recorded_by=ACTOR,
            )
        )


def issue_codes(session: Session, lots: Sequence[Lot], *, random: Random) -> list[Issue]:
    """Codes for lots that have none yet, as a print shop would have got them."""
    issues = []
    for lot in lots:
        chance = random.random()
        form = Form.LOT if chance < 0.15 else Form.OFFLINE if chance < 0.3 else Form.SHORT
        count = 1 if form is Form.LOT else min(lot.declared, random.choice((65, 130, 240, 480)))
        issues.append(allocate(session, lot=lot, count=count, form=form, by=ACTOR))
    return issues


def mark_some(session: Session, issues: Sequence[Issue], *, today: date) -> Examples:
    """Withdraw, void, recall and expire a few, so that every page of the demo can be seen."""
    examples = Examples()
    plain = [
        issue
        for issue in issues
        if issue.form == Form.SHORT and _stars(issue, today) == "allowed" and issue.count > 60
    ]
    examples.numbers["in_force"] = plain[0].first + 4
    examples.numbers["many_scans"] = plain[1].first + 7
    revoke.void(session, first=plain[2].first, count=5, reason="In lệch khổ", by=ACTOR)
    examples.numbers["voided"] = plain[2].first + 1
    revoke.withdraw(session, first=plain[3].first, count=20, reason="Tem bị mất cắp", by=ACTOR)
    examples.numbers["withdrawn"] = plain[3].first + 3
    # What was left off the label is in the goods, and what has a date has one that can pass.
    of_nuts = next(i for i in plain[7:] if "lạc" in i.lot.product.ingredients.casefold())
    dated = next(i for i in plain[7:] if i is not of_nuts and i.lot.product.shelf_life_days)
    recalled = of_nuts.lot
    recalled.recalled_at = datetime.combine(today - timedelta(days=4), time(3), UTC)
    recalled.recall_reason = "Ghi thiếu thành phần gây dị ứng (lạc) trên nhãn"
    examples.numbers["recalled"] = of_nuts.first + 2
    _make_old(session, dated.lot, ended=today - timedelta(days=30))
    examples.numbers["past_expiry"] = dated.first + 6
    for name in ("expired", "withdrawn", "none", "potential", "extended"):
        found = next((i for i in issues if i.form == Form.SHORT and _stars(i, today) == name), None)
        if found is not None:
            examples.numbers[f"stars_{name}"] = found.first
    offline = [i for i in issues if i.form == Form.OFFLINE and _stars(i, today) == "allowed"]
    examples.numbers["offline"] = offline[0].first + 3
    revoke.withdraw(session, first=offline[1].first, count=12, reason="Tem bị mất cắp", by=ACTOR)
    examples.numbers["offline_withdrawn"] = offline[1].first + 5
    waiting = plain[6].lot
    waiting.activation = True
    revoke.activate(session, first=plain[6].first, count=30, reason="activated", by=ACTOR)
    examples.numbers["not_activated"] = plain[6].first + 40
    lot_code = next((i for i in issues if i.form == Form.LOT), None)
    if lot_code is not None:
        examples.numbers["lot_code"] = lot_code.first
    return examples


def _make_old(session: Session, lot: Lot, *, ended: date) -> None:
    """Move a lot back in time with all that happened to it, so that its date passed on *ended*."""
    made = ended - timedelta(days=lot.product.shelf_life_days or 0)
    back = (lot.made_on or made) - made
    lot.made_on, lot.expires_on = made, ended
    lot.code = f"L{made:%y%m%d}-{lot.code.rpartition('-')[2]}"
    for event in session.scalars(select(Event).where(Event.lot_id == lot.id)):
        event.at -= back


def _stars(issue: Issue, today: date) -> str:
    recognition = ruling(issue.lot.product.recognitions, today)
    if recognition is None:
        return "none"
    if recognition.potential_five:
        return "potential"
    standing = recognition.standing(today)
    return "allowed" if standing in ("in_force", "ending_soon") else str(standing)


def scan_month(
    session: Session, issues: Sequence[Issue], examples: Examples, *, random: Random, now: datetime
) -> int:
    """Thirty days of scans, ending yesterday. Gives their number."""
    seen: dict[int, UnitSeen] = {}
    many = examples.numbers["many_scans"]
    rows = 0
    for issue in issues:
        popular = random.choice((2, 5, 9, 20))
        numbers = [random.randrange(issue.first, issue.last + 1) for _ in range(popular)]
        if issue.first <= many <= issue.last:
            numbers += [many] * 14
        for number in numbers:
            day = now - timedelta(days=random.randint(1, 30))
            hour = random.choices(range(24), _HOURS)[0]
            at = day.replace(hour=hour, minute=random.randrange(60), second=0, microsecond=0)
            at -= timedelta(hours=7)  # the hours above are Vietnamese
            mark = revoke.state_of(session, number)
            verdict = Verdict.ISSUED_OK
            if mark is not None:
                verdict = Verdict.VOIDED if mark.state == "void" else Verdict.REVOKED
            session.add(
                Scan(
                    at=at,
                    number=number,
                    issue_id=issue.id,
                    form=issue.form,
                    verdict=verdict,
                    language="en" if random.random() < 0.12 else "vi",
                    device=random.choice(_DEVICES),
                    day_token=f"{random.getrandbits(64):016x}",
                )
            )
            rows += 1
            first = seen.get(number)
            if first is None:
                seen[number] = UnitSeen(number=number, first_at=at, last_at=at, sessions=1, scans=1)
            else:
                first.first_at, first.last_at = min(first.first_at, at), max(first.last_at, at)
                first.sessions += 1
                first.scans += 1
    session.add_all(seen.values())
    return rows


def copied_label(session: Session, producer_id: int, *, now: datetime) -> int:
    """A label of *producer_id* that many people scanned in the last two days, so that its console
    shows what the watch raises about it. Gives its number."""
    issue = session.scalars(
        select(Issue)
        .join(Lot, Lot.id == Issue.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .where(Product.producer_id == producer_id, Issue.form != Form.LOT)
        .order_by(Issue.id)
    ).first()
    if issue is None:
        raise LookupError("the producer of the demo has no labels")
    number = issue.first + 2
    for visit in range(_COPIED):
        at = (now - timedelta(hours=46 - visit * 3.5)).replace(second=0, microsecond=0)
        session.add(
            Scan(
                at=at, number=number, issue_id=issue.id, form=issue.form, verdict=Verdict.ISSUED_OK,
                language="vi", device=_DEVICES[visit % 4], day_token=f"{visit + 1:016x}",
            )
        )  # fmt: skip
    seen = session.get(UnitSeen, number)
    if seen is None:
        seen = UnitSeen(
            number=number, first_at=now - timedelta(hours=46), last_at=now, sessions=0, scans=0
        )
        session.add(seen)
    seen.sessions, seen.scans = seen.sessions + _COPIED, seen.scans + _COPIED
    seen.last_at = now
    for hours, place in ((3.0, "Hà Nội"), (1.5, "Cần Thơ")):
        note_sighting(
            session, number=number, issue_id=issue.id, source=SightingSource.CONSENT, spot=Spot(place),
            at=now - timedelta(hours=hours),
        )  # fmt: skip
    return number


def reports(session: Session, issues: Sequence[Issue], *, now: datetime) -> None:
    """Three reports from consumers."""
    texts = (
        (
            ReportKind.SUSPECTED_FAKE,
            "Tem mờ, hộp không giống ảnh trên trang. Mua ở chợ tạm ven đường.",
        ),
        (ReportKind.WRONG_INFORMATION, "Khối lượng trên gói ghi 250 g, trên trang ghi 300 g."),
        (ReportKind.QUALITY, "Mở gói thấy có mùi lạ dù còn hạn sử dụng."),
    )
    for index, (kind, text) in enumerate(texts):
        issue = issues[index * 7 % len(issues)]
        session.add(
            Report(
                kind=kind,
                code="",
                number=issue.first,
                product_id=issue.lot.product_id,
                verdict=Verdict.ISSUED_OK,
                message=text,
                place=("Chợ Hà Đông", "Siêu thị gần nhà", "Hội chợ OCOP")[index],
                created_at=now - timedelta(days=index * 3 + 1),
            )
        )
