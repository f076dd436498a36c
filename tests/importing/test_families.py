"""A name goes where exactly one family takes it."""

from metazoo.importing.families import assign, families_of
from metazoo.index.reader import read_index

_INDEX = """\
Collections:
- Name: ResNet
  Names: [resnet*, '!resnet50.bamboo', '!*d.*']
- Name: ResNet-D
  Names:
  - resnet*d.*
- Name: Bamboo
  Names: '*.bamboo'
- Name: Empty
Models:
- Name: a
  In Collection: ResNet
"""


def _families(tmp_path):
    file = tmp_path / "families.yml"
    file.write_text(_INDEX, "utf-8")
    return families_of(read_index([file]))


def test_a_glob_with_an_exclamation_mark_takes_names_out_again(tmp_path):
    names = ["resnet18.a1_in1k", "resnet50.bamboo", "resnet50d.ra2_in1k"]
    found = assign(names, _families(tmp_path))
    assert found.members == {
        "ResNet": ["resnet18.a1_in1k"],
        "Bamboo": ["resnet50.bamboo"],
        "ResNet-D": ["resnet50d.ra2_in1k"],
    }
    assert not found.homeless
    assert not found.disputed


def test_names_that_none_or_several_take_are_in_no_family(tmp_path):
    found = assign(["vgg11.tv_in1k", "resnet50d.bamboo"], _families(tmp_path))
    assert not found.members
    assert found.homeless == ["vgg11.tv_in1k"]
    assert found.disputed == {"resnet50d.bamboo": ["ResNet-D", "Bamboo"]}
