# ruff: noqa: D103 (what a rule says of itself stands in the catalogue)
"""Whether addresses and paths can be followed. Nothing here asks the network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from metazoo.files import inside
from metazoo.findings import Fix, Severity
from metazoo.index.paths import is_file
from metazoo.rules.rule import Problem, rule
from metazoo.rules.scope import Link, Scope

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

_SCHEMES = {"http", "https", "ftp", "s3", "gs", "hf"}
_UNSAFE = re.compile(r"\s*(javascript|data|vbscript|file)\s*:", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_WELL_FORMED = re.compile(
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9-]*\.)*[A-Za-z0-9-]*[A-Za-z0-9]\.[A-Za-z]{2,}(?:/(?!/)[^\s/]*)*"
)
"""Nearly every link is this; what isn't is looked at piece by piece."""
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?\.[A-Za-z]{2,}|localhost")


def _split(text: str) -> SplitResult | None:
    """The parts of an address; None where the text is none."""
    if "://" not in text:
        return None
    try:
        return urlsplit(text)
    except ValueError:
        return None


@rule(
    "MZ501",
    "malformed-link",
    _ERROR,
    "A link is not an address that can be followed.",
    why="A reader who clicks it ends nowhere; a program that downloads the weights fails.",
    bad="Models:\n- Name: resnet18\n  Weights: https//example.org/resnet18.pth\n",
    good="Models:\n- Name: resnet18\n  Weights: https://example.org/resnet18.pth\n",
)
def malformed_link(scope: Scope) -> Iterator[Problem]:
    for link in scope.links:
        fault = _fault(link)
        if fault is not None:
            yield Problem(
                f"{link.field} “{_short(link.value.text)}” {fault}",
                link.value.location,
                link.model,
                "Write a whole address such as https://example.org/model.pth.",
            )


def _fault(link: Link) -> str | None:
    text = link.value.text
    if _WELL_FORMED.fullmatch(text):
        return None
    if _UNSAFE.match(text) or (link.field == "README" and "\n" in text):
        return None  # another rule's, or a text instead of a path
    if text != text.strip() or any(blank in text for blank in (" ", "\t", "\n")):
        return "has blanks in it" if _looks_like_address(text) else None
    if "://" not in text:
        if text.lower().startswith(("http", "www.")) and _looks_like_address(text):
            return "does not begin with https://"
        if link.field in {"Paper", "Code"} and not _looks_like_path(text):
            return "is no address"
        return None
    scheme = _SCHEME.match(text)
    if scheme is None or scheme[1].lower() not in _SCHEMES:
        return "begins with an unknown scheme"
    address = _split(text)
    if address is None:
        return "is no address"
    try:
        host = address.hostname or ""
        _ = address.port
    except ValueError:
        return "has an impossible port or host"
    if address.scheme in {"http", "https", "ftp"}:
        if not _HOST.fullmatch(host):
            return "names no host"
        if host.removeprefix("www.") in _MISSPELLED_HOSTS:
            return None  # another rule's, which mends the slashes too
    return None


def _looks_like_address(text: str) -> bool:
    return "://" in text or bool(re.match(r"\s*(?:https?[:/]|www\.)", text, re.IGNORECASE))


def _looks_like_path(text: str) -> bool:
    return "/" in text or "." in text


def _short(text: str) -> str:
    return text if len(text) <= 90 else text[:87] + "…"


@rule(
    "MZ502",
    "unsafe-link",
    _ERROR,
    "A link would run a script or open a local file.",
    why="Links of the index end up on a public page. One that begins with `javascript:` runs in "
    "the browser of whoever clicks it.",
    bad="Models:\n- Name: resnet18\n  Code: javascript:alert(1)\n",
    good="Models:\n- Name: resnet18\n  Code: https://example.org/resnet.py\n",
)
def unsafe_link(scope: Scope) -> Iterator[Problem]:
    for link in scope.links:
        match = _UNSAFE.match(link.value.text)
        if match:
            yield Problem(
                f"{link.field} is a “{match[1].lower()}:” link",
                link.value.location,
                link.model,
                "Link the page or file by https://.",
            )


_MISSPELLED_HOSTS = {
    "papperswithcode.com": "paperswithcode.com",
    "paperwithcode.com": "paperswithcode.com",
    "githib.com": "github.com",
    "gihub.com": "github.com",
    "guthub.com": "github.com",
    "github.co": "github.com",
    "huggingface.com": "huggingface.co",
    "hugginface.co": "huggingface.co",
    "arvix.org": "arxiv.org",
    "axriv.org": "arxiv.org",
    "arxiv.com": "arxiv.org",
    "download.pytorch.com": "download.pytorch.org",
}


def _hosts(scope: Scope) -> Iterator[tuple[Link, str]]:
    for link in scope.links:
        text = link.value.text
        begin = text.find("://")
        if begin < 0:
            continue
        host = text[begin + 3 :].split("/", 1)[0].lower()
        yield link, host.removeprefix("www.")


@rule(
    "MZ503",
    "misspelled-host",
    _ERROR,
    "The host of a link is a known slip of another.",
    why="The link is dead, or leads to somebody who waits for that slip.",
    bad="Models:\n- Name: resnet18\n  Paper: https://papperswithcode.com//paper/deep-residual-learning\n",
    good="Models:\n- Name: resnet18\n  Paper: https://arxiv.org/abs/1512.03385\n",
    fixable=True,
)
def misspelled_host(scope: Scope) -> Iterator[Problem]:
    for link, host in _hosts(scope):
        meant = _MISSPELLED_HOSTS.get(host)
        if meant is None:
            continue
        text = link.value.text
        mended = re.sub(re.escape(host) + "/+", meant + "/", text, count=1, flags=re.IGNORECASE)
        yield Problem(
            f"{host} is a misspelling of {meant}",
            link.value.location,
            link.model,
            f"Write {mended}.",
            (Fix(link.value.location, text, mended),),
        )


_CLOSED = {
    "paperswithcode.com": "Papers with Code closed in July 2025",
    "sotabench.com": "Sotabench has closed",
    "bintray.com": "Bintray closed in 2021",
}


@rule(
    "MZ504",
    "closed-site",
    _WARNING,
    "A link leads to a site that has closed.",
    why="Whoever follows it no longer finds what it was to show.",
    bad="Models:\n- Name: resnet18\n  Paper: https://paperswithcode.com/paper/deep-residual-learning\n",
    good="Models:\n- Name: resnet18\n  Paper: https://arxiv.org/abs/1512.03385\n",
)
def closed_site(scope: Scope) -> Iterator[Problem]:
    for link, host in _hosts(scope):
        why = _CLOSED.get(host)
        if why is not None:
            yield Problem(
                f"{why}: {_short(link.value.text)}",
                link.value.location,
                link.model,
                "Link the paper itself, such as its arXiv page."
                if link.field == "Paper"
                else "Link the page's new home, or remove the link.",
            )


_MOVED = (
    (
        "https://github.com/rwightman/pytorch-image-models/",
        "https://github.com/huggingface/pytorch-image-models/",
    ),
    ("https://github.com/rwightman/timm/", "https://github.com/huggingface/pytorch-image-models/"),
    ("https://rwightman.github.io/pytorch-image-models", "https://huggingface.co/docs/timm"),
    ("https://www.arxiv.org/", "https://arxiv.org/"),
    (
        "https://github.com/open-mmlab/mmclassification/",
        "https://github.com/open-mmlab/mmpretrain/",
    ),
)


@rule(
    "MZ505",
    "moved-link",
    _INFO,
    "A link leads to a place that has moved.",
    why="It still works while somebody keeps the old name, and not a day longer.",
    bad="Models:\n- Name: a\n  Code: https://github.com/rwightman/pytorch-image-models/blob/v0.4.12/timm/models/resnet.py#L1\n",
    good="Models:\n- Name: a\n  Code: https://github.com/huggingface/pytorch-image-models/blob/v0.4.12/timm/models/resnet.py#L1\n",
    fixable=True,
)
def moved_link(scope: Scope) -> Iterator[Problem]:
    for link in scope.links:
        text = link.value.text
        for old, new in _MOVED:
            if text.startswith(old):
                mended = new + text[len(old) :]
                yield Problem(
                    f"{old.rstrip('/')} has moved",
                    link.value.location,
                    link.model,
                    f"Write {new} instead.",
                    (Fix(link.value.location, text, mended),),
                )
                break


_SECURE_HOSTS = {
    "arxiv.org",
    "github.com",
    "raw.githubusercontent.com",
    "huggingface.co",
    "download.pytorch.org",
    "dl.fbaipublicfiles.com",
    "storage.googleapis.com",
    "openaccess.thecvf.com",
    "dx.doi.org",
    "doi.org",
}


@rule(
    "MZ506",
    "insecure-link",
    _INFO,
    "A link uses http:// where the host has https://.",
    why="What comes over http:// can be changed on its way, weights included.",
    bad="Models:\n- Name: resnet18\n  Paper: http://arxiv.org/abs/1512.03385\n",
    good="Models:\n- Name: resnet18\n  Paper: https://arxiv.org/abs/1512.03385\n",
    fixable=True,
)
def insecure_link(scope: Scope) -> Iterator[Problem]:
    for link, host in _hosts(scope):
        text = link.value.text
        if text.startswith("http://") and host in _SECURE_HOSTS:
            mended = "https://" + text.removeprefix("http://")
            yield Problem(
                f"{host} can be reached by https://",
                link.value.location,
                link.model,
                "Write https:// instead.",
                (Fix(link.value.location, text, mended),),
            )


_BLOB = re.compile(r"https?://github\.com/[^/]+/[^/]+/(?:blob|tree)/([^/#?]+)/[^#?]*(#.*)?")
_PINNED = re.compile(r"[0-9a-f]{7,40}|v?[0-9]+(?:\.[0-9]+)+.*")


@rule(
    "MZ507",
    "unpinned-code",
    _WARNING,
    "A link to code names a branch instead of a revision.",
    why="The branch goes on: soon the link shows other code, or nothing.",
    bad="Models:\n- Name: a\n  Code: https://github.com/pytorch/vision/blob/main/torchvision/models/resnet.py#L1\n",
    good="Models:\n- Name: a\n  Code: https://github.com/pytorch/vision/blob/v0.20.0/torchvision/models/resnet.py#L1\n",
)
def unpinned_code(scope: Scope) -> Iterator[Problem]:
    for link in scope.links:
        if link.field != "Code":
            continue
        match = _BLOB.fullmatch(link.value.text)
        if match and not _PINNED.fullmatch(match[1]):
            yield Problem(
                f"the code link names the branch “{match[1]}”, not a revision",
                link.value.location,
                link.model,
                "Press “y” on the GitHub page to get the link with the revision.",
            )


@rule(
    "MZ508",
    "code-without-line",
    _INFO,
    "A link to a file of code names no line.",
    why="A file often defines dozens of models; the reader has to search.",
    bad="Models:\n- Name: a\n  Code: https://github.com/pytorch/vision/blob/v0.20.0/torchvision/models/resnet.py\n",
    good="Models:\n- Name: a\n  Code: https://github.com/pytorch/vision/blob/v0.20.0/torchvision/models/resnet.py#L1\n",
)
def code_without_line(scope: Scope) -> Iterator[Problem]:
    for link in scope.links:
        if link.field != "Code" or "/blob/" not in link.value.text:
            continue
        match = _BLOB.fullmatch(link.value.text)
        if match and not match[2]:
            yield Problem(
                "the code link names a file, but no line",
                link.value.location,
                link.model,
                "Add #L and the line.",
            )


_WEIGHTS_FILE = re.compile(r"[-_]([0-9A-Za-z]{6,12})\.(?:pth|pt|bin|ckpt|safetensors)(?:\.tar)?$")
_HEX = re.compile(r"[0-9a-f]+")


@rule(
    "MZ509",
    "malformed-hash",
    _WARNING,
    "The hash in the name of a weights file is malformed.",
    why="torch.hub checks a download against the hash in its name, and refuses the file where it "
    "doesn't match. A hash is at least eight digits of 0-9 and a-f.",
    bad="Models:\n- Name: resnet18\n  Weights: https://example.org/resnet18-5c106cdg.pth\n",
    good="Models:\n- Name: resnet18\n  Weights: https://example.org/resnet18-5c106cde.pth\n",
)
def malformed_hash(scope: Scope) -> Iterator[Problem]:
    for link in scope.links:
        if link.field != "Weights":
            continue
        match = _WEIGHTS_FILE.search(link.value.text)
        fault = _hash_fault(match[1]) if match else None
        if match and fault:
            yield Problem(
                f"“{match[1]}” in the name of the weights file {fault}",
                link.value.location,
                link.model,
                "Copy the link again from where the file lies.",
            )


def _hash_fault(word: str) -> str | None:
    """What is wrong with a word that is nearly a hash; None where it is one, or nothing like it."""
    if not any(c.isdigit() for c in word) or not any(c.isalpha() for c in word):
        return None
    if _HEX.fullmatch(word):
        return "is a hash of fewer than 8 digits" if len(word) < 8 else None
    if len(word) != 8:
        return None
    strange = {c for c in word if c not in "0123456789abcdef"}
    if len(strange) == 1 and sum(c in strange for c in word) == 1:
        return f"is a hash but for “{strange.pop()}”"
    return None


@rule(
    "MZ510",
    "missing-file",
    _ERROR,
    "Config names a file that does not exist, or a path leads out of the root.",
    why="The model has no configuration to train it with.",
    bad="Models:\n- Name: resnet18\n  Config: configs/resnet18.py\n",
    good="Models:\n- Name: resnet18\n",
    remedy="Paths are relative to the file they stand in, to the root (`--root`), or to the folder of "
    "the index that is checked.",
)
def missing_file(scope: Scope) -> Iterator[Problem]:
    for link in _paths(scope):
        there = _files(scope, link)
        if not there and link.field == "Config":
            yield _missing(link)
        elif there and not any(inside(path, scope.index.root) for path in there):
            yield Problem(
                f"{link.field} “{_short(link.value.text)}” lies outside the root",
                link.value.location,
                link.model,
                "Keep the file below the root, or name a wider one with --root.",
            )


@rule(
    "MZ511",
    "missing-page",
    _WARNING,
    "README or Image names a file that does not exist.",
    why="The page would have a dead link or no picture. Packages of a zoo often leave these files out.",
    bad="Models:\n- Name: resnet18\n  README: docs/resnet.md\n",
    good="Models:\n- Name: resnet18\n",
    remedy="Paths are relative to the file they stand in, to the root (`--root`), or to the folder of "
    "the index that is checked.",
)
def missing_page(scope: Scope) -> Iterator[Problem]:
    for link in _paths(scope):
        if link.field != "Config" and not _files(scope, link):
            yield _missing(link)


def _missing(link: Link) -> Problem:
    return Problem(
        f"{link.field} “{_short(link.value.text)}” does not exist",
        link.value.location,
        link.model,
        "Paths are relative to this file, or to the root (--root).",
    )


def _paths(scope: Scope) -> Iterator[Link]:
    """The links that name a file of the project."""
    for link in scope.links:
        text = link.value.text
        if link.field not in {"README", "Config", "Image"}:
            continue
        if ":" in text or "\n" in text or "\0" in text or len(text) > 255 or text == "":
            continue
        if link.field == "README" and not text.lower().endswith((".md", ".mdx", ".rst", ".txt")):
            continue
        yield link


def _files(scope: Scope, link: Link) -> list[Path]:
    """The files that a path may mean; OpenMMLab writes `configs/gn+ws` as `configs/gn%2Bws`."""
    spellings = dict.fromkeys((link.value.text, unquote(link.value.text)))
    found = [path for text in spellings for path in scope.candidates(link.value, text)]
    return [path for path in found if is_file(path)]


@rule(
    "MZ512",
    "double-slash",
    _WARNING,
    "The path of a link has a double slash.",
    why="It is usually a slip. Many servers forgive it; object stores look for another file.",
    bad="Models:\n- Name: resnet18\n  Weights: https://example.org/models//resnet18.pth\n",
    good="Models:\n- Name: resnet18\n  Weights: https://example.org/models/resnet18.pth\n",
)
def double_slash(scope: Scope) -> Iterator[Problem]:
    for link in scope.links:
        if _WELL_FORMED.fullmatch(link.value.text) or _fault(link) is not None:
            continue
        address = _split(link.value.text)
        if address is None or address.scheme not in {"http", "https", "ftp"}:
            continue
        host = (address.hostname or "").removeprefix("www.")
        # An address inside an address has its own slashes; MZ503 mends those after a misspelled host.
        if "//" in address.path and "http" not in address.path and host not in _MISSPELLED_HOSTS:
            single = address._replace(path=re.sub("/{2,}", "/", address.path)).geturl()
            yield Problem(
                f"{link.field} “{_short(link.value.text)}” has a double slash in its path",
                link.value.location,
                link.model,
                f"Write {single}, if that leads to the same place.",
            )
