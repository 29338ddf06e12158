"""Register pictures: takes the pictures of docs/register/ from a running demo.

    PYTHONPATH=. python tools/register_pictures.py http://127.0.0.1:8000

Each public page at the width of a telephone and of a desk, in Vietnamese, the upper part of it.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parents[1]
FOLDER = HERE / "docs" / "register"
#: Picture → page.
PAGES = {
    "home": "/",
    "search": "/search?q=gom+bat+trang",
    "products": "/products?stars=4",
    "product": "/product/1",
    "producer": "/producer/1",
    "decisions": "/decisions",
    "changes": "/changes",
    "villages": "/villages",
    "village": "/village/1",
    "outlets": "/outlets",
    "outlet": "/outlet/1",
    "figures": "/figures",
    "data": "/data",
}
#: Width → height, pixels.
SIZES = {360: 760, 1280: 800}


def main(base: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox"]
        )
        for width, height in SIZES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, locale="vi-VN"
            )
            page = context.new_page()
            for name, path in PAGES.items():
                answer = page.goto(base.rstrip("/") + path)
                if answer is None or answer.status != 200:
                    raise SystemExit(f"{path} did not answer 200: is this the demo?")
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    raise SystemExit(f"{path} is {wide} pixels wide at {width}.")
                shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
                shot.save(FOLDER / f"{name}-{width}.webp", quality=55, method=6)
            context.close()
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
