import pytest

from metazoo.errors import UsageError
from metazoo.measure.request import Request, parse_input_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("224", (3, 224, 224)),
        ("256x192", (3, 256, 192)),
        ("1x28x28", (1, 28, 28)),
        ("1", (3, 1, 1)),
        ("99999", (3, 99999, 99999)),
        ("2x3x5", (2, 3, 5)),
        ("2x3", (3, 2, 3)),
        ("3×224×224", (3, 224, 224)),
    ],
)
def test_reads_sizes_as_people_write_them(text, size):
    assert parse_input_size(text) == size


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "x",
        "224x",
        "3x224x224x1",
        "-224",
        "224.5",
        "1e3",
        "100000",
        "0x2",
        "3x0x5",
        "2 x 3",
        "224 ",
    ],
)
def test_refuses_what_is_no_size(text):
    with pytest.raises(UsageError, match="is not an input size"):
        parse_input_size(text)


def test_a_request_asks_for_no_more_than_a_count():
    assert Request("a") == Request("a", "timm", None, "meta", None, False, False, False)
