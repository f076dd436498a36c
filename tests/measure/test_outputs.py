"""A model's output is read through every container, and refused where it holds no tensors."""

from collections import OrderedDict, namedtuple
from dataclasses import dataclass

import pytest

torch = pytest.importorskip("torch")

from metazoo.measure.outputs import OutputError, all_finite, output_shape

pytestmark = pytest.mark.measure

Pair = namedtuple("Pair", ["first", "second"])  # as models have it


@dataclass
class Answer:
    logits: torch.Tensor
    hidden: torch.Tensor | None = None


@pytest.mark.parametrize(
    ("output", "shape"),
    [
        (torch.ones(()), ()),
        (torch.ones(2, 3), (2, 3)),
        ([torch.ones(2)], ((2,),)),
        ((torch.ones(2), [torch.ones(1, 3), torch.ones(4)]), ((2,), ((1, 3), (4,)))),
        (Pair(torch.ones(1), torch.ones(2)), ((1,), (2,))),
        (OrderedDict(b=torch.ones(1), a=torch.ones(2)), ((1,), (2,))),
        (Answer(torch.ones(3)), ((3,),)),
        (Answer(torch.ones(3), torch.ones(4)), ((3,), (4,))),
        ([], ()),
    ],
)
def test_a_shape_for_each_tensor_in_order(output, shape):
    assert output_shape(output) == shape
    assert all_finite(output)


@pytest.mark.parametrize("output", [None, 3, "text", b"bytes", Answer, {1, 2}, [None], {"a": 1.0}])
def test_what_is_not_made_of_tensors_is_refused(output):
    with pytest.raises(OutputError, match="not made of tensors"):
        output_shape(output)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_one_value_that_is_not_finite_is_found_wherever_it_stands(bad, at):
    values = [torch.ones(2) for _ in range(3)]
    values[at][1] = bad
    assert not all_finite([values[0], {"a": values[1]}, Answer(values[2])])
