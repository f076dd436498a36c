"""What becomes of operations that have no formula."""

import pytest

torch = pytest.importorskip("torch")

from metazoo.measure.operations import Role, role_of

pytestmark = pytest.mark.measure
aten = torch.ops.aten


@pytest.mark.parametrize(
    ("op", "role"),
    [
        (aten.add.Tensor, Role.FREE),  # an operation on each element
        (aten.add_.Tensor, Role.FREE),
        (aten.transpose.int, Role.FREE),  # a view
        (aten.softmax.int, Role.FREE),  # by name, though it is composite
        (aten.batch_norm.default, Role.FREE),
        (aten.dropout_.default, Role.FREE),  # as the name without its underscore
        (aten.einsum.default, Role.COMPOSITE),  # taken apart, though its name looks countable
        (aten._trilinear.default, Role.MUST_BE_COUNTED),
        (aten._scaled_dot_product_flash_attention.default, Role.MUST_BE_COUNTED),
        (aten._thnn_fused_gru_cell.default, Role.MUST_BE_COUNTED),
        (aten._fft_r2c.default, Role.UNCOUNTED),
        (aten._euclidean_dist.default, Role.UNCOUNTED),
    ],
    ids=str,
)
def test_role(op, role):
    assert role_of(op) is role


def test_an_operation_of_another_library_is_not_free_by_its_name():
    @torch.library.custom_op("metazoo_roles::cat", mutates_args=())
    def cat(x: torch.Tensor) -> torch.Tensor:
        return x.clone()

    @torch.library.custom_op("metazoo_roles::fused_lstm", mutates_args=())
    def fused_lstm(x: torch.Tensor) -> torch.Tensor:
        return x.clone()

    assert role_of(torch.ops.metazoo_roles.cat.default) is Role.UNCOUNTED
    assert role_of(torch.ops.metazoo_roles.fused_lstm.default) is Role.MUST_BE_COUNTED
