"""The language of the command line."""

from __future__ import annotations

import os

import click


def language(context: click.Context | None = None) -> str:
    """Of messages and help: `--language`, then LANG, then English."""
    context = context or click.get_current_context(silent=True)
    chosen = (context.find_root().params.get("language") if context else None) or None
    if chosen:
        return str(chosen)
    return "vi" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("vi") else "en"
