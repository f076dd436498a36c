"""The source openmmlab: what it reads from metafiles and configurations, and what it builds."""

import json
import os
import socket
import subprocess
import sys
from importlib.util import find_spec

import pytest

pytest.importorskip("torch")
import torch
from torch.utils.flop_counter import FlopCounterMode

from metazoo.errors import MissingExtraError
from metazoo.measure.one import measure_one
from metazoo.measure.request import Request
from metazoo.measure.sources import BuildOptions, UnknownModelError, load_source, require_installed
from metazoo.measure.sources.openmmlab_pipeline import Preprocessing, preprocessing
from metazoo.measure.sources.quiet import quietly

pytestmark = pytest.mark.measure


@pytest.fixture(scope="module")
def source():
    pytest.importorskip("mmpretrain")
    return load_source("openmmlab")


@pytest.fixture
def measured(source):
    def measure(name, **options):
        return measure_one(Request(name, source="openmmlab", **options), source)

    return measure


def test_what_is_missing_is_said_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "mmpretrain" else find_spec("json")
    )
    with pytest.raises(MissingExtraError) as caught:
        require_installed("openmmlab")
    assert "mmpretrain" in str(caught.value)
    assert "pip install --no-deps mmpretrain" in str(caught.value)


# Preprocessing, read from configurations. Needs no package.


def classifier(*test, train=(), dataset="ImageNet", backbone=None, **processor):
    return {
        "model": {"type": "ImageClassifier", "backbone": backbone or {}},
        "data_preprocessor": processor,
        "test_dataloader": {"dataset": {"type": dataset, "pipeline": list(test)}},
        "train_dataloader": {"dataset": {"type": dataset, "pipeline": list(train)}},
    }


LOAD, PACK = {"type": "LoadImageFromFile"}, {"type": "PackInputs"}
CROP = {"type": "CenterCrop", "crop_size": 224}


def test_a_crop_keeps_a_share_of_the_resized_image():
    edge = {"type": "ResizeEdge", "scale": 256, "edge": "short", "interpolation": "bicubic"}
    found = preprocessing(
        classifier(LOAD, edge, CROP, PACK, mean=[127.5] * 3, std=[51.0, 255, 25.5])
    )
    assert found == Preprocessing(
        (3, 224, 224), 224 / 256, "center", "bicubic", (0.5, 0.5, 0.5), (0.2, 1.0, 0.1)
    )


@pytest.mark.parametrize(
    ("transforms", "size", "crop"),
    [
        ([{"type": "Resize", "scale": 600}, CROP], (224, 224), (224 / 600, "squash", "bilinear")),
        ([{"type": "Resize", "scale": 384}], (384, 384), (1.0, "squash", "bilinear")),
        # A scale is width and height, a crop is height and width.
        ([{"type": "Resize", "scale": (480, 320)}], (320, 480), (1.0, "squash", "bilinear")),
        ([{"type": "CenterCrop", "crop_size": (192, 256)}], (192, 256), (None, None, None)),
        (
            [{"type": "EfficientNetCenterCrop", "crop_size": 224}],
            (224, 224),
            (0.875, "center", "bicubic"),
        ),
        (
            [{"type": "EfficientNetCenterCrop", "crop_size": 480, "crop_padding": 0}],
            (480, 480),
            (1.0, "center", "bicubic"),
        ),
        (
            [{"type": "Resize", "scale": (1333, 800), "keep_ratio": True}],
            (800, 1333),
            (None, None, None),
        ),
        ([{"type": "TopdownAffine", "input_size": (192, 256)}], (256, 192), (None, None, None)),
        (
            [{"type": "ApplyToList", "transforms": [{"type": "Resize", "scale": 384}]}],
            (384, 384),
            (1.0, "squash", "bilinear"),
        ),
    ],
)
def test_the_test_pipeline_says_size_and_crop(transforms, size, crop):
    found = preprocessing(classifier(LOAD, *transforms, PACK))
    assert found.input_size == (3, *size)
    assert (found.crop_pct, found.crop_mode, found.interpolation) == crop


def test_images_are_padded_to_a_multiple():
    resize = {"type": "Resize", "scale": (1333, 800), "keep_ratio": True}
    assert preprocessing(classifier(resize, pad_size_divisor=32)).input_size == (3, 800, 1344)
    assert preprocessing(classifier(resize, pad_size_divisor=1)).input_size == (3, 800, 1333)


def test_the_preprocessor_s_own_size_comes_first():
    resize = {"type": "Resize", "scale": (2048, 512), "keep_ratio": True}
    assert preprocessing(classifier(resize, size=(512, 640))).input_size == (3, 512, 640)


def test_a_model_without_a_test_pipeline_has_the_size_of_its_backbone_or_its_training():
    crop = {"type": "RandomResizedCrop", "scale": 192}
    views = {
        "type": "MultiView",
        "transforms": [[crop], [{"type": "RandomResizedCrop", "scale": 96}]],
    }
    pictures = {
        "type": "RandomResizedCropAndInterpolationWithTwoPic",
        "size": 224,
        "second_size": 112,
        "scale": (0.08, 1.0),
    }
    mask = {"type": "MaskGenerator", "input_size": 14}
    assert preprocessing(classifier(train=[views, mask])).input_size == (3, 192, 192)
    assert preprocessing(classifier(train=[pictures])).input_size == (3, 224, 224)
    built = classifier(train=[views], backbone={"img_size": 518})
    assert preprocessing(built).input_size == (3, 518, 518)
    tested = classifier(CROP, train=[views], backbone={"img_size": 518})
    assert preprocessing(tested).input_size == (3, 224, 224)
    assert preprocessing(classifier()).input_size is None


def test_cifar_has_a_size_of_its_own_where_nothing_is_resized():
    assert preprocessing(classifier(PACK, dataset="CIFAR10")).input_size == (3, 32, 32)
    assert preprocessing(classifier(CROP, dataset="CIFAR100")).input_size == (3, 224, 224)


@pytest.mark.parametrize("kind", ["SampleFrames", "LoadPointsFromFile"])
def test_a_video_or_a_cloud_of_points_is_no_image(kind):
    found = preprocessing(classifier({"type": kind}, CROP, mean=[51.0], std=[255.0]))
    assert found == Preprocessing(mean=(0.2,), std=(1.0,))


# What mmpretrain ships.


def test_names_are_those_of_the_library(source):
    from mmpretrain.apis import list_models

    assert source.names() == list_models()


def test_facts_come_from_metafile_and_configuration(source):
    found = source.resolve("convnext-base_3rdparty_in1k-384px")
    facts = found.facts
    assert found.full_name == "convnext-base_3rdparty_in1k-384px"
    assert facts.input_size == (3, 384, 384)
    assert (facts.crop_pct, facts.crop_mode, facts.interpolation) == (1.0, "squash", "bicubic")
    assert facts.mean == (0.485, 0.456, 0.406)
    assert facts.std == (0.229, 0.224, 0.225)
    assert facts.num_classes == 1000
    assert facts.paper_ids == ("arXiv:2201.03545",)
    assert facts.weights_url is not None
    assert facts.weights_url.startswith(
        "https://download.openmmlab.com/mmclassification/v0/convnext/"
    )
    assert facts.license is None
    assert facts.task == "image-classification"


@pytest.mark.parametrize(
    ("name", "size", "task"),
    [
        ("resnet18_8xb16_cifar10", 32, "image-classification"),
        ("convnext-base_3rdparty_in21k", 224, "image-classification"),
        ("resnet101-csra_1xb16_voc07-448px", 448, "image-classification"),
        ("vit-base-p16_sam-pre_3rdparty_sa1b-1024px", 1024, "image-feature-extraction"),
        ("mae_vit-base-p16_8xb512-amp-coslr-1600e_in1k", 224, "image-feature-extraction"),
        ("resnet50-arcface_inshop", 448, "image-feature-extraction"),
        ("blip-base_3rdparty_vqa", 480, "visual-question-answering"),
        ("blip-base_3rdparty_nlvr", 384, None),
    ],
)
def test_size_and_task(source, name, size, task):
    facts = source.resolve(name).facts
    assert facts.input_size == (3, size, size)
    assert facts.task == task


def test_upper_and_lower_case_are_one_name(source):
    assert source.resolve("ResNet18_8xb32_IN1k") == source.resolve("resnet18_8xb32_in1k")


def test_an_unknown_name_says_what_was_meant(source):
    with pytest.raises(UnknownModelError, match="did you mean 'resnet18_8xb32_in1k'"):
        source.resolve("resnet18-8xb32-in1k")


@pytest.mark.parametrize(
    "name", ["", "../x", "configs/resnet/resnet18_8xb32_in1k.py", "mmdet::x", "https://x.org/y.py"]
)
def test_a_name_is_no_path(source, name):
    with pytest.raises(UnknownModelError, match="has no model"):
        source.resolve(name)


def test_a_configuration_that_cannot_be_read_costs_that_model_only(measured):
    missing = measured("swinv2-base-w12_3rdparty_in21k-192px")
    assert missing.error is not None
    assert missing.error.endswith(
        "-192px.py of mmpretrain 1.2.0 can't be read: KeyError: 'test_pipeline'"
    )
    mixed = measured("replknet-31b_3rdparty_in1k")
    assert mixed.error is not None
    assert "replknet-31B_32xb64_in1k.py of mmpretrain" in mixed.error
    assert "lazy_import" in mixed.error
    assert measured("resnet18_8xb32_in1k").error is None


def test_a_measurement_has_what_the_network_computes(measured):
    found = measured("resnet18_8xb32_in1k")
    assert found.error is None
    assert (found.params, found.macs) == (11_689_512, 1_814_073_344)
    assert found.output_shape == (1, 1000)


def test_a_pretrained_network_gives_the_features_of_its_backbone(measured):
    found = measured("simclr_resnet50_16xb256-coslr-200e_in1k")
    assert found.output_shape == ((1, 2048, 7, 7),)
    assert found.macs == measured("resnet50_8xb32_in1k").macs - 2048 * 1000


def test_sparse_networks_say_that_they_need_a_mask(measured):
    found = measured("spark_sparse-resnet50_800e_in1k")
    assert found.error is not None
    assert "mask" in found.error
    assert found.params == 37_970_611


def test_missing_packages_are_said_of_the_model_that_is_built(measured, monkeypatch):
    from mmpretrain.utils.dependency import WITH_MULTIMODAL

    if WITH_MULTIMODAL:
        pytest.skip("the packages are installed")
    assert measured("flamingo_3rdparty-zeroshot_vqa").error == (
        "ImportError: Flamingo needs further packages: pip install 'mmpretrain[multimodal]'"
    )


# Building.


def test_weights_that_are_loaded_while_building_are_named_and_not_loaded(measured, monkeypatch):
    def connect(*_):
        raise AssertionError("it went to the network")

    monkeypatch.setattr(socket.socket, "connect", connect)
    found = measured("milan_vit-base-p16_16xb256-amp-coslr-400e_in1k")
    assert found.error is not None
    assert found.error.startswith("DownloadError: it loads https://download.openmmlab.com/")
    assert "clip_vit_base_16.pth.tar while it is built" in found.error


def test_a_model_that_asks_the_network_while_it_is_built_is_refused(source):
    from mmengine.registry import MODELS

    before = socket.getaddrinfo, torch.linspace
    asked = []

    def build(_):
        with pytest.raises(
            Exception, match=r"it connects to example\.org while it is built"
        ) as caught:
            socket.create_connection(("example.org", 80), timeout=1)
        asked.append(os.environ["HF_HUB_OFFLINE"])
        raise caught.value

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(MODELS, "build", build)
        patched.delenv("HF_HUB_OFFLINE", raising=False)
        found = measure_one(Request("resnet18_8xb32_in1k", source="openmmlab"), source)
        assert "HF_HUB_OFFLINE" not in os.environ
    assert found.error is not None
    assert found.error.startswith("DownloadError: it connects to example.org")
    assert asked == ["1"]
    assert (socket.getaddrinfo, torch.linspace) == before


def test_no_weights_are_named_in_what_is_built(source, monkeypatch):
    from mmengine.registry import MODELS

    name, seen = "beitv2_beit-base-p16_8xb256-amp-coslr-300e_in1k", []
    monkeypatch.setattr(
        MODELS, "build", lambda network: seen.append(network) or torch.nn.Identity()
    )
    for _ in range(2):  # the second time from the configuration as it was read before
        source.build(source.resolve(name), BuildOptions())
    text = str(seen)
    assert "init_cfg" not in text
    assert "pretrained" not in text
    assert "VQKD" in text


@pytest.mark.parametrize(
    "name",
    ["t2t-vit-t-14_8xb64_in1k", "hivit-tiny-p16_16xb64_in1k", "swinv2-tiny-w8_3rdparty_in1k-256px"],
)
def test_all_tensors_are_on_the_meta_device_where_it_is_the_default(source, name):
    with torch.device("meta"):
        model = source.build(source.resolve(name), BuildOptions())
    assert all(tensor.is_meta for tensor in (*model.parameters(), *model.buffers()))


@pytest.mark.parametrize("name", ["resnet18_8xb32_in1k", "deit-tiny_4xb256_in1k"])
def test_classes_as_asked_for(measured, name):
    assert measured(name, num_classes=7).output_shape == (1, 7)
    own, one_less = measured(name), measured(name, num_classes=999)
    assert own.params > one_less.params


def test_no_classes_give_features(measured):
    assert measured("resnet18_8xb32_in1k", num_classes=0).output_shape == ((1, 512),)


def test_classes_of_a_network_without_a_classifier_are_refused(measured):
    found = measured("vit-base-p14_dinov2-pre_3rdparty", num_classes=7)
    assert found.error == "ValueError: it has no classifier whose classes could be changed"


@pytest.mark.parametrize(
    "name", ["resnet18_8xb32_in1k", "deit-tiny_4xb256_in1k", "swin-tiny_16xb64_in1k"]
)
def test_another_size(measured, name):
    found = measured(name, input_size=(3, 448, 448))
    assert found.error is None
    assert found.macs > 3.9 * measured(name).macs


def test_other_channels(measured):
    own, gray = (
        measured("resnet18_8xb32_in1k"),
        measured("resnet18_8xb32_in1k", input_size=(1, 224, 224)),
    )
    assert gray.params == own.params - 2 * 64 * 7 * 7
    refused = measured("vgg11_8xb32_in1k", input_size=(1, 224, 224))
    assert refused.error == "ValueError: it can't be built for images of 1 channels"


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("repvgg-a0_8xb32_in1k", 8_309_384),
        ("mobileone-s0_8xb32_in1k", 2_078_504),
        ("resnet18_8xb32_in1k", 11_689_512),
    ],
)
def test_branches_fold_into_the_network_that_is_deployed(measured, name, params):
    folded = measured(name, reparameterize=True)
    assert folded.error is None
    assert folded.params == params
    assert folded.output_shape == (1, 1000)


def test_a_folded_network_runs_as_it_is_counted(measured):
    run = measured("mobileone-s0_8xb32_in1k", reparameterize=True, device="cpu")
    assert run.error is None
    assert run.forward is not None
    assert run.forward.macs == run.macs


# Configurations.


def test_a_config_finds_its_model(source):
    path = "configs/convnext/convnext-tiny_32xb128_in1k.py"
    named = source.resolve_config("ConvNeXt-Tiny_32xb128_in1k", path)
    assert named == source.resolve("convnext-tiny_32xb128_in1k")
    assert named.facts.weights_url is not None
    assert source.resolve_config("convnext-tiny_32xb128_in1k", f"./{path}") == named


def test_a_network_that_is_another_s_comes_without_its_weights(source):
    path = "configs/convnext/convnext-tiny_32xb128_in1k.py"
    found = source.resolve_config("ours", path)
    assert found.facts.weights_url is None
    assert found.facts.input_size == (3, 224, 224)


def test_of_several_models_with_one_config_the_named_one_is_meant(source):
    path = "configs/eva/eva-g-p14_headless.py"
    found = [
        source.resolve_config(name, path)
        for name in ("beit-g-p14_3rdparty-eva_30m", "beit-g-p14_eva-30m-pre_3rdparty_in21k")
    ]
    assert len({one.facts.weights_url for one in found}) == 2


def test_a_model_is_measured_by_its_config(measured):
    found = measured("ours", config="configs/resnet/resnet18_8xb32_in1k.py")
    assert found.error is None
    assert found.params == 11_689_512


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose files say so when they are run."""
    root = tmp_path / "project"
    config = root / "configs" / "ours.py"
    config.parent.mkdir(parents=True)
    config.write_text(
        f"open({str(root / 'was_run')!r}, 'w')\nmodel = dict(type='ImageClassifier')\n"
    )
    monkeypatch.chdir(root)
    yield root
    assert not (root / "was_run").exists()


CONFIG = """
model = dict(
    type='Tiny', width=8, pretrained='https://example.org/weights.pth',
    init_cfg=dict(type='Pretrained', checkpoint='https://example.org/weights.pth'))
data_preprocessor = dict(type='ImgDataPreprocessor', mean=[127.5] * 3, std=[127.5] * 3)
default_scope = 'mmseg'
test_pipeline = [dict(type='Resize', scale=(64, 32)), dict(type='PackInputs')]
"""
MODELS = """
from mmengine.model import BaseModel
from torch import nn
from mmseg.registry import MODELS

@MODELS.register_module()
class Tiny(BaseModel):
    def __init__(self, width, data_preprocessor=None):
        super().__init__(data_preprocessor)
        self.conv = nn.Conv2d(3, width, 3, padding=1)

    def forward(self, inputs, data_samples=None, mode='tensor'):
        return self.conv(inputs)
"""
REGISTRY = """
from mmengine.registry import MODELS as ROOT, Registry

MODELS = Registry('model', parent=ROOT, scope='mmseg', locations=['mmseg.models'])
"""


def package(folder, config="configs/tiny/tiny.py"):
    """Write a package of OpenMMLab, with one model, as pip would install it."""
    files = {
        "mmseg/__init__.py": "",
        "mmseg/registry.py": REGISTRY,
        "mmseg/models.py": MODELS,
        "mmseg/.mim/model-index.yml": "Import:\n- configs/tiny/metafile.yaml\n",
        "mmseg/.mim/configs/tiny/metafile.yaml": (
            f"Models:\n- Name: Tiny_64x32\n  Config: {config}\n  Weights: https://example.org/tiny.pth\n"
            "  Results:\n  - Task: Semantic Segmentation\n    Dataset: ADE20K\n    Metrics: {mIoU: 1.0}\n"
        ),
        f"mmseg/.mim/{config}": CONFIG,
        "mmsegmentation-9.8.7.dist-info/METADATA": (
            "Metadata-Version: 2.1\nName: mmsegmentation\nVersion: 9.8.7\n"
        ),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def importable(source, monkeypatch):
    """Make the packages of a folder importable, until the test ends."""
    if find_spec("mmseg") is not None:
        pytest.skip("mmsegmentation is installed")
    from mmengine.registry import MODELS as ROOT

    before = set(sys.modules)

    def add(folder):
        monkeypatch.syspath_prepend(str(folder))

    yield add
    for name in [name for name in sys.modules if name.partition(".")[0] == "mmseg"]:
        assert name not in before
        del sys.modules[name]
    ROOT.children.pop("mmseg", None)


def test_another_installed_package_is_found_by_a_config(measured, importable, tmp_path):
    importable(package(tmp_path / "elsewhere" / "site-packages"))
    found = measured("tiny_64x32", config="configs/tiny/tiny.py")
    assert found.error is None
    assert found.params == 8 * 3 * 9 + 8
    assert found.macs == 32 * 64 * 8 * 27
    assert found.output_shape == (1, 8, 32, 64)
    assert found.facts.mean == (0.5, 0.5, 0.5)
    assert found.facts.task == "image-segmentation"
    assert found.facts.weights_url == "https://example.org/tiny.pth"


def test_a_package_whose_import_fails_says_why(measured, importable, tmp_path):
    folder = package(tmp_path / "site-packages")
    (folder / "mmseg" / "models.py").write_text("import mmcv_of_another_world\n")
    importable(folder)
    found = measured("tiny_64x32", config="configs/tiny/tiny.py")
    assert found.error == (
        "ImportError: mmseg 9.8.7 can't be imported: No module named 'mmcv_of_another_world'"
    )


def test_a_version_that_a_package_asserts_is_said(measured, importable, tmp_path):
    folder = package(tmp_path / "site-packages")
    (folder / "mmseg" / "models.py").write_text("assert False, 'Please install mmcv<2.2.0.'\n")
    importable(folder)
    found = measured("tiny_64x32", config="configs/tiny/tiny.py")
    assert found.error == "ImportError: mmseg 9.8.7 can't be imported: Please install mmcv<2.2.0."


def test_a_config_that_two_packages_have_needs_a_name_of_theirs(source, importable, tmp_path):
    path = "configs/resnet/resnet18_8xb32_in1k.py"
    importable(package(tmp_path / "site-packages", path))
    with pytest.raises(UnknownModelError, match="mmpretrain and mmseg have models whose Config is"):
        source.resolve_config("ours", path)
    assert source.resolve_config("resnet18_8xb32_in1k", path).facts.num_classes == 1000
    assert source.resolve_config("tiny_64x32", path).facts.task == "image-segmentation"


@pytest.mark.parametrize("path", ["configs/ours.py", "../project/configs/ours.py", "configs", ""])
def test_a_file_of_the_project_is_never_run(source, project, path):
    with pytest.raises(UnknownModelError, match="pip install mmdet, mmsegmentation, mmpose"):
        source.resolve_config("ours", path)


def test_a_package_in_the_project_is_never_run(source, project, importable):
    importable(package(project))
    config = project / "mmseg" / ".mim" / "configs" / "tiny" / "tiny.py"
    config.write_text((project / "configs" / "ours.py").read_text())
    with pytest.raises(UnknownModelError, match=r"\(mmpretrain [\d.]+\) has a model"):
        source.resolve_config("tiny_64x32", "configs/tiny/tiny.py")


def test_a_package_in_an_environment_in_the_project_counts(source, project, importable):
    importable(package(project / ".venv" / "lib" / "site-packages"))
    found = source.resolve_config("tiny_64x32", "configs/tiny/tiny.py")
    assert found.facts.input_size == (3, 32, 64)


def test_a_folder_that_nobody_installed_is_no_package(source, importable, tmp_path):
    folder = package(tmp_path / "site-packages")
    (folder / "mmsegmentation-9.8.7.dist-info" / "METADATA").unlink()
    (folder / "mmsegmentation-9.8.7.dist-info").rmdir()
    importable(folder)
    with pytest.raises(UnknownModelError, match="no installed package"):
        source.resolve_config("tiny_64x32", "configs/tiny/tiny.py")


# Beside others.


@pytest.mark.heavy
def test_only_json_is_printed(source, tmp_path):
    result = subprocess.run(
        [
            *(sys.executable, "-m", "metazoo", "measure", "resnet18_8xb*", "milan_*", "--source"),
            *("openmmlab", "--no-cache", "--jobs", "1", "--format", "json"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    assert {m["model"]: m["params"] for m in json.loads(result.stdout)} == {
        "milan_vit-base-p16_16xb256-amp-coslr-400e_in1k": None,
        "resnet18_8xb16_cifar10": 11_173_962,
        "resnet18_8xb32_in1k": 11_689_512,
    }


SAMPLE = (
    "convmixer-768-32_3rdparty_in1k",
    "deit-small_4xb256_in1k",
    "densenet121_3rdparty_in1k",
    "edgenext-xxsmall_3rdparty_in1k",
    "efficientnet-b0_3rdparty_8xb32_in1k",
    "hivit-tiny-p16_16xb64_in1k",
    "levit-128s_3rdparty_in1k",
    "mixmim_mixmim-base_16xb128-coslr-300e_in1k",
    "mobileone-s0_8xb32_in1k",
    "mocov2_resnet50_8xb32-coslr-200e_in1k",
    "mvitv2-tiny_3rdparty_in1k",
    "simmim_swin-base-w6_16xb128-amp-coslr-800e_in1k-192px",
    "t2t-vit-t-14_8xb64_in1k",
    "twins-svt-small_3rdparty_8xb128_in1k",
    "vig-tiny_3rdparty_in1k",
    "xcit-nano-12-p16_3rdparty_in1k",
)


@pytest.mark.heavy
@pytest.mark.parametrize("name", SAMPLE)
def test_equal_to_what_mmpretrain_builds_and_torch_counts(measured, name):
    from mmpretrain.apis import get_model

    found = measured(name)
    assert found.error is None
    with quietly():
        model = get_model(name)
    assert found.params == sum(parameter.numel() for parameter in model.parameters())
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        model(torch.zeros(1, *found.input_size))
    assert found.flops == counter.get_total_flops()
