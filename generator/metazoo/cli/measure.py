"""``metazoo measure``: build models and count what they compute."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from metazoo.cli import CLEAN, FOUND


class Device(StrEnum):
    """Hardware to run a model on, besides counting."""

    CPU = "cpu"
    CUDA = "cuda"


class Format(StrEnum):
    """How to print measurements."""

    TEXT = "text"
    JSON = "json"


def measure(
    names: Annotated[
        list[str],
        typer.Argument(metavar="NAME...", help="Models, by their names in the source."),
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
    device: Annotated[
        Device | None,
        typer.Option(help="Also run each model once on this hardware, with random weights."),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TEXT,
) -> None:
    """Measure models: parameters, MACs, FLOPs, activations, bytes, and what their source says.

    Exits with 1 if a model could not be measured.
    """
    from metazoo.measure import Request, measure_models, parse_input_size

    size = parse_input_size(input_size) if input_size else None
    where = str(device) if device else "meta"
    requests = [Request(name, source, size, where, num_classes, reparameterize) for name in names]
    measurements = list(measure_models(requests))
    if output is Format.JSON:
        import json

        typer.echo(json.dumps([m.as_json() for m in measurements], indent=2, ensure_ascii=False))
    else:
        from metazoo.cli.measurement_table import print_measurements

        print_measurements(measurements)
    raise typer.Exit(FOUND if any(m.error for m in measurements) else CLEAN)
