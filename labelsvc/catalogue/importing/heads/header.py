"""Finds the header of a list below its title rows, and says which column holds what."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from labelsvc.catalogue.importing.files.guard import column_letters
from labelsvc.catalogue.importing.files.read import Cell, Cells, Span, Table
from labelsvc.catalogue.importing.heads import words as heads
from labelsvc.catalogue.importing.values.plain import text_of
from labelsvc.errors import ImportRefused
from labelsvc.i18n import fold

#: Rows that may stand above the header.
SEARCHED = 60
#: Rows that a header may have.
_DEEPEST = 3
_LONGEST = 160
#: From this column on stands what somebody added to a row: no list is as wide.
ADDED = 1_000

_LABELS = {
    "product": "Tên sản phẩm", "producer": "Chủ thể", "stars": "Hạng sao", "decision": "Số quyết định",
    "decision_date": "Ngày ban hành", "valid_to": "Ngày hết hạn", "set": "Bộ sản phẩm", "gtin": "GTIN",
}  # fmt: skip
#: The field that a list of each sort must name.
_LEADS = ("product", "outlet", "village")
#: Fields with one value: if several columns claim one, choose. Columns of other fields are joined.
_ONE = frozenset(
    ("product", "producer", "stars", "score", "decision", "decision_date", "valid_to", "withdrawal_decision", "withdrawal_date")
)  # fmt: skip
_OLDER = re.compile(r"\b(?:cu|truoc day|lan truoc|lan 1|lan dau|truoc do)\b")
_NEWER = re.compile(r"\b(?:lai|moi|lan 2|hien nay|lan sau|nang hang)\b")
_YEAR = re.compile(r"20\d\d")
#: Digits that heads have.
_NO_NUMBER = re.compile(r"\([^)]*\)|20\d\d|OCOP \d|lần \d")
#: One number in a head that is understood ("Điểm theo QĐ 1048"), or the name of a column ("Cột X360").
_ONE_NUMBER = re.compile(r"\D*\d{1,5}(?:/(?:\d{4}/)?(?:QĐ|NĐ|NQ|TT)[\w-]*)?\D*")
#: Anything that may be a digit, for a first look.
_DIGITS = re.compile("\\d|[²³¹\u1300-\u1dff\u2000-\U0010ffff]")
_NAMED = re.compile(r"(?i)(?:cột|mục|chỉ tiêu|tiêu chí|phụ lục|biểu|col|column|field)\s+\w{1,8}")


@dataclass(frozen=True)
class Header:
    """The header's place and the meaning of its columns: field → index, index → words.

    `fields`: index → field ("" unknown); `more`: field → further columns that say the same;
    `rivals`: fields that several columns claim and none is the one.
    """

    row: int
    depth: int
    columns: dict[str, int]
    words: dict[int, str]
    fields: dict[int, str] = field(default_factory=dict)
    more: dict[str, tuple[int, ...]] = field(default_factory=dict)
    rivals: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def label(self, name: str) -> str:
        """Name the column of *name* as the file does, or by our name where the file lacks it."""
        index = self.columns.get(name)
        known = self.words.get(index) if index is not None else None
        return known if known is not None else _LABELS.get(name, name)

    def letter(self, name: str) -> str:
        """The column letter of a spreadsheet program: A, B, … AA."""
        index = self.columns.get(name)
        return "" if index is None or index >= ADDED else column_letters(index + 1)

    @property
    def fingerprint(self) -> str:
        """The same for every table with the same heads in the same order."""
        told = "\n".join(f"{i}:{fold(w)}" for i, w in sorted(self.words.items()))
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @property
    def unknown(self) -> list[int]:
        """Columns with a head that is not understood."""
        return [index for index, name in self.fields.items() if not name]


class HeaderMissing(ImportRefused):
    """A table whose heads no rule knows: a person may point at them."""


def no_header() -> ImportRefused:
    return HeaderMissing(
        "No header row was found: a row with the columns “Tên sản phẩm” and “Chủ thể”.",
        fix="Name the columns in one row above the list, for example: STT, Tên sản phẩm, "
        "Chủ thể, Địa chỉ, Hạng sao, Số quyết định, Ngày ban hành.",
    )


def header_of(table: Table) -> Header | None:
    """The best header among the first rows of *table*: the one with most columns, the first of equals."""
    rows = list(islice(table.rows(), SEARCHED))
    best: Header | None = None
    for index in range(len(rows)):
        header = header_at(rows[index : index + _DEEPEST], table.spans)
        if header is not None and (best is None or len(header.columns) > len(best.columns)):
            best = header
    return best


def header_at(rows: Sequence[tuple[int, Cells]], spans: Sequence[Span] = ()) -> Header | None:
    """The header that begins with the first of *rows*, or None where that is none."""
    number, first = rows[0]
    if not _may_head(first):
        return None
    best: Header | None = None
    lines: list[list[str]] = []
    for depth, (at, cells) in enumerate(rows[:_DEEPEST], 1):
        if at > number + depth or (depth > 1 and not _may_head(cells, below=True)):
            break
        words = [_words(cell) for cell in cells]
        lines.append(_spread(words, at - 1, spans))
        header = _header(number, at - number + 1, lines)
        if depth > 1 and not _adds(lines):
            break
        if _is_header(header) and (
            best is None
            or len(header.columns) > len(best.columns)
            or (len(header.columns) == len(best.columns) and _are_stars(lines))
        ):
            best = header
    return best


def _may_head(cells: Cells, *, below: bool = False) -> bool:
    """True if a row has texts only, as heads are: short, and hardly a digit in them."""
    texts = 0
    for cell in cells:
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        if not isinstance(cell, str) or len(cell) > _LONGEST:
            return False
        if not cell.isalpha() and _DIGITS.search(cell) and sum(map(str.isdigit, cell)) > 1:
            bare = _NO_NUMBER.sub(" ", cell)
            if sum(map(str.isdigit, bare)) > 1 and (below or not _numbered_head(bare)):
                return False
        texts += 1
    return texts >= (1 if below else 2)


def _numbered_head(text: str) -> bool:
    """True if a text with a number in it is a head all the same."""
    plain = " ".join(text.split())
    if _NAMED.fullmatch(plain):
        return True
    about = re.match(r"(?i)([^\d]{4,40}?)\s+(?:theo|tại|của|kèm theo)\s+(?:qđ|quyết định)\b", plain)
    if about and heads.field_of(about[1]) and len(plain) <= _LONGEST:
        return True  # "Hạng sao theo QĐ số 1147/QĐ-UBND ngày 04/3/2026"
    letters = sum(map(str.isalpha, plain))
    known = heads.field_of(re.sub(r"\d+(?:/\S+)?", " ", plain))
    # "1147/QĐ-UBND" and "HTX 12" stand below heads.
    own = known in ("score", "stars", "decision", "decision_date", "valid_to", "note", "part_score")
    return own and letters >= 6 and len(plain) <= 60 and bool(re.match(r"[^\W\d]", plain)) and bool(_ONE_NUMBER.fullmatch(plain)) and not re.fullmatch(r"(?i)(?:qđ|quyết định|số|ngày)?\W*(?:số)?\W*\d+(?:/\S*)?", plain)  # fmt: skip


def _spread(words: list[str], row: int, spans: Sequence[Span]) -> list[str]:
    """A head that is merged over several columns, in each of them."""
    made = list(words)
    for top, left, bottom, right in spans:
        if top <= row <= bottom and right > left and left < len(made) and made[left]:
            for column in range(left + 1, min(right + 1, len(made))):
                made[column] = made[column] or made[left]
    return made


def _adds(lines: list[list[str]]) -> bool:
    """True if the last of *lines* is a row of sub-heads: most of its words are understood as such."""
    above, last = lines[:-1], lines[-1]
    new = known = 0
    for index, words in enumerate(last):
        tops = [line[index] for line in above if index < len(line) and line[index]]
        if not words or words in tops:
            continue
        new += 1
        known += bool(heads.field_under(tuple(_with_left(above, index)), words))
    return new > 0 and known * 2 >= new


def _are_stars(lines: list[list[str]]) -> bool:
    """True if the last of *lines* has a head for each number of stars and nothing else."""
    above, last = lines[:-1], lines[-1]
    new = [
        fold(words) for index, words in enumerate(last)
        if words and not any(index < len(line) and line[index] == words for line in above)
    ]  # fmt: skip
    return len(new) > 1 and all(
        re.fullmatch(r"(?:hang )?0?[345] ?(?:sao|[*★]+)", one) for one in new
    )


def _with_left(above: list[list[str]], index: int) -> list[str]:
    """The heads over a column; where its own is empty, the one left of it that may be merged."""
    tops = []
    for line in above:
        at = min(index, len(line) - 1)
        while at > 0 and not line[at]:
            at -= 1
        tops.append(line[at] if line and (at == index or at >= 0) else "")
    return tops


def _header(number: int, depth: int, lines: list[list[str]]) -> Header:
    width = max(map(len, lines))
    words: dict[int, str] = {}
    fields: dict[int, str] = {}
    for index in range(width):
        own = [line[index] if index < len(line) else "" for line in lines]
        parts = list(dict.fromkeys(part for part in own if part))
        if not parts:
            continue
        if len(lines) > 1 and not own[0]:
            parts = list(
                dict.fromkeys([part for part in _with_left(lines[:-1], index) if part] + parts)
            )
        words[index] = " ".join(parts)
        fields[index] = heads.field_under(tuple(parts[:-1]), parts[-1])
    return _placed(number, depth, words, fields)


def _placed(number: int, depth: int, words: dict[int, str], fields: dict[int, str]) -> Header:
    """Choose among several columns of one field, and make the header of them."""
    owners = [index for index, name in fields.items() if name == "producer"]
    if len(owners) > 1:  # beside the owner such a column is who made the piece
        fields |= {index: "artisan" for index in owners if fold(words[index]) == "nghe nhan"}
    by: dict[str, list[int]] = {}
    for index, name in fields.items():
        if name:
            by.setdefault(name, []).append(index)
    columns: dict[str, int] = {}
    more: dict[str, tuple[int, ...]] = {}
    rivals: dict[str, tuple[int, ...]] = {}
    for name, indices in by.items():
        if len(indices) == 1:
            columns[name] = indices[0]
            continue
        if name not in _ONE:
            columns[name], more[name] = indices[0], tuple(indices[1:])
            continue
        chosen = _newest(name, indices, words)
        if chosen is None:
            columns[name], rivals[name] = indices[0], tuple(indices)
        else:
            columns[name] = chosen
    return Header(number, depth, columns, words, fields, more, rivals)


def _newest(name: str, indices: list[int], words: dict[int, str]) -> int | None:
    """The one of several columns of a field that speaks of today; None where none says so."""
    plain = {index: fold(words[index]) for index in indices}
    left = [index for index in indices if not _OLDER.search(plain[index])]
    if len(left) == 1:
        return left[0]
    newer = [index for index in left if _NEWER.search(plain[index])]
    if len(newer) == 1:
        return newer[0]
    years = {index: max(map(int, _YEAR.findall(plain[index])), default=0) for index in left}
    if years and list(years.values()).count(max(years.values())) == 1:
        return max(years, key=lambda index: years[index])
    if name == "decision_date":  # the day of a certificate is not that of the decision
        left = [i for i in left if not re.search(r"\b(?:gcn|giay chung nhan|giay cn)\b", plain[i])]
        return left[0] if len(left) == 1 else None
    if name == "score":
        whole = [
            i
            for i in left
            if re.search(r"\b(?:tong|binh quan|trung binh|tb|thanh pho|tinh)\b", plain[i])
        ]
        return whole[0] if len(whole) == 1 else None
    if name in ("product", "producer"):
        named = [index for index in left if plain[index].startswith("ten")]
        return named[0] if len(named) == 1 else (left or indices)[0]
    exact = [index for index in left if words[index] and len(plain[index]) <= 12]
    return exact[0] if len(exact) == 1 and name in ("stars",) else None


def with_columns(header: Header, by_hand: Mapping[int, str]) -> Header:
    """*header* with columns that somebody assigned: index → field, "" for a column to leave out."""
    fields = {
        i: by_hand.get(i, name) or ("left_out" if i in by_hand else "")
        for i, name in header.fields.items()
    }
    chosen = {name: index for index, name in by_hand.items() if name}
    fields = {i: n if chosen.get(n, i) == i else "left_out" for i, n in fields.items()}
    return _placed(header.row, header.depth, header.words, fields)


def beside(table: Table) -> list[Table]:
    """*table*, or the two that stand beside each other in it: the same heads twice in one row.

    Each keeps the columns of the sheet, so that a problem is told where it stands.
    """
    header = header_of(table)
    leads = [i for i, name in sorted(header.fields.items()) if name in _LEADS] if header else []
    if header is None or len(leads) != 2:
        return [table]
    plain = [(i, fold(words)) for i, words in sorted(header.words.items())]
    first = [words for i, words in plain if i <= leads[0]]
    starts = [i for i, words in plain if words == first[0] and leads[0] < i <= leads[1]]
    if not starts or plain[0][0] > leads[0]:
        return [table]
    left, right = (
        {words for i, words in plain if (i < starts[0]) is part} for part in (True, False)
    )
    if len(left & right) < 3:
        return [table]
    return [
        replace(table, source=_columns(table, 0, starts[0])),
        replace(table, name=f"{table.name} (2)".strip(), source=_columns(table, starts[0], None)),
    ]


def _columns(table: Table, first: int, end: int | None) -> Callable[[], Iterator[Cells]]:
    """The source of *table* with its columns from *first* to before *end*, the others empty."""
    source = table.source

    def rows() -> Iterator[Cells]:
        for cells in source():
            yield [None] * first + cells[first:end]

    return rows


def given_header(table: Table, row: int, columns: Mapping[int, str]) -> Header:
    """The header that somebody pointed at: its row (0: the list has none) and its columns."""
    words: dict[int, str] = {}
    for number, cells in islice(table.rows(), SEARCHED) if row else ():
        if number == row:
            words = {i: " ".join(text_of(c).split())[:_LONGEST] for i, c in enumerate(cells) if text_of(c)}  # fmt: skip
    words |= {i: column_letters(i + 1) for i, name in columns.items() if name and i not in words}
    fields = {i: columns.get(i, "") or "left_out" for i in words}
    return _placed(row, 1 if row else 0, words, fields)


def remembered_header(table: Table, remembered: Mapping[str, Mapping[int, str]]) -> Header | None:
    """A row of heads that no rule knows and that somebody pointed at in an earlier list."""
    if not remembered:
        return None
    for number, cells in islice(table.rows(), SEARCHED):
        words = {i: " ".join(text_of(c).split())[:_LONGEST] for i, c in enumerate(cells) if text_of(c)}  # fmt: skip
        if len(words) >= 2:
            columns = remembered.get(Header(number, 1, {}, words).fingerprint)
            if columns and set(columns.values()) & set(_LEADS):
                return given_header(table, number, columns)
    return None


def with_added(header: Header, edits: Mapping[int, Mapping[int, str]]) -> Header:
    """*header* with columns for what somebody added to rows and the list has no column of."""
    added = {index for said in edits.values() for index in said if index >= ADDED}
    names = {heads.FIELDS[i - ADDED]: i for i in added if i - ADDED < len(heads.FIELDS)}
    fresh = {name: i for name, i in names.items() if name not in header.columns}
    return replace(header, columns={**header.columns, **fresh}) if fresh else header


def named(header: Header, index: int) -> str:
    """Tell what a column is called in words to people."""
    if index < ADDED:
        return header.words.get(index) or column_letters(index + 1)
    field = heads.FIELDS[index - ADDED] if index - ADDED < len(heads.FIELDS) else ""
    return _LABELS.get(field, field)


def added_column(field: str) -> int:
    """The column, right of every real one, that holds what somebody adds of *field*."""
    return ADDED + heads.FIELDS.index(field)


def _is_header(header: Header) -> bool:
    known = set(header.columns) - {"number", "note"}
    if "product" in known:
        return len(known) >= 2 and bool(known & {"producer", "stars", "decision", "score", "address", "withdrawal_decision", "withdrawal_reason", "commune", "kind", "set", "status", "valid_to"})  # fmt: skip
    return any(lead in known for lead in _LEADS) and len(known) >= 2


def repeats(header: Header, cells: Cells) -> bool:
    """True if a row is the header again, as at the top of a page: half of its words are."""
    said = [index for index, cell in enumerate(cells) if isinstance(cell, str) and cell.strip()]
    if len(said) < 2:
        return False
    same, left = 0, len(said)
    for index in said:
        if (same + left) * 2 <= len(said):
            return False  # a row of the list, mostly: no need to look at all of it
        left -= 1
        if index in header.words:
            plain = fold(_words(cells[index]))
            same += plain != "" and plain in fold(header.words[index])
    return same * 2 > len(said) and same >= 2


def is_plain_header(cells: Cells) -> bool:
    """True if a row in the middle of a list can only be a header: most of its words are exact heads."""
    if not _may_head(cells):
        return False
    words = [said for cell in cells if (said := _words(cell))]
    exact = [w for w in words if len(w) <= 40 and heads.is_exact(w)]
    return len(words) >= 3 and len(exact) * 2 >= len(words)


def _words(cell: Cell) -> str:
    return " ".join(text_of(cell).split()) if isinstance(cell, str) else ""
