"""A chart of a family: what its variants reach against what they cost, as an SVG.

Drawn here, without a charting library: the SVG is part of the page, takes its colors from the
page's style, links to each variant, needs no script, and is the same bytes every time.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from markupsafe import Markup

from metazoo.cards.escape import escaped
from metazoo.cards.family import Family
from metazoo.cards.numbers import short
from metazoo.cards.variant import Variant
from metazoo.cards.zoo import Zoo
from metazoo.metrics import Better

_WIDTH, _HEIGHT = 760, 346
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 26, 44
_LABEL = 6.1
"""Width of a label's character, in the SVG's units."""


@dataclass(frozen=True, slots=True)
class Point:
    """One variant in the chart: MACs across, the figure of its family upwards."""

    variant: Variant
    macs: float
    score: float


def points_of(family: Family) -> list[Point]:
    """The variants that can be drawn: with MACs and with the figure of the variants table."""
    return [
        Point(v, macs, value)
        for v in family.variants
        # Neither zero nor less has a place on a logarithmic axis.
        if (value := family.value_of(v)) is not None and (macs := v.facts["MACs"].value or 0) > 0
    ]


def frontier(points: Iterable[Point], better: Better | None) -> list[Point]:
    """The points that no other beats: none is both cheaper and better. From cheap to dear.

    Args:
        points: Of one metric.
        better: Which way the metric is better. None, for unknown, has no frontier.
    """
    if better is None:
        return []
    order = better.order
    best: list[Point] = []
    for point in sorted(points, key=lambda p: (p.macs, order(p.score), p.variant.name)):
        if not best or order(point.score) < order(best[-1].score):
            best.append(point)
    return best


def family_chart(family: Family, zoo: Zoo) -> Markup:
    """The family's variants over all others of the zoo, which are gray.

    Only what was reached on the same dataset in the same metric is comparable and drawn. The line
    joins the variants that no other of the family beats.

    Returns:
        A ``figure`` without an empty line in it, or nothing where fewer than two can be drawn.
    """
    own = points_of(family)
    if len(own) < 2:
        return Markup("")
    backdrop = _backdrop(zoo, family.figure)
    scale = backdrop.scale
    others = "".join(dots for slug, dots in backdrop.dots.items() if slug != family.slug)
    best = frontier(own, family.better)
    what = f"{family.metric} on {family.dataset}"
    lines = [
        '<figure class="mz-chart">',
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="group" aria-label="{escaped(what)} against MACs">',
        *_axes(scale, family),
    ]
    if others:
        lines.append(f'<path class="mz-others" d="{others}"/>')
    if len(best) > 1:
        steps = " ".join(f"{scale.x(p.macs)},{scale.y(p.score)}" for p in best)
        lines.append(f'<polyline class="mz-frontier" points="{steps}"/>')
    lines += [_dot(p, scale, family) for p in own]
    lines += _labels(best, own, scale)
    measured = "as measured" if family.measured else "as declared"
    caption = (
        f"{escaped(what)} as declared, against multiply-accumulates {measured}; each at the variant’s"
        " image size."
    )
    if best:
        caption += " The line joins the variants that none of the family beats."
    if others:
        caption += " Grey: the rest of the zoo."
    lines += [
        "</svg>",
        f"<figcaption>{caption}</figcaption>",
        "</figure>",
    ]
    return Markup("\n".join(lines))  # noqa: S704 - every text in it was escaped


@dataclass(frozen=True, slots=True)
class _Backdrop:
    """What all charts of one figure share.

    Attributes:
        scale: That all its points fit in.
        dots: The points of each family, drawn.
    """

    scale: _Scale
    dots: dict[str, str]


# A zoo has a chart on each card, and all of them the same dots.
_backdrops: WeakKeyDictionary[Zoo, dict[tuple[str, str, str], _Backdrop]] = WeakKeyDictionary()


def _backdrop(zoo: Zoo, figure: tuple[str, str, str]) -> _Backdrop:
    known = _backdrops.setdefault(zoo, {})
    if figure not in known:
        points = {
            family.slug: found
            for family in zoo.families
            if family.figure == figure and (found := points_of(family))
        }
        scale = _Scale([point for found in points.values() for point in found])
        dots = {
            slug: "".join(f"M{scale.x(p.macs)} {scale.y(p.score)}h0" for p in found)
            for slug, found in points.items()
        }
        known[figure] = _Backdrop(scale, dots)
    return known[figure]


def zoo_chart(zoo: Zoo) -> Markup:
    """All models of a zoo that share a figure, in one chart; the commonest figure is drawn.

    Returns:
        A ``figure`` without an empty line in it, or nothing where fewer than two can be drawn.
    """
    figures = Counter(f.figure for f in zoo.families for _ in points_of(f))
    if not figures:
        return Markup("")
    figure = figures.most_common(1)[0][0]
    metric, dataset, _ = figure
    families = [f for f in zoo.families if f.figure == figure]
    points = [p for f in families for p in points_of(f)]
    if len(points) < 2:
        return Markup("")
    largest = sorted(families, key=lambda f: -len(points_of(f)))[:_COLORS]
    scale = _Scale(points)
    best = frontier(points, families[0].better)
    names = [escaped(f.name) for f in largest]
    entries = [f'<li data-color="{n}">{name}</li>' for n, name in enumerate(names, 1)]
    if len(families) > _COLORS:
        entries.append('<li data-color="0">Other</li>')
    steps = " ".join(f"{scale.x(p.macs)},{scale.y(p.score)}" for p in best)
    what = escaped(f"{metric} on {dataset}")
    lines = [
        '<figure class="mz-chart">',
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{what} against MACs">',
        *_axes(scale, families[0]),
        *_colored(families, largest, scale),
        *([f'<polyline class="mz-frontier" points="{steps}"/>'] if best else []),
        *_labels(best, points, scale),
        "</svg>",
        f'<ul class="mx-legend">{"".join(entries)}</ul>',
        f"<figcaption>{what} against multiply-accumulates, {len(points)} models.</figcaption>",
        "</figure>",
    ]
    return Markup("\n".join(lines))  # noqa: S704 - every text in it was escaped


_COLORS = 9


def _colored(families: Sequence[Family], largest: Sequence[Family], scale: _Scale) -> list[str]:
    """One path of dots for each color: the largest families have one each, all others are gray."""
    dots = dict.fromkeys(range(_COLORS + 1), "")
    for family in families:
        color = largest.index(family) + 1 if family in largest else 0
        dots[color] += "".join(
            f"M{scale.x(p.macs)} {scale.y(p.score)}h0" for p in points_of(family)
        )
    return [
        f'<path class="mz-dots" data-color="{color}" d="{path}"/>'
        for color, path in dots.items()
        if path
    ]


class _Scale:
    """Where a value lies in the chart: MACs on a logarithmic axis, the figure on a linear one."""

    def __init__(self, points: Sequence[Point]) -> None:
        macs = [math.log10(p.macs) for p in points]
        scores = [p.score for p in points]
        pad = max(0.06, (max(macs) - min(macs)) * 0.06)
        self.low_x, self.high_x = min(macs) - pad, max(macs) + pad
        self.step = _nice_step((max(scores) - min(scores)) / 4)
        self.low_y = math.floor(min(scores) / self.step) * self.step
        self.high_y = max(math.ceil(max(scores) / self.step) * self.step, self.low_y + self.step)

    def x(self, macs: float) -> float:
        share = (math.log10(macs) - self.low_x) / (self.high_x - self.low_x)
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, score: float) -> float:
        share = (score - self.low_y) / (self.high_y - self.low_y)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)

    def x_ticks(self) -> list[float]:
        low, high = math.floor(self.low_x), math.ceil(self.high_x)
        ticks = [d * 10.0**e for e in range(low, high + 1) for d in (1, 2, 5)]
        inside = [t for t in ticks if self.low_x <= math.log10(t) <= self.high_x]
        return inside if len(inside) <= 12 else [t for t in inside if f"{t:e}".startswith("1")]

    def y_ticks(self) -> list[float]:
        count = round((self.high_y - self.low_y) / self.step)
        return [self.low_y + i * self.step for i in range(count + 1)]


def _nice_step(rough: float) -> float:
    if rough <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next(d * power for d in (1, 2, 5, 10) if d * power >= rough * 0.999)


def _axes(scale: _Scale, family: Family) -> list[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    lines = ['<g class="mz-axis" aria-hidden="true">']
    for tick in scale.y_ticks():
        y = scale.y(tick)
        lines.append(
            f'<path d="M{_LEFT} {y}H{right}"/><text x="{_LEFT - 6}" y="{y + 3.5:.1f}" text-anchor="end">{tick:g}</text>'
        )
    for tick in scale.x_ticks():
        x = scale.x(tick)
        lines.append(
            f'<path d="M{x} {_TOP}V{bottom}"/><text x="{x}" y="{bottom + 17}" text-anchor="middle">{short(tick)}</text>'
        )
    lines.append(f'<text x="{right}" y="{_HEIGHT - 3}" text-anchor="end">MACs →</text>')
    arrow = _ARROWS[family.better]
    lines.append(f'<text x="6" y="12">{escaped(family.metric)}{arrow}</text>')
    return [*lines, "</g>"]


_ARROWS = {Better.HIGHER: " ↑", Better.LOWER: " ↓", None: ""}
"""To the better end of the upward axis."""


def _dot(point: Point, scale: _Scale, family: Family) -> str:
    variant = point.variant
    shown = variant.score.text if variant.score else ""
    # `xlink:href`, because themes take whatever has an `href` for an HTML link and try to set it.
    said = f"{variant.name}: {shown} {family.metric}, {short(point.macs)}MACs"
    return (
        f'<a xlink:href="#{escaped(variant.anchor)}" aria-label="{escaped(said)}"><title>{escaped(said)}</title>'
        f'<circle cx="{scale.x(point.macs)}" cy="{scale.y(point.score)}" r="5"/></a>'
    )


def _labels(best: list[Point], own: list[Point], scale: _Scale) -> list[str]:
    """Names beside the frontier's points, the best first, where they cover no dot and no name."""
    taken = [_box(scale.x(p.macs) - 5, scale.y(p.score) - 5, 10, 10) for p in own]
    lines = []
    for point in reversed(best):
        name = point.variant.name
        width = len(name) * _LABEL
        x, y = scale.x(point.macs), scale.y(point.score)
        for left, base, anchor in (
            (x - 9, y - 5, "end"),
            (x + 9, y + 12, "start"),
            (x - 9, y + 4, "end"),
            (x + 9, y + 4, "start"),
        ):
            start = left - width if anchor == "end" else left
            box = _box(start, base - 9, width, 11)
            inside = start >= _LEFT and start + width <= _WIDTH - 2 and base > 10
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                lines.append(
                    f'<text class="mz-label" aria-hidden="true" x="{left:.1f}" y="{base:.1f}" text-anchor="{anchor}">{escaped(name)}</text>'
                )
                break
    return lines


_Box = tuple[float, float, float, float]


def _box(x: float, y: float, width: float, height: float) -> _Box:
    return x, y, x + width, y + height


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
