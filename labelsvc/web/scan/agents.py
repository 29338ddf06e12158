"""Agents: tells people who open a page from programs that fetch it. Used by the scan page and its fast path.

Chats fetch a link to draw its preview, search engines to index it, browsers before anybody clicks. None of
them holds a product in its hands: counted as scans they make the first buyer read "scanned often".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from crawleruseragents import CRAWLER_USER_AGENTS_DATA


class Agent(StrEnum):
    PERSON = "person"
    #: Shows or indexes pages for others: gets a page about the product, without a word on the code.
    PREVIEW = "preview"
    #: Libraries, monitors, automated browsers: get the page.
    TOOL = "tool"
    #: The browser of a person who has not asked yet: the page may be shown later.
    PREFETCH = "prefetch"


#: Longer strings are no browser's; patterns look at the beginning alone.
_MAX_AGENT: Final = 600
_TOOL_TAGS: Final = frozenset({"http-library", "monitoring", "scanner", "browser-automation"})
#: Patterns of the list that browsers inside applications have as well: "… Mobile Safari/537.36 Viber/21".
_IN_APPS: Final = frozenset({"Viber", "WhatsApp", "MetaIAB Facebook"})
_BROWSER: Final = re.compile(r"^(?:Mozilla|Opera)/[0-9.]+ \((?!compatible)")

#: What the list lacks: fetchers of Vietnamese and Asian chats, and what programs call themselves anywhere.
#: CUBOT makes telephones; Zalo's own browser says "Zalo iOS/…" and "Zalo android/…".
_PREVIEWS: Final = re.compile(
    r"(?<!cu)bot(?:[^a-z]|$)|crawl|spider[/;)]|spider$|scrap|preview|line-poker|linkexpand|externalhit"
    r"|zalo[ _-]?(?:share|sharing|link|url|fetch|og|web|image)|^zalo(?:/|$)|ms-office|outlook mail|\+https?:",
    re.IGNORECASE,
)
_TOOLS: Final = re.compile(
    r"^(?:java|kube-probe|prometheus|blackbox|postman|insomnia|powershell|httpie|undici|got|ruby|perl|php|node"
    r"|dart|elb-|haproxy|nagios|icinga|libwww|lwp|scrapy|rest-client|guzzle)|phantomjs|headless|selenium"
    r"|puppeteer|playwright|webdriver|(?:uptime|monitor|health)(?:ing)?[ /_-]?(?:check|robot|bot|agent)?[/ ]",
    re.IGNORECASE,
)
_PURPOSES: Final = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")


def agent_of(environ: Mapping[str, Any]) -> Agent:
    """The kind of agent behind a request (PEP 3333)."""
    for name in _PURPOSES:
        purpose = environ.get(name)
        if purpose and any(
            word in purpose.lower() for word in ("prefetch", "prerender", "preview")
        ):
            return Agent.PREFETCH
    found = by_name(environ.get("HTTP_USER_AGENT", "")[:_MAX_AGENT])
    if found is Agent.PERSON and environ.get("REQUEST_METHOD") == "HEAD":
        return Agent.TOOL
    return found


@lru_cache(maxsize=4000)
def by_name(agent: str) -> Agent:
    """The kind of agent that calls itself *agent* in the header User-Agent."""
    browser = _BROWSER.match(agent) is not None
    for text, tool, in_apps in _LITERALS:
        if text in agent and not (in_apps and browser):
            return Agent.TOOL if tool else Agent.PREVIEW
    for pattern, tool in _PATTERNS:
        if pattern.search(agent):
            return Agent.TOOL if tool else Agent.PREVIEW
    if _PREVIEWS.search(agent):
        return Agent.PREVIEW
    if _TOOLS.search(agent):
        return Agent.TOOL
    # Browsers of today do not call themselves "compatible"; Internet Explorer up to 10 did.
    if "compatible;" in agent and "MSIE" not in agent:
        return Agent.PREVIEW
    return Agent.PERSON


def _sorted_out() -> tuple[list[tuple[str, bool, bool]], list[tuple[re.Pattern[str], bool]]]:
    """Patterns of the list: plain texts, which are looked for fast, and the others."""
    literals, patterns = [], []
    for row in CRAWLER_USER_AGENTS_DATA:
        pattern, tool = row["pattern"], bool(_TOOL_TAGS.intersection(row["tags"]))
        plain = re.sub(r"\\([./()+-])", r"\1", pattern)
        if re.fullmatch(r"(?:[\w /;:,@!#=~-]|\\[./()+-])+", pattern):
            literals.append((plain, tool, pattern in _IN_APPS))
        else:
            patterns.append((re.compile(pattern), tool))
    return literals, patterns


_LITERALS, _PATTERNS = _sorted_out()
