"""The zoo itself: all of timm, each model in one family, each value as the import writes it."""

from pathlib import Path

import pytest

from metazoo.cards.escape import slug
from metazoo.importing.families import assign, families_of
from metazoo.index.reader import read_index

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def zoo():
    return read_index([ROOT / "model_index" / "index.yml"])


@pytest.fixture(scope="module")
def pretrained():
    from metazoo.measure.sources.timm import TimmSource

    return TimmSource().pretrained_names()


@pytest.mark.measure
def test_every_pretrained_name_belongs_to_exactly_one_family(zoo, pretrained):
    found = assign(pretrained, families_of(zoo))
    assert not found.homeless
    assert not found.disputed
    assert set(found.members) == {family.name for family in families_of(zoo)}


@pytest.mark.measure
def test_every_pretrained_name_stands_in_the_index_once_and_in_its_family(zoo, pretrained):
    homes = [(m.name.text, m.collections[0].text) for m in zoo.models]
    members = assign(pretrained, families_of(zoo)).members
    assert sorted(homes) == sorted((n, family) for family, names in members.items() for n in names)


def test_a_family_stands_alone_in_the_file_of_its_name(zoo):
    for family in families_of(zoo):
        assert family.file.name == f"{slug(family.name)}.yml"
    files = {m.location.file: m.collections[0].text for m in zoo.models}
    assert len(files) == len(zoo.collections)
    for model in zoo.models:
        assert model.collections[0].text == files[model.location.file]


def test_everything_declared_was_verified(zoo):
    from metazoo.verify.run import verify
    from metazoo.verify.verdicts import Verdict

    outcome = verify(zoo, measure=None, records=ROOT / "model_index" / "measured")
    assert not [f for f in outcome.findings if f.code == "MZ613"]
    verdicts = {(v.model.name.text, f.field): f.verdict for v in outcome.models for f in v.fields}
    assert set(verdicts.values()) == {Verdict.VERIFIED, Verdict.UNDECLARED}
    assert {field for (_, field), v in verdicts.items() if v is Verdict.UNDECLARED} <= {"File Size"}
