"""What is written reads back as what was meant, whatever it holds."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from metazoo.importing.writing import OneLine, YamlRow, mapping_lines, scalar

_TEXT = st.text(max_size=20).filter(str.isprintable)


def _read(text: str) -> object:
    return yaml.safe_load(text)


@given(_TEXT)
def test_a_text_reads_back_as_itself(text):
    assert _read(f"- {scalar(text)}") == [text]
    assert _read(f"[{scalar(text, inside=True)}]") == [text]


@pytest.mark.parametrize(
    "text",
    ["1611.05431", "yes", "No", "null", "~", "1e3", "0x10", "- a", "a: b", "a #b", "*.x", "!y", ""],
)
def test_a_text_that_would_mean_something_else_is_quoted(text):
    assert scalar(text).startswith("'")
    assert _read(scalar(text)) == text


@pytest.mark.parametrize(
    "text",
    ["resnet18.*", "https://arxiv.org/abs/1611.05431", "79.31%", "8x NVIDIA V100 GPUs", "MIT"],
)
def test_a_harmless_text_stands_plain(text):
    assert scalar(text) == text
    assert _read(text) == text


def test_numbers_are_written_as_people_write_them():
    numbers = (224, 1.0, 0.875, 1e-05)
    assert [_read(scalar(number)) for number in numbers] == list(numbers)
    assert [scalar(number) for number in numbers] == ["224", "1", "0.875", "1.0e-05"]


def test_nested_values_keep_their_shape():
    values = {
        "Name": "a",
        "Metadata": {"Mean": YamlRow([0.5, 0.5]), "Tasks": ["x", "y, z"]},
        "Results": [OneLine({"Dataset": "D, E", "Metrics": {"Top 1": "1%"}}), {"Dataset": "F"}],
    }
    text = "\n".join(mapping_lines(values, ""))
    assert _read(text) == values
    assert "  Mean: [0.5, 0.5]\n" in text
    assert "- {Dataset: 'D, E', Metrics: {Top 1: 1%}}\n" in text
