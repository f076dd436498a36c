"""BibTeX entries from a paper's structured fields.

They are made here and not in a template: BibTeX's braces and Jinja's look alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote

from metazoo.cards.escape import one_line, safe_url, unused
from metazoo.index.model import Paper

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "`": "'",
    "–": "--",
    "—": "---",
}
_CONFERENCE = re.compile(
    r"conference|proceedings|workshop|symposium|\b(CVPR|ICCV|ECCV|ICLR|ICML|NeurIPS|NIPS|AAAI|BMVC|WACV)\b",
    re.IGNORECASE,
)
_JOURNAL = re.compile(
    r"transactions|journal|letters|magazine|\b(TPAMI|IJCV|JMLR|TMLR)\b", re.IGNORECASE
)
_ARXIV_ID = re.compile(
    r"(?:arxiv:\s*|arxiv\.org/(?:abs|pdf)/)?((?:\d{4}\.\d{4,5}|[a-z.-]+/\d{7})(?:v\d+)?)(?:\.pdf)?$",
    re.IGNORECASE,
)


def bibtex(papers: Iterable[Paper]) -> str:
    """Write an entry for each paper that has a title, with an empty line between them; keys are unique.

    A title keeps its capitals (double braces). Letters with accents stay UTF-8, which biber and every
    LaTeX since 2018 read. No backtick is written, so that no entry can end the code block around it.
    """
    keys: set[str] = set()
    return "\n\n".join(_entry(paper, keys) for paper in papers if paper.title and paper.title.value)


def arxiv_id(paper: Paper) -> str | None:
    """The paper's arXiv number, from its own field or its address; None where it has none."""
    for value in (paper.arxiv, paper.url):
        match = _ARXIV_ID.search(value.text.strip()) if value else None
        if match and (value is not paper.url or "arxiv.org" in (value.text if value else "")):
            return match[1]
    return None


def latex(text: str) -> str:
    r"""Escape what LaTeX reads as more than itself: ``R&D`` becomes ``R\&D``. Letters stay as they are."""
    return "".join(_SPECIAL.get(c, c) for c in unicodedata.normalize("NFC", one_line(text)))


def _entry(paper: Paper, keys: set[str]) -> str:
    title = one_line(paper.title.text) if paper.title else ""
    authors = [one_line(author.text) for author in paper.authors]
    year = paper.year.text if paper.year else ""
    arxiv = arxiv_id(paper)
    venue = one_line(paper.venue.text) if paper.venue else ""
    kind, container = _kind(venue)
    fields: list[tuple[str, str]] = []
    if authors:
        fields.append(("author", " and ".join(_author(a) for a in authors)))
    fields.append(("title", f"{{{latex(title)}}}"))
    if container:
        fields.append((container, latex(venue)))
    if year:
        fields.append(("year", latex(year)))
    if arxiv:
        fields += [("eprint", arxiv), ("archiveprefix", "arXiv")]
    address = safe_url(paper.url.text) if paper.url else None
    if address:
        fields.append(("url", quote(address, safe="%:/?#[]@!$&'()*+,;=-._")))
    width = max(len(name) for name, _ in fields)
    lines = [f"  {name:<{width}} = {{{value}}}," for name, value in fields]
    return "\n".join([f"@{kind}{{{_key(title, authors, year, keys)},", *lines, "}"])


def _kind(venue: str) -> tuple[str, str]:
    if _JOURNAL.search(venue):
        return "article", "journal"
    if _CONFERENCE.search(venue):
        return "inproceedings", "booktitle"
    return "misc", "howpublished" if venue else ""


def _author(name: str) -> str:
    written = latex(name)
    # "and" is how BibTeX parts authors; a name that holds it is one name all the same.
    return f"{{{written}}}" if re.search(r"\sand\s", written, re.IGNORECASE) else written


def _key(title: str, authors: list[str], year: str, taken: set[str]) -> str:
    first = authors[0].split(",")[0].split() if authors else []
    surname = first[-1] if first else ""
    word = next((w for w in re.findall(r"\w+", title) if len(w) > 3), title)
    key = "".join(_plain(part) for part in (surname, year, word)) or "paper"
    return unused(key, taken)


def _plain(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", ascii_only.lower())
