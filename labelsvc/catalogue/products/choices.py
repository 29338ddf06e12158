"""Label choices: names what may be chosen of a product for its label, with words. Used by `columns`.

The keys of GOODS_KINDS are groups of Decree 37/2026 appendix I (`labels.legal.goods.groups`).
"""

from __future__ import annotations

from collections.abc import Mapping

#: Kind of goods where the criteria set leaves it open (art. 42.1d: the main use decides).
GOODS_KINDS: Mapping[str, str] = {
    "": "As the criteria set and the name say",
    "grain": "Grain",
    "food": "Food",
    "health_food": "Health food",
    "supplement": "Supplemented or medical food",
    "irradiated": "Irradiated food",
    "drink": "Drink, beer too",
    "spirit": "Spirits or wine",
    "medicine": "Medicine or traditional medicine",
    "cosmetic": "Cosmetic",
    "cleaning": "Cleaning or scenting goods",
    "herb": "Essential oil or herb",
    "textile": "Textiles, clothing, leather, shoes",
    "wood": "Wooden goods",
    "ceramic": "Ceramics or glass",
    "craft": "Handicraft",
    "household": "Household goods",
    "living": "Ornamental plant or animal",
}
#: Why a food needs no nutrition figures (Circular 30/2026/TT-BYT art. 1.2).
EXEMPTIONS: Mapping[str, str] = {
    "": "It needs them, or the rule is known",
    "small_maker": "Small maker (Decree 15/2018, art. 3.10)",
    "one_ingredient": "One ingredient only",
    "tea_coffee": "Tea or coffee without anything else",
    "salt_vinegar": "Salt or vinegar",
    "not_sold": "Not sold to consumers",
}
#: What the last date on the label says.
DATE_KINDS: Mapping[str, str] = {
    "": "Use by (HSD)",
    "best_before": "Best before (sử dụng tốt nhất trước ngày)",
}
