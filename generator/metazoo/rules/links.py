# ruff: noqa: D103 (each rule is documented by its catalogue entry)
"""Whether links and paths can be followed. Nothing here uses the network."""

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
"""Matches nearly every link; the others are examined part by part."""
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?\.[A-Za-z]{2,}|localhost")


def _split(text: str) -> SplitResult | None:
    """Split a URL; None if the text isn't one."""
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
    "A link is not a valid URL.",
    why="A reader can't follow the link, and a program can't download the weights.",
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
                "Write a complete URL such as https://example.org/model.pth.",
            )


def _fault(link: Link) -> str | None:
    text = link.value.text
    if _WELL_FORMED.fullmatch(text):
        return None
    if _UNSAFE.match(text) or (link.field == "README" and "\n" in text):
        return None  # MZ502 reports it, or it is a text instead of a path
    if text != text.strip() or any(blank in text for blank in (" ", "\t", "\n")):
        return "contains spaces" if _looks_like_address(text) else None
    if "://" not in text:
        if text.lower().startswith(("http", "www.")) and _looks_like_address(text):
            return "does not begin with https://"
        if link.field in {"Paper", "Code"} and not _looks_like_path(text):
            return "is not a URL"
        return None
    scheme = _SCHEME.match(text)
    if scheme is None or scheme[1].lower() not in _SCHEMES:
        return "has an unknown scheme"
    address = _split(text)
    if address is None:
        return "is not a URL"
    try:
        host = address.hostname or ""
        _ = address.port
    except ValueError:
        return "has an invalid port or host"
    if address.scheme in {"http", "https", "ftp"}:
        if not _HOST.fullmatch(host):
            return "has no valid host"
        if host.removeprefix("www.") in _MISSPELLED_HOSTS:
            return None  # MZ503 reports it and fixes the slashes, too
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
    "A link runs a script or opens a local file.",
    why="Links in the index are published on the site. A `javascript:` link runs code in the browser of "
    "everyone who clicks it.",
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
                "Use an https:// link to the page or file.",
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
    "The host of a link is a common misspelling of another host.",
    why="The link is dead, or leads to someone who registered the misspelling on purpose.",
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
    why="Readers who follow the link no longer find its content.",
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
                "Link to the paper itself, such as its arXiv page."
                if link.field == "Paper"
                else "Link to the new location of the page, or remove the link.",
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
    "A link leads to a page that has moved.",
    why="The link works only as long as the old address redirects.",
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
    "A link uses http:// although the host supports https://.",
    why="Anything that is sent over http:// can be changed on the way, including weights.",
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
                f"{host} supports https://",
                link.value.location,
                link.model,
                "Use https:// instead.",
                (Fix(link.value.location, text, mended),),
            )


_GITHUB = re.compile(
    r"https?://github\.com/[^/]+/[^/]+/(?P<kind>blob|tree)/(?P<revision>[^/#?]+)/[^#?]*(?P<line>#.*)?"
)
_PINNED = re.compile(r"[0-9a-f]{7,40}|v?[0-9]+(?:\.[0-9]+)+.*")


@rule(
    "MZ507",
    "unpinned-code",
    _WARNING,
    "A link to code names a branch instead of a fixed revision.",
    why="The branch keeps changing: sooner or later the link shows different code, or nothing.",
    bad="Models:\n- Name: a\n  Code: https://github.com/pytorch/vision/blob/main/torchvision/models/resnet.py#L1\n",
    good="Models:\n- Name: a\n  Code: https://github.com/pytorch/vision/blob/v0.20.0/torchvision/models/resnet.py#L1\n",
)
def unpinned_code(scope: Scope) -> Iterator[Problem]:
    for link in scope.links:
        if link.field != "Code":
            continue
        match = _GITHUB.fullmatch(link.value.text)
        if match and not _PINNED.fullmatch(match["revision"]):
            yield Problem(
                f"the code link names the branch “{match['revision']}” instead of a fixed revision",
                link.value.location,
                link.model,
                "Press “y” on the GitHub page to get a permanent link.",
            )


@rule(
    "MZ508",
    "code-without-line",
    _INFO,
    "A link to a source file has no line number.",
    why="A file often defines dozens of models, so the reader has to search for the right one.",
    bad="Models:\n- Name: a\n  Code: https://github.com/pytorch/vision/blob/v0.20.0/torchvision/models/resnet.py\n",
    good="Models:\n- Name: a\n  Code: https://github.com/pytorch/vision/blob/v0.20.0/torchvision/models/resnet.py#L1\n",
)
def code_without_line(scope: Scope) -> Iterator[Problem]:
    for link in scope.links:
        if link.field != "Code":
            continue
        match = _GITHUB.fullmatch(link.value.text)
        if match and match["kind"] == "blob" and not match["line"]:
            yield Problem(
                "the code link has no line number",
                link.value.location,
                link.model,
                "Add #L and the line number.",
            )


_WEIGHTS_FILE = re.compile(r"[-_]([0-9A-Za-z]{6,12})\.(?:pth|pt|bin|ckpt|safetensors)(?:\.tar)?$")
_HEX = re.compile(r"[0-9a-f]+")


@rule(
    "MZ509",
    "malformed-hash",
    _WARNING,
    "The hash in the file name of the weights is malformed.",
    why="torch.hub compares a download with the hash in its file name, and rejects the file if they don't "
    "match. A hash has at least eight digits from 0-9 and a-f.",
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
                f"“{match[1]}” in the file name of the weights {fault}",
                link.value.location,
                link.model,
                "Copy the link again from its source.",
            )


def _hash_fault(word: str) -> str | None:
    """Describe what is wrong with a malformed hash; None for a valid hash and for any other word."""
    if not any(c.isdigit() for c in word) or not any(c.isalpha() for c in word):
        return None
    if _HEX.fullmatch(word):
        return "is shorter than the 8 digits of a hash" if len(word) < 8 else None
    if len(word) != 8:
        return None
    strange = {c for c in word if c not in "0123456789abcdef"}
    if len(strange) == 1 and sum(c in strange for c in word) == 1:
        return f"is not a hash: “{strange.pop()}” is not one of 0-9 and a-f"
    return None


@rule(
    "MZ510",
    "missing-file",
    _ERROR,
    "`Config` names a file that does not exist, or a path leads out of the root.",
    why="Without the file, nobody can train the model with this configuration.",
    bad="Models:\n- Name: resnet18\n  Config: configs/resnet18.py\n",
    good="Models:\n- Name: resnet18\n",
    remedy="Paths are relative to the file that names them, to the root (`--root`), or to the folder of "
    "the checked index.",
)
def missing_file(scope: Scope) -> Iterator[Problem]:
    for link in _paths(scope):
        there = _files(scope, link)
        if not there and link.field == "Config":
            yield _missing(link)
        elif there and not any(inside(path, scope.index.root) for path in there):
            yield Problem(
                f"{link.field} “{_short(link.value.text)}” is outside the root",
                link.value.location,
                link.model,
                "Move the file below the root, or set a wider root with --root.",
            )


@rule(
    "MZ511",
    "missing-page",
    _WARNING,
    "`README` or `Image` names a file that does not exist.",
    why="The page would have a dead link or no image. Packages of a zoo often omit these files.",
    bad="Models:\n- Name: resnet18\n  README: docs/resnet.md\n",
    good="Models:\n- Name: resnet18\n",
    remedy="Paths are relative to the file that names them, to the root (`--root`), or to the folder of "
    "the checked index.",
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
        "Write the path relative to this file, or to the root (--root).",
    )


def _paths(scope: Scope) -> Iterator[Link]:
    """Links that are paths to files of the project."""
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
    """Existing files that a path may refer to. OpenMMLab writes `configs/gn+ws` as `configs/gn%2Bws`."""
    spellings = dict.fromkeys((link.value.text, unquote(link.value.text)))
    found = [path for text in spellings for path in scope.candidates(link.value, text)]
    return [path for path in found if is_file(path)]


@rule(
    "MZ512",
    "double-slash",
    _WARNING,
    "The path of a link has a double slash.",
    why="It is usually a typo. Many web servers ignore it, but object stores look for a different file.",
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
        # A URL inside a URL has its own slashes; MZ503 fixes those after a misspelled host.
        if "//" in address.path and "http" not in address.path and host not in _MISSPELLED_HOSTS:
            single = address._replace(path=re.sub("/{2,}", "/", address.path)).geturl()
            yield Problem(
                f"{link.field} “{_short(link.value.text)}” has a double slash in its path",
                link.value.location,
                link.model,
                f"Write {single}, if that leads to the same file.",
            )
