"""Text of an index can't steer a terminal or a CI runner."""

import json

import pytest
import yaml

from metazoo.sanitize import (
    json_text,
    needs_quotes,
    printable,
    printable_anywhere,
    printable_diff,
    printable_yaml,
)


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("aten::add", "aten\\x3a:add"),
        (":::", "\\x3a\\x3a:"),
        ("a: b", "a: b"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_text_that_may_be_broken_into_lines_has_no_command_anywhere(text, shown):
    assert printable_anywhere(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "a\nb",
        "##[x",
        "##vso[x",
        "\x1b\x7f\x9b\x85\xa0",
        "\u202e\u2028\ud800",
        "\U000e0001",
        '\\##["',
        "💡",
    ],
)
def test_json_is_printable_and_means_the_same(text):
    shown = json_text({text: [text]})
    assert shown.replace("\n", "").isprintable()
    assert "##[" not in shown
    assert "##vso[" not in shown
    assert json.loads(shown) == {text: [text]}


def test_json_shows_what_can_be_read_as_it_is():
    assert json_text(["Größe ## 💡"], indent=None) == '["Größe ## 💡"]'


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (" \ta\r\n", " \ta\r\n"),
        (" ::error::x\n", " \\x3a:error::x\n"),
        (" \t::error::x\n", " \t\\x3a:error::x\n"),
        ("+a\rb\n", "+a\\x0db\n"),
        ("-##[x\n", "-\\x23#[x\n"),
    ],
)
def test_a_line_of_a_diff_keeps_tabs_and_its_end(line, shown):
    assert printable_diff(line) == shown


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\xad", "\\xad"),
        ("\u0600", "\\u0600"),
        ("\uffff", "\\uffff"),
        ("\U000f0000", "\\U000f0000"),
    ],
)
def test_an_escape_is_as_long_as_it_must_be(character, shown):
    assert printable(character) == shown
    assert needs_quotes(character)
    assert not needs_quotes("a: b")
    assert needs_quotes("::a")


def test_json_escapes_what_is_beyond_sixteen_bits_as_a_pair():
    assert json_text("\U00010000\U000e0001", indent=None) == '"\U00010000\\udb40\\udc01"'
    assert json_text("\uffff\U000f0000", indent=None) == '"\\uffff\\udb80\\udc00"'
    assert json_text({"a": 1}) == '{\n  "a": 1\n}'


def test_yaml_is_printable_and_means_the_same():
    document = 'a: "\x85\u202e##[b]## c"\n'
    shown = printable_yaml(document)
    assert shown == 'a: "\\U00000085\\U0000202e\\U00000023#[b]## c"\n'
    assert yaml.safe_load(shown) == {"a": "\x85\u202e##[b]## c"}
