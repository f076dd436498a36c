"""MZ411: whose models are compared with timm's table, and when a rename is certain."""

import pytest

OLD, NEW = "tv_resnext50_32x4d", "resnext50_32x4d.tv_in1k"
FILE = "resnext50_32x4d-7cdf4587.pth"


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("Library: {{Source: timm}}\nModels:\n- Name: {}\n", True),
        ("Library: {{Source: torchvision}}\nModels:\n- Name: {}\n", False),
        ("Library: {{Name: my zoo}}\nModels:\n- Name: {}\n", False),
        ("Models:\n- Name: {}\n", False),
        (
            "Models:\n- Name: {}\n  Code: https://github.com/a/pytorch-image-models/blob/b\n",
            True,
        ),
        ("Models:\n- Name: {}\n  Weights: https://x.org/pytorch-image-models/b\n", True),
        ("Models:\n- Name: {}\n  Weights: https://huggingface.co/timm/b\n", True),
        ("Models:\n- Name: {}\n  Code: https://huggingface.co/timm/b\n", True),
        ("Models:\n- Name: {}\n  Weights: https://huggingface.co/timmy/b\n", False),
        ("Models:\n- Name: {}\n  Code: {{Version: 1}}\n", False),
    ],
)
def test_only_models_of_timm(text, reported, found):
    problems = found("MZ411", text.format(OLD))
    assert [f.model for f in problems] == ([OLD] if reported else [])
    assert all(NEW in f.message and NEW in f.hint for f in problems)
    assert found("MZ411", text.format(NEW)) == []


def index(extra):
    return f"Library: {{Source: timm}}\nModels:\n- Name: {OLD}\n{extra}"


@pytest.mark.parametrize(
    ("extra", "fixed"),
    [
        (f"  Weights: https://x.org/{FILE}\n", [(3, NEW)]),
        (f"  Weights: {FILE}\n", [(3, NEW)]),
        (f"  Weights: https://x.org/x{FILE}\n", []),
        (f"  Weights: https://x.org/{FILE}/a.pth\n", []),
        ("", []),
        (f"  Weights: https://x.org/{FILE}\n  Metadata:\n    ID: {OLD}\n", [(3, NEW), (6, NEW)]),
        (f"  Weights: https://x.org/{FILE}\n  Metadata:\n    ID: other\n", [(3, NEW)]),
        (f"  Metadata:\n    ID: {OLD}\n", []),
    ],
)
def test_a_rename_needs_the_same_weights(extra, fixed, found):
    (problem,) = found("MZ411", index(extra))
    assert [(fix.location.line, fix.new) for fix in problem.fixes] == fixed
    assert (problem.hint == f"Rename it to {NEW}.") is bool(fixed)


def test_a_name_whose_weights_have_no_url(found, monkeypatch):
    from metazoo.rules import timm_names

    monkeypatch.setattr(timm_names, "renamed", lambda _: timm_names.Renamed(NEW, None))
    (problem,) = found("MZ411", index(f"  Weights: https://x.org/{FILE}\n"))
    assert problem.fixes == ()
