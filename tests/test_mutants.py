"""The mutation driver changes what decides, and leaves alone what only names, types or asserts."""

import importlib.util
import tomllib
from pathlib import Path

import pytest

pytest.importorskip("cosmic_ray")

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "mutants.py"


@pytest.fixture(scope="module")
def driver():
    import sys

    spec = importlib.util.spec_from_file_location("mutants", SCRIPT)
    module = sys.modules["mutants"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["mutants"]


def changes(driver, source):
    names = tomllib.loads(SCRIPT.with_suffix(".toml").read_text("utf-8"))["operators"]["names"]
    operators = driver.chosen_operators(names)
    made = [
        driver.mutant("a.py", source, operators, place)
        for place in driver.mutants(source, operators)
    ]
    return {m.after for m in made if m}


@pytest.mark.parametrize(
    ("line", "mutants"),
    [
        ("a < b", {"a <= b", "a >= b"}),
        ("a >= 3", {"a > 3", "a < 3", "a >= 4", "a >= 2"}),
        ("a == b", {"a != b"}),
        ("a is None", {"a is not None"}),
        ("a not in b", {"a in b"}),
        ("a and not b", {"a or not b", "a and  b"}),
        ("[x for x in y if x.ok]", {"[x for x in y if not (x.ok)]"}),
        ("f(*a, check=False)", {"f(*a, check=True)"}),
        ("zip(a, b, strict=True)", set()),
        ("x: A | B = None", set()),
        ("f'{a + 1}'", set()),
        ("raise ValueError(1)", set()),
        ("__slots__ = ('a',) + b", set()),
        ("@dataclass(frozen=True)\nclass A: pass", set()),
        ("@lru_cache(maxsize=3)\ndef f(a: A | B = 1) -> A | None: ...", {"def f(a: A | B = 2) -> A | None: ...", "def f(a: A | B = 0) -> A | None: ..."}),
        ("if TYPE_CHECKING:\n    x = 1", set()),
        ("def f(a, *, b): ...", set()),
    ],
)  # fmt: skip
def test_a_line_has_these_mutants(driver, line, mutants):
    assert changes(driver, line + "\n") == mutants


def test_a_statement_is_marked_in_functions_and_found_by_position(driver):
    source = 'x = 1\ndef f(a):\n    """Doc."""\n    if a:\n        return 1\n    return 2\n'
    statements = driver.Statements()
    text = statements.instrument("a.py", source)
    marks = bytearray(len(statements.places))
    names = {}
    exec(  # noqa: S102
        text.replace("from _mutants_hits import _mutants_hits", ""), {"_mutants_hits": marks}, names
    )
    assert len(marks) == 3
    at_if, at_first, at_last = (
        statements.at("a.py", place)[0] for place in ((4, 7), (5, 15), (6, 11))
    )
    assert statements.at("a.py", (1, 4)) == (at_if | at_first | at_last, True)
    names["f"].__globals__.update(names)
    assert names["f"](1) == 1
    assert {n for n, mark in enumerate(marks) if mark} == at_if | at_first
    assert names["f"](0) == 2
    assert all(marks)
