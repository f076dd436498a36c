"""Which other networks a number may be of: other builds, other classes, other architectures."""

from dataclasses import replace

import pytest

from metazoo.explain.hypotheses import Question, sizes_of
from metazoo.explain.networks import (
    USUAL_CLASSES,
    NetworkCatalog,
    catalog_on_record,
    classes_of,
    explain_by_builds,
    explain_by_other_networks,
)
from metazoo.findings import Location
from metazoo.index.model import Model, Value
from metazoo.measure.measurement import Measurement, SourceFacts
from metazoo.measure.records import update_file
from metazoo.measure.request import Request
from metazoo.measure.versions import installed_versions

HERE = Location("index.yml", 1, 1)
BODY, PER_CLASS = 10_000_003, 513


def build(request: Request, **changes) -> Measurement:
    """A network whose classifier takes 513 parameters for each class."""
    classes = 1000 if request.num_classes is None else request.num_classes
    measured = Measurement(
        request.model,
        source=request.source,
        architecture=request.model.partition(".")[0],
        input_size=request.input_size or (3, 224, 224),
        output_shape=(1, classes),
        num_classes=request.num_classes,
        reparameterized=request.reparameterize,
        params=BODY + PER_CLASS * classes,
    )
    return replace(measured, **changes)


class Instrument:
    def __init__(self, change=lambda m: m):
        self.asked = []
        self.change = change

    def __call__(self, requests):
        self.asked += requests
        yield from (self.change(build(request)) for request in requests)


def question(params, name="net", *, text=None, measurement=None, field="Parameters", source="timm"):
    request = Request(name, source, (3, 224, 224))
    declared = Value(params, text or str(params), HERE)
    model = Model(Value(name, name, HERE), HERE)
    return Question(model, field, declared, 1, request, measurement or build(request))


def tried(asked, measure=None):
    """What is measured to explain one number by other builds."""
    measure = measure or Instrument()
    explain_by_builds([asked], measure, sizes_of)
    return measure.asked


# -- other builds -------------------------------------------------------------------------


def test_usual_numbers_of_classes():
    imagenet, larger = (1000, 1001), (11221, 11821, 21841, 21843)
    assert list(USUAL_CLASSES) == [10, 100, 365, *imagenet, *larger]


def test_builds_are_tried_without_classifier_with_usual_classes_and_folded():
    asked = tried(question(777))
    # First a single class, which says how many parameters each takes.
    assert [r.num_classes for r in asked] == [
        1,
        0,
        *(k for k in USUAL_CLASSES if k != 1000),
        None,
    ]
    assert [r.reparameterize for r in asked] == [False] * (len(asked) - 1) + [True]
    assert all(r.components and r.input_size == (3, 224, 224) for r in asked)


def test_other_tags_of_the_architecture_are_tried_at_their_own_size():
    facts = SourceFacts(tags=("b_in1k", "a_in1k", "own_in1k", "asked_in1k"))
    own = build(
        Request("net.asked_in1k", input_size=(3, 224, 224)),
        facts=facts,
        resolved_name="net.own_in1k",
    )
    last = tried(question(777, "net.asked_in1k", measurement=own))[-2:]
    assert [(r.model, r.input_size) for r in last] == [("net.a_in1k", None), ("net.b_in1k", None)]


@pytest.mark.parametrize(
    ("params", "words", "assumptions"),
    [
        (BODY, "the network without its classifier", 1),
        (BODY + 10 * PER_CLASS, "the network with 10 classes", 2),
        (BODY + 21841 * PER_CLASS, "the network with 21,841 classes", 2),
        (BODY + 37 * PER_CLASS, "the network with 37 classes", 2),
        (BODY + 50_000 * PER_CLASS, "the network with 50,000 classes", 2),
        (BODY + 2 * PER_CLASS, "the network with 2 classes", 2),
    ],
)
def test_the_build_with_these_parameters_is_found(params, words, assumptions):
    asked = question(params)
    tried(asked)
    best = asked.hypotheses[0]
    assert (best.text, best.assumptions, best.exact) == (
        f"the parameters of {words}",
        assumptions,
        True,
    )


@pytest.mark.parametrize(
    "params",
    [
        BODY + 50_001 * PER_CLASS,  # no classifier is taken to have more than 50,000
        BODY + PER_CLASS,  # the single class that was measured to learn what one takes
        BODY + 37 * PER_CLASS + 1,
        BODY - PER_CLASS,
    ],
)
def test_a_number_of_classes_that_cannot_be_is_not_built(params):
    asked = [r.num_classes for r in tried(question(params))]
    assert asked == [1, 0, *(k for k in USUAL_CLASSES if k != 1000), None]


@pytest.mark.parametrize(("unit", "solved"), [(5, True), (5.13, False), (6, False)])
def test_rounded_parameters_are_not_solved_for_classes(unit, solved):
    # One percent of the 513 parameters of a class is 5.13.
    asked = question(BODY + 37 * PER_CLASS)

    class Rounded(Question):
        rounding = unit

    rounded = Rounded(asked.model, asked.field, asked.declared, 1, asked.request, asked.measurement)
    assert (37 in {r.num_classes for r in tried(rounded)}) is solved


def test_classes_that_were_solved_for_are_a_series():
    asked = question(BODY + 37 * PER_CLASS)
    tried(asked)
    assert [h.spacing for h in asked.hypotheses if "37" in h.text] == [PER_CLASS]
    asked = question(BODY + 10 * PER_CLASS)
    tried(asked)
    assert [h.spacing for h in asked.hypotheses if " 10 " in h.text] == [None]


@pytest.mark.parametrize(
    "changes",
    [
        {"output_shape": (1, 512, 7, 7)},
        {"output_shape": None},
        {"output_shape": (1, "n")},
        {"params": None},
        {"params": BODY + 1000 * PER_CLASS + 1},  # not the same for every class
        {"params": BODY - 1000 * PER_CLASS},  # fewer with more classes
        {"params": BODY + PER_CLASS},  # as many with more classes
        {"output_shape": (1, 1)},
    ],
)
def test_without_a_classifier_no_number_of_classes_is_solved_for(changes):
    own = build(Request("net", input_size=(3, 224, 224)), **changes)
    asked = {r.num_classes for r in tried(question(BODY + 37 * PER_CLASS, measurement=own))}
    assert 37 not in asked


@pytest.mark.parametrize(
    "changes", [{"output_shape": None}, {"output_shape": (1, 0)}, {"params": None}]
)
def test_a_single_class_that_cannot_be_built_solves_nothing(changes):
    measure = Instrument(lambda m: replace(m, **changes) if m.num_classes == 1 else m)
    assert 37 not in {r.num_classes for r in tried(question(BODY + 37 * PER_CLASS), measure)}


def test_a_classifier_cannot_take_less_than_nothing():
    own = build(Request("net", input_size=(3, 224, 224)), params=BODY + PER_CLASS - 999 * PER_CLASS)
    asked = question(BODY - 36 * PER_CLASS, measurement=own)
    assert 38 not in {r.num_classes for r in tried(asked)}


def test_features_are_no_classes():
    measure = Instrument(lambda m: replace(m, output_shape=(1, 500)) if m.num_classes == 0 else m)
    asked = question(BODY)
    tried(asked, measure)
    assert [h.spacing for h in asked.hypotheses if "without" in h.text] == [None]


def test_only_parameters_are_solved_for_classes():
    asked = question(BODY + 37 * PER_CLASS, field="File Size")
    assert 37 not in {r.num_classes for r in tried(asked)}


def test_builds_that_fail_are_passed_over():
    def broken(m):
        return replace(m, error="it is gone") if m.num_classes == 10 else m

    asked = question(BODY + 10 * PER_CLASS)
    tried(asked, Instrument(broken))
    assert not asked.explained


def test_a_build_asked_for_at_its_default_size_is_found_at_the_size_it_has():
    asked = question(BODY)
    own = replace(asked.request, input_size=None)
    asked = Question(asked.model, asked.field, asked.declared, 1, own, asked.measurement)
    tried(asked)
    assert asked.explained


def test_models_of_the_same_request_are_built_once():
    measure = Instrument()
    explain_by_builds([question(777), question(778)], measure, sizes_of)
    assert len(measure.asked) == len(set(measure.asked))


@pytest.mark.parametrize(
    ("shape", "classes"),
    [((1, 10), 10), ((1,), None), ((1, 10, 3), None), (None, None), ((1, [2]), None)],
)
def test_classes_are_the_outputs_of_a_flat_classifier(shape, classes):
    assert classes_of(Measurement("net", output_shape=shape)) == classes


# -- other architectures ------------------------------------------------------------------


def looked_up(asked, names, known=(), measure=None):
    said = []
    measure = measure or Instrument()
    catalog = NetworkCatalog(lambda _source: names, lambda _source: known)
    explain_by_other_networks([asked], measure, catalog, said.append)
    return measure.asked, said


def test_like_names_are_measured_and_others_are_looked_up():
    names = ["net", "net_b", "quite_another", "third"]
    known = [build(Request("quite_another")), replace(build(Request("third")), error="it is gone")]
    asked = question(BODY + 1000 * PER_CLASS)
    measured, said = looked_up(asked, names, known)
    assert [(r.model, r.source) for r in measured] == [("net_b", "timm")]
    found = {h.network.words: h.assumptions for h in asked.hypotheses}
    assert found == {"net_b": 3}  # of equal values, the likeliest is kept
    assert said == [
        (
            "Searched 2 of the 4 architectures of timm for networks with these parameters or file sizes: those"
            " measured before and those with similar names."
        )
    ]


def test_a_network_of_an_unlike_name_takes_one_assumption_more():
    asked = question(BODY)
    measured, _ = looked_up(
        asked, ["quite_another"], [build(Request("quite_another"), params=BODY)]
    )
    assert measured == []
    (found,) = asked.hypotheses
    assert (found.text, found.assumptions) == ("the parameters of quite_another", 4)


def test_what_was_measured_before_is_not_measured_again():
    measured, _ = looked_up(question(777), ["net_b"], [build(Request("net_b"))])
    assert measured == []


def test_at_most_25_like_names_are_measured():
    names = [f"net{n}" for n in range(40)]
    measured, _ = looked_up(question(777, "net0.tag"), names)
    assert len(measured) == 25 - 1  # one of them is its own
    assert "net0" not in {r.model for r in measured}


def test_a_name_must_be_alike_by_six_tenths():
    names = ["abcdefXXXX", "abcdeXXXXX"]
    measured, _ = looked_up(question(777, "abcdefghij"), names)
    assert [r.model for r in measured] == ["abcdefXXXX"]


def test_a_network_that_fails_is_not_looked_at():
    asked = question(BODY)
    _, (said,) = looked_up(
        asked, ["net_b"], measure=Instrument(lambda m: replace(m, error="it is gone"))
    )
    assert asked.hypotheses == []
    assert "Searched 0 of the 1 architectures" in said


def test_the_tag_is_part_of_a_name_only_where_the_network_depends_on_it():
    asked = question(BODY)
    known = [
        build(Request("alike.b_in1k"), params=BODY),
        build(Request("alike.a_in1k"), params=BODY),
        build(Request("depends.b_in1k"), params=BODY + 1),
        build(Request("depends"), params=BODY + 2),
    ]
    looked_up(asked, [], known)
    found = {h.value: (h.network.words, h.network.request.model) for h in asked.hypotheses}
    assert found == {
        BODY: ("alike", "alike"),
        BODY + 1: ("depends.b_in1k", "depends.b_in1k"),
        BODY + 2: ("depends", "depends"),
    }


def test_a_network_without_an_architecture_is_called_as_it_was_asked_for():
    asked = question(BODY)
    known = [
        build(Request(name), params=BODY + n, architecture=None) for n, name in enumerate("pq")
    ]
    looked_up(asked, [], known)
    assert sorted(h.network.words for h in asked.hypotheses) == ["p", "q"]


def test_each_source_is_looked_up_for_its_own_models():
    asked = []
    catalog = NetworkCatalog(lambda source: asked.append(source) or [])
    both = [question(777), question(777, source="torchvision"), question(778)]
    said = []
    explain_by_other_networks(both, Instrument(), catalog, said.append)
    assert asked == ["timm", "torchvision"]
    assert [line.split(" architectures of ")[1].split(" for ")[0] for line in said] == asked


# -- the catalog --------------------------------------------------------------------------


class Cache:
    """Stands in for what this machine measured."""

    def __init__(self, *names):
        self.names = names

    def measurement(self, request):
        return build(request) if request.model in self.names else None


def test_a_catalog_knows_what_is_on_record_with_the_present_versions(tmp_path):
    now = installed_versions("timm")
    rows = [
        build(Request("now"), versions=now),
        build(Request("more"), versions={**now, "other": "1"}),
        build(Request("old"), versions={**now, "metazoo": "0"}),
        build(Request("few_classes"), versions=now, num_classes=10),
        build(Request("folded"), versions=now, reparameterized=True),
        build(Request("elsewhere", "torchvision"), versions=now),
    ]
    update_file(tmp_path / "a.json", lambda _: rows)
    names = ["cached", "unknown"]
    catalog = catalog_on_record(lambda _: names, tmp_path, None, pytest.fail)
    assert sorted(m.model for m in catalog.known("timm")) == ["more", "now"]
    catalog = catalog_on_record(lambda _: names, tmp_path, Cache("cached"), pytest.fail)
    assert sorted(m.model for m in catalog.known("timm")) == ["cached", "more", "now"]
    assert list(catalog_on_record(lambda _: names, None, None, pytest.fail).known("timm")) == []


def test_a_catalog_says_which_records_it_cannot_read(tmp_path):
    said = []
    update_file(tmp_path / "a.json", lambda _: [build(Request("now"))])
    (tmp_path / "b.json").write_text("{\n")
    known = catalog_on_record(lambda _: [], tmp_path, None, said.append).known("timm")
    list(known)
    assert ["b.json" in line for line in said] == [True]
