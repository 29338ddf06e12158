"""Letter: a message as it is read: subject, plain text, HTML, and the values of a template of a gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader

from labelsvc.errors import Phrase
from labelsvc.i18n import translate
from labelsvc.messages.kinds import KINDS, SPOKEN
from labelsvc.resources import folder


@dataclass(frozen=True)
class Letter:
    """A message in one language."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str
    link: str
    office: str
    language: str

    @property
    def text(self) -> str:
        """Plain text, for programs that show no HTML."""
        return "\n\n".join(
            (*self.paragraphs, f"{self.button}:\n{self.link}", f"-- \n{self.office}", "")
        )

    @property
    def html(self) -> str:
        """A whole HTML document: no picture, no script, nothing that is fetched."""
        return str(_template().render(letter=self))


def write(kind: str, facts: Mapping[str, Any], *, language: str, link: str, office: str) -> Letter:
    """Fill the sentences of *kind* in *language*; *link* is a whole address."""
    found = KINDS[kind]
    values = {name: Phrase(value) if name in SPOKEN else value for name, value in facts.items()}

    def said(phrase: Phrase) -> str:
        return translate(phrase.text, language, **values)

    # A line break in a fact would end the header that it stands in.
    subject = " ".join(said(found.subject).split())
    paragraphs = tuple(said(phrase) for phrase in found.body)
    return Letter(subject, paragraphs, said(found.button), link, office, language)


@lru_cache(maxsize=1)
def _template() -> Any:
    loader = FileSystemLoader(folder("templates"))
    return Environment(loader=loader, autoescape=True).get_template("messages/letter.html")
