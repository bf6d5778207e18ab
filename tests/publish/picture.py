"""The picture in the README: the top of a profile, as small as it can be and stay clear.

python -m tests.publish.picture build/contoh/publish/profil.html data/profil-contoh.png
"""

import base64
import io
import sys
from pathlib import Path

from PIL import Image

from tests.publish.chromium import browser

WIDTH, HEIGHT, SHOWN = 1300, 1515, 1000  # of the window, and the picture's width
COLOURS = 192


def picture(page: Path) -> bytes:
    """A PNG of the page's top, with few colours."""
    with browser() as tab:
        tab.open(page.resolve(), "?lang=id", width=WIDTH, height=HEIGHT)
        tab.value("new Promise(r => setTimeout(r, 500))")
        shot = base64.b64decode(tab.call("Page.captureScreenshot", format="png")["data"])
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    small = image.resize((SHOWN, HEIGHT * SHOWN // WIDTH), Image.Resampling.LANCZOS)
    few = small.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    few.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(picture(Path(sys.argv[1])))
