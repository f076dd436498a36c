"""What is decoded, what is refused, and that every place is the one an editor shows."""

from types import SimpleNamespace

import pytest

from metazoo.findings import Severity
from metazoo.index import text
from metazoo.index.text import Text, decode, read


def refusal(file):
    content, findings = read(file, "a.yml")
    assert content is None
    (finding,) = findings
    return finding


def test_a_file_of_the_largest_size_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(text, "LARGEST_FILE", 10)
    file = tmp_path / "a.yml"
    file.write_bytes(b"a" * 10)
    assert read(file, "a.yml")[0].text == "a" * 10
    file.write_bytes(b"a" * 11)
    assert refusal(file).code == "MZ102"
    assert "imports" not in refusal(file).message
    assert "import them" in refusal(file).hint


@pytest.mark.parametrize("value", [b"\n", b","])
def test_a_file_of_the_most_values_is_read(tmp_path, monkeypatch, value):
    monkeypatch.setattr(text, "MOST_VALUES", 5)
    file = tmp_path / "a.yml"
    file.write_bytes(value * 5 + b"aaaa")
    assert read(file, "a.yml")[0] is not None
    file.write_bytes(value * 6)
    assert refusal(file).code == "MZ102"
    assert "more than 5 values" in refusal(file).message


def test_a_file_that_is_not_there_is_a_finding_about_the_file(tmp_path):
    finding = refusal(tmp_path / "a.yml")
    assert (finding.code, finding.location) == ("MZ101", ("a.yml", 0, 0))
    assert "no such file" in finding.message


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xff\xfe\x00\x00a", "UTF-32"),
        (b"\x00\x00\xfe\xffa", "UTF-32"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"\xfe\xff\x00a", "UTF-16"),
    ],
)
def test_other_encodings_are_named(data, name):
    content, (finding,) = decode(data, "a.yml")
    assert content is None
    assert (finding.code, finding.location) == ("MZ103", ("a.yml", 1, 1))
    assert f"is {name}," in finding.message


@pytest.mark.parametrize(
    ("data", "place", "what"),
    [
        (b"ab\nc\xe9d\n", (2, 2), "byte 0xe9"),
        (b"ab\nc\x00d\n", (2, 2), "U+0000"),
        (b"\x1b", (1, 1), "U+001B"),
        (b"a\x7f", (1, 2), "U+007F"),
        ("é\x84".encode(), (1, 2), "U+0084"),
        ("é\x86".encode(), (1, 2), "U+0086"),
        ("\ufffe".encode(), (1, 1), "U+FFFE"),
    ],
)
def test_what_is_no_text_is_refused_at_its_place(data, place, what):
    content, (finding,) = decode(data, "a.yml")
    assert content is None
    assert (finding.code, finding.location[1:]) == ("MZ103", place)
    assert what in finding.message


@pytest.mark.parametrize("allowed", ["\t\r\n ~", "\x85", "\xa0", "\ue000\ufffd", "😀"])
def test_other_characters_are_text(allowed):
    content, findings = decode(allowed.encode(), "a.yml")
    assert (content.text, content.marked, findings) == (allowed, False, [])


def test_a_byte_order_mark_is_a_warning_and_taken_off():
    content, (finding,) = decode("\ufeffa\u202e".encode()[:4], "a.yml")
    assert (content.text, content.marked) == ("a", True)
    assert (finding.code, finding.severity) == ("MZ104", Severity.WARNING)
    assert decode("\ufeffé\x00".encode(), "a.yml")[1][-1].code == "MZ103"


def test_only_the_first_character_that_turns_the_direction_is_reported():
    content, (finding,) = decode("a\nb\u202ec\u2066".encode(), "a.yml")
    assert (finding.code, finding.location) == ("MZ105", ("a.yml", 2, 2))
    assert finding.severity is Severity.ERROR
    assert content.text == "a\nb\u202ec\u2066"


@pytest.mark.parametrize(
    ("index", "place"),
    [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (5, (3, 1)), (6, (4, 1)), (7, (4, 2)), (8, (4, 3))],
)
def test_lines_end_at_every_kind_of_line_ending(index, place):
    assert Text("a.yml", "ab\nc\r\rde").location(index)[1:] == place
    assert Text("a.yml", "a\r\nb").location(2)[1:] == (1, 3)
    assert Text("a.yml", "a\r\nb").location(3)[1:] == (2, 1)


def mark(index, line, column):
    return SimpleNamespace(index=index, line=line, column=column)


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_mark_in_a_part_is_a_place_in_the_file(end):
    part = Text("a.yml", f"one\ntwo: three\nfour{end}").part(9)
    assert part.text == f"three\nfour{end}"
    assert part.location(mark(0, 0, 0)) == ("a.yml", 2, 6)
    assert part.location(mark(1, 0, 1)) == ("a.yml", 2, 7)
    assert part.location(mark(6, 1, 0)) == ("a.yml", 3, 1)
    assert part.location(mark(8, 1, 2)) == ("a.yml", 3, 3)


def test_a_mark_behind_the_end_is_at_the_end():
    assert Text("a.yml", "ab").part().location(mark(2, 1, 0)) == ("a.yml", 1, 3)
    assert Text("a.yml", "abcd").part(1, 3).text == "bc"
    assert Text("a.yml", "abcd").part(0, 3).text == "abc"


@pytest.mark.parametrize("odd", ["\x85", "\u2028", "\u2029"])
def test_lines_that_only_yaml_knows_are_not_counted(odd):
    part = Text("a.yml", f"a{odd}b\nc\n").part()
    assert part.location(mark(2, 1, 0)) == ("a.yml", 1, 3)
    assert part.location(mark(4, 2, 0)) == ("a.yml", 2, 1)
