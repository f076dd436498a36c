"""Where a rule must keep still: true entries of real zoos that only look odd."""

from pathlib import Path

import pytest

from metazoo.findings import Severity
from metazoo.index.reader import read_index
from metazoo.rules import check
from tests.rules.test_corpus import CORPUS

VIT = """\
Collections: [{Name: ViT}]
Models:
- {Name: p32-224, In Collection: ViT, Metadata: {FLOPs: 4360000000, Parameters: 88220000}}
- {Name: p16-224, In Collection: ViT, Metadata: {FLOPs: 16860000000, Parameters: 86570000}}
- {Name: p16-384, In Collection: ViT, Metadata: {FLOPs: 49370000000, Parameters: 86570000}}
- {Name: p14-336, In Collection: ViT, Metadata: {FLOPs: 174740000000, Parameters: 303500000}}
- {Name: p32-384, In Collection: ViT, Metadata: {FLOPs: 12660000000, Parameters: 88220000}}
"""


RESNET = """\
Collections: [{Name: ResNet}]
Models:
- {Name: r18, In Collection: ResNet, Metadata: {FLOPs: 1820000000, Parameters: 12000000}}
- {Name: r50, In Collection: ResNet, Metadata: {FLOPs: 4120000000, Parameters: 26000000}}
- {Name: r101, In Collection: ResNet, Metadata: {FLOPs: 7850000000, Parameters: 45000000}}
"""


def resnet(flops, parameters, text=RESNET):
    return (
        f"{text}- {{Name: r, In Collection: ResNet, Metadata: {{FLOPs: {flops},"
        f" Parameters: {parameters}}}}}\n"
    )


def entry(**keys):
    return f"Models:\n- Name: a\n  Metadata: {keys.pop('metadata', '{}')}\n" + "".join(
        f"  {key}: {value}\n" for key, value in keys.items()
    )


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            "MZ403",
            entry(metadata="{Parameters: 126890000, File Size: 254695146}"),
        ),  # half precision
        ("MZ403", entry(metadata="{Parameters: 23830000, File Size: 108857766}")),  # auxiliary head
        ("MZ403", entry(metadata="{Parameters: 60000, File Size: 300000}")),  # the container
        ("MZ405", VIT),
        ("MZ413", VIT),
        ("MZ413", resnet(3680000000, 2400001)),  # not five times below the smallest
        ("MZ413", resnet(3680000000, 224999999)),  # not five times above the largest
        ("MZ413", resnet(3680000000, 1199999)),  # one digit more is still too few
        ("MZ413", resnet(3680000000, 450000001)),  # one digit less is still too many
        ("MZ413", resnet(4560000000, 2180000)),  # r18 has not half as many FLOPs: two siblings left
        ("MZ413", resnet(3680000000, 2180000, RESNET.replace("45000000", "96000001"))),  # disagree
        ("MZ510", entry(README="docs/none.md", Image="none.png")),
        ("MZ512", entry(Weights="https://web.archive.org/web/2020/https://example.org/a.pth")),
        ("MZ211", entry(metadata="{FLOPs: null, LR: ~}")),
        ("MZ301", entry(metadata="{FLOPs: null}", Results="{Dataset: D, Metrics: {mAP: null}}")),
        ("MZ503", entry(Weights="https://example.org//a.pth")),
        ("MZ309", entry(metadata="{License: apache-2.0}")),
        ("MZ309", entry(metadata="{License: 'MIT OR Apache-2.0'}")),
        ("MZ309", entry(metadata="{License: LicenseRef-Ours}")),
        (
            "MZ406",
            entry(Results="{Task: P, Dataset: D, Metrics: {AP@0.5: 0.9, AP@0.75: 0.8, AP: 0.7}}"),
        ),
        ("MZ406", entry(metadata="{Architecture: [v1.5, v15, C, C++, C#]}")),
        ("MZ307", entry(Results="{Task: P, Dataset: COCO, Metrics: {AP: 0.746, AR: 0.799}}")),
        ("MZ306", entry(Results="{Task: SR, Dataset: Set5, Metrics: {PSNR: 130.2, FID: 240}}")),
        (
            "MZ401",
            entry(Results="{Task: C, Dataset: D, Metrics: {Top 1 Error: 30, Top 5 Error: 11}}"),
        ),
        (
            "MZ501",
            entry(Weights="https://download.openmmlab.com/a/b_256x192-c78dce93_20200708.pth"),
        ),
        ("MZ501", entry(Weights="checkpoints/a.pth")),
        ("MZ501", entry(Paper="Deep Residual Learning, CVPR 2016")),
        ("MZ509", entry(Weights="https://x.org/hrnet_w32_coco_256x192-c78dce93_20200708.pth")),
        ("MZ509", entry(Weights="https://x.org/xception-43020ad28.pth")),
        ("MZ509", entry(Weights="https://x.org/BiT-M-R50x1-ILSVRC2012.npz")),
        ("MZ507", entry(Code="https://github.com/open-mmlab/mmpose/blob/v0.17.0/a.py#L1")),
        ("MZ507", entry(Code="https://github.com/a/b")),
        ("MZ510", entry(README="https://github.com/a/b/blob/main/README.md")),
        ("MZ510", entry(README='"A long text that stands here instead of a path."')),
        ("MZ208", entry(Tags="[a]", Alias="[b]", Framework="PyTorch")),
        ("MZ208", entry(metadata="{Pretrained: ImageNet, Resolution: 340x256, Memory (GB): 6.0}")),
        ("MZ302", entry(metadata="{Crop Pct: 1.0, Dropout: 0, Weight Decay: 0.0, Momentum: 90%}")),
        ("MZ411", "Models: [{Name: tv_resnet50, Code: 'https://github.com/a/b'}]\n"),
        ("MZ412", entry(metadata="{FLOPs: 5330896}")),
    ],
)
def test_a_true_entry_is_left_alone(rule, text, tmp_path):
    file = tmp_path / "index.yml"
    file.write_text(text, "utf-8")
    index = read_index([file])
    assert index.models
    assert index.findings == []
    assert [f.message for f in check(index) if f.code == rule] == []


@pytest.mark.parametrize(
    ("parameters", "meant"),
    [(2400000, 24000000), (1200000, 12000000), (225000000, 22500000), (450000000, 45000000)],
)
def test_a_lost_digit_is_an_error_and_named_once(parameters, meant, tmp_path):
    file = tmp_path / "index.yml"
    file.write_text(resnet(3680000000, parameters), "utf-8")
    (found,) = (f for f in check(read_index([file])) if f.code in {"MZ413", "MZ405"})
    assert (found.code, found.severity, found.model) == ("MZ413", Severity.ERROR, "r")
    assert str(meant) in found.hint


def test_a_task_in_the_results_is_a_task(tmp_path):
    file = tmp_path / "index.yml"

    def missing(result):
        file.write_text(entry(Results=result), "utf-8")
        (found,) = (f for f in check(read_index([file])) if f.code == "MZ210")
        return found.message.removesuffix(" are missing").split(", ")

    assert "Tasks" not in missing("{Task: Retrieval, Dataset: D, Metrics: {mAP: 1}}")
    assert "Tasks" in missing("{Dataset: D, Metrics: {mAP: 1}}")
    assert "Tasks" in missing("{Task: null, Dataset: D, Metrics: {mAP: 1}}")


@pytest.mark.parametrize("folder", ["", "configs"])
def test_openmmlab_idioms_are_found_from_any_working_directory(folder, monkeypatch):
    zoo = CORPUS / "good" / "openmmlab-idioms"
    monkeypatch.chdir(zoo.parent if not folder else zoo / folder)
    index = Path("openmmlab-idioms/model-index.yml") if not folder else Path("../model-index.yml")
    found = [f.code for f in check(read_index([index])) if f.severity is not Severity.INFO]
    assert found == ["MZ512", "MZ511"]
    assert len(read_index([index]).models) == 2
