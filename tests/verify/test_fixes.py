"""What verification may write into an index by itself, and what it must leave to a person."""

from pathlib import Path

import pytest

from metazoo.index.patch import patches
from metazoo.index.reader import read_index
from metazoo.measure.measurement import Measurement, SourceFacts
from metazoo.verify.compare import verify_index

MEASURED = Measurement(
    model="m",
    resolved_name="net.tag_in1k",
    architecture="net",
    params=1000,
    macs=5000,
    flops=10000,
    state_dict_bytes=4000,
    state_dict_tensors=4,
    facts=SourceFacts(weights_url="https://a.org/net-01234567.pth"),
)
DEPRECATED = Measurement(
    **{f: getattr(MEASURED, f) for f in MEASURED.__slots__} | {"deprecated": True}
)


def mended(tmp_path: Path, text: str, measurement=MEASURED) -> str:
    file = tmp_path / "index.yml"
    file.write_bytes(text.encode())
    index = read_index([file])
    findings = [f for v in verify_index(index, lambda _: measurement) for f in v.findings]
    for patch in patches(findings):
        patch.write()
    return file.read_bytes().decode()


FLOPS = (
    "Library: {{Name: z, FLOPs Convention: {}}}\nModels:\n- {{Name: m, Metadata: {{FLOPs: {}}}}}\n"
)


@pytest.mark.parametrize(("convention", "written"), [("macs", 5000), ("flops", 10000)])
def test_flops_are_written_in_the_stated_convention(tmp_path, convention, written):
    text = mended(tmp_path, FLOPS.format(convention, 7777))
    assert text == FLOPS.format(convention, written)


def test_without_a_stated_convention_flops_are_left_alone(tmp_path):
    text = "Models:\n- {Name: m, Metadata: {FLOPs: 7777}}\n"
    assert mended(tmp_path, text) == text


def test_only_the_value_changes(tmp_path):
    text = "Models:\r\n-   Name:  m   # the one\r\n    Metadata:\r\n        Parameters: '1010'   # hm\r\n"
    assert mended(tmp_path, text) == text.replace("1010", "1000")


def test_a_count_of_another_size_is_left_to_a_person(tmp_path):
    text = "Models:\n- {Name: m, Metadata: {Parameters: 1200}}\n"
    assert mended(tmp_path, text) == text


def test_file_sizes_are_left_to_a_person(tmp_path):
    text = "Models:\n- {Name: m, Metadata: {File Size: 99999999}}\n"
    assert mended(tmp_path, text) == text


def test_what_the_collection_says_is_left_to_a_person(tmp_path):
    text = (
        "Collections:\n- {Name: c, Metadata: {Parameters: 1010}}\n"
        "Models:\n- {Name: m, In Collection: c}\n"
    )
    assert mended(tmp_path, text) == text


RENAMED = "Models:\n- {{Name: {0}, Metadata: {{ID: {0}}}, Weights: https://b.org/net-{1}.pth}}\n"


def test_a_deprecated_name_is_renewed_where_the_weights_are_the_same(tmp_path):
    text = mended(tmp_path, RENAMED.format("old_net", "01234567"), DEPRECATED)
    assert text == RENAMED.format("net.tag_in1k", "01234567")


def test_a_deprecated_name_of_other_weights_is_left_to_a_person(tmp_path):
    text = RENAMED.format("old_net", "76543210")
    assert mended(tmp_path, text, DEPRECATED) == text


def test_a_deprecated_name_is_renewed_where_the_repository_is_the_same(tmp_path):
    on_hub = Measurement(
        **{f: getattr(DEPRECATED, f) for f in DEPRECATED.__slots__}
        | {"facts": SourceFacts(hub_id="timm/net.tag_in1k")}
    )
    text = "Models:\n- {{Name: {}, Weights: 'https://huggingface.co/timm/net.{}_in1k'}}\n"
    assert mended(tmp_path, text.format("old_net", "tag"), on_hub) == text.format(
        "net.tag_in1k", "tag"
    )
    other = text.format("old_net", "other")
    assert mended(tmp_path, other, on_hub) == other
