"""A small map of one disputed outline, as PNG: every side in its colour, legend and scale bar.

The same shapes give the same bytes. Everything is drawn at twice its size and halved, which
smooths the lines.
"""

import io
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from kotaku_geo.publish.worksheet.words import number

WIDTH = 520  # pixels
MAP_HEIGHT = 330
LINE_HEIGHT = 22
FONT = 14
LABEL_LINES = 3  # that a legend's label may take; what is longer is cut
_TWICE = 2
_MARGIN = 24
_FOOT = 34  # below the shapes, for the scale bar
# Colours that people who confuse red and green tell apart, too (Okabe and Ito).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_INK, _PAPER, _FRAME = "#222222", "#FFFFFF", "#BBBBBB"
_DASHES = ((), (14, 7), (4, 6), (18, 5, 4, 5), (8, 8), (3, 3))
_ALPHA = 40
_NO_SIGN = "\uffff"
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Side:
    """One outline: what the legend calls it, and its shape in metres.

    None where there is nothing to draw; no shape is empty.
    """

    label: str
    shape: shapely.Geometry | None


def draw(sides: Sequence[Side], north: str = "U") -> tuple[bytes, int]:
    """The picture as PNG, and its height in pixels at a width of `WIDTH`.

    Sides beyond the number of colours share them; a side without a shape stands in the legend.
    """
    labels = [wrapped(side.label) for side in sides]
    height = MAP_HEIGHT + LINE_HEIGHT * sum(map(len, labels)) + 12
    image = Image.new("RGB", (WIDTH * _TWICE, height * _TWICE), _PAPER)
    shapes = [s.shape for s in sides if s.shape is not None]
    if shapes:
        view = _View.around(shapes)
        for place, side in enumerate(sides):
            if side.shape is not None:
                image = _filled(image, _rings(side.shape, view), COLOURS[place % len(COLOURS)])
        pen = ImageDraw.Draw(image)
        for place, side in enumerate(sides):
            if side.shape is not None:
                _outlined(pen, _rings(side.shape, view), place % len(COLOURS))
        _scale_bar(pen, view)
        _north(pen, north)
    _legend(ImageDraw.Draw(image), labels)
    small = image.resize((WIDTH, height), Image.Resampling.BOX)
    stream = io.BytesIO()
    small.save(stream, "PNG")
    return stream.getvalue(), height


@dataclass(frozen=True)
class _View:
    """Metres to pixels of the large drawing; north is up."""

    left: float
    top: float
    per_metre: float
    shift: tuple[float, float]

    @classmethod
    def around(cls, shapes: Sequence[shapely.Geometry]) -> "_View":
        left, bottom, right, top = shapely.total_bounds(np.array(shapes, dtype=object))
        inner = (WIDTH - 2 * _MARGIN) * _TWICE, (MAP_HEIGHT - _MARGIN - _FOOT) * _TWICE
        size = max(right - left, 1e-3), max(top - bottom, 1e-3)
        per_metre = min(inner[0] / size[0], inner[1] / size[1])
        spare = [(inner[i] - size[i] * per_metre) / 2 + _MARGIN * _TWICE for i in (0, 1)]
        return cls(left, top, per_metre, (spare[0], spare[1]))

    def pixels(self, points: Points) -> Points:
        x = (points[:, 0] - self.left) * self.per_metre + self.shift[0]
        y = (self.top - points[:, 1]) * self.per_metre + self.shift[1]
        return np.column_stack([x, y])


def _rings(shape: shapely.Geometry, view: _View) -> list[Points]:
    """Rings of a shape in pixels, simplified to half a pixel of the finished picture."""
    simple = shapely.simplify(shape, 0.5 / view.per_metre)
    rings = shapely.get_rings(shapely.get_parts(simple))
    return [view.pixels(shapely.get_coordinates(ring)) for ring in rings]


def _filled(image: Image.Image, rings: list[Points], colour: str) -> Image.Image:
    """The image with the inside of the rings tinted; a ring inside another is a hole."""
    mask = Image.new("L", image.size, 0)
    for ring in rings:
        one = Image.new("L", image.size, 0)
        ImageDraw.Draw(one).polygon(_path(ring), fill=255)
        mask = _either(mask, one)
    tint = Image.new("RGB", image.size, colour)
    return Image.composite(tint, image, mask.point([i * _ALPHA // 255 for i in range(256)]))


def _either(one: Image.Image, other: Image.Image) -> Image.Image:
    """What lies in one of two masks and not in both."""
    flat = np.asarray(one) ^ np.asarray(other)
    return Image.fromarray(flat)


def _outlined(pen: ImageDraw.ImageDraw, rings: list[Points], place: int) -> None:
    width = (3 if place == 0 else 2) * _TWICE
    for ring in rings:
        for piece in _dashed(ring, _DASHES[place]):
            pen.line(_path(piece), fill=COLOURS[place], width=width, joint="curve")


def _dashed(ring: Points, pattern: Sequence[int]) -> list[Points]:
    """The drawn pieces of a line under a pattern of dashes and gaps, in pixels of the picture."""
    line = shapely.LineString(ring)
    if not pattern or line.length == 0:
        return [ring]
    steps = np.array(pattern, dtype=float) * _TWICE
    count = math.ceil(line.length / steps.sum())
    starts = (np.arange(count)[:, None] * steps.sum() + np.cumsum([0.0, *steps[:-1]])[::2]).ravel()
    lengths = np.tile(steps[::2], count)
    along = starts[:, None] + lengths[:, None] * np.linspace(0, 1, 5)
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, along.ravel()))
    return list(points.reshape(-1, 5, 2))


def _path(points: Points) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in points]


def _scale_bar(pen: ImageDraw.ImageDraw, view: _View) -> None:
    """A bar of 1, 2 or 5 times a power of ten metres, at most a third of the picture wide.

    It stands in the foot, where no shape is drawn.
    """
    most = WIDTH * _TWICE / 3 / view.per_metre
    power = 10.0 ** math.floor(math.log10(most))
    metres = max(step * power for step in (1, 2, 5) if step * power <= most)
    left, bottom = 12 * _TWICE, (MAP_HEIGHT - 8) * _TWICE
    right = left + metres * view.per_metre
    label = f"{number(metres, 0)} m" if metres >= 1 else f"{number(metres * 100, 0)} cm"
    pen.line((left, bottom, right, bottom), fill=_INK, width=2 * _TWICE)
    for x in (left, right):
        pen.line((x, bottom - 12, x, bottom), fill=_INK, width=2 * _TWICE)
    pen.text((right + 16, bottom + 4), label, fill=_INK, font=_font(FONT), anchor="ls")


def _north(pen: ImageDraw.ImageDraw, letter: str) -> None:
    x, y = (WIDTH - 18) * _TWICE, 10 * _TWICE
    pen.polygon([(x, y), (x - 12, y + 36), (x, y + 28), (x + 12, y + 36)], fill=_INK)
    pen.text((x, y + 40), letter, fill=_INK, font=_font(FONT), anchor="ma")


def _legend(pen: ImageDraw.ImageDraw, labels: Sequence[Sequence[str]]) -> None:
    top = MAP_HEIGHT * _TWICE
    pen.rectangle((0, 0, WIDTH * _TWICE - 1, top - 1), outline=_FRAME, width=_TWICE)
    y = top + (8 + LINE_HEIGHT // 2) * _TWICE
    for place, lines in enumerate(labels):
        sample = np.array([(8.0 * _TWICE, y), (52.0 * _TWICE, y)])
        _outlined(pen, [sample], place % len(COLOURS))
        for line in lines:
            pen.text((62 * _TWICE, y), line, fill=_INK, font=_font(FONT), anchor="lm")
            y += LINE_HEIGHT * _TWICE


def wrapped(label: str) -> list[str]:
    """A label in lines that fit the picture's width, broken at spaces where there are any."""
    lines = [""]
    for word in legible(label).split():
        longer = f"{lines[-1]} {word}".lstrip()
        if _fits(longer):
            lines[-1] = longer
        else:
            lines += [word] if lines[-1] else []
            lines[-1] = word
    kept = lines[:LABEL_LINES]
    if len(kept) < len(lines):
        kept[-1] += " …"
    return [_short(line) for line in kept]


def _short(line: str) -> str:
    while not _fits(line):
        line = line.removesuffix("…")[:-1] + "…"
    return line


def _fits(line: str) -> bool:
    return _font(FONT).getlength(line) <= (WIDTH - 70) * _TWICE


def legible(text: str) -> str:
    """A text in letters that the picture's font has: it knows no dashes, nor every accent."""
    return "".join(_letter(sign) for sign in text)


@cache
def _letter(sign: str) -> str:
    if sign.isspace():
        return " "
    if unicodedata.category(sign) == "Pd":
        return "-"
    bare = unicodedata.normalize("NFKD", sign)[0]
    return next((found for found in (sign, bare) if has(found)), "?")


def has(sign: str) -> bool:
    """Whether the font draws a sign otherwise than one that no font has."""
    font = _font(FONT)
    return bytes(font.getmask(sign)) != bytes(font.getmask(_NO_SIGN))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size * _TWICE)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font
