"""Guides: copies the guides of `templates/help/` to docs/vi/, and prints them as PDF for the site.

    python tools/guides.py          writes docs/vi/*.md and labelsvc/static/help/*.pdf

The pictures are made first: LABELSVC_GUIDES=labelsvc/static/help python -m pytest -n0 tests/e2e/test_guides.py
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from flask import render_template

from labelsvc.resources import folder
from labelsvc.settings import load
from labelsvc.web.app import create_app
from labelsvc.web.public import guides

DOCS = Path(__file__).parents[1] / "docs" / "vi"
_HEAD = "<!-- Made by tools/guides.py from templates/help/. -->\n\n"


def as_docs(name: str) -> str:
    """The text of a guide with the pictures where they lie for a reader of the repository."""
    text = (folder("templates") / "help" / f"{name}.md").read_text(encoding="utf-8")
    return _HEAD + re.sub(r"\]\(([a-z0-9-]+\.webp)\)", r"](../../labelsvc/static/help/\1)", text)


def as_html(name: str) -> str:
    """The guide as one page without the site around it, whose files lie beside it."""
    with tempfile.TemporaryDirectory() as kept:
        app = create_app(load(dev=True, data_dir=Path(kept), base_url="http://127.0.0.1:8000"))
        with app.test_request_context(f"/help/{name}?lang=vi"):
            page = render_template("public/guide.html", guide=guides.guide(name), printed=False)
    page = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    return re.sub(r'"/static/([^"?]+)[^"]*"', rf'"{folder("static").as_uri()}/\1"', page)


def main() -> None:
    """Write everything."""
    DOCS.mkdir(exist_ok=True)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if chromium is None:
        raise SystemExit("Chromium prints the guides: apt-get install chromium")
    for name in guides.GUIDES:
        (DOCS / f"{name}.md").write_text(as_docs(name), encoding="utf-8")
        with tempfile.TemporaryDirectory() as work:
            page = Path(work) / f"{name}.html"
            page.write_text(as_html(name), encoding="utf-8")
            target = folder("static") / "help" / f"{name}.pdf"
            subprocess.run(
                [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                 "--allow-file-access-from-files", "--virtual-time-budget=5000",
                 f"--print-to-pdf={target}", page.as_uri()],
                check=True, capture_output=True, timeout=120,
            )  # fmt: skip


if __name__ == "__main__":
    main()
