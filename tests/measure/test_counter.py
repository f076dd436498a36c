"""The counter against torch's own, operation by operation, and against the textbook."""

import pytest

torch = pytest.importorskip("torch")

from torch import nn
from torch.nn import functional as F  # noqa: N812
from torch.utils.flop_counter import FlopCounterMode

from metazoo.measure.counter import MacCounter, UncountableError

pytestmark = pytest.mark.measure


def meta(*shape):
    return torch.empty(shape, device="meta")


OPERATIONS = {
    "linear": lambda: F.linear(meta(2, 7, 5), meta(3, 5), meta(3)),
    "linear to one output": lambda: F.linear(meta(4, 5), meta(1, 5)),
    "conv1d": lambda: F.conv1d(meta(1, 4, 9), meta(6, 4, 3), padding=1),
    "conv2d": lambda: F.conv2d(meta(2, 4, 9, 8), meta(6, 4, 3, 2), meta(6), stride=2),
    "conv2d in groups": lambda: F.conv2d(meta(1, 8, 9, 9), meta(8, 1, 3, 3), groups=8),
    "conv2d padded to the same size": lambda: F.conv2d(
        meta(1, 4, 9, 9), meta(6, 4, 3, 3), padding="same"
    ),
    "conv2d dilated": lambda: F.conv2d(meta(1, 4, 9, 9), meta(6, 4, 3, 3), dilation=2),
    "conv2d without a batch": lambda: F.conv2d(meta(4, 9, 9), meta(6, 4, 3, 3)),
    "conv3d": lambda: F.conv3d(meta(1, 2, 5, 5, 5), meta(3, 2, 2, 2, 2)),
    "transposed conv2d": lambda: F.conv_transpose2d(meta(1, 4, 5, 6), meta(4, 2, 3, 3), stride=2),
    "transposed conv2d in groups": lambda: F.conv_transpose2d(
        meta(1, 4, 5, 5), meta(4, 3, 2, 2), groups=2
    ),
    "convolution": lambda: torch.convolution(
        meta(1, 4, 5, 5), meta(4, 2, 3, 3), None, [1, 1], [0, 0], [1, 1], True, [0, 0], 1
    ),
    "matrix times matrix": lambda: meta(3, 4) @ meta(4, 5),
    "batches of matrices": lambda: meta(2, 3, 4) @ meta(2, 4, 5),
    "broadcast batches": lambda: meta(2, 1, 3, 4) @ meta(6, 4, 5),
    "batch times matrix": lambda: meta(2, 3, 4) @ meta(4, 5),
    "bmm": lambda: torch.bmm(meta(2, 3, 4), meta(2, 4, 5)),
    "addmm": lambda: torch.addmm(meta(5), meta(3, 4), meta(4, 5)),
    "baddbmm": lambda: torch.baddbmm(meta(2, 3, 5), meta(2, 3, 4), meta(2, 4, 5)),
    "einsum": lambda: torch.einsum("bhqd,bhkd->bhqk", meta(1, 2, 3, 4), meta(1, 2, 5, 4)),
    "einsum that sums nothing": lambda: torch.einsum("bi,bj->bij", meta(2, 3), meta(2, 4)),
    "tensordot": lambda: torch.tensordot(meta(3, 4, 5), meta(4, 5, 6), dims=2),
    "attention": lambda: F.scaled_dot_product_attention(
        meta(1, 2, 3, 4), meta(1, 2, 5, 4), meta(1, 2, 5, 6)
    ),
    "causal attention": lambda: F.scaled_dot_product_attention(
        meta(1, 2, 3, 4), meta(1, 2, 3, 4), meta(1, 2, 3, 4), is_causal=True
    ),
    "attention of grouped queries": lambda: F.scaled_dot_product_attention(
        meta(1, 4, 3, 8), meta(1, 2, 5, 8), meta(1, 2, 5, 8), enable_gqa=True
    ),
    "LSTM": lambda: nn.LSTM(4, 5, 2, bidirectional=True, device="meta")(meta(6, 1, 4)),
    "GRU": lambda: nn.GRU(4, 5, device="meta")(meta(6, 1, 4)),
    "multi-head attention": lambda: nn.MultiheadAttention(8, 2, device="meta")(
        meta(3, 1, 8), meta(3, 1, 8), meta(3, 1, 8), need_weights=False
    ),
    "elements only": lambda: F.gelu(meta(3, 4)) + F.softmax(meta(3, 4), -1),
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_counts_what_torch_counts(operation):
    with torch.inference_mode(), MacCounter() as counter:
        operation()
    with torch.no_grad(), FlopCounterMode(display=False) as reference:
        operation()
    assert 2 * sum(counter.tally.macs.values()) == reference.get_total_flops()
    assert not counter.tally.uncounted


ONE_RESULT = [
    name
    for name in OPERATIONS
    if not any(word in name for word in ("attention", "LSTM", "GRU", "einsum", "elements"))
]


@pytest.mark.parametrize("name", ONE_RESULT)
def test_activations_are_the_elements_of_the_result(name):
    with torch.inference_mode(), MacCounter() as counter:
        result = OPERATIONS[name]()
    assert counter.tally.activations == result.numel()
    assert counter.tally.macs.total() > 0


@pytest.mark.parametrize(
    ("operation", "macs"),
    [
        (lambda: F.conv_transpose1d(meta(4, 5), meta(4, 3, 2)), 5 * 4 * 3 * 2),
        (lambda: F.conv_transpose2d(meta(4, 5, 6), meta(4, 3, 2, 2)), 5 * 6 * 4 * 3 * 4),
        (lambda: F.conv1d(meta(4, 9), meta(6, 4, 3)), 7 * 6 * 4 * 3),
        (lambda: torch.addbmm(meta(3, 5), meta(2, 3, 4), meta(2, 4, 5)), 2 * 3 * 4 * 5),
        (
            lambda: torch.convolution(
                meta(1, 4, 5, 5), meta(6, 4, 3, 3), None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1
            ),
            3 * 3 * 6 * 4 * 9,
        ),
    ],
)
def test_counts_what_the_comparison_with_torch_leaves_out(operation, macs):
    with torch.inference_mode(), MacCounter() as counter:
        result = operation()
    assert counter.tally.macs.total() == macs
    assert counter.tally.activations == result.numel()


def test_counts_products_with_vectors_that_torch_leaves_out():
    with torch.inference_mode(), MacCounter() as counter:
        meta(3, 4) @ meta(4)
        meta(4) @ meta(4)
        torch.addmv(meta(3), meta(3, 4), meta(4))
    assert counter.tally.macs == {"matmul": 3 * 4 + 4 + 3 * 4}


def test_attributes_work_to_its_kind():
    with torch.inference_mode(), MacCounter() as counter:
        F.conv2d(meta(1, 4, 9, 9), meta(6, 4, 3, 3))
        F.linear(meta(1, 5), meta(3, 5))
        torch.einsum("ij,jk->ik", meta(2, 3), meta(3, 4))
        F.scaled_dot_product_attention(meta(1, 2, 3, 4), meta(1, 2, 5, 4), meta(1, 2, 5, 6))
    assert counter.tally.macs == {
        "conv": 7 * 7 * 6 * 4 * 3 * 3,
        "linear": 5 * 3,
        "matmul": 2 * 3 * 4,
        "attention": 2 * 3 * 5 * (4 + 6),
    }
    assert counter.tally.activations == 7 * 7 * 6 + 3 + 2 * 4 + 2 * 3 * (5 + 6)


def test_names_what_computes_and_is_not_counted():
    with torch.inference_mode(), MacCounter() as counter:
        torch.fft.rfft2(meta(1, 3, 8, 8))
        torch.cdist(meta(40, 3), meta(50, 3))
        torch.fft.rfft2(meta(1, 3, 8, 8))
    assert counter.tally.macs.total() == 0
    assert counter.tally.uncounted == {"aten._fft_r2c": 2, "aten._euclidean_dist": 1}


def test_refuses_an_unknown_operation_that_looks_like_a_product():
    @torch.library.custom_op("metazoo_test::block_sparse_matmul", mutates_args=())
    def product(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return a @ b

    @product.register_fake
    def _(a, b):
        return a.new_empty(a.shape[0], b.shape[1])

    with (
        pytest.raises(UncountableError, match="block_sparse_matmul"),
        torch.inference_mode(),
        MacCounter(),
    ):
        product(meta(2, 3), meta(3, 4))
