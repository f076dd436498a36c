"""The table of measurements for people."""

from metazoo.cli.measurement_table import print_measurements
from metazoo.inputs import Input
from metazoo.measure.measurement import Measurement, PassCounts

IDS = Input("input_ids", (128,), "tokens", below=9)


def printed(capsys, *measurements):
    print_measurements(list(measurements))
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def measured(name, **values):
    return Measurement(name, params=5, macs=1000, flops=2000, activations=7, **values)


def row(lines, name):
    return next(line for line in lines if line.split()[:1] == [name])


def test_inputs_are_in_words_only_where_there_is_no_image(capsys):
    lines = printed(
        capsys,
        measured("text", inputs=(IDS, Input("mask", (128,), "mask"))),
        measured("image", input_size=(3, 224, 192)),
        measured("gray", input_size=(1, 28, 28)),
    )
    assert row(lines, "model").split()[:2] == ["model", "input"]
    assert "input_ids tokens 128, mask 128" in row(lines, "text")
    assert row(lines, "image").split() == ["image", "224×192", "5", "1.000k", "2.000k", "7", "–"]
    assert row(lines, "gray").split()[1] == "1×28×28"


def test_images_alone_have_a_size(capsys):
    lines = printed(capsys, measured("image", input_size=(3, 224, 224)))
    assert row(lines, "model").split()[:2] == ["model", "size"]


def test_passes_are_indented_below_their_model(capsys):
    picture = Input("image", (3, 64, 64), "image")
    passes = {
        "image": PassCounts((picture,), 600, 1200, 4),
        "text": PassCounts((IDS,), 400, 800, 3),
    }
    lines = printed(
        capsys, measured("clip", input_size=(3, 64, 64), inputs=(picture, IDS), passes=passes)
    )
    at = lines.index(row(lines, "clip"))
    assert lines[at].split()[1] == "64×64"
    assert [line.split()[0] for line in lines[at + 1 : at + 3]] == ["image", "text"]
    assert lines[at + 1].index("image") == lines[at].index("clip") + 2
    assert lines[at + 1].split() == ["image", "64×64", "600", "1.200k", "4"]
    assert "input_ids tokens 128" in lines[at + 2]


def test_a_count_that_depends_on_values_is_noted(capsys):
    lines = printed(capsys, measured("detector", depends_on_values=("torchvision.nms",)))
    assert (
        "note: the count of detector depends on values, because of torchvision.nms; what follows"
        " them was counted with random weights"
    ) in lines
    assert not any("depends" in line for line in printed(capsys, measured("image")))
