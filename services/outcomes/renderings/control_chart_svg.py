"""A control chart as SVG, written by hand: no script, no style sheet, every text escaped, title and description for all.

A gap in the series is a gap in the line. What a colour says, a shape says too: a circle is common cause, a diamond
special cause for the better, a square for the worse, a triangle special cause where neither way is good.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT = 960, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 60, 70
_MOST_LABELS = 12
# Colours of NHS England's charts: grey common cause, blue improvement, orange concern, purple neither.
_GREY, _BLUE, _ORANGE, _PURPLE = "#6f6f6f", "#00b0f0", "#e46c0a", "#7b3f98"

_OPENING = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    ' role="img" aria-labelledby="title desc" font-family="sans-serif" font-size="12">'
)


@dataclass(frozen=True, slots=True)
class Dot:
    """One period. `value` None: a gap. `sign` says what the point says: common, better, worse, neutral or blank."""

    label: str
    value: Decimal | None
    sign: str
    centre: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    stretch: int | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn. `marks` are the places (numbers of dots) before which the series breaks, with a word for each."""

    title: str
    description: str
    unit: str | None
    dots: tuple[Dot, ...]
    target: Decimal | None
    marks: tuple[tuple[int, str], ...]


def draw(drawing: Drawing) -> str:
    """The whole document. Of an empty series it says so in words."""
    return "\n".join(
        (
            _OPENING,
            f'<title id="title">{escaped(drawing.title)}</title>',
            f'<desc id="desc">{escaped(drawing.description)}</desc>',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            _text(_LEFT, 24, drawing.title, size=16),
            *_body(drawing),
            "</svg>",
            "",
        )
    )


def escaped(text: str) -> str:
    """Text that no reader of SVG takes for markup, without characters that XML cannot hold."""
    plain = "".join(each for each in text if each in "\t\n" or ord(each) >= 32)
    plain = "".join(
        each for each in plain if not 0xD800 <= ord(each) <= 0xDFFF and ord(each) not in (0xFFFE, 0xFFFF)
    )
    for character, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        plain = plain.replace(character, written)
    return plain


def _body(drawing: Drawing) -> Iterator[str]:
    scale = _Scale.of(drawing)
    if scale is None:
        yield _text(_LEFT, HEIGHT // 2, "No figure has been accepted that may be shown.", size=14)
        return
    yield from _axes(drawing, scale)
    yield from _limits(drawing.dots, scale)
    if drawing.target is not None:
        height = scale.y(drawing.target)
        yield _line(_LEFT, height, WIDTH - _RIGHT, height, "#c00000", "6 3")
        yield _text(WIDTH - _RIGHT, height - 4, f"Target {_written(drawing.target)}", anchor="end")
    for before, word in drawing.marks:
        across = (scale.x(before) + scale.x(before - 1)) / 2
        yield _line(across, _TOP - 12, across, HEIGHT - _BOTTOM, "#000000", "1 4")
        yield _text(across + 3, _TOP - 14, word)
    yield from _joined(drawing.dots, scale)
    yield from (
        _shape(number, dot, scale) for number, dot in enumerate(drawing.dots) if dot.value is not None
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a number and a place stand on the paper."""

    low: Decimal
    high: Decimal
    count: int

    @classmethod
    def of(cls, drawing: Drawing) -> _Scale | None:
        numbers = [
            each for dot in drawing.dots for each in (dot.value, dot.lower, dot.upper) if each is not None
        ]
        if not numbers:
            return None
        if drawing.target is not None:
            numbers.append(drawing.target)
        low, high = min(numbers), max(numbers)
        if low == high:
            low, high = low - 1, high + 1
        room = (high - low) / 20
        return cls(low - room, high + room, len(drawing.dots))

    def x(self, number: int) -> float:
        span = WIDTH - _LEFT - _RIGHT
        return _LEFT + span * (number + 0.5) / self.count

    def y(self, value: Decimal) -> float:
        span = HEIGHT - _TOP - _BOTTOM
        return HEIGHT - _BOTTOM - span * float((value - self.low) / (self.high - self.low))


def _axes(drawing: Drawing, scale: _Scale) -> Iterator[str]:
    for step in range(5):
        value = scale.low + (scale.high - scale.low) * step / 4
        yield _line(_LEFT, scale.y(value), WIDTH - _RIGHT, scale.y(value), "#e5e5e5")
        yield _text(_LEFT - 6, scale.y(value) + 4, _written(value), anchor="end")
    if drawing.unit:
        yield _text(_LEFT, _TOP - 8, drawing.unit)
    every = -(-scale.count // _MOST_LABELS)
    for number, dot in enumerate(drawing.dots):
        if number % every == 0:
            yield _text(scale.x(number), HEIGHT - _BOTTOM + 18, dot.label, anchor="middle")


def _limits(dots: Sequence[Dot], scale: _Scale) -> Iterator[str]:
    """Centre and limits of each stretch, from its first known point to its last."""
    for stretch in sorted({dot.stretch for dot in dots if dot.stretch is not None}):
        numbers = [number for number, dot in enumerate(dots) if dot.stretch == stretch]
        first, last = scale.x(numbers[0]) - 6, scale.x(numbers[-1]) + 6
        dot = dots[numbers[0]]
        for value, dashes in ((dot.centre, ""), (dot.lower, "4 4"), (dot.upper, "4 4")):
            if value is not None:
                yield _line(first, scale.y(value), last, scale.y(value), "#4d4d4d", dashes)


def _joined(dots: Sequence[Dot], scale: _Scale) -> Iterator[str]:
    """The line through the points, broken at every gap and where a stretch begins."""
    run: list[str] = []
    stretch: int | None = None
    for number, dot in enumerate(dots):
        if dot.value is None or dot.stretch != stretch:
            yield from _run(run)
            run, stretch = [], dot.stretch
        if dot.value is not None:
            run.append(f"{scale.x(number):.1f},{scale.y(dot.value):.1f}")
    yield from _run(run)


def _run(places: Sequence[str]) -> Iterator[str]:
    if len(places) > 1:
        yield f'<polyline points="{" ".join(places)}" fill="none" stroke="{_GREY}" stroke-width="1.5"/>'


def _shape(number: int, dot: Dot, scale: _Scale) -> str:
    assert dot.value is not None
    x, y = scale.x(number), scale.y(dot.value)
    says = f"<title>{escaped(dot.label)}: {_written(dot.value)}</title>"
    corners = {
        "better": (_BLUE, ((0, -6), (6, 0), (0, 6), (-6, 0))),
        "worse": (_ORANGE, ((-5, -5), (5, -5), (5, 5), (-5, 5))),
        "neutral": (_PURPLE, ((0, -6), (6, 5), (-6, 5))),
    }.get(dot.sign)
    if corners is None:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{_GREY}">{says}</circle>'
    colour, offsets = corners
    places = " ".join(f"{x + right:.1f},{y + down:.1f}" for right, down in offsets)
    return f'<polygon points="{places}" fill="{colour}">{says}</polygon>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{dashed}/>'


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="#212121">'
        f"{escaped(words)}</text>"
    )


def _written(value: Decimal) -> str:
    """At most two decimals, without trailing zeros, never as a power of ten."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
