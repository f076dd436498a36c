"""A card as data that search engines read."""

from __future__ import annotations

import json
from typing import Any

from metazoo.cards.family import Family


def json_ld(family: Family) -> str:
    """A card in the words of schema.org, for search engines: a list of models with their papers.

    Safe inside a ``script`` element: no character in it can end one.
    """
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ItemList",
        "name": f"{family.name} models",
        "numberOfItems": len(family.variants),
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": place,
                "item": {
                    "@type": "SoftwareSourceCode",
                    "name": variant.name,
                    "url": f"#{variant.anchor}",
                    **({"license": variant.license} if variant.license else {}),
                    **({"citation": [p.title for p in family.papers]} if family.papers else {}),
                },
            }
            for place, variant in enumerate(family.variants, 1)
        ],
    }
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
