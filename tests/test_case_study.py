"""Every command of the case study still prints what the page shows."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PAGE = PROJECT / "docs" / "case-study-timm-2021.md"


def blocks():
    """Commands and their output, in the page's order."""
    for block in re.findall(
        r"^```console\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    ):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


@pytest.mark.measure
@pytest.mark.heavy
def test_the_case_study_still_holds(tmp_path):
    shutil.copytree(PROJECT / "tests/data/timm-2021", tmp_path / "tests/data/timm-2021")
    shutil.copy(PROJECT / "tests/data/timm.yml", tmp_path / "tests/data")
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}", "COLUMNS": "100"}
    shown = list(blocks())
    assert len(shown) >= 8
    for command, output in shown:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        printed = re.sub(r"\d+ measured now, \d+ from records", "", done.stdout)
        assert printed == re.sub(r"\d+ measured now, \d+ from records", "", output), command
