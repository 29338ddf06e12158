"""Foods: lists stuffs that names of goods name, and words that only look so. Used by `named`."""

from __future__ import annotations

from labelsvc.labels.legal.goods.spelling import key, keys

#: Stuffs, as they stand in names. Those that other words share (hồng, mai, muối) are left out.
STUFFS = keys(
    """lạc, đậu phộng, vừng, mè, đậu xanh, đậu đen, đậu đỏ, đậu nành, đậu tương, hạt điều, hạt sen, hạt dẻ, hạt bí, hạt chia,
    hạnh nhân, óc chó, mắc ca, macca, hướng dương, sen, tâm sen, củ sen, ngó sen, lá sen, nhài, hoa nhài, cúc, hoa cúc, cúc chi, hoa hồng,
    hoa bưởi, hoa mộc, hoa sói, hoa ngâu, atiso, nhân sâm, hồng sâm, sâm, linh chi, đông trùng hạ thảo, đinh lăng, kỷ tử, táo đỏ, táo mèo,
    long nhãn, nhãn, vải, vải thiều, mít, xoài, dứa, chuối, dừa, ổi, mơ, sấu, me, khế, thanh long, bưởi, dưa hấu, dưa lưới, chanh leo,
    chanh dây, chanh, chanh đào, cam, quýt, quất, tắc, cà rốt, bí đỏ, bí ngô, khoai lang, khoai tây, khoai môn, khoai sọ, sắn, ngô, bắp, gấc,
    lá dứa, cốm, nếp cẩm, gạo lứt, yến mạch, yến sào, tổ yến, mật ong, mật mía, đường phèn, đường thốt nốt, sô cô la, socola, ca cao, cacao, cà phê, trà xanh,
    matcha, sữa, sữa tươi, phô mai, bơ, trứng, trứng muối, trứng vịt, trứng gà, lợn, heo, thịt lợn, bò, thịt bò, gà, thịt gà, vịt, ngan, ngỗng, trâu,
    thịt trâu, dê, tôm, cua, ghẹ, mực, bạch tuộc, cá, cá cơm, cá hồi, cá thu, cá chép, cá rô, cá trắm, cá nục, cá lóc, hàu, nghêu, ốc, ruốc, rươi, tép,
    rong biển, nấm, nấm hương, nấm rơm, nấm đông cô, mộc nhĩ, rau má, rau củ, chùm ngây, nha đam, lô hội, collagen, canxi, vitamin, sầu riêng, gừng, nghệ, nghệ đen,
    tỏi, tỏi đen, hành, ớt, hạt tiêu, tiêu, tiêu đen, quế, đại hồi, hoa hồi, sả, sả chanh, riềng, mắc khén, thảo quả, đinh hương, bồ kết, vỏ bưởi, hương nhu, trầm, trầm hương,
    ngải cứu, bạc hà, tràm trà, tràm, khuynh diệp, oải hương, cam thảo, cỏ ngọt, dâu, dâu tằm, dâu tây, nho, táo, lê, đào, mận, măng, măng cụt,
    măng tây, chè vằng, giảo cổ lam, cà gai leo, hà thủ ô, ba kích, tam thất, thìa là, tía tô, lá vối, nụ vối, diếp cá, rau ngót, cải bó xôi, cà chua, dưa chuột,
    thanh mai, sim, bạch quả, hoài sơn, ý dĩ, hạt mít, gạo nếp, nếp cái hoa vàng, khoai, lá khúc, lá gai, thốt nốt, việt quất, kiwi, lựu, hồng xiêm, na, mãng cầu,
    bí xanh, bí đao, dong riềng, dong, bột sắn dây, sắn dây, than tre, trà, chè"""
)
#: Compounds in which such a word means something else.
NOT_STUFFS = keys(
    """tiêu hóa, tiêu chuẩn, mỹ nghệ, công nghệ, nghệ nhân, nghệ an, sâm panh, lạc đà, trà sữa, cá nhân, bò sữa, đào tạo, cam kết, na ná, bơ vơ, hành trình,
    thực hành, tôm vàng, một tôm, tôm nõn, lá chuối, lá dong, gói lá dong, gói lá sen, bọc lá sen, lót lá sen, sữa chua, sữa rửa mặt, sữa tắm, sữa dưỡng thể, sữa dưỡng, bánh mì, chè lam, chè kho, chè đậu, nho nhỏ, khoai tây chiên, cá kho tộ, mực in, tổ hợp, cua rơ, me xừ,
    bánh gối, sâm cầm, vải lanh, vải thổ cẩm, đồng sâm, cá cảnh, dưa cà, gà trống, đào thất thốn, bánh tai heo, lòng lợn giả, hạt nêm, bưởi da xanh"""
)
#: First words of names that say the kind of goods: "Nước mơ" is a drink with mơ, and water is not named.
KINDS = keys(
    """trà, chè, trà túi lọc, bánh, bánh tráng, kẹo, mứt, ô mai, nước, nước ép, nước cốt, nước uống, sữa chua, sữa, sữa tắm, rượu, bia, dầu, giò, chả, nem, bún, miến, phở, mì, mỳ,
    xôi, cháo, siro, si rô, xi rô, kem, tương, mắm, nước mắm, muối, giấm, viên, cao, bột, tinh bột, tinh dầu, xà phòng, dầu gội, sữa rửa mặt, dầu xả, nước súc miệng, serum,
    son, hương, nhang, cốm, chè lam, ruốc, thạch, snack, bim bim, hạt nêm, gia vị, sốt, sa tế, dưa, cơm, cơm cháy, thịt, gạo, bỏng, bánh đa, cà phê hòa tan, set quà, combo, hộp quà, túi"""
)
#: Everyday stuffs of a list that names use otherwise: "cà muối" is salted, "có đường" sweetened.
PLAIN = frozenset(
    one.strip()
    for one in keys(
        "nước, muối, muối ăn, muối tinh, đường, đường kính, gia vị, men, men vi sinh, dầu ăn, dầu thực vật, bột, hương liệu, nước tinh khiết, nước mắm, tinh bột"
    )
)
#: One stuff by two names.
_PAIRS = (
    ("lạc", "đậu phộng"), ("vừng", "mè"), ("lợn", "heo"), ("ngô", "bắp"), ("đậu nành", "đậu tương"), ("chanh leo", "chanh dây"),
    ("socola", "sô cô la"), ("cacao", "ca cao"), ("nha đam", "lô hội"), ("mắc ca", "macca"), ("trà", "chè"), ("matcha", "trà xanh"), ("matcha", "chè xanh"), ("trà xanh", "chè xanh"),
    ("dâu tây", "dâu"), ("quất", "tắc"), ("bí đỏ", "bí ngô"), ("yến sào", "tổ yến"), ("socola", "chocolate"), ("sữa tươi", "sữa"), ("sữa", "sữa"),
    ("hồng sâm", "sâm"), ("canxi", "calci"), ("tiêu", "hạt tiêu"), ("thịt lợn", "lợn"), ("thịt bò", "bò"), ("thịt gà", "gà"), ("thịt trâu", "trâu"),
    ("hoa cúc", "cúc"), ("hoa nhài", "nhài"), ("cốm", "nếp non"), ("cốm", "lúa nếp"), ("trứng gà", "trứng"), ("hồi", "đại hồi"), ("mơ", "thanh mai"),
    ("rau củ", "cà rốt"), ("rau củ", "rau"), ("vải thiều", "vải"), ("nếp cẩm", "gạo cẩm"), ("trầm hương", "trầm"), ("sả chanh", "sả"), ("gạo nếp", "nếp"), ("nếp cái hoa vàng", "nếp"), ("khoai", "khoai lang"), ("dong", "dong riềng"), ("dong", "bột dong"),
)  # fmt: skip


def same(stuff: str) -> tuple[str, ...]:
    """Spellings (`key`) under which a stuff of a name may stand in a list."""
    pairs = [(key(a), key(b)) for a, b in _PAIRS]
    return (stuff, *(b for a, b in pairs if a == stuff), *(a for a, b in pairs if b == stuff))
