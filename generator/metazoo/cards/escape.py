"""Make text of the index harmless, wherever on a page it lands.

An index may come from a stranger. Its values are text: never HTML, never Markdown, never a template.
`escaped` writes them with character references, which mean the same in Markdown prose, in raw HTML
and in an attribute. Inside a code block references mean nothing; `python_string` and
`code_text` are for there.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urlsplit

from markupsafe import Markup

_SPECIAL = re.compile(r"[&<>\"'\\`*\[\]{}|!~^$=]|(?<![^\W_])_|_(?![^\W_])|:(?=\S)")
"""What HTML or a common dialect of Markdown reads as more than itself. An underscore inside a word
is only itself, and a colon before a blank too."""

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories of what can't be seen, text direction overrides among them."""


def one_line(text: str) -> str:
    """The text without invisible characters, every run of white space a single blank."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    seen = "".join(
        c if c.isspace() or unicodedata.category(c) not in _UNSEEN else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )
    return " ".join(seen.split())


def escaped(value: object) -> Markup:
    """The value as text that Markdown and HTML show exactly as it is.

    `Markup` is what a template or this package made: it passes as it is.
    """
    if isinstance(value, Markup):
        return value
    return _escaped_text(str(value))


@lru_cache(maxsize=1 << 16)
def _escaped_text(text: str) -> Markup:
    # The same words come back on every card.
    return Markup(_SPECIAL.sub(_reference, one_line(text)))  # noqa: S704


def _reference(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


_LOOKALIKES = str.maketrans({"<": "‹", ">": "›", '"': "”", "'": "’", "&": "＆", "`": "’"})


def bare(text: str) -> str:
    """The text for where nobody escapes, such as a site's navigation and ``<title>``.

    Characters that HTML reads as more than themselves give way to others that look alike.
    """
    return one_line(text).translate(_LOOKALIKES)


def breakable(text: str) -> Markup:
    """A long name, escaped, that may be broken after its dots, dashes and underscores."""
    parts = re.split(r"(?<=[._/-])(?=\w)", one_line(text))
    return Markup("<wbr>").join(_within_word(part) for part in parts)


def _within_word(part: str) -> Markup:
    # A tag beside an underscore makes it stand at a word's edge, where Markdown sees emphasis.
    return Markup(escaped(part).replace("_", "&#95;"))  # noqa: S704


def python_string(text: str) -> Markup:
    """The text as a Python string literal that can't end the code block it stands in."""
    body = "".join(
        c
        if c.isprintable() and c not in '\\"`<>&'
        else f"\\x{ord(c):02x}"
        if ord(c) < 256
        else f"\\U{ord(c):08x}"
        for c in text
    )
    return Markup(f'"{body}"')  # noqa: S704


def code_text(text: str) -> Markup:
    """Lines of text for a code block: the same, but unable to end it."""
    lines = (one_line(line) and line for line in text.replace("`", "'").splitlines())
    return Markup("\n".join(line for line in lines if line))  # noqa: S704


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def safe_url(url: str) -> str | None:
    """The address if a page may link to it, percent-encoded where needed; None if it may not.

    Only ``http`` and ``https`` with a host are allowed. ``javascript:``, ``data:`` and all others
    are refused, and so are addresses with blanks or control characters, which browsers drop.
    """
    url = url.strip(" ")
    if not url.isprintable() or any(c.isspace() for c in url):
        return None
    if not _SCHEME.match(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        return None
    return quote(url, safe="%:/?#[]@!$&'()*+,;=~-._")


def link(url: str | None, text: object) -> Markup:
    """An HTML link, or only the text where the address is missing or refused."""
    address = safe_url(url) if url else None
    shown = escaped(text)
    if address is None:
        return shown
    # A colon is harmless within a tag, and the page's source reads better with it.
    href = escaped(address).replace("&#58;", ":")
    return Markup('<a href="{}">{}</a>').format(Markup(href), shown)  # noqa: S704


_LONGEST_NAME = 120
"""Characters of a name that becomes a file's: file systems take 255 bytes, and endings need some."""


def slug(text: str) -> str:
    """A short name for addresses: lower case letters, digits and dashes; never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _cut(re.sub(r"[^a-z0-9]+", "-", plain).strip("-"), text) or "unnamed"


def anchor(text: str) -> str:
    """An id for a place on a page that keeps a model's name readable; never empty."""
    return _cut(re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-."), text) or "unnamed"


def unused(name: str, taken: set[str]) -> str:
    """The name, or the first of ``name-2``, ``name-3``, … that isn't taken; takes it."""
    unique, number = name, 2
    while unique in taken:
        unique, number = f"{name}-{number}", number + 1
    taken.add(unique)
    return unique


def with_digest(name: str, text: str) -> str:
    """A name for addresses with a part that tells apart texts whose names are the same.

    Args:
        name: Of `slug` or `anchor`.
        text: What it was made from.
    """
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{name[: _LONGEST_NAME - 9].rstrip('-.')}-{digest}"


def _cut(name: str, text: str) -> str:
    return name if len(name) <= _LONGEST_NAME else with_digest(name, text)
