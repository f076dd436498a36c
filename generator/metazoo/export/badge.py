"""A badge that says how many models are verified, as JSON and as SVG."""

from __future__ import annotations

from typing import Any

from metazoo.cards.zoo import Zoo


def badge_json(zoo: Zoo) -> dict[str, Any]:
    """A badge as the endpoint of shields.io describes it."""
    label, message, color = _badge_parts(zoo)
    return {"schemaVersion": 1, "label": label, "message": message, "color": color}


def _badge_parts(zoo: Zoo) -> tuple[str, str, str]:
    total = len(zoo.variants)
    if zoo.verdicts["differs"]:
        color = "orange"
    else:
        color = "brightgreen" if zoo.verified == total and total else "lightgrey"
    return "models verified", f"{zoo.verified} of {total}", color


_COLORS = {"brightgreen": "#1a7f37", "orange": "#a84300", "lightgrey": "#5b6470"}
_CHARACTER = 6.6


def badge_svg(zoo: Zoo) -> str:
    """The badge as a picture, for a README."""
    label, message, color = _badge_parts(zoo)
    left, right = (round(len(t) * _CHARACTER) + 12 for t in (label, message))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img"'
        f' aria-label="{label}: {message}"><title>{label}: {message}</title>'
        f'<rect width="{left + right}" height="20" rx="3" fill="#3b4048"/>'
        f'<path d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H{left}z"'
        f' fill="{_COLORS[color]}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"'
        ' text-anchor="middle">'
        f'<text x="{left / 2:g}" y="14">{label}</text>'
        f'<text x="{left + right / 2:g}" y="14">{message}</text></g></svg>\n'
    )
