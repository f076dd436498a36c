"""Models that take something else than one image: named inputs, several passes, values needed."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import pytest

torch = pytest.importorskip("torch")

from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from metazoo.inputs import Input, as_words, at_size, image, image_size, is_one_image
from metazoo.jsonfile import from_plain, to_plain
from metazoo.measure.feed import arguments
from metazoo.measure.measurement import Measurement, Pass
from metazoo.measure.one import measure_one
from metazoo.measure.records import Records
from metazoo.measure.request import Request
from metazoo.measure.sources import BuildOptions, CallableSource, Resolved

pytestmark = pytest.mark.measure

IDS = Input("input_ids", (16,), "tokens", below=50)
MASK = Input("attention_mask", (16,), "mask")


class Text(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(50, 8)
        self.fc = nn.Linear(8, 3)

    def forward(self, input_ids, attention_mask):
        assert input_ids.dtype == attention_mask.dtype == torch.int64
        return {"logits": self.fc(self.embedding(input_ids) * attention_mask[..., None])}


class Two(nn.Module):
    """Image and text, as a CLIP has them."""

    def __init__(self):
        super().__init__()
        self.visual = nn.Conv2d(3, 4, 4, stride=4)
        self.text = nn.Linear(8, 4)
        self.embedding = nn.Embedding(50, 8)

    def encode_image(self, image):
        return self.visual(image).mean((2, 3))

    def encode_text(self, text):
        return self.text(self.embedding(text)).mean(1)

    def forward(self, image, text):
        return self.encode_image(image), self.encode_text(text)


class Grouped(nn.Module):
    def forward(self, sample, points):
        return sample["a"] @ points[0].mT


class PicksBoxes(nn.Module):
    """Its work depends on values: how many boxes are good enough."""

    def __init__(self):
        super().__init__()
        self.backbone = nn.Conv2d(3, 4, 3)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        features = self.backbone(x).flatten(2).mT[0]
        kept = torch.nonzero(features[:, 0] > float(features.mean()))
        return self.head(features[kept[:, 0]])


class HugeAndPicks(PicksBoxes):
    def __init__(self):
        super().__init__()
        self.unused = nn.Linear(2**10, 2**10)


@dataclass
class Found:
    boxes: torch.Tensor
    count: int
    masks: torch.Tensor | None = None


class Point(NamedTuple):
    x: torch.Tensor
    y: torch.Tensor


class Returns(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def forward(self, x):
        return {
            "data class": lambda: Found(x, 3),
            "named tuple": lambda: Point(x, x[0]),
            "nested": lambda: {"levels": [x, x[0]], "cache": object()},
        }[self.kind]()


class Clip(CallableSource):
    def resolve(self, name):
        found = super().resolve(name)
        picture, text = found.facts.inputs
        passes = (Pass("image", (picture,), "encode_image"), Pass("text", (text,), "encode_text"))
        return Resolved(name, name, replace(found.facts, passes=passes))


SOURCE = CallableSource(
    "own",
    {
        "text": Text,
        "grouped": Grouped,
        "picks": PicksBoxes,
        "huge_and_picks": HugeAndPicks,
        "image": lambda: nn.Conv2d(3, 4, 4),
        **{
            kind: lambda kind=kind: Returns(kind)
            for kind in ("data class", "named tuple", "nested")
        },
    },
    input_size=(3, 8, 8),
    inputs={
        "text": [IDS, MASK],
        "grouped": [
            Input("sample", parts=(Input("a", (4, 6)),)),
            Input("points", parts=(Input(shape=(5, 6), type="points"),)),
        ],
    },
    tasks={"text": "text-classification"},
)
CLIP = Clip(
    "own",
    {"clip": Two},
    inputs={"clip": [Input("image", (3, 8, 8), "image"), Input("text", (7,), "tokens", below=50)]},
)


def measured(name, source=SOURCE, **options):
    return measure_one(Request(name, "own", **options), source)


def test_a_text_model_is_measured_by_keyword():
    m = measured("text")
    assert m.error is None
    assert m.inputs == (IDS, MASK)
    assert m.input_size is None
    assert m.macs == 16 * 8 * 3
    assert m.outputs == {"logits": (1, 16, 3)}
    assert m.facts.task == "text-classification"


def test_inputs_of_the_request_come_before_those_of_the_source():
    longer = (replace(IDS, shape=(32,)), replace(MASK, shape=(32,)))
    m = measured("text", inputs=longer)
    assert m.macs == 32 * 8 * 3
    assert m.inputs == longer


def test_groups_are_passed_as_dictionaries_and_tuples():
    assert measured("grouped").macs == 4 * 6 * 5


def test_passes_are_counted_by_themselves_and_the_whole_is_on_top():
    m = measured("clip", CLIP)
    assert m.error is None
    image_macs, text_macs = 4 * 3 * 4 * 4 * 2 * 2, 7 * 8 * 4
    assert {name: counts.macs for name, counts in m.passes.items()} == {
        "image": image_macs,
        "text": text_macs,
    }
    assert m.macs == image_macs + text_macs
    assert m.passes["text"].output_shape == (1, 4)


def test_another_image_size_reaches_every_pass():
    m = measured("clip", CLIP, input_size=(3, 16, 16))
    assert m.input_size == image_size(m.inputs) == (3, 16, 16)
    assert m.passes["image"].macs == 4 * 3 * 4 * 4 * 4 * 4
    assert m.passes["image"].inputs[0].shape == (3, 16, 16)


def test_a_model_that_looks_at_values_is_counted_on_the_cpu_and_says_at_which():
    m = measured("picks")
    assert m.error is None
    rows = m.output_shape[0]
    assert 0 < rows < 36
    assert m.macs == 36 * 4 * 27 + rows * 8
    assert m.depends_on_values == ("aten.item", "aten.nonzero")
    assert measured("picks") == m


def test_a_model_too_large_to_look_at_values_is_skipped_with_the_bytes_it_needs():
    m = measure_one(Request("huge_and_picks", "own"), SOURCE, gibibytes=0.001)
    assert m.skipped
    params = 2**20 + 2**10 + 4 * 27 + 4 + 10
    assert f"{4 * params:,} bytes" in m.error
    assert m.params == params


@pytest.mark.parametrize(
    ("name", "shapes", "named"),
    [
        ("data class", ((1, 3, 8, 8),), {"boxes": (1, 3, 8, 8)}),
        ("named tuple", ((1, 3, 8, 8), (3, 8, 8)), {"x": (1, 3, 8, 8), "y": (3, 8, 8)}),
        ("nested", (((1, 3, 8, 8), (3, 8, 8)),), {"levels": ((1, 3, 8, 8), (3, 8, 8))}),
    ],
)
def test_every_output_with_a_tensor_is_accepted(name, shapes, named):
    m = measured(name)
    assert (m.error, m.output_shape, m.outputs) == (None, shapes, named)


@pytest.mark.parametrize("name", ["text", "grouped", "picks", "image"])
def test_models_run_on_the_cpu(name):
    m = measured(name, device="cpu")
    assert m.error is None
    assert m.forward.finite


def test_counts_are_those_of_torch():
    for source, name in ((SOURCE, "text"), (SOURCE, "grouped"), (CLIP, "clip")):
        m = measured(name, source)
        model = source.build(source.resolve(name), BuildOptions())
        made = arguments(m.inputs, "cpu")
        with FlopCounterMode(display=False) as counter:
            made.call(model)
        assert m.flops == counter.get_total_flops()


def test_values_are_valid_and_the_same_in_every_run():
    inputs = (
        IDS,
        MASK,
        Input("flag", (2,), "mask", dtype="bool"),
        Input("bytes", (2,), "features", dtype="uint8"),
        Input("x", (1000,), "audio"),
        Input("half", (4,), "features", dtype="float16"),
        Input("list", (3, 4), "image", batch="list"),
        Input("scalar", (), "features", batch="none"),
    )
    made = arguments(inputs, "cpu", batch=3).named
    assert made["input_ids"].shape == (3, 16)
    assert 0 <= made["input_ids"].min() <= made["input_ids"].max() < 50
    assert made["attention_mask"].eq(1).all()
    assert made["flag"].dtype == torch.bool
    assert made["bytes"].dtype == torch.uint8
    assert 0.9 < made["x"].std() < 1.1
    assert made["half"].dtype == torch.float16
    assert [one.shape for one in made["list"]] == [(3, 4)] * 3
    assert made["scalar"].shape == ()
    again = arguments(inputs, "cpu", batch=3).named
    assert all(torch.equal(made[name], again[name]) for name in made if name != "list")


def test_the_precision_of_a_benchmark_reaches_floats_only():
    made = arguments(
        (IDS, Input("x", (2,)), Input("y", (2,), dtype="float32")), "cpu", dtype=torch.bfloat16
    )
    kinds = [made.named[name].dtype for name in ("input_ids", "x", "y")]
    assert kinds == [torch.int64, torch.bfloat16, torch.float32]


def test_ids_reach_the_last_of_the_vocabulary():
    made = arguments((replace(IDS, shape=(2000,)),), "cpu")
    assert made.named["input_ids"].max() == 49


# Records


def test_a_record_is_read_back_equal():
    for m in (measured("text"), measured("clip", CLIP), measured("picks")):
        assert from_plain(Measurement, to_plain(m)) == m


def test_what_the_source_says_is_found_by_the_name_alone_and_by_the_same_inputs():
    m = measured("text")
    records = Records([m])
    assert records.find(Request("text", "own")) is m
    assert records.find(Request("text", "own", inputs=(IDS, MASK))) is m
    assert records.find(Request("text", "own", inputs=(IDS,))) is None
    assert records.find(Request("text", "own", config="a.json")) is None


def test_inputs_of_ones_own_are_found_by_them_only():
    longer = (replace(IDS, shape=(32,)), replace(MASK, shape=(32,)))
    m = measured("text", inputs=longer)
    records = Records([m])
    assert records.find(Request("text", "own", inputs=longer)) is m
    assert records.find(Request("text", "own")) is None


def test_one_image_as_inputs_is_an_image_size():
    m = measured("image")
    assert m.inputs == ()
    records = Records([m])
    assert records.find(Request("image", "own", inputs=image((3, 8, 8)))) is m
    assert records.find(Request("image", "own", inputs=image((3, 9, 9)))) is None


def test_two_sizes_of_a_model_with_several_inputs_are_two_records():
    small, large = (measured("clip", CLIP, **o) for o in ({}, {"input_size": (3, 16, 16)}))
    records = Records([small, large])
    assert len(records) == 2
    assert records.find(Request("clip", "own")) is small
    assert records.find(Request("clip", "own", input_size=(3, 16, 16))) is large


# Inputs by themselves


def test_inputs_in_words():
    assert as_words(image((3, 4, 5))) == "image 3×4×5"
    group = Input("sample", parts=(Input("a", (4,)), Input("b", (), "mask")))
    assert as_words((IDS, group)) == "input_ids tokens 16, sample (a features 4, b mask scalar)"


def test_another_size_changes_images_only_also_in_groups():
    inputs = (IDS, Input("g", parts=image((3, 8, 8))))
    assert at_size(inputs, None) == inputs
    assert at_size(inputs, (3, 9, 9)) == (IDS, Input("g", parts=image((3, 9, 9))))


@pytest.mark.parametrize(
    ("inputs", "is_one"),
    [
        (image((3, 8, 8)), True),
        (image((8, 8)), False),
        ((Input("x", (3, 8, 8), "image"),), False),
        ((Input(shape=(3, 8, 8), type="features"),), False),
        (image((3, 8, 8)) * 2, False),
        ((), False),
    ],
)
def test_which_inputs_an_image_size_says(inputs, is_one):
    assert is_one_image(inputs) is is_one
