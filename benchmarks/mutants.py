# ruff: noqa: D102  # the methods are those of cosmic-ray and of pytest
"""Change the code a little, one change at a time, and see whether the tests notice.

Goal: at least 85 % of the mutants of `index`, `rules`, `verify` and `measure` are killed.

    make mutants                                            all rooms, a sample of each module
    python benchmarks/mutants.py measure                    one room
    python benchmarks/mutants.py measure/counter.py --all   every mutant of one module
    python benchmarks/mutants.py measure/counter.py --tests tests/measure/test_counter.py

`mutants.toml` names the rooms, their tests and the operators, which are cosmic-ray's; this script only
runs them quicker than cosmic-ray does. It runs the tests of a room once, in a copy of the tree that
notes which test reaches which statement, in every process. Each mutant is then written into another
copy, and the tests that reach it run in a fork of a process that has already imported what is slow to
import, quick ones first, until one fails. A test that takes far longer than before counts as failed.
Survivors are printed with their lines. Those that change nothing anyone could see belong into
`mutants-equivalent.txt`, with the reason.

Left alone: annotations, `if TYPE_CHECKING`, `__slots__`, `__all__`, f-strings and the words of raised
errors, arguments of `dataclass` and of caches, and `strict=` of `zip`, which only asserts.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import ctypes
import importlib
import json
import mmap
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider

ROOT = Path(__file__).parents[1]
PACKAGE = Path("generator/metazoo")
EQUIVALENT = Path(__file__).with_name("mutants-equivalent.txt")
WORKERS = 2
HITS = "_mutants_hits"
"""The module that instrumented code writes to; also the name of its file of marks."""
IMPORT = "import"
"""Whose the statements are that are reached before the first test."""
PRELOAD = ["hypothesis.strategies", "hypothesis.internal.conjecture.engine", "asyncio", "yaml"]
"""What takes long to import, and is imported once for all mutants."""
PYTEST = ["-q", "-p", "_hypothesis_pytestplugin", "-p", "no:cacheprovider"]
PYTEST += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what is preloaded


class SwapIn(Operator):
    """Replace `in` with `not in`, and the reverse."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type == "comparison" and _code(node.children[1]) in ("in", "not in"):
            yield node.children[1].start_pos, node.children[1].end_pos

    def mutate(self, node: Any, index: int) -> Any:  # noqa: ARG002
        other = "not in" if _code(node.children[1]) == "in" else "in"
        node.children[1] = get_ast(f" {other}")
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class NegateFilter(Operator):
    """Negate the condition of a comprehension."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type == "comp_if" and node.children[1].type not in ("comparison", "not_test"):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:  # noqa: ARG002
        node.children[1] = get_ast(f" not ({_code(node.children[1])})")
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


@dataclass(frozen=True)
class Mutant:
    """One change to one module.

    Attributes:
        module: Its path in the package.
        operator: What was changed, in a word.
        position: The line and column of the change.
        source: The whole module after it.
        before: The changed line.
        after: The same line, changed.
    """

    module: str
    operator: str
    position: tuple[int, int]
    source: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.module}:{self.position[0]}: {self.operator}\n  - {self.before}\n  + {self.after}"


def mutants(source: str, operators: dict[str, Operator]) -> Iterator[tuple[Any, ...]]:
    """Say where which operator changes a module: its name, the node's number, which of its changes."""
    tree = get_ast(source)
    for number, node in enumerate(ast_nodes(tree)):
        for name, operator in operators.items():
            for index, (position, _) in enumerate(operator.mutation_positions(node)):
                if not _left_alone(name, node):
                    yield name, number, index, position


def mutant(
    module: str, source: str, operators: dict[str, Operator], place: tuple[Any, ...]
) -> Mutant | None:
    """Change a module at one place; None where the change is none, or no Python."""
    name, number, index, position = place
    tree = get_ast(source)
    node = next(node for n, node in enumerate(ast_nodes(tree)) if n == number)
    changed = operators[name].mutate(node, index)
    if changed is not node:  # a number, as a node without the spaces and comments before it
        node.value = changed.value.strip()
    mutated = tree.get_code()
    try:
        if ast.dump(ast.parse(mutated)) == ast.dump(ast.parse(source)):
            return None
    except SyntaxError:
        return None
    lines = zip(source.splitlines(), mutated.splitlines(), strict=False)
    before, after = next(((a, b) for a, b in lines if a != b), ("", ""))
    return Mutant(module, name, position, mutated, before.strip(), after.strip())


def _code(node: Any) -> str:
    return str(node.get_code(include_prefix=False))


_BINARY = ("arith_expr", "term", "shift_expr", "expr", "and_expr", "power")


def _left_alone(operator: str, node: Any) -> bool:
    if operator.startswith("ReplaceBinary") and node.parent.type not in _BINARY:
        return True  # the star of *arguments
    if operator == "AddNot":  # another operator does the same
        condition = node.children[2 if node.type == "test" else 1]
        if condition.type in ("comparison", "not_test"):
            return True
    child, parent = None, node
    while parent is not None:
        kind = parent.type
        if kind in ("fstring", "raise_stmt"):
            return True
        if kind == "annassign" and child is parent.children[1]:
            return True
        if kind == "tfpdef" and child is not parent.children[0]:
            return True
        if kind == "funcdef" and child is not None and child is parent.annotation:
            return True
        if kind == "if_stmt" and _code(parent.children[1]) in (
            "TYPE_CHECKING",
            '__name__ == "__main__"',
        ):
            return True
        if kind == "expr_stmt" and _code(parent.children[0]) in ("__slots__", "__all__"):
            return True
        if kind == "argument" and _code(parent.children[0]) == "strict":
            return True
        if kind == "decorator" and _code(parent.children[1]).split(".")[-1].startswith(
            ("dataclass", "lru_cache", "cache")
        ):
            return True
        child, parent = parent, parent.parent
    return False


class Statements:
    """The statements in functions of the package, numbered, so that each has a mark in a file."""

    def __init__(self) -> None:
        self.places: list[tuple[str, tuple[int, int], tuple[int, int]]] = []

    def instrument(self, module: str, source: str) -> str:
        """A module that marks each statement of its functions when it is reached."""
        tree = ast.parse(source)
        self._visit(tree, module, inside=False)
        at = 0
        while at < len(tree.body) and _stays_first(tree.body[at]):
            at += 1
        tree.body.insert(at, ast.parse(f"from {HITS} import {HITS}").body[0])
        return ast.unparse(tree)

    def _visit(self, node: ast.AST, module: str, inside: bool) -> None:
        inside = inside or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for child in list(ast.iter_child_nodes(node)):
            self._visit(child, module, inside and not isinstance(node, ast.ClassDef))
        if not inside:
            return
        for part in ("body", "orelse", "finalbody"):
            statements = getattr(node, part, None)
            if not isinstance(statements, list):
                continue
            marked: list[ast.stmt] = []
            for number, statement in enumerate(statements):
                if not (part == "body" and number == 0 and _is_text(statement)):
                    end = (statement.end_lineno or 0, statement.end_col_offset or 0)
                    self.places.append((module, (statement.lineno, statement.col_offset), end))
                    marked += ast.parse(f"{HITS}[{len(self.places) - 1}] = 1").body
                marked.append(statement)
            setattr(node, part, marked)

    def at(self, module: str, position: tuple[int, int]) -> tuple[set[int], bool]:
        """The innermost statement at a position, or, where that is in no function, all of the module."""
        mine = [(n, *place[1:]) for n, place in enumerate(self.places) if place[0] == module]
        around = [(start, n) for n, start, end in mine if start <= position < end]
        return ({max(around)[1]}, False) if around else ({n for n, _, _ in mine}, True)


def _stays_first(statement: ast.stmt) -> bool:
    return _is_text(statement) or (
        isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
    )


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


class Notes:
    """A pytest plugin that notes how long each test takes and which statements it reaches.

    What a fixture of a wider scope reaches counts for every test that uses it, and what a cache of the
    package remembers is forgotten between tests.
    """

    def __init__(self, marks: mmap.mmap) -> None:
        self.marks = marks
        self.reached: dict[str, set[int]] = defaultdict(set)
        self.shared: dict[str, list[str]] = {}
        self.seconds: Counter[str] = Counter()
        self.grouped: set[str] = set()
        self._now = ""

    def _note(self, owner: str) -> None:
        data = self.marks[:]
        at = data.find(1)
        while at >= 0:
            self.reached[owner].add(at)
            at = data.find(1, at + 1)
        self.marks[:] = bytes(len(data))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        for module in [m for name, m in sys.modules.items() if name.startswith("metazoo")]:
            for value in list(vars(module).values()):
                if callable(getattr(value, "cache_clear", None)):
                    value.cache_clear()
        definitions = item._fixtureinfo.name2fixturedefs.values()  # type: ignore[attr-defined]
        wide = [d for several in definitions for d in several if d.scope != "function"]
        self.shared[item.nodeid] = [_fixture(d) for d in wide]
        if any(d.scope != "session" for d in wide):
            self.grouped.add(item.nodeid.split("::")[0])
        self._note("" if self._now else IMPORT)
        self._now = item.nodeid
        done = yield
        self._note(item.nodeid)
        return done

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Any:
        if fixturedef.scope == "function":
            return (yield)
        self._note(self._now)
        try:
            return (yield)
        finally:
            self._note(_fixture(fixturedef))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration

    def write(self, path: Path) -> None:
        """Write down, for each test in order: how long it takes, what it reaches."""
        tests = {
            test: [
                seconds,
                sorted(self.reached[test].union(*(self.reached[f] for f in self.shared[test]))),
            ]
            for test, seconds in self.seconds.items()
        }
        found = {
            "tests": tests,
            "grouped": sorted(self.grouped),
            "imported": sorted(self.reached[IMPORT]),
        }
        path.write_text(json.dumps(found), "utf-8")


def _fixture(definition: Any) -> str:
    return f"fixture {definition.baseid}::{definition.argname}"


class Chosen:
    """A pytest plugin that runs the tests of a list, in its order, and says when each should be done."""

    def __init__(self, tests: dict[str, float], progress: Path) -> None:
        self.tests = tests
        self.rank = {test: rank for rank, test in enumerate(tests)}
        self.progress = progress

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self.rank), key=lambda i: self.rank[i.nodeid]
        )

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.progress.write_text(str(time.time() + 20 + 10 * self.tests[nodeid]), "utf-8")


class Tree:
    """A copy of the working tree, in which tests run.

    Attributes:
        root: Where it lies.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def copy(cls, root: Path) -> Tree:
        """Copy what git knows or does not ignore."""
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(  # noqa: S603
            command, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, root / name)
        return cls(root)

    def run(
        self, arguments: list[str], plugin: Any, after: Any = None, seconds: float = 3600
    ) -> int | None:
        """Run pytest in a fork: its exit code, or None where it takes too long."""
        progress = self.root / "progress"
        progress.write_text("inf", "utf-8")
        scratch = self.root.with_name(f"{self.root.name}-tmp")  # outside of the working directory
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        child = os.fork()
        if child == 0:
            code = 70
            try:
                os.setsid()
                _prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
                self._enter(scratch)
                code = int(pytest.main([*arguments, *PYTEST], [plugin]))
                if after is not None:
                    after()
                sys.stdout.flush()
            finally:
                os._exit(code)
        until = time.time() + seconds
        ended = 0
        while not ended:
            ended, status = os.waitpid(child, os.WNOHANG)
            if not ended and time.time() > min(until, float(progress.read_text("utf-8") or "inf")):
                break
            time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        if not ended:
            os.waitpid(child, 0)
        _end_orphans()
        shutil.rmtree(scratch, ignore_errors=True)
        return os.waitstatus_to_exitcode(status) if ended else None

    def _enter(self, scratch: Path) -> None:
        os.chdir(self.root)
        output = os.open(self.root / "output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(output, stream)
        os.environ["PYTHONPATH"] = str(self.root / "generator")
        os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
        sys.path.insert(0, str(self.root / "generator"))
        importlib.invalidate_caches()

    def output(self) -> str:
        """What the last run printed."""
        return (self.root / "output").read_text("utf-8", "replace")


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _end_orphans() -> None:
    """Kill what a test has left behind, handed up to this process."""
    for _ in range(100):
        listed = [f.read_text() for f in Path("/proc/self/task").glob("*/children")]
        left = [int(pid) for line in listed for pid in line.split()]
        if not left:
            return
        for pid in left:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


@dataclass
class Reach:
    """Which tests reach which statement, and how to run them.

    Attributes:
        statements: All statements.
        tests: Each with its seconds and what it reaches, in the order to run.
        imported: What is reached while modules are imported.
    """

    statements: Statements
    tests: dict[str, tuple[float, set[int]]]
    imported: set[int]

    def of(self, changed: Mutant) -> dict[str, float]:
        """The tests to run: those that reach the change, or all where it acts at import."""
        marks, at_import = self.statements.at(changed.module, changed.position)
        near = {test: seconds for test, (seconds, reached) in self.tests.items() if reached & marks}
        every = {test: seconds for test, (seconds, _) in self.tests.items()}
        return near | every if at_import or marks & self.imported else near


def reach(tests: list[str], folder: Path) -> Reach:
    """Run tests once, noting what each reaches.

    Raises:
        SystemExit: They fail.
    """
    tree = Tree.copy(folder / "reach")
    statements = Statements()
    for file in sorted((tree.root / PACKAGE).rglob("*.py")):
        module = file.relative_to(tree.root / PACKAGE).as_posix()
        file.write_text(statements.instrument(module, file.read_text("utf-8")), "utf-8")
    marks = folder / HITS
    marks.write_bytes(bytes(len(statements.places)))
    (tree.root / "generator" / f"{HITS}.py").write_text(
        f"import mmap\nwith open({str(marks)!r}, 'r+b') as file:\n    {HITS} = mmap.mmap(file.fileno(), 0)\n",
        "utf-8",
    )
    with marks.open("r+b") as file:
        notes = Notes(mmap.mmap(file.fileno(), 0))
    written = folder / "reach.json"
    _must_pass(tree, tree.run(tests, notes, lambda: notes.write(written)))
    found = json.loads(written.read_text("utf-8"))
    together: Counter[str] = Counter()  # the tests of a file that share fixtures
    for test, (seconds, _) in found["tests"].items():
        together[test.split("::")[0]] += seconds

    def order(test: str) -> tuple[float, str]:
        file = test.split("::")[0]
        return (together[file], file) if file in found["grouped"] else (found["tests"][test][0], "")

    ordered = {test: found["tests"][test] for test in sorted(found["tests"], key=order)}
    tests_and_marks = {test: (s, set(r)) for test, (s, r) in ordered.items()}
    return Reach(statements, tests_and_marks, set(found["imported"]))


def _must_pass(tree: Tree, code: int | None) -> None:
    if code != 0:
        sys.exit(f"{tree.output()[-5000:]}\nThe tests fail without a mutant: {code}.")


_tree: Tree


def _begin(trees: Any) -> None:
    global _tree
    _tree = Tree(trees.get())
    _prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


def _is_killed(changed: Mutant, tests: dict[str, float]) -> bool:
    """Run the tests that reach a mutant: whether one fails, or takes too long."""
    if not tests:
        return False
    file = _tree.root / PACKAGE / changed.module
    original, times = file.read_bytes(), file.stat()
    file.write_text(changed.source, "utf-8")
    # A time that no compiled file was made of: seconds are all that Python compares.
    os.utime(file, (times.st_atime, times.st_mtime + 1000))
    try:
        code = _run_chosen(_tree, tests, ["-x"])
    finally:
        file.write_bytes(original)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    if code in (5, 70):
        raise RuntimeError(f"{changed}\n{_tree.output()[-3000:]}")
    return code != 0


def _run_chosen(tree: Tree, tests: dict[str, float], options: list[str]) -> int | None:
    files = sorted({test.split("::")[0] for test in tests})
    # In all; each test has a limit of its own.
    limit = 300 + 10 * sum(tests.values())
    return tree.run([*files, *options], Chosen(tests, tree.root / "progress"), seconds=limit)


def equivalents() -> dict[tuple[str, str, str], str]:
    """The mutants that change nothing: module, line, changed line, and why."""
    found = {}
    for entry in EQUIVALENT.read_text("utf-8").split("\n\n"):
        lines = [line for line in entry.splitlines() if line and not line.startswith("#")]
        if lines:
            module, before, after, *why = lines
            found[module, before.removeprefix("- "), after.removeprefix("+ ")] = " ".join(why)
    return found


def modules(names: list[str], rooms: dict[str, Any]) -> dict[str, list[str]]:
    """The modules to change, by room: of whole rooms, or those named."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in names or rooms:
        room = name.split("/")[0]
        if room not in rooms:
            sys.exit(f"mutants.toml has no room {room}: {', '.join(rooms)}")
        path = ROOT / PACKAGE / name
        if not path.exists():
            sys.exit(f"{path} does not exist")
        files = [path] if path.is_file() else sorted(path.rglob("*.py"))
        found[room] += [file.relative_to(ROOT / PACKAGE).as_posix() for file in files]
    return found


def chosen_operators(names: list[str]) -> dict[str, Operator]:
    """Operators of cosmic-ray by name, and those of this script."""
    provider = OperatorProvider()
    chosen = {name: provider[name]() for name in names}
    return {**chosen, "SwapIn": SwapIn(), "NegateFilter": NegateFilter()}


def main() -> None:
    """Print the survivors and the scores."""
    settings = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "names", nargs="*", help="rooms or modules, as measure or measure/counter.py"
    )
    parser.add_argument("--all", action="store_true", help="every mutant instead of a sample")
    parser.add_argument(
        "--sample", type=int, default=settings["sample"], help="mutants of a module"
    )
    parser.add_argument("--tests", nargs="+", help="run these instead of the room's tests")
    options = parser.parse_args()
    operators = chosen_operators(settings["operators"]["names"])
    os.nice(10)
    os.environ |= {"OMP_NUM_THREADS": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    _prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
    for room, named in modules(options.names, settings["rooms"]).items():
        configured = settings["rooms"][room]
        known = equivalents()
        chosen = []
        for module in named:
            source = (ROOT / PACKAGE / module).read_text("utf-8")
            places = list(mutants(source, operators))
            random.Random(f"{settings['seed']} {module}").shuffle(places)  # noqa: S311
            most = len(places) if options.all else options.sample
            valid = (m for place in places if (m := mutant(module, source, operators, place)))
            counted = (m for m in valid if (m.module, m.before, m.after) not in known)
            chosen += [m for m, _ in zip(counted, range(most), strict=False)]
        for preload in [*PRELOAD, *configured.get("preload", [])]:
            importlib.import_module(preload)
        with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
            _report(room, chosen, options.tests or configured["tests"], Path(folder))


def _report(room: str, chosen: list[Mutant], tests: list[str], folder: Path) -> None:
    start = time.monotonic()
    reached = reach(tests, folder)
    tree = Tree.copy(folder / "0")
    every = {test: seconds for test, (seconds, _) in reached.tests.items()}
    _must_pass(tree, _run_chosen(tree, every, []))
    print(
        f"{room}: {len(every)} tests, {len(chosen)} mutants, {time.monotonic() - start:.0f} s",
        flush=True,
    )
    context = multiprocessing.get_context("fork")
    trees = context.Queue()
    trees.put(tree.root)
    for worker in range(1, WORKERS):
        trees.put(shutil.copytree(tree.root, folder / str(worker), symlinks=True))
    killed: Counter[str] = Counter()
    total = Counter(m.module for m in chosen)
    with ProcessPoolExecutor(WORKERS, context, _begin, (trees,)) as pool:
        noticed = pool.map(_is_killed, chosen, [reached.of(m) for m in chosen])
        for changed, is_killed in zip(chosen, noticed, strict=True):
            killed[changed.module] += is_killed
            if not is_killed:
                unreached = "" if reached.of(changed) else "\n  no test reaches it"
                print(f"{changed}{unreached}", flush=True)
    for module in total:
        print(f"{module}: {killed[module]}/{total[module]}")
    every_one = max(1, total.total())
    print(
        f"{room}: {killed.total()}/{total.total()}, {100 * killed.total() / every_one:.0f} %,"
        f" {time.monotonic() - start:.0f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
