"""Text of an index can't steer a terminal or a CI runner."""

import pytest

from metazoo.sanitize import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("resnet50.a1_in1k", "resnet50.a1_in1k"),
        ("Größe ≥ 3 · 北京", "Größe ≥ 3 · 北京"),
        ("a\nb\rc", "a\\x0ab\\x0dc"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\u202e right to left", "\\u202e right to left"),
        ("::error::lies", "\\x3a:error::lies"),
        ("  ::error::lies", "  \\x3a:error::lies"),
        ("metazoo::error::fine within a line", "metazoo::error::fine within a line"),
        (": one colon", ": one colon"),
        ("a ##[error]b", "a \\x23#[error]b"),
        ("##vso[task.setvariable]", "\\x23#vso[task.setvariable]"),
        ("## a heading [1]", "## a heading [1]"),
        ("###[group]", "#\\x23#[group]"),
    ],
)
def test_printable_escapes_controls_and_runner_commands(text: str, shown: str) -> None:
    assert printable(text) == shown
