"""Cures: finds in a text what promises to cure, prevent or change a body. Used by `claims`.

Reads words, not sentences: each word is looked up in the tables of `ills`, and a few rules say which of them
together are a promise, however they are turned: a verb and an illness, an illness that goes, people who are
ill, the word of a doctor, a remedy by its name, and the same in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from labelsvc.wording.ills import (
    COOKED_BY,
    EATEN,
    FILLERS,
    FOLLOWED,
    HEALING,
    NOT_ALONE,
    TABLES,
    Group,
)
from labelsvc.wording.phrases import Pattern, same_word
from labelsvc.wording.syllable import plain

#: `cure`: a medicine's word. `eases`: an illness softened; `looks`: skin and hair; `body`: a part of the body;
#: `well`: health as such.
Level = Literal["cure", "eases", "looks", "body", "well"]

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[.;!?\n]|[,:/()–—-]")
_END = frozenset(".;!?\n")
_STOP = frozenset(",:/–—-")
#: So many words may stand between a verb and what it heals.
_GAP = 5
#: A sentence of so many words is a slogan: it names an illness to promise something.
_SLOGAN = 12
#: Never a promise: what the law makes food say, warnings, other things that are prevented, cooked or repaired.
_NO_PROMISE = (
    Pattern(
        r"không\s+(?:phải\s+(?:là\s+)?|có\s+(?:tác\s+dụng|công\s+dụng|khả\s+năng)\s+|dùng\s+(?:để\s+)?|được\s+dùng\s+(?:để\s+)?|"
        r"nhằm\s+|thể\s+|thay\s+thế\s+|thay\s+cho\s+)(?:(?:là|để|thay\s+thế|thay\s+cho|các|loại|cho|chữa|điều\s+trị|trị)\s+)*"
        r"(?:thuốc(?:\s+(?:chữa|điều\s+trị|trị)(?:\s+bệnh)?)?|chữa\s+bệnh|chữa\s+trị|bệnh|điều\s+trị(?:\s+bệnh)?)"
    ),
    Pattern(
        r"(?:đang|sau\s+khi|trong\s+(?:thời\s+gian|quá\s+trình|khi))\s+(?:điều\s+trị|chữa\s+trị|chữa\s+bệnh|uống\s+thuốc)(?:\s+bằng\s+thuốc)?"
        r"(?:\s+(?:các|bệnh|bằng))*(?:\s+[^\W\d_]+){0,3}"
    ),
    Pattern(
        r"(?:dùng|uống|sử\s+dụng|với|cùng)\s+(?:các\s+|loại\s+|chung\s+|kèm\s+|với\s+){0,3}thuốc(?!\s+này)(?:\s+(?:điều\s+trị|chữa|trị|hạ|giảm|"
        r"chống|kháng|huyết|an|tây))?(?:\s+(?:bệnh|sinh|viêm|thần|đông|huyết\s+áp|đau|dị\s+ứng|tiểu\s+đường))?"
    ),
    Pattern(r"(?:loại\s+bỏ|lấy|bỏ|rửa|làm\s+sạch|cắt)\s+(?:gan|thận|phổi|khớp)|(?:phòng|tránh|phòng\s+tránh)\s+dị\s+ứng"),
    Pattern(r"(?:bác\s+sĩ|bác\s+sỹ|thầy\s+thuốc|phác\s+đồ|cơ\s+sở|bệnh\s+viện)\s+(?:điều\s+trị|chữa\s+bệnh)"),
    Pattern(
        r"chữa\s+cháy|sửa\s+chữa|sữa\s+chua|(?:phòng|chống)\s+(?:cháy|nổ|ẩm|mốc|dính|thấm|nắng|trơn|trượt|xước|gỉ|mối|mọt|côn\s+trùng|muỗi|hàng\s+giả)"
    ),
    Pattern(r"(?:sâu|dịch|mầm|nấm)\s+bệnh|bệnh\s+(?:đạo\s+ôn|bạc\s+lá|héo|thối|gỉ\s+sắt|khô\s+vằn)|(?:giống|cây|lúa|chè|vườn|ruộng|đàn|vật\s+nuôi)(?:\s+[^\W\d_]+){0,2}\s+(?:kháng|chống|ít|sạch|khỏi)\s+bệnh"),
    Pattern(r"(?:dị\s+ứng|mẫn\s+cảm|ngộ\s+độc|người\s+(?:bị|mắc|có)\s+\w+|bị\s+ho|đang\s+ho)(?=\s+(?:với|thành|nên|không|cần|hỏi))"),
    Pattern(r"(?:hết|giảm|hạ|kiểm\s+soát|ổn\s+định|ngừa|tan)\s+(?:nhiệt|lửa|đá|đông|hạn)"),
)  # fmt: skip
#: Forward of these nothing is promised, to the end of the sentence.
_CAUTIONS = Pattern(
    r"(?:không|chẳng|chớ|đừng)\s+(?:nên\s+|được\s+|thể\s+)?(?:dùng|uống|ăn|sử\s+dụng|phù\s+hợp|thích\s+hợp|khuyên|thay)(?:\s+(?:cho|để|khi|với|trong))?"
    r"|chống\s+chỉ\s+định|thận\s+trọng|ngừng\s+(?:dùng|sử\s+dụng)|ngưng\s+(?:dùng|sử\s+dụng)|tránh\s+(?:dùng|xa\s+tầm)|có\s+thể\s+gây|dễ\s+gây|phản\s+ứng"
)
#: A result in figures, as letters of patients have it: "95 % ngủ ngon", "ngủ ngon sau 7 ngày".
_RESULT = re.compile(
    r"\d\s*(?:%|phần\s+trăm)|(?:sau|trong|chỉ)\s+(?:\d+|một|hai|ba|vài)\s+(?:ngày|tuần|đêm|tháng|liệu)|\d\s*/\s*\d+\s+(?:người|khách)"
)
_ENGLISH = re.compile(
    r"(?<!\w)(?:(?:cur|heal|treat|prevent|reliev|reduc|lower|fight|combat|eas|sooth|control|regulat|remov|eliminat|kill|revers|improv|boost|protect|cleans|strengthen|restor|burn|support)"
    r"(?:e|es|s|ing)?\s+(?:(?:your|the|high|low|bad|all|and|against|symptoms|of|naturally|risks?|a|chronic|severe|healthy|normal|better|optimal|strong)\s+){0,4}"
    r"(?:blood|cholesterol|diabet\w*|cancers?|tumou?rs?|hypertension|insomnia|coughs?|flu|colds?|fevers?|pains?|headaches?|inflammation|infections?|virus(?:es)?|bacteria|ulcers?|gastritis|reflux|gout|arthritis|joints?|asthma|acne|wrinkles?"
    r"|scars?|ageing|aging|constipation|diarrh\w+|ha?emorrhoids?|hangovers?|obesity|fat|strokes?|heart|liver|kidneys?|lungs?|stomach|digestion|immun\w+|memory|anxiety|depression|fatigue|wounds?|toxins?|diseases?|illness\w*|sore\s+throats?|an(?:a)?emia|libido)"
    r"|anti-?\s?(?:cancer|inflammatory|viral|bacterial|ag(?:e)?ing|diabetic|tumou?r)|weight[\s-]loss|slimming|fat[\s-]burn\w*|miracle\s+(?:cure|drug)|(?:natural|herbal|folk|home)\s+(?:remed(?:y|ies)|cures?|medicines?|antibiotics?)|remed(?:y|ies)"
    r"|detox(?:es|ify|ifies|ifying)?|aphrodisiac|(?:doctor|clinically|medically)[\s-]+(?:recommended|proven|tested)|recommended\s+by\s+(?:doctors|physicians)|cures?|heals?|treats?\s+\w+|prevents?\s+\w+|(?:pain|cough|stress)[\s-]+relief|relieves?\s+\w+"
    r"|relief\s+(?:from|of)|for\s+diabetics|(?:good|great|best|ideal|suitable)\s+for\s+(?:the\s+|your\s+)?(?:liver|heart|kidneys?|stomach|diabetics?|digestion|blood|joints|brain|immun\w+|people\s+with))(?!\w)"
)


@dataclass(frozen=True)
class Promise:
    """Words that promise something, and how much."""

    level: Level
    words: str


@dataclass(frozen=True)
class _Found:
    """A phrase of a table at a place of the text. `sure`: written with its marks."""

    group: Group
    first: int
    last: int
    phrase: str
    sure: bool


def promises(text: str) -> list[Promise]:
    """Tell what *text*, one reading of `legible`, promises: the first of each level."""
    if not _may_promise(text):
        return []
    said = text
    for phrase in _NO_PROMISE:
        said = phrase.sub(said)
    found: dict[Level, Promise] = {}
    for sentence in _sentences(said):
        for one in _of(sentence):
            found.setdefault(one.level, one)
    if hit := _ENGLISH.search(said):
        found.setdefault("cure", Promise("cure", hit[0]))
    return list(found.values())


def _sentences(text: str) -> Iterator[str]:
    yield from re.split(r"(?<!\d)[.](?!\d)|[;!?\n]|\s[•·|]\s", text)


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, list[tuple[tuple[str, ...], Group]]]:
    """First word, without marks → phrases that begin with it."""
    made: dict[str, list[tuple[tuple[str, ...], Group]]] = {}
    for group, table in TABLES.items():
        for phrase in {" ".join(one.split()) for one in table.split(",")} - {""}:
            parts = tuple(phrase.split())
            made.setdefault(plain(parts[0]), []).append((parts, group))
    return made


@lru_cache(maxsize=1)
def _rests() -> dict[str, frozenset[tuple[str, ...]]]:
    """First word → the other words of its phrases, all without marks."""
    return {
        first: frozenset(tuple(map(plain, parts[1:])) for parts, _ in phrases)
        for first, phrases in _lexicon().items()
    }


def _may_promise(text: str) -> bool:
    """False if not even one phrase of the tables has all its words here, as in most names of goods."""
    words = set(map(plain, _TOKEN.findall(text)))
    near = (rest for word in words for rest in _rests().get(word, ()))
    return any(words.issuperset(rest) for rest in near) or bool(_ENGLISH.search(text))


class _Sentence:
    """The words of one sentence and the phrases of the tables in it."""

    def __init__(self, text: str) -> None:
        self.tokens = _TOKEN.findall(text)
        self.at: dict[int, dict[Group, _Found]] = {}
        for place, token in enumerate(self.tokens):
            for parts, group in _lexicon().get(plain(token), ()):
                if one := self._phrase(place, parts, group):
                    known = self.at.setdefault(place, {}).get(group)
                    if known is None or one.last > known.last:
                        self.at[place][group] = one
        caution = _CAUTIONS.search(text)
        self.silent = len(_TOKEN.findall(text[: caution.start()])) if caution else len(self.tokens)

    def _phrase(self, place: int, parts: tuple[str, ...], group: Group) -> _Found | None:
        said = self.tokens[place : place + len(parts)]
        if len(said) < len(parts) or not all(map(same_word, said, parts)):
            return None
        phrase = " ".join(parts)
        after = self.tokens[place + len(parts)] if place + len(parts) < len(self.tokens) else ""
        if any(same_word(after, other) for other in FOLLOWED.get(phrase, ())):
            return None
        return _Found(group, place, place + len(parts), phrase, [*said] == [*parts])

    def of(self, *groups: Group) -> Iterator[_Found]:
        """Phrases of *groups*, in the order of the text."""
        for place in sorted(self.at):
            for group in groups:
                if one := self.at[place].get(group):
                    yield one

    def is_marked(self, group: Group) -> bool:
        """True if a phrase of *group* stands here; "cho" is no "chớ"."""
        return any(one.sure or " " in one.phrase for one in self.of(group))

    def after(self, one: _Found, *groups: Group, gap: int = _GAP) -> _Found | None:
        """The first phrase of *groups* behind *one*, with fillers between at most."""
        for place in range(one.last, min(one.last + gap + 1, len(self.tokens))):
            for group in groups:
                if hit := self.at.get(place, {}).get(group):
                    return hit
            token = self.tokens[place]
            verb = self.at.get(place, {}).keys() & {"strong", "weak", "on_body"}
            if not verb and not any(same_word(token, word) for word in _fillers(plain(token))):
                return None
        return None

    def near(self, one: _Found, *groups: Group, gap: int) -> _Found | None:
        """The first phrase of *groups* behind *one* with up to *gap* words of any kind between."""
        for place in range(one.last, min(one.last + gap + 1, len(self.tokens))):
            for group in groups:
                if hit := self.at.get(place, {}).get(group):
                    return hit
            if self.tokens[place] in _STOP:
                return None
        return None

    def words(self, first: _Found, last: _Found) -> str:
        return " ".join(self.tokens[min(first.first, last.first) : max(first.last, last.last)])


@lru_cache(maxsize=1024)
def _fillers(bare: str) -> tuple[str, ...]:
    return tuple(word for word in FILLERS if plain(word) == bare)


def _of(text: str) -> Iterator[Promise]:
    sentence = _Sentence(text)
    if not sentence.at:
        return
    yield from _healed(sentence)
    yield from _gone(sentence)
    yield from _people(sentence)
    yield from _praised(sentence)
    yield from _named(sentence)
    for one in sentence.of("remedy", "tonic", "well"):
        if one.first < sentence.silent:
            level: dict[Group, Level] = {"remedy": "cure", "tonic": "eases", "well": "well"}
            if one.group == "well" and _RESULT.search(text):
                level["well"] = "eases"
            yield Promise(level[one.group], sentence.words(one, one))


def _healed(sentence: _Sentence) -> Iterator[Promise]:
    """A verb and what it heals: "giảm các cơn đau", "phòng ngừa mệt mỏi, đau đầu"."""
    for verb in sentence.of("strong", "weak", "on_body"):
        if verb.first >= sentence.silent and not _begins(sentence, verb):
            continue
        groups: tuple[Group, ...] = (
            ("body", "figure")
            if verb.group == "on_body"
            else ("ill", "looks", "tired", "body", "figure")
        )
        held = [sentence.after(verb, *groups)]
        if verb.group != "on_body" and (held[0] is None or held[0].group == "tired"):
            held.append(_listed(sentence, verb))
        for what in held:
            if what is None or _too_short(verb, what):
                continue
            cooked = verb.phrase in COOKED_BY or (
                verb.group == "weak" and verb.phrase not in HEALING
            )
            if not (what.phrase in EATEN and cooked):
                yield Promise(_level(verb, what), sentence.words(verb, what))


def _begins(sentence: _Sentence, verb: _Found) -> bool:
    """True if a strong verb begins a part of its own behind a caution: "…, chữa bệnh gan"."""
    return verb.group == "strong" and sentence.tokens[verb.first - 1 : verb.first] == [","]


def _listed(sentence: _Sentence, verb: _Found) -> _Found | None:
    """An illness in a list behind *verb*: "xua tan phiền muộn, đau đầu"."""
    if len(verb.phrase.split()) < 2 and verb.group != "strong":
        return None
    for place in range(verb.last + 1, min(verb.last + 6, len(sentence.tokens) - 1)):
        if sentence.tokens[place] == "," or sentence.tokens[place] in ("và", "hay", "hoặc"):
            return sentence.at.get(place + 1, {}).get("ill")
    return None


def _too_short(verb: _Found, what: _Found) -> bool:
    """True if two short words without their marks may be others: "loai dau" is "loại đậu"."""
    short = " " not in verb.phrase and " " not in what.phrase
    return short and not verb.sure and not what.sure


def _level(verb: _Found, what: _Found) -> Level:
    if what.group == "tired":
        return "well"
    if verb.group == "strong":
        return "cure"
    if what.group in ("ill", "figure"):
        return "eases"
    return "looks" if what.group == "looks" else "body"


def _gone(sentence: _Sentence) -> Iterator[Promise]:
    """An illness that goes, a figure that is right, a farewell: "ho lâu ngày cũng khỏi", "không lo mất ngủ"."""
    ends: dict[Group, tuple[Group, int]] = {"figure": ("right", 3), "body": ("fit", 1)}
    for what in sentence.of("ill", "looks", "figure", "body"):
        group, gap = ends.get(what.group, ("goes", 3))
        end = sentence.near(what, group, gap=gap)
        if end and what.first < sentence.silent and not _too_short(what, end):
            level: Level = "body" if what.group in ends else "eases"
            yield Promise(level, sentence.words(what, end))
    for farewell in sentence.of("farewell"):
        gone = sentence.after(farewell, "ill", "looks", "figure", "drug")
        if gone and farewell.first < sentence.silent and not _too_short(farewell, gone):
            yield Promise("eases", sentence.words(farewell, gone))


def _people(sentence: _Sentence) -> Iterator[Promise]:
    """Goods for those who are ill, unless the sentence is a caution."""
    if sentence.is_marked("caution") or sentence.silent < len(sentence.tokens):
        return
    uses = list(sentence.of("use"))
    for person in sentence.of("people", "person"):
        suffers: tuple[Group, ...] = ("body",) if person.phrase.endswith(("bị", "mắc")) else ()
        ill = sentence.after(person, "ill", "looks", "figure", *suffers, gap=2)
        if person.group == "person" and ill is None:
            continue
        for use in uses:
            if (
                use.last <= person.first <= use.last + 2
                or (ill or person).last <= use.first <= (ill or person).last + 4
            ):
                yield Promise(
                    "eases",
                    sentence.words(
                        min(use, person, key=lambda one: one.first),
                        max(use, ill or person, key=lambda one: one.last),
                    ),
                )
                break


def _named(sentence: _Sentence) -> Iterator[Promise]:
    """An illness that a short sentence names for no other reason, and goods for an organ."""
    if sentence.silent < len(sentence.tokens) or sentence.is_marked("caution"):
        return
    if len(sentence.tokens) <= _SLOGAN and not sentence.is_marked("told"):
        for ill in sentence.of("ill"):
            if ill.sure and ill.phrase not in NOT_ALONE:
                yield Promise("eases", sentence.words(ill, ill))
    for use in sentence.of("use"):
        of_organs = use.phrase.endswith(("cho", "của"))
        organ = sentence.after(use, "body", gap=2) if of_organs else None
        if organ is None or organ.phrase == "khớp" or not organ.sure:
            continue
        if sentence.tokens[organ.last : organ.last + 1] not in (["vào"], ["ra"], ["lên"]):
            yield Promise("body", sentence.words(use, organ))


def _praised(sentence: _Sentence) -> Iterator[Promise]:
    """The word of doctors, hospitals and patients, or the advice of an authority."""
    for who in sentence.of("medical", "office"):
        group: Group = "praise" if who.group == "medical" else "advise"
        said = sentence.near(who, group, gap=6)
        if said is None:
            for one in sentence.of(group):
                if one.last < who.first <= one.last + 2 and sentence.tokens[one.last] in (
                    "bởi",
                    "từ",
                    "của",
                ):
                    said = one
        if said and not any(one.sure and one.first < said.last for one in sentence.of("caution")):
            yield Promise("cure", sentence.words(who, said))
