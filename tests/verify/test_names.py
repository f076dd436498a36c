"""When a name leads to another network or other weights than the index means, and when it is left alone."""

import pytest

from metazoo.index.reader import read_index
from metazoo.measure.measurement import Measurement, SourceFacts
from metazoo.verify.names import hub_repository, is_another_network, name_findings, name_verdict
from metazoo.verify.verdicts import FieldVerdict, Verdict


def model_of(tmp_path, facts="Metadata: {}"):
    file = tmp_path / "index.yml"
    file.write_text(f"Models:\n- {{Name: old_net, {facts}}}\n", "utf-8")
    return read_index([file]).models[0]


def off(parameters, file_size=None):
    """The verdicts of a model whose facts differ by these shares."""
    verdicts = [FieldVerdict("FLOPs", Verdict.UNDECLARED)]
    if parameters is not None:
        verdicts.append(FieldVerdict("Parameters", Verdict.DIFFERS, difference=parameters))
    if file_size is not None:
        verdicts.append(FieldVerdict("File Size", Verdict.DIFFERS, difference=file_size))
    return verdicts


CURRENT = Measurement("old_net", resolved_name="net.a1_in1k", params=1000)
DEPRECATED = Measurement("old_net", resolved_name="net.a1_in1k", params=1000, deprecated=True)


@pytest.mark.parametrize(
    ("difference", "another"),
    [
        (0.1, False),
        (0.101, True),
        (-0.1, False),
        (-0.101, True),
        # A hundred times as many, or a hundredth, lack their unit.
        (98.99, True),
        (99.0, False),
        (99.5, False),
        (-0.985, True),
        (-0.991, False),
        (None, False),
    ],
)
def test_a_deprecated_name_leads_to_another_network_by_its_parameters(
    tmp_path, difference, another
):
    model = model_of(tmp_path)
    assert is_another_network(model, DEPRECATED, off(difference)) is another
    assert is_another_network(model, CURRENT, off(difference)) is False


@pytest.mark.parametrize(
    ("file_size", "another"),
    [(2.25, True), (2.24, False), (2.75, True), (2.76, False), (None, False)],
)
def test_a_current_name_needs_the_file_size_within_a_tenth_of_the_difference(
    tmp_path, file_size, another
):
    assert is_another_network(model_of(tmp_path), CURRENT, off(2.5, file_size)) is another


def test_a_fact_that_agrees_is_no_sign_of_another_network(tmp_path):
    verdicts = [FieldVerdict("Parameters", Verdict.VERIFIED, difference=2.5)]
    assert not is_another_network(model_of(tmp_path), DEPRECATED, verdicts)


@pytest.mark.parametrize(
    ("declared", "of_the_source", "another"),
    [
        ("Num Classes: 10", SourceFacts(num_classes=1000), False),
        ("Num Classes: 1000", SourceFacts(num_classes=1000), True),
        ("", SourceFacts(num_classes=1000), True),
        ("Num Classes: 10", None, True),
    ],
)
def test_weights_with_another_classifier_leave_a_current_name_alone(
    tmp_path, declared, of_the_source, another
):
    model = model_of(tmp_path, f"Metadata: {{{declared}}}")
    measurement = Measurement("old_net", resolved_name="net.a1_in1k", facts=of_the_source)
    assert is_another_network(model, measurement, off(2.5, 2.5)) is another


@pytest.mark.parametrize(
    ("measurement", "parameters", "verdict", "actual", "reason"),
    [
        (None, None, Verdict.NOT_MEASURED, None, "it has not been measured yet"),
        (Measurement("old_net", error="gone"), None, Verdict.NOT_MEASURED, None, "gone"),
        (CURRENT, None, Verdict.VERIFIED, "net.a1_in1k", ""),
        (CURRENT, 2.5, Verdict.VERIFIED, "net.a1_in1k", ""),
        (DEPRECATED, None, Verdict.DIFFERS, "net.a1_in1k", ""),
    ],
)
def test_the_verdict_on_a_name(tmp_path, measurement, parameters, verdict, actual, reason):
    found = name_verdict(model_of(tmp_path), measurement, off(parameters))
    assert (found.field, found.verdict, found.actual, found.reason) == (
        "Name",
        verdict,
        actual,
        reason,
    )
    assert found.declared.text == "old_net"


def test_a_current_name_of_another_network_differs(tmp_path):
    found = name_verdict(model_of(tmp_path), CURRENT, off(2.5, 2.5))
    assert found.verdict is Verdict.DIFFERS


def test_another_network_is_said_instead_of_a_deprecated_name(tmp_path):
    model = model_of(tmp_path)
    assert [f.code for f in name_findings(model, DEPRECATED, off(2.5))] == ["MZ607"]
    assert [f.code for f in name_findings(model, DEPRECATED, off(0.1))] == ["MZ606"]
    assert name_findings(model, CURRENT, off(0.1)) == []


def test_a_name_that_the_source_did_not_resolve_has_no_findings(tmp_path):
    unresolved = Measurement("old_net", deprecated=True)
    assert name_findings(model_of(tmp_path), unresolved, off(2.5)) == []


URL = "https://a.org/net-01234567.pth"


@pytest.mark.parametrize(
    ("facts", "places"),
    [
        (f"Weights: '{URL}'", 1),
        (f"Weights: '{URL}', Metadata: {{ID: old_net}}", 2),
        (f"Weights: '{URL}', Metadata: {{ID: other}}", 1),
        ("Weights: 'https://a.org/net-76543210.pth'", 0),
        ("Metadata: {ID: old_net}", 0),
    ],
)
def test_a_deprecated_name_is_renewed_in_each_place_where_the_weights_are_the_same(
    tmp_path, facts, places
):
    measurement = Measurement(
        "old_net",
        resolved_name="net.a1_in1k",
        deprecated=True,
        facts=SourceFacts(weights_url="https://b.org/net-01234567.pth"),
    )
    found = name_findings(model_of(tmp_path, facts), measurement, [])
    fixes = [fix for f in found if f.code == "MZ606" for fix in f.fixes]
    assert [(fix.old, fix.new) for fix in fixes] == [("old_net", "net.a1_in1k")] * places
    assert len({fix.location.column for fix in fixes}) == places


@pytest.mark.parametrize(
    ("declared", "facts", "said"),
    [
        (URL, None, None),
        (None, SourceFacts(weights_url=URL), None),
        (URL, SourceFacts(), None),
        (URL, SourceFacts(weights_url="https://b.org/net-76543210.pth"), "net-01234567.pth"),
        # One of the two is on the hub only.
        (URL, SourceFacts(hub_id="timm/net.a1"), None),
        ("hf-hub:timm/net.a1", SourceFacts(weights_url=URL), None),
        ("hf-hub:timm/net.a1", SourceFacts(weights_url="hf-hub:timm/net.a2"), "timm/net.a1"),
        ("hf-hub:timm/net.a1", SourceFacts(weights_url="hf-hub:Timm/Net.a1"), None),
        # The hub_id precedes the link, and the origin is no other file.
        (
            "hf-hub:timm/net.a1",
            SourceFacts(hub_id="timm/net.a1", weights_url="hf-hub:timm/net.a2"),
            None,
        ),
        (
            "hf-hub:them/net",
            SourceFacts(hub_id="timm/net.a1", origin_url="https://hf.co/Them/Net"),
            None,
        ),
        # A file without a name that tells it from others.
        ("https://a.org/model.pth", SourceFacts(weights_url="https://b.org/model.pth"), None),
        ("https://a.org/model.pth", SourceFacts(weights_url=URL), None),
        (URL, SourceFacts(weights_url="https://b.org/page.html"), None),
    ],
)
def test_weights_are_compared_where_both_sides_say_which(tmp_path, declared, facts, said):
    model = model_of(tmp_path, f"Weights: '{declared}'" if declared else "Metadata: {}")
    measurement = Measurement("old_net", resolved_name="net.a1_in1k", facts=facts)
    messages = [f.message for f in name_findings(model, measurement, [])]
    assert [m.split(", but ")[0] for m in messages] == (
        [f"Weights links to {said}"] if said else []
    )


@pytest.mark.parametrize(
    ("link", "repository"),
    [
        (None, None),
        ("", None),
        ("https://example.org/timm/net", None),
        ("huggingface.co/timm/net", "timm/net"),
        ("http://www.hf.co/timm/net/tree/main", "timm/net"),
        ("HF_HUB:timm/net#readme", "timm/net"),
        ("hf://timm/net?download=1", "timm/net"),
        ("hf-hub:timm/net:main", "timm/net"),
        ("hf-hub:timm", None),
        ("hf-hub:timm/", None),
        ("hf-hub:/net", None),
        ("https://huggingface.co/Datasets/net", None),
        ("https://huggingface.co/bert/resolve/main/x.bin", None),
    ],
)
def test_a_repository_is_read_off_a_link_to_the_hub(link, repository):
    assert hub_repository(link) == repository
