"""The picture of a disputed outline: all of it, and a legend that can be read."""

import io

import numpy as np
import shapely
from PIL import Image

from kotaku_geo.publish.worksheet import picture
from kotaku_geo.publish.worksheet.picture import Side


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def test_a_picture_shows_every_side_and_is_the_same_every_time() -> None:
    whole = shapely.box(0, 0, 300, 200) - shapely.box(50, 50, 90, 90)
    sides = [Side("Bappeda: 6 ha", whole),
             Side("BPS " + "panjang " * 60, shapely.box(40, 0, 340, 200)),
             Side("tanpa gambar", None)]  # fmt: skip
    content, height = picture.draw(sides)
    assert (content, height) == picture.draw(sides)
    image = Image.open(io.BytesIO(content)).convert("RGB")
    assert image.size == (picture.WIDTH, height)
    colours = {tuple(c) for c in np.asarray(image).reshape(-1, 3)}
    for colour in picture.COLOURS[:2]:
        assert rgb(colour) in colours
    print(f"\na picture takes {len(content) / 1024:.1f} KB")
    assert picture.draw([Side("tidak ada", None)])[1] < height


def test_nothing_covers_an_outline() -> None:
    """Neither the scale bar nor the arrow: an edge is drawn from end to end."""
    for shape in (shapely.box(0, 0, 400, 250), shapely.box(0, 0, 30, 900)):
        content, _ = picture.draw([Side("Bappeda", shape)])
        pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))[: picture.MAP_HEIGHT]
        drawn = (pixels == rgb(picture.COLOURS[0])).all(axis=2)
        rows, columns = drawn.any(axis=1).nonzero()[0], drawn.any(axis=0).nonzero()[0]
        inside = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        assert inside.any(axis=0).all()
        for edge in (inside[:3], inside[-3:]):
            assert edge.any(axis=0).mean() > 0.98
        for edge in (inside[:, :3], inside[:, -3:]):
            assert edge.any(axis=1).mean() > 0.98


def test_a_long_label_takes_more_lines_and_is_not_cut() -> None:
    label = ("15,56 ha – Dinas Perumahan Rakyat dan Kawasan Permukiman (perkim-kelurahan-2020), "
             "data 31 Desember 2020")  # fmt: skip
    lines = picture.wrapped(label)
    assert len(lines) > 1
    assert " ".join(lines) == label.replace("–", "-")
    short, long = (picture.draw([Side(text, None)])[1] for text in ("BPS", label))
    assert long == short + picture.LINE_HEIGHT * (len(lines) - 1)
    endless = picture.wrapped("panjang " * 60)
    assert len(endless) == picture.LABEL_LINES
    assert endless[-1].endswith("…")


def test_a_label_has_no_letter_that_the_font_lacks() -> None:
    written = "12,30 ha – Dinas “PU” — Baḷāi Bésar\u00a0漢"
    told = picture.legible(written)
    assert told == "12,30 ha - Dinas “PU” - Balai Besar ?"
    assert all(sign == " " or picture.has(sign) for sign in told)
    assert not picture.has("–"), "the font has it by now: it may stay as it is"
