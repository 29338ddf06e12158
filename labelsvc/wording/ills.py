"""Ills: tables of the words with which labels promise health: illnesses, parts of a body, verbs, people. Used by `cures`.

Source: Decree 37/2026/NĐ-CP art. 50.1; Decree 15/2018/NĐ-CP art. 27.2 (food names no hospitals, doctors, letters
of patients); Circular 43/2014/TT-BYT art. 2 and 8 (only a declared health food speaks of functions of the body).
The words were gathered from labels. Phrases of small letters with their marks, parted by commas.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Group = Literal[
    "ill", "tired", "looks", "body", "figure", "strong", "weak", "on_body", "goes", "right", "fit",
    "farewell", "people", "person", "medical", "office", "praise", "advise", "use", "caution", "remedy", "tonic", "well", "drug", "told",
]  # fmt: skip

TABLES: Mapping[Group, str] = {
    # What a body suffers from.
    "ill": """tê tay chân, tê chân tay, cục máu đông, máu đông, huyết khối, tế bào k, bệnh k, vết mổ, vết khâu, vết cắt, vết bầm, bệnh, bệnh tật, bách bệnh, mọi bệnh, ung thư, ung bướu, khối u, u xơ, u nang, u bướu, tế bào lạ, tế bào ung thư, tiểu đường, đái tháo đường, tháo đường,
        cao huyết áp, tăng huyết áp, huyết áp cao, huyết áp thấp, hạ huyết áp, mỡ máu, mỡ trong máu, máu nhiễm mỡ, mỡ nhiễm máu, mỡ gan, gan nhiễm mỡ, mỡ nội tạng, mỡ bụng, mỡ thừa,
        gút, gout, gốt, thống phong, viêm, viêm loét, loét, vết loét, trào ngược, ợ chua, ợ hơi, ợ nóng, đầy bụng, đầy hơi, chướng bụng, khó tiêu, ăn không tiêu, thấp khớp, phong thấp, tê thấp,
        thoái hóa, thoát vị, gai cột sống, đau, đau nhức, đau bụng, đau lưng, đau đầu, đau dạ dày, đau bao tử, đau răng, đau họng, đau khớp, đau vai gáy, nhức mỏi, nhức đầu, tê bì, tê mỏi, mỏi gối, mỏi mắt, chuột rút, mất ngủ, khó ngủ, suy nhược, trầm cảm, lo âu,
        ho, ho khan, ho gà, ho có đờm, đờm, hen, hen suyễn, suyễn, khàn tiếng, mất tiếng, rát họng, ngứa họng, nghẹt mũi, ngạt mũi, sổ mũi, cảm, cảm cúm, cảm lạnh, cảm mạo, cảm nắng, say nắng, cúm, sốt, sốt rét, sốt xuất huyết,
        covid, corona, virus, vi rút, virut, vi khuẩn hp, khuẩn hp, đột quỵ, đột quị, tai biến, xơ vữa, xơ cứng, nhồi máu, suy tim, xơ gan, suy gan, suy thận, sỏi thận, sỏi mật, sỏi tiết niệu, trĩ, lòi dom, táo bón, nóng trong, nhiệt miệng, lở miệng, hôi miệng,
        tiêu chảy, đi ngoài, kiết lỵ, rối loạn, giun, giun sán, lao, lao phổi, béo phì, thừa cân, yếu sinh lý, xuất tinh sớm, tiểu đêm, tiểu rắt, tiểu buốt, phì đại, vô sinh, hiếm muộn, phụ khoa, kinh nguyệt, bốc hỏa, mãn kinh, tiền mãn kinh, tiền đình,
        hoa mắt, chóng mặt, thiếu máu, bướu cổ, động kinh, co giật, alzheimer, parkinson, mất trí, sa sút trí tuệ, đãng trí, dị ứng, mẩn ngứa, ngứa ngáy, mề đay, mày đay, vảy nến, vẩy nến, á sừng, eczema, chàm, nấm da, nấm móng, hắc lào, lang ben, ghẻ, chốc lở, rôm sảy,
        hăm tã, zona, giời leo, thủy đậu, tay chân miệng, sâu răng, chảy máu chân răng, xoang, viêm xoang, loãng xương, nhiễm trùng, nhiễm khuẩn, nhiễm độc, say rượu, di căn, máu bầm, bầm tím, vết thương, vết bỏng, còi xương, suy dinh dưỡng, biếng ăn, chán ăn, thấp còi,
        tắc tia sữa, tắc sữa, mất sữa, hiv, aids, lupus, tự kỷ, bại liệt, phù nề, giãn tĩnh mạch, thận yếu, thận hư, thần kinh tọa, mất tập trung, suy giảm, gan yếu, yếu gan, đường huyết cao, đường huyết thấp, đường huyết tăng, cholesterol cao, axit uric cao, men gan cao, tim đập nhanh, độc tố trong gan, độc tố trong máu, độc tố trong người, khớp kêu""",
    "tired": "mệt mỏi, căng thẳng, stress, uể oải, mệt nhọc, ưu phiền",
    # What skin and hair have: a cosmetic may soften it, a medicine alone cures it.
    "looks": """mụn, mụn trứng cá, mụn đầu đen, mụn nhọt, mụn cóc, nám, nám da, tàn nhang, đồi mồi, thâm nám, vết thâm, quầng thâm, thâm mụn, sẹo, sẹo lồi, vết sẹo, sẹo rỗ, rạn da, vết rạn, nếp nhăn, vết nhăn, vết chân chim, lão hóa, lão hóa da,
        chảy xệ, gàu, rụng tóc, hói, hói đầu, bạc tóc, tóc bạc, khô da, nứt gót, hôi nách""",
    # Parts of a body, then the figures that doctors take of it.
    "body": """dạ dày, bao tử, đại tràng, tiêu hóa, đường ruột, hệ vi sinh, xương khớp, khớp, xương, tim mạch, tim, mạch máu, thành mạch, động mạch, lòng mạch, tuần hoàn máu, tuần hoàn não, lưu thông máu, khí huyết, gan, thận, phổi, phế, tụy, não, não bộ,
        thần kinh, trí nhớ, trí não, thị lực, giấc ngủ, nội tiết, nội tiết tố, tiền liệt tuyến, tuyến giáp, sinh lý, sinh lực, ham muốn, miễn dịch, đề kháng, sức đề kháng, hô hấp, thanh quản, tế bào, tỳ vị, tỳ, mạch vành, máu, máu huyết""",
    "figure": "hba 1 c, đường huyết, đường trong máu, huyết áp, cholesterol, cholesterol xấu, triglyceride, axit uric, acid uric, men gan, mỡ máu, nhịp tim, đường máu",
    "strong": """chữa, chữa lành, chữa khỏi, chữa dứt, chữa dứt điểm, chữa trị, chữa tận gốc, điều trị, đặc trị, chủ trị, chuyên trị, chuyên chữa, trị, trị khỏi, trị dứt, trị dứt điểm, trị tận gốc, trị liệu, phòng trị, phòng và trị, phòng và chữa, phòng và điều trị,
        khỏi, dứt, dứt điểm, diệt trừ, tiêu diệt, diệt, cắt cơn, chấm dứt, triệt tiêu, tận diệt, tiệt trừ, bài trừ, xóa sổ, tống khứ, đánh bật, khống chế""",
    "weak": """hết, hết hẳn, xóa tan, xóa bỏ, xóa, xóa mờ, đánh bay, đánh tan, thổi bay, ức chế, tan, làm tan, bào mòn, làm xẹp, đẩy lùi, đẩy lui, loại bỏ, loại trừ, xua tan, xua đuổi, đào thải, thải trừ, kháng, đối phó, đánh bại, giải quyết, xử lý, trừ, tiêu, bớt, đỡ,
        ngăn ngừa, ngăn chặn, ngăn, ngừa, phòng ngừa, phòng chống, phòng tránh, phòng, chống, chống lại, dự phòng, giảm, làm giảm, giảm nhanh, giảm thiểu, giảm bớt, hạ, làm hạ, ổn định, điều hòa, cải thiện, hỗ trợ, hỗ trợ giảm, hỗ trợ cải thiện, khắc phục, kiểm soát,
        làm lành, mau lành, nhanh lành, lành, liền, làm liền, làm dịu, làm mờ, làm mất, mờ, phục hồi, hồi phục, xoa dịu, giải tỏa, giải, dịu, chặn đứng, chặn, dập tắt, quét sạch, gột sạch, cuốn trôi, khuất phục, hạ gục, dẹp, dẹp tan, kìm hãm, cầm chân""",
    "on_body": """ổn định, điều hòa, cân bằng, điều tiết, cải thiện, nâng cao, tăng cường, tăng, kích thích, thúc đẩy, hỗ trợ, kiểm soát, giảm, hạ, làm hạ, phục hồi, hồi phục, tái tạo, thanh lọc, giải độc, thải độc, tẩy độc, bồi bổ, đại bổ, bổ, bảo vệ, kiện, làm sạch, làm khỏe, khỏe,
        mát, thanh, nhuận, hoạt, ích, dưỡng, tốt cho, rất tốt cho, có lợi cho, bổ ích cho, lợi cho, chăm sóc, làm ấm, tăng sức, sạch, thông, trẻ hóa, bổ trợ, nâng niu, chăm chút, vỗ về, nâng đỡ, che chở, chở che, tiếp sức, làm dịu""",
    "goes": "hóa đen, đen lại, lui, lui dần, dịu dần, dịu hẳn, lặn, lặn dần, biến mất, tan biến, không còn, chẳng còn, thuyên giảm, giảm hẳn, giảm rõ, đỡ hẳn, đỡ nhiều, đỡ ngay, khỏi, khỏi hẳn, khỏi ngay, hết, hết hẳn, hết ngay, lành, lành hẳn, lùi xa, bay biến, rụng dần, teo dần, tan dần, mờ dần, xẹp, tan, tiêu tan, nhẹ hẳn, chào thua, cũng chịu thua",
    "fit": "êm, êm ái, êm dịu, lưu thông, tăng gấp, tăng gấp đôi, chắc khỏe, khỏe, khỏe mạnh, khỏe re, khỏe lại, khỏe khoắn, dẻo dai, thông thoáng, sạch độc",
    "right": "ổn định, về mức, trở về, bình thường, trở lại, an toàn, giảm, hạ, cân bằng, xuống, lý tưởng",
    "farewell": """không lo, không còn lo, chẳng lo, chẳng còn lo, hết lo, khỏi lo, không sợ, chẳng sợ, quên đi, quên hẳn, quên, tạm biệt, vĩnh biệt, giã từ, nói không với, tránh xa, rời xa, đẩy xa, thoát khỏi, thoát, không còn, chẳng còn, sạch, sạch bóng,
        cứu tinh của, cứu tinh cho, khắc tinh của, khắc tinh với, kẻ thù của, giải pháp cho, bí quyết cho, vũ khí chống, cứu cánh cho, lá chắn trước, chiến thắng, vượt qua, đối thủ của, thay lời chào, bye, bye bye, bai bai, bái bai, goodbye, chia tay, chào tạm biệt, nói lời chia tay, nói lời tạm biệt, hóa giải, gỡ rối, xua, trút bỏ, đoạn tuyệt, cắt đứt""",
    # People for whom food is no treatment: "bệnh nhân" is ill by itself, "người" with a word of illness.
    "people": "bệnh nhân, người bệnh, con bệnh, người ốm",
    "person": "người bị, người mắc, người có, người mắc bệnh, người bị bệnh, người đang bị, người hay, người hay bị, người già bị, người cao tuổi bị, người, bé bị, bé hay, bé, trẻ bị, trẻ hay, trẻ, ai bị, ai mắc, ai hay, ai đang, bác bị, ông bà bị, phụ nữ bị, chị em bị",
    "use": """dùng hợp, công hiệu với, hiệu nghiệm với, công hiệu cho, đặc hiệu cho, đặc hiệu với, uống vô, uống vào, ăn vào, dùng vào, cứ, đi lại, xin mời, ghé, cho, dành cho, dành riêng cho, dùng cho, tốt cho, rất tốt cho, phù hợp với, phù hợp cho, phù hợp, thích hợp cho, thích hợp với, hợp với, hỗ trợ, giúp, giúp cho, bạn của, bạn đồng hành của, đồng hành cùng, tin vui cho, lợi cho, có lợi cho, hiệu quả với, hiệu quả cho, người bạn của, bạn thân của, tri kỷ của, vệ sĩ của, đồng minh của, ân nhân của, lá chắn của,
        nên dùng, nên uống, nên ăn, hãy dùng, hãy uống, yên tâm dùng, yên tâm, dùng được, dùng tốt, dùng hằng ngày, dùng hàng ngày, dùng đều, an tâm""",
    # Whose word food may not be praised by; an authority's paper is another thing than its advice.
    "medical": "bác sĩ, bác sỹ, y bác sĩ, dược sĩ, dược sỹ, lương y, thầy thuốc, danh y, chuyên gia y tế, chuyên gia dinh dưỡng, chuyên gia sức khỏe, nhân viên y tế, bệnh viện, viện y học cổ truyền, y học, y học hiện đại, y học cổ truyền, y khoa, đông y, tây y, bệnh nhân, người bệnh, khoa học",
    "office": "bộ y tế, sở y tế, viện dinh dưỡng, cục an toàn thực phẩm, who, fda, tổ chức y tế thế giới",
    "praise": "khuyên dùng, khuyên, tin dùng, chứng nhận, chứng minh, kiểm chứng, công nhận, khuyến nghị, giới thiệu, tin tưởng, đánh giá cao, kê đơn, kê toa, ghi nhận, tư vấn dùng, xác nhận, bảo chứng, ngợi ca, gọi là",
    "advise": "khuyên dùng, khuyên, tin dùng, khuyến nghị dùng, khuyến khích dùng, giới thiệu",
    "caution": """lưu ý, chú ý, cảnh báo, khuyến cáo, kiêng, dùng ít, ít dùng, vừa phải, giám sát, theo dõi, quá, lạm dụng, nếu, đừng, chớ, dễ, kẻo, triệu chứng, dấu hiệu, khi bị, khi đang, người đang, hỏi, hỏi ý kiến, tham khảo, hạn chế, thận trọng, không nên, không dùng, không uống, không ăn, không sử dụng, không được, cân nhắc, tránh, chống chỉ định, ngừng, ngưng, không phù hợp, không thích hợp, cần tư vấn, theo chỉ dẫn, theo chỉ định, theo hướng dẫn, có thể gây, có thể bị, dễ bị, gây""",
    "drug": "thuốc, thuốc ngủ, thuốc tây, thuốc giảm đau, thuốc ho, thuốc hạ áp, kháng sinh",
    # A sentence with one of these tells a story or names a place.
    "told": "năm, ngày, tháng, ông, bà, cụ, cha, mẹ, anh, chị, từng, xưa, hồi, quỹ, hội, khoa, trạm, trung tâm, phòng khám, chiến dịch, ủng hộ, gây quỹ, sau khi mất, qua đời, vượt, dịch, đại dịch, mùa dịch",
    # What is a remedy by its name, whatever the goods are.
    "remedy": """kẹo ho, viên ho, ngậm ho, siro ho, si rô ho, trà ho, cao ho, khỏi thuốc, khỏi cần thuốc, không cần thuốc, bỏ thuốc, khỏi phải uống thuốc, thuốc ngủ tự nhiên, khỏi đi bác sĩ, thần dược, tiên dược, linh dược, diệu dược, thuốc tiên, thuốc quý, thuốc bổ, thuốc hay, vị thuốc, bài thuốc, phương thuốc, thang thuốc, toa thuốc, như thuốc, hơn thuốc, thay thuốc, thay thế thuốc, thay cho thuốc, thuốc chữa, thuốc trị, thuốc đặc trị,
        chữa bệnh, chữa trị, chữa khỏi, chữa lành bệnh, trị bệnh, trị dứt, trị tận gốc, điều trị, đặc trị, chủ trị, hỗ trợ điều trị, hỗ trợ chữa, hỗ trợ trị, hỗ trợ phòng, hết bệnh, khỏi bệnh, lành bệnh, khỏi hẳn, dứt điểm, bách bệnh, kháng sinh tự nhiên, kháng sinh thực vật,
        cải lão hoàn đồng, trường sinh bất lão, trẻ mãi không già, kháng ung thư, kháng u, tiêu u, tan sỏi, tán sỏi, tống sỏi, bào mòn sỏi, cai rượu, cai nghiện, cai thuốc lá, diệt virus, diệt vi khuẩn, diệt khuẩn, kháng sinh, cầm máu, liệu trình, phác đồ, đã khỏi, người khỏi, tan mỡ, đốt mỡ, đốt cháy mỡ, phép màu cho sức khỏe""",
    # What a declared health food may promise, and other food not.
    "tonic": """hạ hỏa, tiêu ban, trừ phong, trừ thấp, khu phong, hành khí, tiêu phù, sạch phổi, sạch gan, ông uống bà khen, ngủ một mạch, tráng dương, cường dương, bổ dương, ích tinh, sinh tinh, sung mãn, bản lĩnh phái mạnh, bản lĩnh đàn ông, sinh lực phái mạnh, phong độ phái mạnh, phái mạnh tự tin, chuyện ấy, cuộc yêu, giảm cân, giảm béo, ép cân, siết eo, thon gọn, giữ dáng, tăng cân, tăng chiều cao, phát triển chiều cao, thông minh vượt trội,
        lợi sữa, gọi sữa, thông tia sữa, sữa về nhiều, an thai, dưỡng thai, điều kinh, giải rượu, giải độc, thải độc, tiêu độc, trừ độc, độc tố trong cơ thể, đào thải độc tố, thải độc tố, thanh lọc cơ thể, thanh lọc máu, lọc máu, detox, trường sinh, trường thọ, sống lâu trăm tuổi, kéo dài tuổi thọ, tăng tuổi thọ, trẻ hóa làn da, trẻ hóa cơ thể, trẻ hóa da, trẻ lâu, trẻ mãi,
        an thần, kháng viêm, kháng khuẩn, kháng virus, kháng vi rút, tiêu viêm, sát khuẩn, giảm đau, hạ sốt, tiêu sưng, giảm sưng, hoạt huyết, bổ máu, bổ huyết, bổ khí, bổ phế, bổ tỳ, nhuận tràng, nhuận phế, lợi tiểu, lợi mật, dưỡng tâm, dưỡng can, dưỡng nhan, long đờm, tiêu đờm, ngủ sâu giấc, chống lão hóa, chống oxy hóa tế bào, mát gan, tiêu mỡ, dễ thụ thai, dễ thở,
        hồi xuân, giữ mãi tuổi, giữ mãi tuổi xuân, giữ mãi thanh xuân, níu tuổi xuân, níu giữ tuổi xuân, níu giữ thanh xuân, lấy lại tuổi xuân, lấy lại thanh xuân, trẻ ra, đảo ngược thời gian,
        cố tinh, chỉ khái, trừ đàm, hóa đàm, tán ứ, hoạt lạc, thông kinh, chỉ thống, chỉ huyết, tư âm, bình can, giáng áp, giáng hỏa, định thần, minh mục, ích trí, mạnh gân cốt, cường gân""",
    # What is said of food as such, and needs a paper.
    "well": "tốt cho sức khỏe, có lợi cho sức khỏe, bổ ích cho sức khỏe, tăng cường sức khỏe, nâng cao sức khỏe, bảo vệ sức khỏe, bồi bổ sức khỏe, tăng sức khỏe, tăng thể lực, ngủ ngon, đẹp da, sáng da, da đẹp, chống oxy hóa, thanh nhiệt cơ thể, tốt cho da, tốt cho mắt, tốt cho bà bầu, tốt cho cơ thể",
}

#: Parts of a body that are cooked as well: "lọc xương", "làm sạch dạ dày".
EATEN = frozenset(
    {"gan", "tim", "phổi", "xương", "não", "khớp", "thận", "dạ dày", "tụy", "máu", "phế"}
)
COOKED_BY = frozenset(
    {
        "giảm",
        "hạ",
        "làm hạ",
        "làm sạch",
        "sạch",
        "thông",
        "thanh",
        "làm ấm",
        "khỏe",
        "tăng",
        "kiện",
        "ích",
        "chăm sóc",
        "hỗ trợ",
    }
)
#: Nobody cooks so.
HEALING = frozenset(
    {"làm lành", "lành", "mau lành", "nhanh lành", "làm dịu", "xoa dịu", "phục hồi", "hồi phục"}
)
#: After these the word is another one: "cảm giác", "sốt cà chua", "lao động".
FOLLOWED: Mapping[str, frozenset[str]] = {
    "cảm": frozenset(["giác", "xúc", "ơn", "hứng", "nhận", "động", "tình", "quan", "ứng", "hóa"]),
    "sốt": frozenset(["ruột", "cà", "me", "chua", "vang", "tương", "mayonnaise", "dầu", "chấm", "ướp", "bơ", "kem", "trứng", "ớt", "tỏi", "đất", "phô", "chanh", "gừng"]),
    "lao": frozenset(["động", "xao", "đao", "tới"]),
    "đau": frozenset(["đáu"]),
    "suy giảm": frozenset(["chất"]),
    "máu": frozenset(["lửa", "nghề", "mủ", "thịt"]),
    "tim": frozenset(["đường"]),
    "bệnh": frozenset(["viện", "xá", "đạo"]),
    "giải độc": frozenset(["đắc"]),
    "đã khỏi": frozenset(["lo", "phải", "cần", "bàn", "nói"]),
    "người khỏi": frozenset(["lo", "phải", "cần"]),
    "hồi xuân": frozenset(["năm", "ấy", "này", "trước"]),
    "trẻ ra": frozenset(["đồng", "vườn", "khỏi", "xa"]),
    "bye": frozenset(["bye"]),
    "giải": frozenset(["thưởng", "nhất", "nhì", "ba", "khát", "pháp"]),
    "tiêu": frozenset(["đen", "xanh", "sọ", "bắc", "hóa", "chuẩn", "thụ", "dùng", "chí", "biểu"]),
    "phòng": frozenset(["khám"]),
}  # fmt: skip
#: Illnesses that stand on labels for other things as well: alone they promise nothing.
NOT_ALONE = frozenset(
    {
        "bệnh",
        "bệnh tật",
        "mọi bệnh",
        "đau",
        "ho",
        "cảm",
        "sốt",
        "lao",
        "viêm",
        "loét",
        "đờm",
        "rối loạn",
        "suy giảm",
        "đi ngoài",
        "kinh nguyệt",
        "mất tập trung",
        "liệt",
        "dị ứng",
        "vết cắt",
        "vết thương",
        "vết bỏng",
        "giun",
        "virus",
        "vi rút",
        "virut",
        "corona",
        "thừa cân",
        "phì đại",
        "nhiễm độc",
        "nhiễm khuẩn",
        "suy dinh dưỡng",
        "di căn",
        "khó tiêu",
        "cúm",
        "ghẻ",
        "hen",
        "chàm",
        "xoang",
        "mất tiếng",
        "thoái hóa",
        "lo âu",
        "ăn không tiêu",
    }
)
#: Between a verb and an illness.
FILLERS = frozenset(
    """được các những nhiều mọi cả chứng bệnh căn cơn hội tình trạng triệu nguy cơ cho người chức năng sức nhanh chóng hiệu quả an toàn tự nhiên tận gốc triệt để hoàn toàn rõ rệt ngay
    tức thì rất tốt hẳn và hay hoặc sự quá trình hệ vùng khả hoạt động về đường mãn cấp lâu năm kinh niên dấu hiệu biểu hiện tổn thương niêm mạc lá buồng nỗi vì lại sạch hết sưng của con mẹ bé ở trên khi bị nỗi lo khỏi chỉ số mức lượng vấn đề""".split()  # noqa: SIM905 -- a list of words reads better so
)
