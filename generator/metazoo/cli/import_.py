"""``metazoo import``: bring what others publish into the index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from metazoo.cli import CLEAN, FOUND
from metazoo.cli.output import print_line

if TYPE_CHECKING:
    from metazoo.importing.entries import Imported
    from metazoo.importing.families import Assignment, FamilyGlobs
    from metazoo.importing.results import Merged
    from metazoo.importing.timm import TimmEntry
    from metazoo.index.model import ModelIndex
    from metazoo.measure.measurement import Measurement
    from metazoo.measure.request import Request
    from metazoo.measure.sources.timm import TimmSource

import_app = typer.Typer(
    help="Import what others publish: a source's models, results, benchmarks.",
    no_args_is_help=True,
)

FAMILIES = Path("model_index/families")
BENCHMARKS = Path("model_index/benchmarks")


@import_app.command("timm")
def import_timm(
    family: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only these families; all by default."),
    ] = None,
    models: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help="Only these models, by architecture.tag."),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the family files.")
    ] = FAMILIES,
) -> None:
    """Write what the installed timm knows about its pretrained models into the family files.

    A family file says with globs under Names which models belong to it. Values that timm knows are
    updated, everything else stays as it is. Start a new family with --family NAME --models
    GLOB.

    Exits with 1 if a name belongs to no family or to several, or a model can't be measured.
    """
    from metazoo import config
    from metazoo.importing.entries import import_entries, missing_names
    from metazoo.importing.families import assign, families_of
    from metazoo.importing.timm import entry_of

    source = _timm()
    begun = _begin(out, family or [], models or [])
    index = _read(out)
    families = _chosen(families_of(index), family)
    names = source.pretrained_names()
    assigned = assign(_matching(names, models), families)
    requests = _requests(index, assigned.members, source)
    measured = {m.model: m for m in _measured(list(requests.values()), config.load(out).records)}
    entries: dict[str, list[TimmEntry]] = {
        name: [entry_of(measured[member]) for member in members]
        for name, members in assigned.members.items()
    }
    imported = import_entries(
        index,
        entries,
        former=source.former_names(),
        code={f: source.code_url(m[0].partition(".")[0]) for f, m in assigned.members.items()},
        whole=models is None or bool(begun),
    )
    if models is None:
        mine = {f.name for f in families}
        imported.renamed, imported.gone = missing_names(
            _only(index, mine), names, source.former_names()
        )
    for patch in imported.patches:
        patch.write()
    whole = family is None
    _say(imported, assigned, entries, whole=whole)
    failed = any(e.error for members in entries.values() for e in members)
    unsettled = bool(assigned.disputed) or (whole and bool(assigned.homeless))
    raise typer.Exit(FOUND if failed or unsettled else CLEAN)


@import_app.command("results")
def import_results(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Tables of timm, or folders with them."),
    ],
    dataset: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The test dataset, if a file's name doesn't tell."),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the family files.")
    ] = FAMILIES,
) -> None:
    """Write timm's tables of results into the models' Results.

    Results at the same image size get the table's figures. Results without an image size, and those
    that came from this table and are no longer in it, are removed.
    """
    from metazoo.importing.results import merge_results, read_table, tables_in

    paths = [t for f in files for t in (tables_in(f) if f.is_dir() else [f])]
    tables = [read_table(path, dataset) for path in paths]
    merged = merge_results(_read(out), tables)
    for patch in merged.patches:
        patch.write()
    _say_merged(merged)


@import_app.command("torchvision")
def import_torchvision(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write the index to.")],
) -> None:
    """Write an index of what torchvision publishes about its classification weights.

    Run `metazoo verify` on it to compare torchvision's own counts with metazoo's.
    """
    from metazoo.cli.output import require_folder
    from metazoo.files import rewrite
    from metazoo.importing.torchvision import as_index
    from metazoo.measure.sources import load_source

    require_folder(out)
    load_source("torchvision")
    from metazoo.measure.sources.torchvision import TorchvisionSource

    published = TorchvisionSource().published()
    out.mkdir(parents=True, exist_ok=True)
    path = out / "index.yml"
    rewrite(path, lambda _: as_index(published).encode("utf-8"))
    print_line(f"{len(published)} models written to {path}")


@import_app.command("benchmark")
def import_benchmark(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="timm's tables of inference benchmarks."),
    ],
    hardware: Annotated[
        str, typer.Option(metavar="NAME", help="The device's name, as its vendor writes it.")
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the benchmark files.")
    ] = BENCHMARKS,
) -> None:
    """Import timm's benchmarks of a device, beside our own.

    The tables' file names say how they were measured, so keep the names that timm gave them.
    """
    from metazoo.bench.files import update_folder
    from metazoo.cli.output import require_folder
    from metazoo.importing.benchmark_csv import read_benchmark_csv

    require_folder(out)
    shown = _names_with_pages(out)
    for benchmarks in [read_benchmark_csv(path, hardware) for path in files]:
        path = update_folder(out, benchmarks)
        (run,) = benchmarks.runs
        print_line(f"{len(benchmarks.rows)} rows of {run} written to {path}")
        unknown = sorted({row.model for row in benchmarks.rows} - shown) if shown else []
        if unknown:
            print_line(
                f"{len(unknown)} of its models are not in the index, so no page shows them:"
                f" {', '.join(unknown[:8])}{', …' if len(unknown) > 8 else ''}"
            )


def _names_with_pages(out: Path) -> set[str]:
    """The row names that the index beside a folder of benchmarks has pages for."""
    from metazoo import config
    from metazoo.bench.record import names_in_benchmarks
    from metazoo.index.reader import read_index

    project = config.load(out)
    if not project.index.exists():
        return set()
    index = read_index([project.index], root=project.root)
    return {name for model in index.models for name in names_in_benchmarks(model.name.text)}


def _timm() -> TimmSource:
    from metazoo.measure.sources import load_source

    load_source("timm")
    from metazoo.measure.sources.timm import TimmSource

    return TimmSource()


def _read(out: Path) -> ModelIndex:
    from metazoo.errors import UsageError
    from metazoo.findings import Severity
    from metazoo.index.reader import read_index

    files = sorted(out.glob("*.yml"))
    if not files:
        raise UsageError(
            f"{out}: there is no family file; start one with --family NAME --models GLOB"
        )
    index = read_index(files, root=out)
    faults = [f for f in index.findings if f.severity is Severity.ERROR]
    if faults:
        # Models that can't be read can't be updated, and would be taken for missing.
        raise UsageError(f"{faults[0].location}: {faults[0].message}; fix it first")
    return index


def _begin(out: Path, names: list[str], globs: list[str]) -> list[Path]:
    """Write the file of a new family that is named together with its models."""
    from metazoo.cards.escape import slug
    from metazoo.importing.writing import mapping_lines

    if len(names) != 1 or not globs:
        return []
    file = out / f"{slug(names[0])}.yml"
    if file.exists():
        return []
    out.mkdir(parents=True, exist_ok=True)
    content = {
        "Type": "model-index",
        "Collections": [{"Name": names[0], "Names": globs}],
    }
    file.write_text("\n".join(mapping_lines(content, "")) + "\n", "utf-8")
    return [file]


def _chosen(families: list[FamilyGlobs], wanted: list[str] | None) -> list[FamilyGlobs]:
    from metazoo.errors import UsageError

    if wanted is None:
        return families
    chosen = [f for f in families if {f.name, f.file.stem} & set(wanted)]
    missing = set(wanted) - {f.name for f in chosen} - {f.file.stem for f in chosen}
    if missing:
        raise UsageError(f"there is no family {min(missing)!r}; to start it, add --models GLOB")
    return chosen


def _matching(names: list[str], globs: list[str] | None) -> list[str]:
    from fnmatch import fnmatchcase

    from metazoo.errors import UsageError

    if globs is None:
        return names
    found = [n for n in names if any(fnmatchcase(n, g) for g in globs if not g.startswith("!"))]
    found = [n for n in found if not any(fnmatchcase(n, g[1:]) for g in globs if g[0] == "!")]
    if not found:
        raise UsageError(f"timm has no pretrained model that matches {' or '.join(globs)}")
    return found


def _only(index: ModelIndex, families: set[str]) -> ModelIndex:
    from dataclasses import replace

    mine = [m for m in index.models if any(c.text in families for c in m.collections)]
    return replace(index, models=mine)


def _requests(
    index: ModelIndex, members: dict[str, list[str]], source: TimmSource
) -> dict[str, Request]:
    """One request per name, at the declared image size if timm knows that size."""
    from metazoo.measure.request import Request

    declared = {m.name.text: m.metadata.get("Image Size") for m in index.models}
    requests = {}
    for name in (name for names in members.values() for name in names):
        facts = source.resolve(name).facts
        stated = declared.get(name)
        sizes = (facts.input_size, facts.test_input_size)
        size = stated.value if stated and stated.value in sizes else facts.input_size
        requests[name] = Request(name, "timm", input_size=size)
    return requests


def _measured(requests: list[Request], records: Path) -> Iterator[Measurement]:
    """Yield what is on record with the installed versions, and measure the rest."""
    from rich.console import Console
    from rich.progress import track

    from metazoo.measure.records import read_records
    from metazoo.measure.run import measure_models

    known = read_records(records, lambda error: print_line(str(error), err=True))
    todo = []
    for request in requests:
        found = known.fresh(request)
        if found is None or found.error is not None:
            todo.append(request)
        else:
            yield found
    yield from track(
        measure_models(todo),
        description="Measuring",
        total=len(todo),
        console=Console(stderr=True),
        transient=True,
        disable=not todo,
    )


def _say(
    imported: Imported, assigned: Assignment, entries: dict[str, list[TimmEntry]], *, whole: bool
) -> None:
    for name in imported.new:
        print_line(f"new: {name}")
    for name, keys in imported.changed.items():
        print_line(f"changed: {name}: {', '.join(keys)}")
    for name, successor in imported.renamed.items():
        print_line(f"renamed: {name} is {successor} now")
    for name in imported.gone:
        print_line(f"gone: {name}")
    for members in entries.values():
        for entry in members:
            if entry.error:
                print_line(f"not measured: {entry.name}: {entry.error}")
    if whole:
        for name in assigned.homeless:
            print_line(f"no family: {name}; add a glob for it under Names in a family file")
    for name, families in assigned.disputed.items():
        print_line(f"several families: {name}: {', '.join(families)}; exclude it in all but one")
    count = sum(map(len, entries.values()))
    print_line(
        f"{count} models of {len(entries)} families: {len(imported.new)} new,"
        f" {len(imported.changed)} changed, {len(imported.renamed)} renamed,"
        f" {len(imported.gone)} gone; {len(imported.patches)} files written"
    )


def _say_merged(merged: Merged) -> None:
    for name in merged.unknown:
        print_line(f"not in the index: {name}")
    print_line(
        f"{merged.added} results added, {merged.changed} changed, {merged.dropped} removed;"
        f" {len(merged.patches)} files written"
    )
