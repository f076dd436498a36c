"""The Jinja environment that cards are rendered in: sandboxed, strict, and escaping everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.loaders import split_template_path
from jinja2.nodes import Template
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from metazoo.cards.chart import family_chart, zoo_chart
from metazoo.cards.escape import (
    anchor,
    breakable,
    code_text,
    escaped,
    link,
    python_string,
    safe_url,
)
from metazoo.cards.explorer import best_models, data_version, ranked_by
from metazoo.cards.facts import Fact
from metazoo.cards.family import Family, Recipe
from metazoo.cards.limits import BOUNDED, COUNTED, JOINED, Budget, Counting, LimitError
from metazoo.cards.numbers import exact, short
from metazoo.cards.papers import CitedPaper
from metazoo.cards.places import place
from metazoo.cards.scores import ResultRow, Score
from metazoo.cards.settings import SettingRow
from metazoo.cards.speed import Speed
from metazoo.cards.variant import Variant
from metazoo.cards.zoo import Zoo
from metazoo.errors import TemplateError
from metazoo.facts import FACTS, MeasuredFact

PACKAGED = Path(__file__).with_name("templates")
"""The templates that metazoo brings."""


class CardLoader(BaseLoader):
    """Find templates: a zoo's own shared parts first, then the packaged ones.

    A card, or another page of the zoo's own, is named by its path in the docs folder.

    Args:
        docs: The folder of the zoo's pages; shared parts are in its ``_includes``.
    """

    def __init__(self, docs: Path) -> None:
        self.docs = docs

    def get_source(
        self,
        environment: Environment,  # noqa: ARG002 - Jinja's signature
        template: str,
    ) -> tuple[str, str, Callable[[], bool]]:
        """The template's text, its file, and whether the file is still the same."""
        parts = split_template_path(template)
        for folder in (self.docs / "_includes", PACKAGED, self.docs):
            file = folder.joinpath(*parts)
            if file.is_file() and _inside(file, folder):
                text = file.read_text("utf-8")
                changed = file.stat().st_mtime_ns
                return text, str(file), partial(_unchanged, file, changed)
        raise TemplateNotFound(template)

    def list_templates(self) -> list[str]:
        """The names of all shared parts, for messages."""
        folders = (self.docs / "_includes", PACKAGED)
        return sorted({f.relative_to(d).as_posix() for d in folders for f in d.rglob("*.md")})


def _inside(file: Path, folder: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())


def _unchanged(file: Path, then: int) -> bool:
    return file.is_file() and file.stat().st_mtime_ns == then


class CardEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox whose pages have a budget, see `metazoo.cards.limits`.

    It knows the cards' own facts, so that it need not ask what else they might be.
    """

    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.budget = Budget()
        self.concat = self.budget.concat  # type: ignore[method-assign]
        self.filters |= {name: self.budget.bounded(name, self.filters[name]) for name in BOUNDED}
        self.filters |= {COUNTED: self.budget.counted, JOINED: self.budget.joined}
        del self.globals["lipsum"]  # any amount of filler

    def _parse(self, source: str, name: str | None, filename: str | None) -> Template:
        tree = super()._parse(source, name, filename)
        Counting().visit(tree)
        return tree

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """An operation, unless its result would be too large."""
        self.budget.operation(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """A call, unless it is of a method whose result would be too long."""
        method = getattr(__obj, "__wrapped__", __obj)
        owner = getattr(method, "__self__", None)
        if isinstance(owner, str | bytes):
            # What is made of an iterator's items must be counted before.
            args = tuple(list(a) if isinstance(a, Iterator) else a for a in args)
            __self.budget.method(owner, method.__name__, (*args, *kwargs.values()))
        return super().call(__context, __obj, *args, **kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """An attribute, as Jinja finds it, and sooner for plain facts."""
        if type(obj) in _FACTS and not attribute.startswith("_"):
            try:
                return getattr(obj, attribute)
            except AttributeError:
                pass  # Jinja makes a helpful error of it
        return super().getattr(obj, attribute)


_FACTS = {
    Fact,
    Family,
    MeasuredFact,
    Recipe,
    CitedPaper,
    ResultRow,
    Score,
    SettingRow,
    Speed,
    Variant,
    Zoo,
}
"""Classes whose instances hold nothing but data that can't be changed."""


def card_environment(docs: Path, root: Path) -> CardEnvironment:
    """An environment for the cards in a docs folder of a project.

    Whatever a template writes is escaped for HTML and Markdown at once (see
    `metazoo.cards.escape`), an undefined name is an error, and attributes that lead out of the
    sandbox are refused.
    """
    environment = CardEnvironment(
        loader=CardLoader(docs),
        autoescape=True,
        finalize=escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "anchor": anchor,
        "breakable": breakable,
        "code": code_text,
        "exact": exact,
        "link": link,
        "place": partial(place, root=root),
        "python": python_string,
        "short": short,
        "url": safe_url,
    }
    environment.globals |= {
        "chart": family_chart,
        "columns": FACTS,
        "explorer_ranked": ranked_by,
        "explorer_rows": best_models,
        "explorer_version": data_version,
        "zoo_chart": zoo_chart,
    }
    return environment


def render(environment: CardEnvironment, name: str, **scope: object) -> str:
    """Render one template.

    Args:
        environment: Of `card_environment`.
        name: The template's name: ``models/resnext.md``, ``code_snippets.md``.
        scope: The names it may use.

    Raises:
        TemplateError: It, or what it includes, can't be rendered. Says where and why.
    """
    environment.budget.begin()
    try:
        return environment.get_template(name).render(scope)
    except TemplateNotFound as error:
        raise TemplateError(
            f"{_place(error, name)}: there is no template {error.name!r}"
        ) from error
    except TemplateSyntaxError as error:
        where = f"{error.filename or error.name or name}:{error.lineno}"
        raise TemplateError(f"{where}: {error.message}") from error
    except SecurityError as error:
        raise TemplateError(f"{_place(error, name)}: not allowed in a card: {error}") from error
    except (LimitError, UndefinedError) as error:
        raise TemplateError(f"{_place(error, name)}: {error}") from error
    except (
        JinjaError,
        UnicodeDecodeError,
        ArithmeticError,
        LookupError,
        TypeError,
        ValueError,
        RecursionError,
        MemoryError,
        AttributeError,
    ) as error:
        raise TemplateError(f"{_place(error, name)}: {type(error).__name__}: {error}") from error


def _place(error: BaseException, name: str) -> str:
    """The template's file and line where it went wrong: the innermost that the traceback knows."""
    place = name
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith((".md", ".html")):
            place = f"{file}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
