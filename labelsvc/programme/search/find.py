"""Find: answers what people type with the pages they may mean, best first.

The database gives candidates by the words of the index (SQLite: FTS5; PostgreSQL: tsvector, and pg_trgm where it
is installed); one ranking of ours orders them, so that both databases answer alike.
"""

# ruff: noqa: S608 -- names of kinds, columns and folded letters of ours; all that was typed is a parameter
from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from rapidfuzz import fuzz
from sqlalchemy import RowMapping, select, text
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Outlet
from labelsvc.catalogue.points.shown import listed
from labelsvc.clock import today
from labelsvc.programme.search.models import Found
from labelsvc.programme.search.words import Question, others, read, squeeze

#: Candidates that are ranked for one question.
_MAX: Final = 300
#: Questions of fewer words that are asked in place of one that found nothing.
_MAX_TRIES: Final = 12
_MAX_NEAR: Final = 100
#: A name must be so alike (0 to 100) to be found by its letters alone.
_ALIKE: Final = 62
_FIELDS: Final = "e.kind, e.key, e.title, e.about, e.name, e.words, e.gram"
#: What a page counts for where nothing else tells them apart.
_USUAL: Final = {
    Found.PRODUCT: 0.6, Found.VILLAGE: 0.5, Found.OUTLET: 0.3, Found.PRODUCER: 0.25, Found.DECISION: 0.2, Found.PLACE: -0.6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that was found."""

    kind: Found
    #: See `SearchEntry.key`.
    key: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Pages, best first, and how the question was understood."""

    question: Question
    hits: Sequence[Hit]
    #: Nothing has all the words: these have most of them, or are spelled alike.
    near: bool = False


def find(
    session: Session, asked: str, *, kinds: Collection[Found] = tuple(Found), limit: int = 20
) -> Answer:
    """Search everything that has a page.

    :param kinds: pages that may be found. :param limit: how many at most.
    """
    question = read(asked)
    if not question.needed:
        return Answer(question, ())
    server = session.get_bind().dialect.name == "postgresql"
    look = _Look(session, kinds, server=server)
    rows = look.all_of(question.needed)
    near = not rows
    if near:
        rows = [*look.most_of(question.needed), *_alike(look.by_letters(question), question)]
    once = {(row["kind"], row["key"]): row for row in _shown(session, rows)}
    ranked = _apart([(_worth(row, question), row) for row in once.values()])
    hits = [
        Hit(Found(row["kind"]), row["key"], row["title"], row["about"]) for row in ranked[:limit]
    ]
    return Answer(question, hits, near)


def _shown(session: Session, rows: Sequence[RowMapping]) -> Iterable[RowMapping]:
    """Leave out points of sale that left the lists: a day passes without a change that the index could follow."""
    numbers = [int(row["key"]) for row in rows if row["kind"] == Found.OUTLET]
    if not numbers:
        return rows
    query = select(Outlet.id).where(Outlet.id.in_(numbers), listed(today()))
    here = {str(number) for number in session.scalars(query)}
    return [row for row in rows if row["kind"] != Found.OUTLET or row["key"] in here]


class _Look:
    """Statements over the index of one database."""

    def __init__(self, session: Session, kinds: Collection[Found], *, server: bool) -> None:
        self._session, self._server = session, server
        # Kinds are words of ours: they may stand in the statement.
        self._kinds = ", ".join(f"'{Found(kind)}'" for kind in kinds)

    def all_of(self, words: Iterable[str], most: int = _MAX) -> list[RowMapping]:
        """Entries in which a word begins with each of *words*."""
        if self._server:
            query = " & ".join(
                "(" + " | ".join(f"{one}:*" for one in others(word)) + ")" for word in words
            )
            statement = (
                f"SELECT {_FIELDS} FROM search_entry e, to_tsquery('simple', :query) q "
                f"WHERE e.kind IN ({self._kinds}) "
                "AND to_tsvector('simple'::regconfig, e.name || ' ' || e.words) @@ q "
                "ORDER BY ts_rank(to_tsvector('simple'::regconfig, e.name), q) DESC, e.id LIMIT :most"
            )
        else:
            query = " AND ".join(
                "(" + " OR ".join(f'"{one}"*' for one in others(word)) + ")" for word in words
            )
            statement = (
                f"SELECT {_FIELDS} FROM search_text t JOIN search_entry e ON e.id = t.rowid "
                f"WHERE search_text MATCH :query AND e.kind IN ({self._kinds}) "
                "ORDER BY bm25(search_text, 8.0, 1.0), e.id LIMIT :most"
            )
        return self._rows(statement, query=query, most=most)

    def most_of(self, words: Sequence[str]) -> list[RowMapping]:
        """Entries that have the most of *words* that any has: words that nothing has are left out."""
        known = [word for word in words if self.all_of((word,), 1)]
        tries = 0
        for size in range(len(known), 0, -1):
            found: list[RowMapping] = []
            for some in combinations(known, size):
                tries += 1
                if tries > _MAX_TRIES:
                    return found
                found += self.all_of(some, _MAX_NEAR)
            if found:
                return found
        return []

    def by_letters(self, question: Question) -> list[RowMapping]:
        """Entries whose names share pieces of three letters with the question."""
        gram = question.gram[:60]
        pieces = list(dict.fromkeys(gram[at : at + 3] for at in range(len(gram) - 2)))
        if not pieces:
            return []
        if not self._server:
            statement = (
                f"SELECT {_FIELDS} FROM search_gram t JOIN search_entry e ON e.id = t.rowid "
                f"WHERE search_gram MATCH :query AND e.kind IN ({self._kinds}) ORDER BY bm25(search_gram), e.id LIMIT :most"
            )
            return self._rows(
                statement, query=" OR ".join(f'"{one}"' for one in pieces), most=_MAX_NEAR
            )
        if self._rows("SELECT extname FROM pg_extension WHERE extname = 'pg_trgm'"):
            statement = (
                f"SELECT {_FIELDS} FROM search_entry e WHERE e.kind IN ({self._kinds}) "
                "AND word_similarity(:gram, e.gram) > 0.25 ORDER BY word_similarity(:gram, e.gram) DESC, e.id LIMIT :most"
            )
            return self._rows(statement, gram=gram, most=_MAX_NEAR)
        shared = " + ".join(
            f"(e.gram LIKE '%{one}%')::int" for one in pieces
        )  # folded letters and digits alone
        statement = (
            f"SELECT {_FIELDS} FROM search_entry e WHERE e.kind IN ({self._kinds}) "
            f"ORDER BY {shared} DESC, length(e.gram), e.id LIMIT :most"
        )
        return self._rows(statement, most=_MAX_NEAR)

    def _rows(self, statement: str, **values: Any) -> list[RowMapping]:
        return list(self._session.execute(text(statement), values).mappings())


def _alike(rows: Iterable[RowMapping], question: Question) -> list[RowMapping]:
    return [row for row in rows if _likeness(row, question) >= _ALIKE]


def _likeness(row: RowMapping, question: Question) -> float:
    """Measure how alike the letters of name and question are, 0 to 100, the shorter one inside the longer."""
    if len(row["gram"]) < 3:
        return 0.0
    return fuzz.partial_ratio(question.gram, row["gram"]) if len(row["gram"]) >= len(question.gram) else fuzz.ratio(question.gram, row["gram"])  # fmt: skip


def _apart(rated: Iterable[tuple[float, RowMapping]]) -> list[RowMapping]:
    """Best first; each further page of one name comes later, or ten makers of one thing hide all else."""
    ordered = sorted(rated, key=lambda pair: (-pair[0], pair[1]["title"], pair[1]["key"]))
    seen: Counter[str] = Counter()
    spread = []
    for worth, row in ordered:
        spread.append((worth - 0.8 * seen[row["name"]], row))
        seen[row["name"]] += 1
    return [row for _, row in sorted(spread, key=lambda pair: -pair[0])]


def _worth(row: RowMapping, question: Question) -> float:
    """Measure how well an entry answers: words in its name before words beside it, whole before begun, marks last."""
    kind = Found(row["kind"])
    name, words = row["name"].split(), set(row["words"].split())
    worth = _USUAL[kind]
    for word in question.needed:
        worth += max(_place(one, name, words) for one in others(word))
    # The first word of a Vietnamese name says what the thing is.
    worth += 1 if any(one in name for one in others(question.needed[0])) else 0
    for word in set(question.words) - set(question.needed):
        worth += 0.4 if word in name else 0
    if kind in question.kinds:
        worth += 6 if kind is not Found.PLACE else 3
    spelled = squeeze(question.typed)
    if row["gram"] == spelled:
        worth += 4
    elif question.gram and question.gram in row["gram"]:
        worth += 1.5
    # Names between which only marks tell: what was typed with marks means the one that has them.
    marked = [word for word in question.typed.split() if not word.isascii()]
    title = row["title"].casefold().split()
    worth += 0.3 * sum(word in title for word in marked)
    return worth + _likeness(row, question) / 50 - len(name) * 0.02


def _place(word: str, name: Sequence[str], words: Collection[str]) -> float:
    if word in name:
        return 3
    if any(one.startswith(word) for one in name):
        return 2
    if word in words:
        return 1.4
    return 0.8 if any(one.startswith(word) for one in words) else 0
