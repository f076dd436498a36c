"""The content security policy that a built site satisfies: only its own scripts run, and no ``eval``.

A theme writes scripts into its pages. A policy allows each of them by its hash, so that a script which
got into a page by a hole runs nowhere.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

FILE = "content-security-policy.txt"
"""Where a site has its policy, for the configuration of its host."""
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_NOT_RUN = re.compile(r"""\bsrc\s*=|\btype\s*=\s*["']?application/(?:ld\+)?json""", re.IGNORECASE)


def inline_scripts(page: str) -> set[str]:
    """The hashes of the scripts in a page's own text, as a policy names them.

    Args:
        page: HTML. Its scripts with a `src`, and its data, need no hash.
    """
    return {
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for attributes, script in _SCRIPT.findall(page)
        if not _NOT_RUN.search(attributes)
    }


def policy(hashes: Iterable[str]) -> str:
    """The policy for a site whose pages have these scripts in their text.

    Args:
        hashes: Of `inline_scripts`.
    """
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self'", *sorted(hashes)]),
            # Widths of columns and the like are set where they stand.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )
