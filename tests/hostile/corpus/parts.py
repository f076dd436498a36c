"""Pieces that hostile projects are put together from."""

import json
from typing import Any

from tests.hostile.project import MODEL, PWNED, record, record_file

EVIL = (
    f"x\n::error::{PWNED}\r##[error]{PWNED}\x1b]0;{PWNED}\x07"
    f"\x9b31m\u2028{PWNED}\x85{PWNED} ##vso[task]"
)
"""Text that begins lines of its own, steers terminals, and holds commands to runners."""
FAMILY = "model_index/families/resnet.yml"
RECORDS = "model_index/measured/resnet.json"
INDEX = "model_index/index.yml"
GLOSSARY = "model_index/glossary.yml"
WAIVERS = "model_index/waivers.yml"
BENCHMARK = "model_index/benchmarks/some-cpu.json"
EXPLANATIONS = "model_index/measured/explanations.jsonl"
READ = ("list", "export-json", "export-csv", "export-index")
"""Commands that show what the index holds."""
PAGES = ("render", "mkdocs")
"""Commands that make pages."""


def everywhere(text: str, *commands: str) -> dict[str, str]:
    """The same text shown by several commands."""
    return dict.fromkeys(commands, text)


def family(
    name: str = MODEL,
    *,
    collection: str = "ResNet-T",
    model: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    group: dict[str, Any] | None = None,
    metrics: dict[str, Any] | None = None,
    results: Any = None,
) -> str:
    """A family of one model with the base model's facts, written as JSON, which YAML reads."""
    return as_yaml(
        {
            "Collections": [
                {
                    "Name": collection,
                    "Metadata": {
                        "Architecture": ["Convolution"],
                        "Tasks": ["Image Classification"],
                    },
                    **(group or {}),
                }
            ],
            "Models": [
                {
                    "Name": name,
                    "In Collection": collection,
                    "Metadata": {
                        "FLOPs": 1397376000,
                        "Parameters": 5435488,
                        "Image Size": 176,
                        **(metadata or {}),
                    },
                    "Results": results
                    if results is not None
                    else [
                        {
                            "Task": "Image Classification",
                            "Dataset": "ImageNet",
                            "Metrics": {"Top 1 Accuracy": "66.72%", **(metrics or {})},
                        }
                    ],
                    **(model or {}),
                }
            ],
        }
    )


def as_yaml(content: Any) -> str:
    """Plain values as JSON that YAML reads, too: what can't be seen is escaped, and nothing else."""
    text = json.dumps(content, indent=1, ensure_ascii=False)
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in text)


def records_of(name: str, **changes: Any) -> str:
    """A record file that says of a name what the base's says of its model."""
    return record_file(record(model=name, **changes))


def other_family(broken: str | bytes) -> dict[str | bytes, Any]:
    """A second family that can't be read, with its records, which must outlive that."""
    return {
        "model_index/families/other.yml": broken,
        "model_index/measured/other.json": records_of("resnet14t.c3_in1k"),
    }


def benchmark(row: dict[str, Any] | None = None, **changes: Any) -> str:
    """The base's benchmark file, changed; its first row too."""
    content: dict[str, Any] = {
        "format": 1,
        "hardware": "Some CPU",
        "runs": [{"id": "a", "hardware": {"name": "Some CPU"}}],
        "rows": [
            {
                "model": MODEL,
                "run": "a",
                "source": "timm",
                "architecture": "resnet10t",
                "input_size": [3, 176, 176],
                "latency": {"batch": 1, "seconds": 0.012},
                **(row or {}),
            }
        ],
    }
    return json.dumps(content | changes, indent=1)


def record_with(entry: str, value: str) -> str:
    """A record file in which an entry is replaced by text that need not be JSON."""
    marker = "@@value@@"
    return record_file(record(**{entry: marker})).replace(f'"{marker}"', value)


def benchmark_with(entry: str, value: str) -> str:
    """A benchmark file in whose first row an entry is replaced by text that need not be JSON."""
    marker = "@@value@@"
    return benchmark({entry: marker}).replace(f'"{marker}"', value)
