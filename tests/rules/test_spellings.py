"""MZ406: which spellings are one thing, and which of them wins."""

import pytest


def techniques(*names, key="Training Techniques"):
    return "Models:\n" + "".join(
        f"- Name: m{number}\n  Metadata: {{{key}: [{name}]}}\n" for number, name in enumerate(names)
    )


@pytest.mark.parametrize(
    ("names", "fixes"),
    [
        (["CIFAR-100", "CIFAR100", "CIFAR100"], [("CIFAR-100", "CIFAR100")]),
        (["CIFAR-100", "CIFAR100"], [("CIFAR100", "CIFAR-100")]),  # as often: the first
        (["a b", "A-B", "a_b"], [("A-B", "a b"), ("a_b", "a b")]),
        (["CIFAR10", "CIFAR100"], []),
        (["v1.5", "v15"], []),
        (["v1.5", "V1.5"], [("V1.5", "v1.5")]),
        (["A.I.", "AI"], [("AI", "A.I.")]),
        (["'.5'", "5"], [("5", ".5")]),
        (["'5.'", "5"], [("5", "5.")]),
        (["C", "C++", "C#"], []),
        (["'…'", "'—'"], []),  # nothing is left to compare
        (["x", "x"], []),
    ],
)
def test_spellings(names, fixes, found):
    problems = found("MZ406", techniques(*names))
    assert [(fix.old, fix.new) for f in problems for fix in f.fixes] == fixes
    assert all(f.model for f in problems)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (techniques("a-b", "ab", key="Architecture"), "method “ab”"),
        (techniques("a-b", "ab"), "technique “ab”"),
        (techniques("a-b", "ab", key="Training Data"), "dataset “ab”"),
        (techniques("a-b", "ab", key="Tasks"), "task “ab”"),
        (
            (
                "Models:\n- Name: a\n  Results:\n  - {Task: a-b, Dataset: D, Metrics: {mAP: 1}}\n"
                "  - {Task: ab, Dataset: D, Metrics: {mAP: 1}}\n"
            ),
            "task “ab”",
        ),
        (
            (
                "Models:\n- Name: a\n  Results:\n  - {Task: T, Dataset: a-b, Metrics: {mAP: 1}}\n"
                "  - {Task: T, Dataset: ab, Metrics: {mAP: 1}}\n"
            ),
            "dataset “ab”",
        ),
        (
            (
                "Models:\n- Name: a\n  Metadata: {Training Data: a-b}\n"
                "  Results: {Task: T, Dataset: ab, Metrics: {mAP: 1}}\n"
            ),
            "dataset “ab”",
        ),
        (
            (
                "Models:\n- Name: a\n  Results:\n  - {Task: T, Dataset: D, Metrics: {x-y: 1}}\n"
                "  - {Task: T, Dataset: E, Metrics: {xy: 1}}\n"
            ),
            "metric “xy”",
        ),
    ],
)
def test_every_vocabulary(text, says, found):
    (problem,) = found("MZ406", text)
    assert says in problem.message
    assert "“ab”" not in problem.hint


@pytest.mark.parametrize(
    "text",
    [
        "Models:\n- Name: a\n  Metadata: {Architecture: [a-b], Training Data: [ab]}\n",
        "Models:\n- Name: a\n  Metadata: {Architecture: [], Training Data: null}\n",
        "Models:\n- Name: a\n  Results: {Metrics: {mAP: 1}}\n",
        "Models:\n- Name: a\n  Results: {Task: null, Dataset: null, Metrics: {mAP: 1}}\n",
    ],
)
def test_vocabularies_do_not_mix(text, found):
    assert found("MZ406", text) == []


def test_the_key_of_a_metric_is_what_is_reported(found):
    text = (
        "Models:\n- Name: a\n  Results:\n  - {Dataset: D, Metrics: {x-y: 1}}\n"
        "  - Dataset: E\n    Metrics:\n      xy: 1\n"
    )
    (problem,) = found("MZ406", text)
    assert problem.location[1:] == (7, 7)


def test_a_metric_under_name_is_not_reported(found):
    # It counts as a use, though: its spelling wins here.
    text = """\
Models:
- Name: a
  Results:
  - {Dataset: D, Metrics: [{Name: x-y, Value: 1}]}
  - {Dataset: E, Metrics: [{Name: x-y, Value: 1}]}
  - {Dataset: F, Metrics: {xy: 1}}
"""
    (problem,) = found("MZ406", text)
    assert (problem.location.line, problem.fixes[0].new) == (6, "x-y")
    other = text.replace("{Name: x-y, Value: 1}]", "{Name: xy, Value: 1}]", 1)
    assert found("MZ406", other) == []
