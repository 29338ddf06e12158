"""The six reasons for taking stars back (Decision 26/2026/QĐ-TTg art. 8.1), and which one words mean."""

from __future__ import annotations

import re
from enum import StrEnum

from labelsvc.i18n import fold


class Reason(StrEnum):
    UNTRUTHFUL = "untruthful"  # a)
    CRITERIA = "criteria"  # b)
    LAW = "law"  # c)
    MARK = "mark"  # d)
    NOT_PRODUCED = "not_produced"  # đ)
    OTHER = "other"  # e)


#: As a decision words them; this is what is recorded and shown.
REASON_WORDS = {
    Reason.UNTRUTHFUL: "Hồ sơ đề nghị công nhận không trung thực hoặc giả mạo",
    Reason.CRITERIA: "Không còn đáp ứng các tiêu chí của sản phẩm OCOP",
    Reason.LAW: "Vi phạm pháp luật về chất lượng, an toàn thực phẩm, môi trường, sở hữu trí tuệ hoặc nhãn hàng hóa",
    Reason.MARK: "Sử dụng biểu trưng OCOP sai quy định",
    Reason.NOT_PRODUCED: "Không còn sản xuất sản phẩm",
    Reason.OTHER: "Lý do khác theo yêu cầu của cơ quan có thẩm quyền",
}
_MEANS = (
    (Reason.UNTRUTHFUL, r"\b(?:gia mao|khong trung thuc|gian lan|gian doi|khai man)\b"),
    (Reason.MARK, r"\b(?:bieu trung|logo|nhan hieu chung nhan|tem ocop|dau hieu ocop)\b"),
    (Reason.LAW, r"\b(?:vi pham|an toan thuc pham|attp|chat luong khong|moi truong|so huu tri tue|nhan hang hoa|hang gia)\b"),
    (Reason.NOT_PRODUCED, r"\b(?:(?:khong con|ngung|dung|thoi|khong|bo|tam dung|cham dut)\s+(?:san xuat|hoat dong|kinh doanh|duy tri san xuat)|giai the|pha san|chuyen doi nganh|ngung|dong cua|chu the xin (?:rut|dung))\b"),
    (Reason.CRITERIA, r"\b(?:khong (?:con )?(?:dap ung|dat|du)|het (?:han|hieu luc|thoi han)|khong (?:duy tri|dam bao)|khong (?:duoc )?(?:danh gia lai|cong nhan lai|gia han)|khong tiep tuc)\b"),
)  # fmt: skip


def reason_of(words: str) -> Reason:
    """The reason that *words* mean; `OTHER` where they mean none of the five."""
    plain = " ".join(fold(words).split())
    return next((reason for reason, means in _MEANS if re.search(means, plain)), Reason.OTHER)
