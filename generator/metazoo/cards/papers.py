"""Papers as pages show them, each once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from metazoo.cards.bibtex import arxiv_id
from metazoo.cards.escape import one_line
from metazoo.index.model import Paper


@dataclass(frozen=True, slots=True)
class CitedPaper:
    """A paper as a page shows it."""

    title: str
    url: str | None = None
    authors: tuple[str, ...] = ()
    year: str = ""
    venue: str = ""
    arxiv: str | None = None


def cited_paper(paper: Paper) -> CitedPaper:
    """A paper with its address and arXiv number, of which either may give the other."""
    arxiv = arxiv_id(paper)
    url = paper.url.text if paper.url else f"https://arxiv.org/abs/{arxiv}" if arxiv else None
    return CitedPaper(
        title=one_line(paper.title.text) if paper.title else url or "",
        url=url,
        authors=tuple(one_line(a.text) for a in paper.authors),
        year=paper.year.text if paper.year else "",
        venue=one_line(paper.venue.text) if paper.venue else "",
        arxiv=arxiv,
    )


def unique_papers(papers: Iterable[Paper], besides: Iterable[Paper] = ()) -> list[Paper]:
    """Each paper once; a paper without arXiv number, title and address is left out.

    Args:
        papers: In their order.
        besides: Papers to leave out.
    """
    seen = {_identity(paper) for paper in besides} | {""}
    found = []
    for paper in papers:
        identity = _identity(paper)
        if identity not in seen:
            seen.add(identity)
            found.append(paper)
    return found


def _identity(paper: Paper) -> str:
    """The arXiv number of a paper, else its title, else its address."""
    if arxiv := arxiv_id(paper):
        return arxiv
    if paper.title and paper.title.text:
        return paper.title.text.casefold()
    return paper.url.text if paper.url else ""
