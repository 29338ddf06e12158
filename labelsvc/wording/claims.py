"""Claims: finds in a text what promises to cure or prevent, boasts, or says what goods are without. Used by
saving texts and by the law check.

Law: Decree 37/2026/NĐ-CP art. 48.1c and 50.1; Decree 15/2018/NĐ-CP art. 27 (food is no medicine); Law on
Advertising art. 8 (superlatives need proof, which lives one year).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from labelsvc.wording import legible
from labelsvc.wording.phrases import Blanked, Pattern

Kind = Literal["cure", "health", "boast", "without", "e_label"]

#: Illnesses and what else a body has that only a medicine may promise to change.
_ILLS = (
    r"bệnh|các bệnh|bách bệnh|ung thư|ung bướu|khối u|tế bào (?:lạ|ung thư)|u xơ|u nang|tiểu đường|đái tháo đường|"
    r"đường huyết|huyết áp|(?:cao|tăng|hạ) huyết áp|mỡ (?:trong )?máu|máu nhiễm mỡ|cholesterol|mỡ gan|gan nhiễm mỡ|gút|gout|"
    r"gốt|axit uric|acid uric|dạ dày|bao tử|đại tràng|trào ngược|viêm(?: \w+)?|viêm loét|loét|xương khớp|"
    r"khớp|thấp khớp|thoái hóa(?: \w+)?|thoái hoá|thoát vị|đau (?:đầu|lưng|nhức|họng|bụng|răng|mắt|khớp|vai|"
    r"xương|dạ dày|bao tử)|đau|nhức mỏi|mất ngủ|ho|ho khan|ho gà|hen|hen suyễn|suyễn|cảm cúm|cảm lạnh|cảm(?!\s+(?:giác|xúc|ơn|hứng|nhận|động|tình|quan))|cúm|sốt(?!\s+(?:ruột|cà|me|chua|vang|tương|mayonnaise|dầu))|"
    r"sốt rét|sốt xuất huyết|covid|covid-19|virus|vi rút|vi-rút|virut|đột quỵ|đột quị|đột qụy|đột qụi|tai biến|tim mạch|xơ vữa|"
    r"nhồi máu|xơ gan|men gan|viêm gan|bệnh gan|suy thận|sỏi thận|sỏi mật|trĩ|bệnh trĩ|táo bón|tiêu chảy|"
    r"kiết lỵ|lao(?!\s+động)|lao phổi|suy nhược|béo phì|mụn|nám|tàn nhang|hói|rụng tóc|yếu sinh lý|vô sinh|hiếm muộn|"
    r"phụ khoa|trầm cảm|rối loạn(?: \w+)?|tiền đình|thiếu máu|dị ứng|mẩn ngứa|mề đay|vảy nến|vẩy nến|á sừng|eczema|"
    r"chàm|nấm da|hắc lào|sâu răng|xoang|viêm xoang|alzheimer|parkinson|mất trí|nhiễm trùng|nhiễm khuẩn|"
    r"phong thấp|tê thấp|phong tê thấp|bướu cổ|động kinh|gan|thận|phổi|loãng xương|lão hóa|lão hoá|"
    r"di căn|sa sút trí tuệ|vết loét|máu bầm|giun sán|vết thương|vết bỏng|chức năng (?:gan|thận|phổi|tim|não)|tế bào|say rượu|nhiễm độc"
)
_OF = r"(?:\s+(?:được|các|những|nhiều|mọi|bách|chứng|bệnh|căn bệnh|hội chứng|triệu chứng|cơn|nguy cơ|tình trạng|cho người)){0,3}"
_HEALS = (
    r"chữa(?:\s+(?:lành|khỏi|dứt|dứt điểm|trị|được|tận gốc))*"
    r"|(?:điều|đặc|chủ|chuyên)\s+trị|trị(?:\s+(?:khỏi|dứt|dứt điểm|tận gốc))*|phòng\s+trị|phòng\s+và\s+(?:chữa|điều trị|trị)"
    r"|khỏi|hết|dứt(?:\s+điểm)?|xóa\s+tan|đánh\s+bay|tiêu\s+diệt|diệt|ức\s+chế|tiêu|tan|làm\s+tan|đẩy\s+lùi|"
    r"đẩy\s+lui|loại\s+bỏ|loại\s+trừ|xua\s+tan|đánh\s+tan|đào\s+thải|chấm\s+dứt|kháng"
    r"|ngăn\s+ngừa|ngăn\s+chặn|ngăn|ngừa|phòng\s+ngừa|phòng\s+chống|phòng\s+tránh|phòng|chống|chống\s+lại"
    r"|giảm|làm\s+giảm|hạ|làm\s+hạ|giảm\s+thiểu|ổn\s+định|điều\s+hòa|cải\s+thiện|hỗ\s+trợ(?:\s+giảm)?|khắc\s+phục|kiểm\s+soát|làm\s+lành|làm\s+dịu|phục\s+hồi|tái\s+tạo"
)
#: After these only words of illness that are no organ: "tốt cho gan" is no cure, "mát gan" neither.
_CURES = Pattern(
    rf"(?:{_HEALS}){_OF}\s+(?:{_ILLS})"
    rf"|(?:xua\s+tan|đẩy\s+lùi|đánh\s+bay|chữa|đặc\s+trị|phòng\s+ngừa|ngăn\s+ngừa|điều\s+trị|hỗ\s+trợ\s+giảm)(?:\s+[^\W\d_]+){{1,4}}\s*(?:,|và|hay|hoặc)\s+(?:{_ILLS})"
    rf"|(?:{_ILLS})(?:\s+[^\W\d_]+){{0,3}}\s+(?:cũng|sẽ|đều|liền|tự|mau|nhanh)\s+(?:khỏi|hết|lành|tan|tiêu)"
    r"|chữa\s+(?:bệnh|trị|khỏi|dứt|lành bệnh|bách bệnh)|(?:điều|đặc)\s+trị|chủ\s+trị|trị\s+(?:bệnh|dứt|tận gốc)"
    r"|khỏi\s+(?:hẳn|bệnh)|hết\s+bệnh|bách\s+bệnh\s+tiêu\s+tan|thần\s+dược|tiên\s+dược|linh\s+dược|thuốc\s+tiên"
    r"|(?:thay\s+thế|thay\s+cho|hơn|như|tốt\s+như)\s+thuốc(?:\s+(?:tây|chữa bệnh))?"
    r"|hỗ\s+trợ\s+(?:điều\s+trị|chữa|trị|phòng)|(?:thải|giải)\s+độc(?:\s+(?:gan|thận|cơ thể|máu|tố))?"
    r"|(?:thanh\s+lọc|làm\s+sạch|lọc\s+sạch|lọc)\s+(?:cơ\s+thể|máu|mạch\s+máu|động\s+mạch|lòng\s+mạch)|thanh\s+lọc\s+(?:gan|thận|phổi)"
    rf"|khắc\s+tinh\s+(?:của|với)\s+(?:bệnh\s+)?(?:{_ILLS})|nói\s+không\s+với\s+(?:bệnh|{_ILLS})"
    r"|chữa\s+(?:tận\s+gốc|dứt\s+điểm)|cai\s+(?:rượu|nghiện|thuốc\s+lá)|relieves?\s+(?:pain|cough|stress)|(?:pain|cough)\s+relief"
    r"|bài\s+thuốc|(?:là|vị|như một)\s+thuốc\s+(?:quý|hay|chữa|trị|bổ)|thuốc\s+(?:chữa|trị|đặc trị)"
    r"|kháng\s+(?:viêm|sinh|khuẩn|virus|vi rút|ung thư)|tiêu\s+(?:viêm|u|độc)|diệt\s+(?:khuẩn|virus|vi khuẩn)"
    r"|chống\s+(?:ung thư|viêm|lão hóa|lão hoá|đột quỵ|oxy hóa tế bào)|tăng\s+cường\s+sinh\s+l[ýí]|cường\s+dương|tráng\s+dương|bổ\s+thận"
    r"|giảm\s+(?:cân|béo|mỡ\s+bụng)|đốt\s+mỡ|tan\s+mỡ|cures?|heals?|treats?\s+\w+|prevents?\s+\w+|anti-?\s?cancer|detox(?:es|ify|ifies)?\s+(?:the\s+)?(?:liver|body)"
    r"|lowers?\s+(?:blood|cholesterol)[\w ]*|fights?\s+(?:cancer|disease|flu|diabetes)"
)
#: Said of food these need a declaration of the goods (Decree 15/2018 art. 4 and 27).
_HEALTHY = Pattern(
    r"(?:tốt|có\s+lợi|bổ\s+ích)\s+cho\s+(?:người\s+)?(?:sức\s+kh[oỏ][eẻ]|tim(?:\s+mạch)?|gan|thận|mắt|não|dạ\s+dày|tiêu\s+hóa|da|xương(?:\s+khớp)?|bà\s+bầu|tiểu\s+đường|bệnh|hệ\s+\w+)"
    r"|bổ\s+(?:gan|phổi|não|máu|huyết|tim|khí|dương)|mát\s+gan|lợi\s+tiểu|an\s+thần|dưỡng\s+(?:tâm|nhan|can|huyết)|ngủ\s+ngon"
    r"|(?:tăng|tăng\s+cường|nâng\s+cao)\s+(?:sức\s+)?(?:đề\s+kháng|miễn\s+dịch|sức\s+khỏe|trí\s+nhớ|thể\s+lực)|đẹp\s+da|kéo\s+dài\s+tuổi\s+thọ|trường\s+thọ|chống\s+oxy\s+h[oó][aá]"
)
#: Never a claim: what the law makes food say, warnings, and "phòng", "chống", "chữa" of other things.
_NO_CURES = Blanked(
    r"không\s+(?:phải\s+(?:là\s+)?|có\s+(?:tác\s+dụng|công\s+dụng|khả\s+năng)\s+|dùng\s+(?:để\s+)?|được\s+dùng\s+(?:để\s+)?|"
    r"nhằm\s+|thể\s+|thay\s+thế\s+|thay\s+cho\s+)(?:(?:là|để|thay\s+thế|thay\s+cho|các|loại|cho|chữa|điều\s+trị|trị)\s+)*"
    r"(?:thuốc(?:\s+(?:chữa|điều\s+trị|trị)(?:\s+bệnh)?)?|chữa\s+bệnh|chữa\s+trị|bệnh|điều\s+trị(?:\s+bệnh)?)",
    r"(?:đang|sau\s+khi|trong\s+(?:thời\s+gian|quá\s+trình|khi))\s+(?:điều\s+trị|chữa\s+trị|chữa\s+bệnh|uống\s+thuốc)(?:\s+bằng\s+thuốc)?(?:\s+(?:các|bệnh|bằng))*(?:\s+(?:" + _ILLS + r"))?",
    r"(?:dùng|uống|sử\s+dụng|với|cùng)\s+(?:các\s+|loại\s+|chung\s+|kèm\s+|với\s+){0,3}thuốc(?!\s+này)(?:\s+(?:điều\s+trị|chữa|trị|hạ|giảm|"
    r"chống|kháng|huyết|an|tây))?(?:\s+(?:bệnh|sinh|viêm|thần|đông|" + _ILLS + r"))?",
    r"(?:loại\s+bỏ|lấy|bỏ|rửa|làm\s+sạch|cắt)\s+(?:gan|thận|phổi|khớp)|(?:phòng|tránh|phòng\s+tránh)\s+dị\s+ứng",
    r"(?:bác\s+sĩ|bác\s+sỹ|thầy\s+thuốc|phác\s+đồ|cơ\s+sở)\s+(?:điều\s+trị|chữa\s+bệnh)",
    r"chữa\s+cháy|sửa\s+chữa|sữa\s+chua|(?:phòng|chống)\s+(?:cháy|nổ|ẩm|mốc|dính|thấm|nắng|trơn|trượt|xước|gỉ|mối|mọt|côn\s+trùng|muỗi|hàng\s+giả)",
    r"(?:dị\s+ứng|mẫn\s+cảm|ngộ\s+độc|người\s+(?:bị|mắc|có)\s+\w+|bị\s+ho|đang\s+ho)(?=\s+(?:với|thành|nên|không|cần|hỏi))",
    r"(?:hết|giảm|hạ|kiểm\s+soát|ổn\s+định|ngừa|tan)\s+(?:nhiệt|lửa|đá|đông|hạn)",
)  # fmt: skip
_NO_SUPERLATIVES = Pattern(
    r"(?:sử\s+dụng|dùng|ngon|uống|ăn|thưởng\s+thức|bảo\s+quản|hiệu\s+quả|chất\s+lượng)?\s*(?:tốt|ngon)\s+nhất\s+(?:trước|khi|trong|ở|nếu|với|sau|vào|là|nên)"
    r"|sử\s+dụng\s+tốt\s+nhất|tốt\s+nhất\s+(?:nên|là|hãy|trước)"
    r"|nhất\s+(?:định|thiết|quán|là|trí|thời)|(?:thống|đồng|hợp|thứ|ít|nhiều|chậm|sớm|muộn|gần|cao|thấp|lâu|ngắn|dài|nhanh|mới|lớn|nhỏ|vừa)\s+nhất(?!\s+(?:việt|thế|hà|miền|vùng|cả|trong|thị|hiện|đông|châu|định\s+hướng))"
    r"|một\s+lần\s+duy\s+nhất|(?:giải|huy\s+chương|bằng\s+khen)\s+(?:hạng\s+)?nhất"
)
_BOASTS = Pattern(
    r"(?!đệ\b)[^\W\d_]+\s+nhất(?:\s+(?:việt\s+nam|thế\s+giới|hà\s+nội|miền\s+\w+|vùng|cả\s+nước|thị\s+trường|hiện\s+nay|đông\s+nam\s+á|châu\s+á))?"
    r"|duy\s+nhất|độc\s+nhất(?:\s+vô\s+nhị)?|có\s+một\s+không\s+hai|đệ\s+nhất|vô\s+địch|vô\s+đối|số\s+(?:một|1|dzách|zách)(?!\s*[.,\d/]|\s+(?:đường|phố|ngõ|ngách|thôn|xóm|tổ|khu|lô))|no\.?\s?1|top\s?1|number\s+one"
    r"|hàng\s+đầu|đứng\s+đầu|dẫn\s+đầu|bậc\s+nhất|siêu\s+(?:sạch|ngon|bổ|hạng)|hoàn\s+hảo"
    r"|(?:100\s?%|một\s+trăm\s+phần\s+trăm|hoàn\s+toàn)\s+(?:từ\s+)?(?:tự\s+nhiên|thiên\s+nhiên|nguyên\s+chất|hữu\s+cơ|an\s+toàn|sạch|tinh\s+khiết|organic|natural|pure)"
    r"|(?:tự\s+nhiên|thiên\s+nhiên|an\s+toàn|sạch|organic|natural)\s+100\s?%|tuyệt\s+đối(?:\s+an\s+toàn)?|(?:cam\s+kết|đảm\s+bảo|bảo\s+đảm)\s+(?:100|tuyệt|chất\s+lượng|an\s+toàn|sạch|chính)"
    r"|the\s+best|best\s+(?:quality|in|of|coffee|tea|taste)[\w ]*|world'?s?\s+(?:best|finest)|guaranteed|leading\s+brand"
)
#: What goods may be said to be without.
_LACKS = (
    r"(?:chất\s+)?bảo\s+quản|phẩm\s+màu|chất\s+màu|màu\s+(?:tổng\s+hợp|nhân\s+tạo|hóa\s+học)|phụ\s+gia|hóa\s+chất|hoá\s+chất|hương\s+liệu|chất\s+tạo\s+\w+|"
    r"đường(?:\s+(?:hóa\s+học|tinh\s+luyện|kính))?|chất\s+béo|cholesterol|gluten|lactose|biến\s+đổi\s+gen|gmo|bột\s+ngọt|mì\s+chính|msg|thuốc\s+trừ\s+sâu|"
    r"thuốc\s+bảo\s+vệ\s+thực\s+vật|dư\s+lượng(?:\s+\w+)*|kháng\s+sinh|hormone?|chất\s+kích\s+thích|chất\s+cấm|hàn\s+the|formol|paraben|sulfate?|cồn|caffeine?|cafein|tạp\s+chất|độc\s+tố|muối|calo|chất\s+độc\s+hại"
)
_WITHOUT = Pattern(
    rf"(?:không|chẳng|0\s?%|nói\s+không\s+với|tuyệt\s+đối\s+không|miễn)\s*(?:có|chứa|sử\s+dụng|dùng|thêm|pha|chất|bổ\s+sung|còn|gồm|hề|một|bất\s+kỳ|các|tồn\s+dư|nhiễm|:|\s)*\s*(?:{_LACKS})"
    r"|(?:no|zero|without|non|free\s+(?:of|from))[\s-]+(?:added\s+|artificial\s+)?(?:preservatives?|colou?rs?|additives?|sugar|msg|gmo|gluten|chemicals?|fat|flavou?rs?)"
    r"|(?:sugar|gluten|fat|gmo|alcohol|preservative)[\s-]free"
)
#: Ways to use goods: "pha với nước không đường".
_NO_LACKS = Pattern(
    r"(?:nước|pha|uống|với|khi|nên|hãy|vui\s+lòng)\s+không\s+(?:đường|thêm\s+đường|cồn|muối|dùng\s+muối)|không\s+(?:dùng|thêm|pha|cho|sử\s+dụng)\s+(?:cồn|muối|hóa\s+chất)(?=\s+(?:để|khi|vào|lau|rửa|tẩy|giặt))"
)
#: Of soap and cloth, where it is a matter of papers.
_CLEANS = re.compile(r"(?:kháng|diệt|khang|diet)\s+(?:khuẩn|vi\s+khuẩn|khuan|vi\s+khuan)")
#: Spaced letters are joined without their breaks: "c h ữ a b ệ n h".
_JOINED = re.compile(
    r"chữa(?:bệnh|khỏi|trị|lành)|(?:đặc|điều|chủ)trị|trịbệnh|ungthư|tiểuđường|huyếtáp|thầndược|giảmcân|khỏibệnh|thảiđộc"
)
_E_LABEL = Pattern(
    r"(?:nhãn|tem\s+nhãn)\s+(?:hàng\s+hóa\s+)?(?:điện\s+tử|số\s+hóa)|e-?\s?label|electronic\s+label"
)


@dataclass(frozen=True)
class Claim:
    """Words that claim something, and of what kind."""

    kind: Kind
    words: str


def claims(text: str, *, food: bool = True) -> list[Claim]:
    """Tell what *text* claims, the first of each kind.

    :param food: what goods are without is a claim of food alone (art. 48.1c).
    """
    found: dict[Kind, Claim] = {}
    for reading in legible.readings(text):
        for claim in _of(reading, food=food):
            found.setdefault(claim.kind, claim)
    return list(found.values())


def cure(text: str) -> Claim | None:
    """The first words of *text* that promise a cure: what `claims` finds of that kind."""
    hits = (_healing(_NO_CURES.sub(reading)) for reading in legible.readings(text))
    return next((Claim("cure", hit[0]) for hit in hits if hit), None)


def _healing(said: str) -> re.Match[str] | None:
    return _CURES.search(said) or _JOINED.search(said)


def _of(text: str, *, food: bool) -> list[Claim]:
    found = []
    said = _NO_CURES.sub(text)
    if hit := _healing(said):
        kind: Kind = "health" if not food and _CLEANS.fullmatch(hit[0]) else "cure"
        found.append(Claim(kind, hit[0]))
    elif food and (hit := _HEALTHY.search(said)):
        found.append(Claim("health", hit[0]))
    if hit := _BOASTS.search(_NO_SUPERLATIVES.sub(text)):
        found.append(Claim("boast", hit[0].strip()))
    if food and (hit := _WITHOUT.search(_NO_LACKS.sub(text))):
        found.append(Claim("without", hit[0]))
    if hit := _E_LABEL.search(text):
        found.append(Claim("e_label", hit[0]))
    return found
