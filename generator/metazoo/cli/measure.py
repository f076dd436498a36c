"""``metazoo measure``: build models and count what they compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from metazoo.cli import CLEAN, FOUND, INTERRUPTED
from metazoo.cli.formats import Format, FormatOption
from metazoo.cli.measuring import (
    DeviceOption,
    JobsOption,
    MemoryOption,
    RayOption,
    TimeoutOption,
    measure_with_progress,
    names_matching,
    require_one_place,
)
from metazoo.cli.output import print_line
from metazoo.sanitize import json_text

if TYPE_CHECKING:
    from metazoo.measure.measurement import Measurement


def measure(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...", help="Models, by their names in the source, or globs of them."
        ),
    ],
    input_size: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE", help="224, 256x192 or 3x224x224; each model's own by default."
        ),
    ] = None,
    num_classes: Annotated[
        int | None, typer.Option(min=0, help="Outputs of the classifier; 0 for none.")
    ] = None,
    reparameterize: Annotated[
        bool, typer.Option("--reparameterize", help="Fold training branches into one first.")
    ] = False,
    source: Annotated[str, typer.Option(help="Where the models come from.")] = "timm",
    config: Annotated[
        str | None,
        typer.Option(
            metavar="PATH", help="Build the model from this configuration; for one NAME only."
        ),
    ] = None,
    device: DeviceOption = None,
    convention: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Also count by this convention; repeatable."),
    ] = None,
    per_module: Annotated[
        bool, typer.Option("--per-module", help="Also show how much each module computes.")
    ] = False,
    jobs: JobsOption = None,
    timeout: TimeoutOption = 120.0,
    memory: MemoryOption = 8.0,
    ray: RayOption = None,
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Use and keep cached measurements.")
    ] = True,
    output: FormatOption = Format.TEXT,
) -> None:
    """Measure models: parameters, MACs, FLOPs, activations, bytes, and what their source says.

    A NAME may be a glob over the source's architectures: '*' is all of them. Exits with 1 if a
    model could not be measured; one that is too large for its --device is skipped with a note.
    """
    from metazoo.measure.conventions import by_conventions, known_conventions
    from metazoo.measure.request import Request, parse_input_size
    from metazoo.measure.workers import Limits

    require_one_place(jobs, ray)
    size = parse_input_size(input_size) if input_size else None
    conventions = known_conventions(convention or [])
    requests = [
        Request(
            name,
            source,
            size,
            str(device) if device else "meta",
            num_classes,
            reparameterize,
            components=bool(conventions),
            per_module=per_module,
            config=_config(config, names, source),
        )
        for name in (names if config else names_matching(names, source, cache=cache))
    ]
    done: list[Measurement] = []
    interrupted = False
    try:
        for measurement in measure_with_progress(
            requests, cache=cache, jobs=jobs, limits=Limits(timeout, memory), ray=ray
        ):
            done.append(by_conventions(measurement, conventions))  # noqa: PERF401  # survives Ctrl-C
    except KeyboardInterrupt:
        interrupted = True
    order = {request.model: number for number, request in enumerate(requests)}
    done.sort(key=lambda m: order[m.model])
    if output is Format.JSON:
        # A line each: indented, a zoo takes longer to write than to read from the cache.
        lines = [json_text(m.as_json(), indent=None) for m in done]
        typer.echo("[\n" + ",\n".join(lines) + "\n]" if lines else "[]")
    else:
        from metazoo.cli.measurement_table import print_measurements

        print_measurements(done)
    if interrupted:
        print_line(
            f"metazoo: interrupted: {len(done)} of {len(requests)} models are measured"
            + ("; run the same command again to continue" if cache and not device else ""),
            err=True,
        )
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(FOUND if any(m.error and not m.skipped for m in done) else CLEAN)


def _config(path: str | None, names: list[str], source: str) -> str | None:
    """The configuration to build a model from, as a request has it.

    Raises:
        UsageError: There are several models, or the source builds nothing from a configuration.
    """
    from pathlib import Path

    from metazoo.errors import UsageError
    from metazoo.measure.request import config_in_project
    from metazoo.measure.sources.built_in import BUILT_IN

    if path is None:
        return None
    if len(names) != 1:
        raise UsageError("--config describes one model: give one NAME")
    if source in BUILT_IN and not BUILT_IN[source].by_config:
        able = " and ".join(name for name, known in BUILT_IN.items() if known.by_config)
        raise UsageError(
            f"--config: {source} builds models by name only; {able} build them from a configuration"
        )
    return config_in_project(path, [Path.cwd()])
