"""What the tests of single rules share."""

import pytest

from metazoo.index.reader import read_index
from metazoo.rules import check


@pytest.fixture
def found(tmp_path):
    """The findings of one rule in the text of an index."""

    def run(code, text):
        file = tmp_path / "index.yml"
        file.write_text(text, "utf-8")
        return [f for f in check(read_index([file], root=tmp_path)) if f.code == code]

    return run
