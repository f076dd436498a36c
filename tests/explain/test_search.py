"""What is tried to explain a number, in which order, and where the search stops; without building models."""

import itertools
from dataclasses import replace
from math import isqrt

import pytest

from metazoo.explain.explain import (
    FIELDS,
    _counts,
    _likely_sizes,
    _sizes_by_ratio,
    _variants,
    differences,
    explain,
    explain_differences,
    summary,
)
from metazoo.explain.hypotheses import Hypothesis, Network, Question
from metazoo.explain.networks import NetworkCatalog
from metazoo.findings import Location
from metazoo.index.model import Model, Value
from metazoo.index.reader import read_index
from metazoo.measure.measurement import Measurement, SourceFacts
from metazoo.measure.request import Request
from metazoo.verify.compare import verify_index
from metazoo.verify.run import request_of

HERE = Location("index.yml", 1, 1)
MACS_PER_PIXEL = 40_009
NO_NETWORKS = NetworkCatalog(lambda _source: [])


def count(pixels: int) -> int:
    return MACS_PER_PIXEL * pixels


class Instrument:
    """Stands in for building models, each of which computes in proportion to its pixels."""

    def __init__(self, **changes):
        self.asked = []
        self.changes = changes

    def __call__(self, requests):
        for request in requests:
            self.asked.append(request)
            size = request.input_size or (3, 224, 224)
            macs = count(size[1] * size[2])
            measured = Measurement(
                request.model,
                source=request.source,
                resolved_name=request.model,
                architecture=request.model,
                input_size=size,
                num_classes=request.num_classes,
                reparameterized=request.reparameterize,
                params=1_234_567,
                macs=macs,
                flops=2 * macs,
                state_dict_bytes=4_938_268,
                state_dict_tensors=10,
                components={"conv": macs},
                facts=SourceFacts(input_size=(3, 224, 224)),
            )
            yield replace(measured, **self.changes)

    @property
    def sizes(self):
        """The sizes of the network itself that were tried."""
        own = (r for r in self.asked if r.num_classes is None and not r.reparameterize)
        return [r.input_size for r in own]


def index_of(tmp_path, *models, library="Library: {Source: timm}\n"):
    file = tmp_path / "index.yml"
    rows = "\n".join(f"- {{Name: {name}, Metadata: {{{facts}}}}}" for name, facts in models)
    file.write_text(f"{library}Models:\n{rows}\n", "utf-8")
    return read_index([file])


def questions_of(tmp_path, *models, measure=None, fields=FIELDS):
    found = differences(index_of(tmp_path, *models), measure or Instrument(), fields)
    return found.questions


def asked_of(number, text=None, *, field="FLOPs", name="net", **measured):
    declared = Value(number, text or str(number), HERE)
    macs = count(224 * 224)
    measured = {"input_size": (3, 224, 224), "macs": macs, **measured}
    found = Measurement(name, **measured)
    return Question(
        Model(Value(name, name, HERE), HERE), field, declared, macs, Request(name), found
    )


# -- what there is to explain -------------------------------------------------------------


def test_models_are_explained_where_a_fact_that_is_asked_for_differs(tmp_path):
    models = [
        ("a", "FLOPs: 777, Parameters: 888"),
        ("b", "FLOPs: 777"),
        ("c", "Parameters: 1234567"),
    ]
    found = questions_of(tmp_path, *models, fields=["Parameters"])
    # The operations of `a` tell which network it is; those of `b` were not asked for.
    assert [(q.model.name.text, q.field) for q in found] == [("a", "FLOPs"), ("a", "Parameters")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"error": "it is gone"}, ["index.yml:3:10: net: could not be measured: it is gone"]),
        ({}, ["index.yml:3:33: net: FLOPs can't be compared: 'many' is not a number"]),
    ],
)
def test_what_cannot_be_compared_is_named_with_its_place(tmp_path, changes, said, monkeypatch):
    monkeypatch.chdir(tmp_path)
    index = index_of(tmp_path, ("net", "FLOPs: many, Parameters: few"))
    index = read_index([tmp_path / "index.yml"])
    found = differences(index, Instrument(**changes), ["FLOPs"])
    assert [s.removeprefix(f"{tmp_path}/") for s in found.unanswered] == said
    assert found.questions == []


def test_a_number_can_be_compared(tmp_path):
    index = index_of(tmp_path, ("net", "FLOPs: 777, Parameters: 1234567"))
    assert differences(index, Instrument(), FIELDS).unanswered == []


def test_a_model_without_a_measurement_is_named(tmp_path):
    index = index_of(tmp_path, ("net", "FLOPs: 777"))
    (said,) = differences(index, lambda _: iter([]), FIELDS).unanswered
    assert said.endswith("net: could not be measured: it was not measured")


def test_models_at_the_same_size_are_measured_once(tmp_path):
    measure = Instrument()
    questions_of(tmp_path, ("net", "FLOPs: 777"), ("net", "FLOPs: 778"), measure=measure)
    assert len(measure.asked) == 1


# -- what verification publishes ----------------------------------------------------------


def published(tmp_path, facts, measure=None):
    index = index_of(tmp_path, ("net", facts))
    measure = measure or Instrument()
    known = {m.model: m for m in measure([request_of(m, index) for m in index.models])}
    verified = verify_index(index, lambda model: known[model.name.text])
    measure.asked.clear()
    return explain_differences(verified, index, measure, NO_NETWORKS)


def test_only_exact_explanations_are_published(tmp_path):
    (found,) = published(tmp_path, f"FLOPs: {count(240 * 240)}")
    assert (found.model, found.field, found.declared) == ("net", "FLOPs", count(240 * 240))
    assert found.measured == count(224 * 224)
    assert found.text == "it is what torch counts at 240×240"
    assert isinstance(found.declared, int)
    assert published(tmp_path, "FLOPs: 2.3 G") == []


def test_nothing_is_measured_where_nothing_differs(tmp_path):
    measure = Instrument()
    assert published(tmp_path, f"FLOPs: {count(224 * 224)}", measure) == []
    assert measure.asked == []


# -- the order of the search --------------------------------------------------------------


def test_likely_sizes_come_first_and_end_the_search(tmp_path):
    facts = SourceFacts(input_size=(3, 224, 224), test_input_size=(3, 288, 288))
    measure = Instrument(facts=facts)
    (found,) = questions_of(tmp_path, ("net", f"FLOPs: {count(288 * 288)}"), measure=measure)
    measure.asked.clear()
    explain([found], measure, NO_NETWORKS)
    assert found.hypotheses[0].input_size == (3, 288, 288)
    assert measure.sizes == [
        (3, side, side * width // height)
        for width, height in ((1, 1), (1546, 1213), (500, 375))
        for side in (224, 288)
    ]
    assert {r.components for r in measure.asked} == {True}
    assert {r.num_classes for r in measure.asked} == {None}


def test_a_size_found_by_ratio_explains_further_models_without_a_search(tmp_path):
    sizes = (200, 210)
    models = [(f"n{side}", f"FLOPs: {count(side * side)}") for side in sizes]
    found = questions_of(tmp_path, *models)
    measure = Instrument()
    explain(found, measure, NO_NETWORKS)
    assert [q.hypotheses[0].input_size for q in found] == [(3, s, s) for s in sizes]
    assert [q.hypotheses[0].text for q in found] == [f"what torch counts at {s}×{s}" for s in sizes]
    assert len(measure.asked) == len(set(measure.asked))


def test_the_three_commonest_sizes_that_explained_others_are_tried_next(tmp_path):
    own = (3, 224, 224)
    facts = {f"n{s}": SourceFacts(own, (3, s, s)) for s in (192, 208, 240, 256)}

    class Learning(Instrument):
        def __call__(self, requests):
            for m in super().__call__(requests):
                yield replace(m, facts=facts.get(m.model[:4], SourceFacts(own)))

    rows = [("n192", 192), ("n208", 208), ("n208b", 208), ("n240", 240), ("n256", 256)]
    rows += [("n240b", 240), ("n256b", 256)]
    models = [(name, f"FLOPs: {count(side * side)}") for name, side in rows]
    measure = Learning()
    found = questions_of(tmp_path, *models, ("late", f"FLOPs: {count(199 * 231)}"), measure=measure)
    measure.asked.clear()
    explain(found, measure, NO_NETWORKS)
    assert all(q.explained for q in found[:-1])
    late = [r.input_size for r in measure.asked if r.model == "late" and r.num_classes is None]
    assert (3, 192, 192) not in late
    assert late[:6] == [
        (3, 224, 224),
        (3, 224, 285),
        (3, 224, 298),
        *((3, s, s) for s in (208, 240, 256)),
    ]


def test_a_network_found_by_its_parameters_is_taken_for_the_operations(tmp_path):
    class Two(Instrument):
        def __call__(self, requests):
            for m in super().__call__(requests):
                if m.model == "other":
                    macs = m.macs * 3
                    m = replace(m, params=7_654_321, macs=macs, components={"conv": macs})
                yield m

    catalog = NetworkCatalog(
        lambda _source: ["net", "other"], lambda _source: Two()([Request("other")])
    )
    facts = f"FLOPs: {3 * count(224 * 224)}, Parameters: 7654321"
    flops, parameters = found = questions_of(tmp_path, ("net", facts), measure=Two())
    explain(found, Two(), catalog)
    assert parameters.hypotheses[0].text == "the parameters of other"
    assert flops.hypotheses[0].text == "what torch counts at 224×224, of other"
    # That it is this network is known by then.
    assert flops.hypotheses[0].assumptions == 0


def test_a_file_of_the_network_found_by_its_parameters_is_not_asked_for_a_size(tmp_path):
    class Two(Instrument):
        def __call__(self, requests):
            for m in super().__call__(requests):
                yield (
                    replace(m, params=7_654_321, state_dict_bytes=30_617_284)
                    if m.model == "other"
                    else m
                )

    measure = Two()
    catalog = NetworkCatalog(lambda _source: ["other"], lambda _source: Two()([Request("other")]))
    file_size = 30_617_284 // 2 + 2000
    found = questions_of(
        tmp_path, ("net", f"Parameters: 7654321, File Size: {file_size}"), measure=measure
    )
    measure.asked.clear()
    explain(found, measure, catalog)
    assert [q.hypotheses[0].text for q in found] == [
        "the parameters of other",
        "the file of other in half precision",
    ]
    (asked,) = [r for r in measure.asked if r.model == "other"]
    assert asked.input_size is None


def test_of_equal_ways_all_models_get_the_commonest_convention(tmp_path):
    def components(macs, *, both):
        return {"layer.conv": macs, "layer.batch_norm": 0 if both else 1000}

    class Layers(Instrument):
        def __call__(self, requests):
            for m in super().__call__(requests):
                yield replace(m, components=components(m.macs, both=m.model == "both"))

    base = count(224 * 224)
    models = [("both", f"FLOPs: {base // 2}"), ("one", f"FLOPs: {base + 2000}")]
    found = questions_of(tmp_path, *models, measure=Layers())
    explain(found, Layers(), NO_NETWORKS)
    assert [q.hypotheses[0].convention for q in found] == ["thop-2020", "thop-2020"]


class Builds(Instrument):
    """Another build, and another architecture, have other counts."""

    def __call__(self, requests):
        for m in super().__call__(requests):
            if m.num_classes == 0:
                m = replace(m, params=1_000_003, macs=m.macs - 7, components={"conv": m.macs - 7})
            if m.model == "other":
                macs = 3 * m.macs + 1
                m = replace(
                    m,
                    params=7_654_321,
                    state_dict_bytes=30_617_284,
                    macs=macs,
                    components={"conv": macs},
                )
            yield m


def explained(tmp_path, facts, *, known=(), **changes):
    """The text of the best hypothesis on each fact, and what was measured to find it."""
    measure = Builds(**changes)
    found = questions_of(tmp_path, ("net", facts), measure=measure)
    measure.asked.clear()
    catalog = NetworkCatalog(
        lambda _source: list(known), lambda _source: Builds()(map(Request, known))
    )
    explain(found, measure, catalog)
    return {q.field: q.hypotheses[0].text for q in found if q.explained}, measure.asked


def test_what_the_measurement_itself_explains_needs_no_other_build(tmp_path):
    found, asked = explained(tmp_path, "Parameters: 1234574", buffers=7)
    assert found == {"Parameters": "parameters and buffers together"}
    assert asked == []


def test_other_builds_are_tried_for_parameters_and_operations(tmp_path):
    without = "the network without its classifier"
    found, _ = explained(tmp_path, "Parameters: 1000003")
    assert found == {"Parameters": f"the parameters of {without}"}
    found, _ = explained(tmp_path, f"FLOPs: {count(224 * 224) - 7}")
    assert found == {"FLOPs": f"what torch counts at 224×224, of {without}"}


FLOPS_OF_OTHER = f"FLOPs: {3 * count(224 * 224) + 1}"
OF_OTHER = "what torch counts at 224×224, of other"


def test_a_network_found_by_its_file_is_taken_for_the_operations(tmp_path):
    found, asked = explained(tmp_path, f"{FLOPS_OF_OTHER}, File Size: 30618713", known=["other"])
    assert found == {"FLOPs": OF_OTHER, "File Size": "the file of other"}
    assert {r.components for r in asked if r.model == "other"} == {True}


def test_a_network_that_is_only_consistent_is_tried_for_the_operations(tmp_path):
    found, _ = explained(tmp_path, f"{FLOPS_OF_OTHER}, Parameters: 7.7 M", known=["other"])
    assert found == {"FLOPs": OF_OTHER}


def test_a_network_whose_parameters_are_only_near_is_not_tried_for_the_operations(tmp_path):
    found, asked = explained(tmp_path, f"{FLOPS_OF_OTHER}, Parameters: 7654322", known=["other"])
    assert found == {}
    assert "other" not in {r.model for r in asked}


def test_no_size_is_tried_twice(tmp_path):
    found, asked = explained(tmp_path, f"FLOPs: {count(224 * 224) + 12_345}")
    assert found == {}
    own = [r.input_size for r in asked if r.num_classes is None and not r.reparameterize]
    assert len(own) == len(set(own)) > 3


# -- sizes --------------------------------------------------------------------------------


def test_sizes_by_ratio_lie_around_the_square_and_the_wide_picture():
    side = 160
    asked = asked_of(count(side * side))
    wide = round(224 * (side / 224) ** 2)  # 114
    once = [(3, s, s) for s in range(side - side // 14, side + 4)]
    once += [(3, 224, w) for w in range(wide - 2, wide + 3)]
    found = _sizes_by_ratio(asked)
    assert found[: len(once)] == once
    # Half the ratio, for twice the count, is still above a fifth; then follows the double.
    assert {size[1] for size in found[len(once) :]} > {113, 226}


def test_the_slack_of_a_wide_picture_grows_with_it():
    longer = 224 * 4
    asked = asked_of(count(224 * longer) + 1)
    found = [w for _, h, w in _sizes_by_ratio(asked) if h == 224 and w > 600]
    slack = round(0.015 * longer)
    assert slack == 13
    assert found == list(range(longer - slack, longer + slack + 1))


@pytest.mark.parametrize(
    ("number", "factors"),
    [
        # The ratio must lie between 0.2 and 5 after the factors 1, 2 and a half.
        (400, 2),
        (401, 3),
        (2500, 2),
        (2499, 3),
        (200, 1),
        (201, 2),
        (5000, 1),
        (4999, 2),
        (100, 0),
        (101, 1),
        (10_000, 0),
        (9_999, 1),
    ],
)
def test_a_size_is_looked_for_within_five_times_the_pixels(number, factors):
    asked = asked_of(number, f"{number}.000", macs=1000)
    # Each factor yields one run of squares and one of wide pictures.
    squares = [size[1] for size in _sizes_by_ratio(asked) if size[1] == size[2]]
    runs = 1 + sum(b != a + 1 for a, b in itertools.pairwise(squares)) if squares else 0
    assert runs == factors


@pytest.mark.parametrize(
    ("number", "text", "macs", "looked"),
    [
        (1010, "1010", 1000, True),
        (100, "1.00e2", 100, False),  # one percent is too little
        (101, "1.01e2", 100, True),
        (0, "0", 1000, False),
        (-1000, "-1000.0", 1000, False),
        (1010, "1010.0", None, False),
        (1010, "1010.0", 0, False),
    ],
)
def test_no_size_is_looked_for_where_the_number_says_too_little(number, text, macs, looked):
    assert bool(_sizes_by_ratio(asked_of(number, text, macs=macs))) is looked


def test_sizes_are_positive():
    asked = asked_of(2100, "2100.0", macs=10_000, input_size=(3, 1, 4))
    found = _sizes_by_ratio(asked)
    assert min(height for _, height, _ in found) == 1
    assert min(width for _, _, width in found) == 1


def test_a_size_that_is_not_square_is_widened_from_its_height():
    asked = asked_of(1234, input_size=(3, 64, 96))
    assert _likely_sizes(asked) == [(3, 64, 96), (3, 64, 81), (3, 64, 85)]


def test_a_model_without_a_known_size_is_taken_for_one_of_224():
    asked = asked_of(1234, input_size=None)
    assert _likely_sizes(asked) == [(3, 224, 224), (3, 224, 285), (3, 224, 298)]


# -- counts -------------------------------------------------------------------------------


def counts(measurement, network=None, number=1234):
    return list(_counts(asked_of(number), measurement, network))


def passed(size=(3, 224, 224), **components):
    return Measurement("net", input_size=size, components=components)


@pytest.mark.parametrize(
    "measurement",
    [replace(passed(conv=5), error="it is gone"), replace(passed(conv=5), input_size=None)],
)
def test_a_pass_that_failed_or_has_no_size_suggests_nothing(measurement):
    assert counts(measurement) == []


def test_counts_come_plain_double_and_half_with_what_each_assumes():
    found = [(h.value, h.text, h.factor, h.assumptions) for h in counts(passed(conv=101))][:6]
    assert found == [
        (101, "what torch counts at 224×224", 1, 0),
        (202, "twice what torch counts at 224×224", 2, 2),
        (50, "half of what torch counts at 224×224", 0.5, 2),
        (101, "what fvcore counts at 224×224", 1, 1),
        (202, "twice what fvcore counts at 224×224", 2, 3),
        (50, "half of what fvcore counts at 224×224", 0.5, 3),
    ]


def test_another_size_and_another_network_are_assumptions():
    (first, *_) = counts(passed((3, 192, 192), conv=101))
    assert (first.text, first.assumptions) == ("what torch counts at 192×192", 1)
    assert first.input_size == (3, 192, 192)
    network = Network(Request("other"), "other", 3)
    (first, *_) = counts(passed((3, 192, 192), conv=101), network)
    assert (first.text, first.assumptions) == ("what torch counts at 192×192, of other", 4)
    assert first.network == network


def test_a_picture_that_was_not_cropped_is_named():
    (first, *_) = counts(passed((3, 224, 285), conv=101))
    assert first.text == (
        "what torch counts at 224×285 (the dog image of the PyTorch Hub examples, 1546×1213, resized"
        " but not cropped)"
    )
    (first, *_) = counts(passed((3, 300, 400), conv=101))
    assert "the most common size of ImageNet images, 500×375" in first.text
    (first, *_) = counts(passed((3, 224, 286), conv=101))
    assert first.text == "what torch counts at 224×286"


def test_without_the_classifier_the_number_of_classes_makes_no_difference():
    measured = passed(conv=101, linear=7, **{"layer.classifier": 7})
    plain = {h.value for h in counts(measured) if h.convention == "torch" and h.factor == 1}
    assert plain == {108, 101}
    other = Network(Request("net", num_classes=0), "without", 1)
    found = {h.value for h in counts(measured, other) if h.convention == "torch" and h.factor == 1}
    assert found == {108}
    words = [h.text for h in counts(passed(**LAYERS), other) if h.convention == "thop"]
    assert not any("classifier" in text for text in words)
    assert any("without any linear layer, with convolutions" in text for text in words)
    folded = Network(Request("net", reparameterize=True), "folded", 1)
    found = {h.value for h in counts(measured, folded) if h.convention == "torch" and h.factor == 1}
    assert found == {108, 101}


LAYERS = {
    "layer.conv": 1000,
    "layer.linear": 70,
    "layer.classifier": 50,
    "layer.leaky_relu": 3,
    "subclass.batch_norm": 10,
    "subclass.conv": 200,
    "subclass.conv_bias": 5,
}
WHERE = "layers of classes made from torch's"


def test_thop_may_miss_layers_of_classes_of_their_own():
    base = 1070
    plain = [(base, "", 0), (base - 50, ", without the classifier", 1)]
    plain.append((base - 70, ", without any linear layer", 1))
    assert list(_variants("thop", LAYERS)) == [
        *plain,
        (base + 40, ", with batch norms of classes made from torch's", 1),
        (base - 10, ", without the classifier, with batch norms of classes made from torch's", 2),
        (base - 30, ", without any linear layer, with batch norms of classes made from torch's", 2),
        (base + 200, ", with convolutions of classes made from torch's", 1),
        (base + 150, ", without the classifier, with convolutions of classes made from torch's", 2),
        (
            base + 130,
            ", without any linear layer, with convolutions of classes made from torch's",
            2,
        ),
        (base + 240, f", with {WHERE}", 1),
        (base + 190, f", without the classifier, with {WHERE}", 2),
        (base + 170, f", without any linear layer, with {WHERE}", 2),
    ]


def test_the_older_thop_counts_norms_twice_and_biases_and_leaky_relus():
    base = 1073
    found = {words: (value, count) for value, words, count in _variants("thop-2020", LAYERS)}
    assert len(found) == 15
    assert found[""] == (base, 0)
    assert found[", with batch norms of classes made from torch's"] == (base + 20, 1)
    assert found[", with convolutions of classes made from torch's"] == (base + 205, 1)
    assert found[f", with {WHERE}"] == (base + 225, 1)
    assert found[", with leaky ReLUs fused into norms"] == (base - 3, 1)


@pytest.mark.parametrize(
    ("without", "lines"),
    [
        ("layer.classifier", 8),  # still without any linear layer
        ("layer.linear", 8),
        ("subclass.batch_norm", 6),
        ("subclass.conv", 6),
    ],
)
def test_a_part_that_a_network_lacks_is_not_left_out(without, lines):
    components = {name: value for name, value in LAYERS.items() if name != without}
    assert len(list(_variants("thop", components))) == lines


def test_linear_layers_that_are_only_the_classifier_are_left_out_once():
    only = {"layer.conv": 1000, "layer.linear": 50, "layer.classifier": 50}
    assert list(_variants("thop", only)) == [(1050, "", 0), (1000, ", without the classifier", 1)]


def test_other_conventions_miss_no_layers():
    only = {"conv": 1000, "linear": 70, **LAYERS}
    assert [words for _, words, _ in _variants("fvcore", only)] == ["", ", without the classifier"]


# -- the summary --------------------------------------------------------------------------


def answered(name, *conventions, field="FLOPs"):
    number = isqrt(count(224 * 224)) ** 2
    asked = asked_of(number, name=name, field=field)
    asked.add(
        Hypothesis(number + n, str(c), convention=c, assumptions=n)
        for n, c in enumerate(conventions)
    )
    return asked


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([answered("a")], "0 of 1 declared FLOPs that differ are explained to the last digit."),
        (
            [answered("a", "thop")],
            (
                "1 of 1 declared FLOPs that differ are explained to the last digit; the convention thop"
                " alone explains 1."
            ),
        ),
        (
            [answered("a", None, field="Parameters"), answered("b", field="Parameters")],
            "1 of 2 declared Parameters that differ are explained to the last digit.",
        ),
        (
            [answered("a", "thop"), answered("b", "thop"), answered("c", "torch"), answered("d")],
            (
                "3 of 4 declared FLOPs that differ are explained to the last digit; the convention thop"
                " alone explains 2. The rest: c (torch), d (unexplained)."
            ),
        ),
    ],
)
def test_the_summary_counts(found, said):
    assert summary(found) == [said]


def test_the_summary_has_a_line_for_each_kind_of_fact():
    found = [answered("a", field=field) for field in ("File Size", "MACs", "Parameters")]
    assert [line.split(" that ")[0] for line in summary(found)] == [
        "0 of 1 declared MACs",
        "0 of 1 declared Parameters",
        "0 of 1 declared File Size",
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (["FLOPs"], "No declared FLOPs differ."),
        (["FLOPs", "MACs", "Parameters"], "No declared FLOPs, MACs or Parameters differ."),
        (FIELDS, "No declared FLOPs, MACs, Parameters or File Size differ."),
    ],
)
def test_the_summary_of_nothing_names_every_field(fields, said):
    assert summary([], fields) == [said]
