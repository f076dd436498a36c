"""What YAML and JSON are composed to, and what is refused before it costs anything."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from metazoo.findings import Severity
from metazoo.index import json_nodes, nodes
from metazoo.index.nodes import DEEPEST
from metazoo.index.text import Text


def compose(text, language=nodes):
    return language.compose(Text("a.yml", text).part())


def fault(text, language=nodes):
    roots, (finding,) = compose(text, language)
    assert roots == []
    return finding


def values(node):
    if isinstance(node.value, str):
        return node.value
    return [values(x) if not isinstance(x, tuple) else tuple(map(values, x)) for x in node.value]


# -- YAML -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "nested",
    [
        lambda levels: "[" * levels + "]" * levels,
        lambda levels: "{a: " * levels + "}" * levels,
        lambda levels: "\n".join(" " * n + "a:" for n in range(levels)),
        lambda levels: "- " * (levels - 1) + "[a]",
    ],
)
def test_yaml_nests_up_to_the_limit(nested):
    roots, findings = compose(nested(DEEPEST))
    assert (len(roots), findings) == (1, [])
    finding = fault(nested(DEEPEST + 2))
    assert finding.code == "MZ108"
    assert f"deeper than {DEEPEST} levels" in finding.message


def test_the_place_of_a_text_that_nests_too_deep_is_the_first_bracket_too_many():
    finding = fault("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))
    assert finding.location == ("a.yml", 1, DEEPEST + 1)
    assert compose(("[" * DEEPEST + "]" * DEEPEST + "\n---\n") * 3)[1] == []


PIECES = ["[", "{", "]", "}", ",", "a", ": ", "\n", '"', "'", "#", " #", "!", "!a", "&a ", "*a"]


@given(st.lists(st.sampled_from([*PIECES, "[", "{", "]", "}"]), max_size=40))
def test_counting_brackets_never_misses_a_text_that_nests_too_deep(pieces):
    text = "".join(pieces)
    depth = deepest = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            # A mapping with one pair inside of a list has no brackets.
            deepest = max(deepest, depth if ":" not in text else 0)
    except yaml.YAMLError:
        pass
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nodes, "DEEPEST", 4)
        assert deepest <= 4 or nodes._may_nest_deep(text)


def test_flat_brackets_cannot_nest_deep():
    assert not nodes._may_nest_deep("- {a: [1], b: {c: d}}\n" * 1000)
    assert nodes._may_nest_deep("[" * DEEPEST)
    assert not nodes._may_nest_deep("[" * (DEEPEST - 1))
    assert nodes._may_nest_deep('{"a"}' * DEEPEST)
    assert nodes._may_nest_deep("a:\n" + " " * 100 + "b")
    assert not nodes._may_nest_deep("a:\n" + " " * 99 + "b")


@pytest.mark.parametrize(("most", "codes"), [(8, []), (7, ["MZ109"])])
def test_aliases_unfold_up_to_the_limit(monkeypatch, most, codes):
    # Eight nodes are written; with the two aliases written out there would be sixteen.
    monkeypatch.setattr(nodes, "MOST_UNFOLDED", most)
    _, findings = compose("a: &a [1, 2, 3]\nb: [*a, *a]\n")
    assert [f.code for f in findings] == codes


@pytest.mark.parametrize("text", ["&a [*a]", "a: &a {b: *a}", "&a {*a : b}", "[&a [&b [*a]]]"])
def test_aliases_in_a_circle_are_refused(text):
    finding = fault(text)
    assert finding.code == "MZ109"
    assert "contain themselves" in finding.message


def test_tags_are_reported_where_they_stand():
    roots, findings = compose("a: !!int 1\nb: !python/object:os.system x\n---\n- !!set {}\n")
    assert len(roots) == 2
    assert [(f.code, f.severity, f.location.line, f.location.column) for f in findings] == [
        ("MZ110", Severity.WARNING, 2, 4),
        ("MZ110", Severity.WARNING, 4, 3),
    ]
    assert "!!set" in findings[1].message


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n...\n"])
def test_a_text_without_a_document_is_no_fault(text):
    roots, findings = compose(text)
    assert [values(root) for root in roots] in ([], [""])
    assert findings == []


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: [1,\nb: 2\n", (1, 4), "the list [ that starts here is still open on line"),
        ("a: {b: 1\n", (1, 4), "the mapping { that starts here is still open on line"),
        ("a: 'b\nc: d\n", (1, 4), "the quoted text that starts here is still open on line 2"),
        ('a: "\\q"\n', (1, 5), "a backslash in double quotes"),
        ("a: b: c\n", (1, 5), "a colon is not allowed here"),
        ("a: *b\n", (1, 4), "an undefined anchor"),
        ("a: @b\n", (1, 4), "an unquoted value can't start with “@”"),
        ("a:\n\tb: c\n", (2, 1), "a tab indents this line"),
        ("a: 1\nb\nc: 1\n", (3, 1), "a colon is missing"),
        ("a:\n- b\nc\n  d: e\n", None, "can't be read"),
    ],
)
def test_a_fault_in_yaml_is_explained_at_its_place(text, place, words):
    finding = fault(text)
    assert finding.code == "MZ106"
    assert words in finding.message
    assert finding.hint
    if place is not None:
        assert finding.location[1:] == place


# -- walking --------------------------------------------------------------------------------------


def test_a_tree_is_walked_in_order_and_each_node_once():
    (root,), _ = compose("a: &x [1, 2]\nB_c: *x\nd: {e: 3}\n")
    scalars = [node.value for node in nodes.walk(root) if isinstance(node.value, str)]
    assert scalars == ["a", "1", "2", "B_c", "d", "e", "3"]
    assert nodes.keys(root) == {"a", "bc", "d"}
    assert nodes.child(root, "x", "bc") is nodes.child(root, "a")
    assert nodes.child(root, "x") is None
    assert nodes.child(nodes.child(root, "a"), "a") is None
    assert nodes.keys(nodes.child(root, "a")) == set()


@pytest.mark.parametrize(
    ("text", "null"),
    [
        *[(text, True) for text in ("", "~", "null", "Null", "NULL")],
        *[(text, False) for text in ("''", '"null"', "nULL", "[]", "{}", "0")],
    ],
)
def test_null_is_only_what_is_written_plainly(text, null):
    (root,), _ = compose(f"a: {text}\n")
    assert nodes.is_null(nodes.child(root, "a")) is null


# -- JSON -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            '{"a": [1, -2.5e+3, true, null], "b": {}}',
            [("a", ["1", "-2.5e+3", "true", "null"]), ("b", [])],
        ),
        (" [ ]\n", []),
        ('"\\u00e9\\ud83d\\ude00\\n"', "é😀\n"),
        ("0", "0"),
    ],
)
def test_json_is_composed_as_yaml_is(text, value):
    (root,), findings = compose(text, json_nodes)
    assert findings == []
    assert values(root) == value


def test_json_nests_up_to_the_limit():
    for opening, closing in ("[]", ('{"a":', "}")):
        inner = "1" if opening != "[" else ""
        text = opening * DEEPEST + inner + closing * DEEPEST
        assert compose(text, json_nodes)[1] == []
        text = opening * (DEEPEST + 1) + inner + closing * (DEEPEST + 1)
        finding = fault(text, json_nodes)
        assert finding.code == "MZ108"
        assert finding.location.column == DEEPEST * len(opening) + 1
        assert "Flatten" in finding.hint


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "the file ends"),
        ("[1,", 3, "the file ends"),
        ("[1 2]", 4, "a comma or “]” is missing"),
        ('{"a": 1]', 8, "a comma or “}” is missing"),
        ("{a: 1}", 2, "a key in JSON must be in double quotes"),
        ('{"a" 1}', 2, "a colon is missing after this key"),
        ("[1] x", 5, "more text after the JSON value"),
        ("[01]", 3, "a comma or “]” is missing"),
        ("[.5]", 2, "found '.'"),
        ("[nope]", 2, "found 'n'"),
        ('["a]', 2, "Unterminated string"),
        ('["a\nb"]', 4, "Invalid control character"),
        ('["ab\\q"]', 5, "Invalid \\escape"),
        ('["\\u12"]', 4, "Invalid \\uXXXX escape"),
        ('["a", "\\ud83d"]', 7, "half a surrogate pair"),
    ],
)
def test_a_fault_in_json_is_explained_at_its_place(text, column, words):
    finding = fault(text, json_nodes)
    assert finding.code == "MZ107"
    assert finding.location == ("a.yml", 1, column)
    assert words in finding.message


def test_nodes_of_json_know_their_places():
    (root,), _ = compose('{\n "ab": [1,\n  "c"]}', json_nodes)
    ((key, value),) = root.value
    assert [(n.start_mark.line, n.start_mark.column) for n in (root, key, value, *value.value)] == [
        (0, 0),
        (1, 1),
        (1, 7),
        (1, 8),
        (2, 2),
    ]
    assert [n.end_mark.index for n in (key, value.value[0], value.value[1])] == [7, 11, 18]
