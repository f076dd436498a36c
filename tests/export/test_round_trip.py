"""Nothing that an index says is dropped: what `metazoo export --to model-index` writes reads back equal."""

import json
import tempfile
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from metazoo.export.canonical import as_model_index
from metazoo.export.plain import plain_index
from metazoo.findings import Location
from metazoo.index import fields as known
from metazoo.index.model import MetricValue, StatedInputs, Value
from metazoo.index.nodes import NULLS
from metazoo.index.reader import read_index
from tests.rules.test_corpus import CASES as BAD
from tests.rules.test_corpus import GOOD

ZOO = Path(__file__).parents[2] / "model_index" / "index.yml"
_OF_THE_READING = {"location", "files", "findings", "imports", "root", "bases"}


def meaning(thing):
    """What a part of an index says, without where and how it is written."""
    if isinstance(thing, StatedInputs):
        return [meaning(item) for item in thing.written], thing.value, thing.inherited
    if isinstance(thing, Value):
        value = thing.value
        if value is None:
            value = None if thing.text in NULLS else thing.text
        unit = "%" if thing.unit == "%" else ""
        if value is None and not thing.extra:
            return None
        return (meaning(value), unit, meaning(thing.extra or {}), thing.inherited)
    if isinstance(thing, MetricValue):
        return (thing.name, meaning(thing.value), thing.value.unit)
    if is_dataclass(thing) and not isinstance(thing, Location):
        names = [f.name for f in fields(thing) if f.name not in _OF_THE_READING]
        return {name: meaning(getattr(thing, name)) for name in names}
    if isinstance(thing, dict):
        return {key: meaning(value) for key, value in thing.items()}
    if isinstance(thing, list):
        return [meaning(item) for item in thing]
    return thing


OF_INPUTS = {"MZ214", "MZ313"}
"""What is wrong with inputs is kept as written, and so found again."""


def assert_reads_back(index):
    written = as_model_index(index)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "index.yml"
        file.write_text(written, "utf-8")
        again = read_index([file])
    assert {f.code for f in again.findings} <= OF_INPUTS, written
    assert meaning(again) == meaning(index), written
    assert as_model_index(again) == written


def test_the_comparison_sees_what_is_dropped(tmp_path):
    def read(text):
        (tmp_path / "index.yml").write_text(text, "utf-8")
        return meaning(read_index([tmp_path / "index.yml"]))

    full = "Models: [{Name: a, Results: {Dataset: {Name: D, split: s}, Metrics: [{Name: m, Value: 1, v: 2}]}}]"
    for part in (", split: s", ", v: 2"):
        assert read(full) != read(full.replace(part, ""))


@pytest.mark.parametrize("path", [*GOOD, ZOO], ids=lambda path: path.name)
def test_what_is_exported_reads_back_equal(path):
    assert_reads_back(read_index([path], root=path if path.is_dir() else path.parent))


@pytest.mark.parametrize("case", BAD, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_could_be_read_of_a_bad_input_reads_back_equal(case):
    (path,) = (p for p in case.parent.glob(f"{case.stem}.*") if p != case)
    assert_reads_back(read_index([path], root=path.parent))


TEXTS = st.one_of(
    st.sampled_from(
        [
            "null",
            "~",
            "<<",
            "1.10",
            "007",
            "1e5",
            "yes",
            "a: b",
            "",
            " x ",
            "::error::",
            "a\nb",
            "\u202ex",
            "\u2028",
            "\x07",
            "é",
            "50%",
            "25.03M",
            "9ms",
            "4.1e9",
            "256x192",
            "-1",
        ]
    ),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
NEW_KEYS = st.sampled_from(["x", "split", "Revision", "verified", "args", "Zoo Notes", "Other"])


def mapping(table, **special):
    """Some of the keys of a table, the `special` ones with values of theirs, and unknown keys."""
    names = [field.name for field in table if field.name not in {"Type", *special}]
    parts = st.dictionaries(st.sampled_from(names), SCALARS, max_size=3) if names else st.just({})
    some = st.fixed_dictionaries({}, optional=special)
    return st.builds(
        lambda a, b, c: a | b | c, parts, some, st.dictionaries(NEW_KEYS, ANYTHING, max_size=2)
    )


def one_or_many(one):
    return st.one_of(one, st.lists(one, max_size=3))


NAMED = st.one_of(
    TEXTS,
    st.builds(
        lambda name, rest: {"name": name} | rest,
        TEXTS,
        st.dictionaries(st.sampled_from(["type", "split", "config", "args"]), ANYTHING),
    ),
)
METRICS = st.one_of(
    st.dictionaries(TEXTS, SCALARS, max_size=3),
    st.lists(
        st.one_of(
            st.dictionaries(TEXTS, SCALARS, max_size=2),
            st.builds(
                lambda name, value, rest: {name[0]: name[1], "value": value} | rest,
                st.tuples(st.sampled_from(["name", "type"]), TEXTS),
                SCALARS,
                st.dictionaries(st.sampled_from(["verified", "args"]), ANYTHING),
            ),
        ),
        max_size=3,
    ),
)
RESULT = mapping(known.RESULT, Task=NAMED, Dataset=NAMED, Metrics=METRICS)
LISTED = {name: one_or_many(NAMED) for name in ("Architecture", "Tasks", "Training Data")}
INPUTS = st.lists(
    st.builds(
        lambda shape, rest: {"shape": shape} | rest,
        st.lists(st.integers(1, 9), max_size=3),
        st.dictionaries(NEW_KEYS, ANYTHING, max_size=2),
    ),
    min_size=1,
    max_size=2,
)
PARTS = {
    "Name": TEXTS,
    "Metadata": one_or_many(mapping(known.METADATA, Inputs=INPUTS, **LISTED)),
    "Results": one_or_many(RESULT),
    "Paper": one_or_many(st.one_of(TEXTS, mapping(known.PAPER, Authors=one_or_many(NAMED)))),
    "Code": one_or_many(st.one_of(TEXTS, mapping(known.CODE))),
    **dict.fromkeys(("Weights", "Config", "Source", "README", "Image"), one_or_many(TEXTS)),
}
FAMILIES = one_or_many(st.sampled_from(["F", "G"]))
INDEX = mapping(
    (),
    Models=one_or_many(mapping((), **PARTS, **{"In Collection": FAMILIES})),
    Collections=one_or_many(mapping((), **(PARTS | {"Name": st.sampled_from(["F", "G", "H"])}))),
    Library=mapping(known.LIBRARY),
)


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(INDEX)
def test_whatever_is_read_is_exported_and_reads_back_equal(content):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "index.yml"
        file.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
        index = read_index([file])
    json.dumps(plain_index(index))
    as_model_index(index)
    # What has a fault was said not to be understood.
    assume(not index.findings)
    assert_reads_back(index)
