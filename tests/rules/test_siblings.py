"""The rules that compare models with each other, at their boundaries."""

import pytest


def models(*entries):
    """Models named a, b, c, … of one collection, with the metadata given."""
    return "Collections: [{Name: A}]\nModels:\n" + "".join(
        f"- {{Name: {name}, In Collection: A, Metadata: {{{metadata}}}}}\n"
        for name, metadata in entries
    )


def sized(name, size, flops, parameters=1_000_000):
    return name, f"FLOPs: {flops}, Parameters: {parameters}, Image Size: {size}"


def unsized(name, flops, parameters=1_000_000):
    return name, f"FLOPs: {flops}, Parameters: {parameters}"


@pytest.mark.parametrize(
    ("smaller", "larger", "reported"),
    [
        (sized("a_224", 224, 10**9), sized("a_448", 448, 10**9), True),
        (sized("a_224", 224, 10**9), sized("a_448", 448, 10**9 - 1), True),
        (sized("a_224", 224, 10**9), sized("a_448", 448, 10**9 + 1), False),
        (sized("a_448", 448, 10**9), sized("a_224", 224, 10**9), True),  # in any order
        (sized("a", 224, 10**9), sized("a_448", 448, 10**9), True),
        (sized("a", 224, 10**9), sized("a", "3x448x448", 10**9), True),
        (sized("a_224", 224, 10**9), sized("a_1024", 1024, 10**9), True),
        (sized("a_224_x", 224, 10**9), sized("a_x", 448, 10**9), True),
        (sized("a_224", 224, 10**9), sized("b_448", 448, 10**9), False),
        (sized("a18_224", 224, 10**9), sized("a34_448", 448, 10**9), False),
        (sized("a_160", 224, 10**9), sized("a_448", 448, 10**9), False),  # not its size
        (sized("a_64", 64, 10**9), sized("a_96", 96, 10**9), True),
        (sized("a_8", 8, 10**9), sized("a_9", 9, 10**9), False),  # a digit is no size
        (sized("a_10000", 10000, 10**9), sized("a_20000", 20000, 10**9), False),
        (sized("a_224", 224, 10**9), sized("a_224", 224, 10**9), False),
        # The area counts, not one side.
        (sized("a", "200x100", 10**9), sized("a", "100x201", 10**9), True),
        (sized("a", "200x100", 10**9), sized("a", "100x200", 10**9 - 1), False),
        # Parameters may differ by 3 %: position embeddings grow with the image.
        (sized("a", 224, 10**9, 970_000), sized("a", 448, 10**9, 1_000_000), True),
        (sized("a", 224, 10**9, 969_999), sized("a", 448, 10**9, 1_000_000), False),
        (sized("a", 224, 10**9, 1_000_000), sized("a", 448, 10**9, 969_999), False),
        (sized("a", 224, 10**9, "null"), sized("a", 448, 10**9), False),
        (sized("a", 224, 10**9), sized("a", 448, 10**9, "null"), False),
        (sized("a", "large", 10**9), sized("a", 448, 10**9), False),
        (sized("a", 224, 10**9), sized("a", "null", 10**9), False),
        (sized("a", 224, 10**9), sized("a", 448, 0), False),
        (unsized("a", 10**9), sized("a", 448, 10**9), False),
    ],
)
def test_flops_at_a_larger_image_size(smaller, larger, reported, found):
    assert bool(found("MZ404", models(smaller, larger))) is reported


def test_flops_are_compared_with_the_next_smaller_size(found):
    text = models(
        sized("a_448", 448, 4 * 10**9), sized("a_224", 224, 10**9), sized("a_384", 384, 4 * 10**9)
    )
    (problem,) = found("MZ404", text)
    assert (problem.model, problem.location.line) == ("a_448", 3)
    assert "a_384" in problem.message


def test_a_model_between_two_others_is_compared_with_both(found):
    text = models(sized("a", 1, 9), sized("a", 2, 8), sized("a", 3, 7), sized("a", 4, 9))
    assert [f.location.line for f in found("MZ404", text)] == [4, 5]
    text = models(sized("a", 1, 9, "null"), sized("a", 2, 8), sized("a", 3, 7))
    assert [f.location.line for f in found("MZ404", text)] == [5]
    text = models(sized("a", 1, 9), sized("a", 1, 9), sized("a", 3, 7))
    assert [f.location.line for f in found("MZ404", text)] == [5]
    text = models(sized("x_1", 1, 9), sized("a", 1, 9), sized("a", 3, 7))
    assert [f.location.line for f in found("MZ404", text)] == [5]


def family(last, *, size="Image Size: 224, "):
    """Three models with 1000 FLOPs a parameter, and the last."""
    flops, parameters = last
    rest = f"{size}FLOPs: 10000000000, Parameters: 10000000"
    return models(
        *((name, rest) for name in "abc"),
        ("d", f"{size}FLOPs: {flops}, Parameters: {parameters}"),
    )


@pytest.mark.parametrize(
    ("flops", "says"),
    [
        (49_990_000_000, None),
        (50_000_000_000, "5 times"),
        (2_001_000_000, None),
        (2_000_000_000, "1/5 of"),
    ],
)
def test_far_from_siblings_of_known_size(flops, says, found):
    problems = found("MZ405", family((flops, 10_000_000)))
    assert [f.model for f in problems] == (["d"] if says else [])
    assert all(says in f.message and f"FLOPs {flops}" in f.message for f in problems)


@pytest.mark.parametrize(
    ("flops", "says"),
    [
        (79_990_000_000, None),
        (80_000_000_000, "8 times"),
        (1_251_000_000, None),
        (1_250_000_000, "1/8 of"),
    ],
)
def test_far_from_siblings_of_unknown_size(flops, says, found):
    problems = found("MZ405", family((flops, 10_000_000), size=""))
    assert [f.model for f in problems] == (["d"] if says else [])
    assert all(says in f.message for f in problems)


@pytest.mark.parametrize(("flops", "reported"), [(79_990_000_000, False), (80_000_000_000, True)])
def test_one_unknown_size_is_taken_for_224(flops, reported, found):
    text = family((flops, 10_000_000))
    unknown = text[::-1].replace("Image Size: 224, "[::-1], "", 1)[::-1]
    assert unknown.count("Image Size") == 3
    assert bool(found("MZ405", unknown)) is reported


def test_larger_images_cost_more(found):
    text = family((160_000_000_000, 10_000_000))  # 16 times
    assert found("MZ405", text) != []
    larger = text[::-1].replace("224"[::-1], "896"[::-1], 1)[::-1]
    assert found("MZ405", larger) == []
    wide = text[::-1].replace("224"[::-1], "224x3584"[::-1], 1)[::-1]
    assert found("MZ405", wide) == []


def test_the_number_that_is_further_off_is_named(found):
    (flops,) = found("MZ405", family((200_000_000_000, 11_000_000)))
    assert "FLOPs 200000000000" in flops.message
    (parameters,) = found("MZ405", family((11_000_000_000, 200_000_000)))
    assert "Parameters 200000000" in parameters.message
    (low,) = found("MZ405", family((500_000_000, 9_000_000)))
    assert "FLOPs 500000000" in low.message
    (both,) = found("MZ405", family((40_000_000_000, 2_500_000)))
    assert "FLOPs" in both.message
    assert (
        both.location.column == family((40_000_000_000, 2_500_000)).splitlines()[-1].index("40") + 1
    )


@pytest.mark.parametrize(
    "change",
    [
        ("- {Name: a, In Collection: A,", "- {Name: a,"),  # three siblings
        ("Name: a, In Collection: A, Metadata: {Image Size: 224, FLOPs: 1", "Name: a, x: {F: 1"),
        (
            "{Name: a, In Collection: A, Metadata: {Image Size: 224, FLOPs: 10000000000",
            "{Name: a, In Collection: A, Metadata: {Image Size: 224, FLOPs: null",
        ),
        (
            "{Name: a, In Collection: A, Metadata: {Image Size: 224, FLOPs: 10000000000",
            "{Name: a, In Collection: A, Metadata: {Image Size: 224, FLOPs: -1",
        ),
        ("Parameters: 10000000}}\n- {Name: b", "Parameters: -1}}\n- {Name: b"),
        ("Parameters: 10000000}}\n- {Name: b", "Parameters: 0}}\n- {Name: b"),
    ],
)
def test_fewer_than_four_siblings_are_not_compared(change, found):
    text = family((500_000_000_000, 10_000_000))
    assert found("MZ405", text) != []
    assert change[0] in text
    assert found("MZ405", text.replace(*change)) == []


def test_the_smallest_numbers_count(found):
    text = models(*((name, "FLOPs: 1, Parameters: 1, Image Size: 1") for name in "abc"))
    (problem,) = found(
        "MZ405", f"{text}- {text.splitlines()[-1][2:].replace('eters: 1', 'eters: 5')}\n"
    )
    assert "1/5 of" in problem.message


def test_a_lost_digit_is_not_reported_as_far_off_too(found):
    text = family((10_000_000_000, 1_000_000))
    assert [f.model for f in found("MZ413", text)] == ["d"]
    assert found("MZ405", text) == []


def lost(parameters=1_000_000, flops=1_000, siblings=((1_000, 10_000_000),) * 3):
    return models(
        *((f"m{i}", f"FLOPs: {f}, Parameters: {p}") for i, (f, p) in enumerate(siblings)),
        ("x", f"FLOPs: {flops}, Parameters: {parameters}"),
    )


@pytest.mark.parametrize(
    ("passes", "fails"),
    [
        # A factor of 2.5 between the FLOPs, in both directions.
        ({"flops": 2_501}, {"flops": 2_500}),
        ({"flops": 399}, {"flops": 400}),
        # Three siblings.
        ({"siblings": ((1_000, 10_000_000),) * 2}, {}),
        # Siblings that agree within a factor of 8.
        (
            {"siblings": ((1_000, 10_000_000), (1_000, 10_000_000), (1_000, 80_000_001))},
            {"siblings": ((1_000, 10_000_000), (1_000, 10_000_000), (1_000, 80_000_000))},
        ),
        # With the digit restored it lies among them, the first and the last included.
        ({"parameters": 999_999}, {"parameters": 1_000_000}),
        ({"parameters": 1_000_001}, {"parameters": 1_000_000}),
        ({"parameters": 99_999_990}, {"parameters": 100_000_000}),
        ({"parameters": 100_000_010}, {"parameters": 100_000_000}),
        # Unusable numbers.
        ({"siblings": ((1_000, 10_000_000),) * 2 + ((0, 10_000_000),)}, {}),
        ({"siblings": ((1_000, 10_000_000),) * 2 + ((1_000, 0),)}, {}),
        ({"siblings": ((1_000, 10_000_000),) * 2 + ((1_000, -1),)}, {}),
        ({"siblings": ((1_000, 10_000_000),) * 2 + ((-1_000, 10_000_000),)}, {}),
        ({"parameters": "null"}, {}),
        ({"flops": "null"}, {}),
    ],
)
def test_lost_digit(passes, fails, found):
    assert found("MZ413", lost(**passes)) == []
    (problem,) = found("MZ413", lost(**fails))
    assert problem.model == "x"
    assert "10000000" in problem.hint


@pytest.mark.parametrize(
    ("parameters", "reported"),
    [(2_000_001, False), (2_000_000, True), (199_999_999, False), (200_000_000, True)],
)
def test_lost_digit_is_five_times_off(parameters, reported, found):
    siblings = ((1_000, 10_000_000), (1_000, 20_000_000), (1_000, 40_000_000))
    assert bool(found("MZ413", lost(parameters, siblings=siblings))) is reported


WEIGHTS = "Models:\n- {{Name: {}, Weights: {}}}\n- {{Name: {}, Weights: {}}}\n"


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        (WEIGHTS.format("b2", "x/b3-1.pth", "b3", "x/b3-1.pth"), ["b2"]),
        (WEIGHTS.format("b3", "x/b3-1.pth", "b2", "x/b3-1.pth"), ["b2"]),
        (WEIGHTS.format("b3", "x/b3-1.pth", "b2", "x/b2-1.pth"), []),
        (WEIGHTS.format("b3", "null", "b2", "null"), []),
        (WEIGHTS.format("b3", "''", "b2", "''"), []),
        # The longer the shared beginning, the better; the whole name is best.
        (WEIGHTS.format("resnet50", "x/resnet34.pth", "res", "x/resnet34.pth"), ["resnet50"]),
        (WEIGHTS.format("resnet18", "x/resne.pth", "rexnet", "x/resne.pth"), ["rexnet"]),
        (WEIGHTS.format("rexnet", "x/resne.pth", "resnet18", "x/resne.pth"), ["rexnet"]),
        (WEIGHTS.format("tf_b3xxx", "x/tf_b3.pth", "b3", "x/tf_b3.pth"), ["tf_b3xxx"]),
        (WEIGHTS.format("rab", "x/rab/raq.pth", "raq", "x/rab/raq.pth"), ["rab"]),  # not the folder
        (WEIGHTS.format("other", "x/b3.pth", "another", "x/b3.pth"), ["another"]),  # the first
        (
            WEIGHTS.format("b1", "x/b3.pth", "b3", "x/b3.pth")
            + "- {Name: b2, Weights: x/b3.pth}\n",
            ["b1", "b2"],
        ),
    ],
)
def test_shared_weights(text, reported, found):
    assert [f.model for f in found("MZ407", text)] == reported


def test_weights_of_a_collection_are_shared_on_purpose(found):
    text = "Collections:\n- {Name: A, Weights: x/a.pth}\nModels:\n" + "".join(
        f"- {{Name: {name}, In Collection: A}}\n" for name in "ab"
    )
    assert found("MZ407", text) == []
