"""Run the corpus and print what went wrong: ``python -m tests.hostile [NAME-GLOB...]``."""

import sys
import tempfile
from fnmatch import fnmatchcase
from pathlib import Path

from tests.hostile.corpus import PROJECTS
from tests.hostile.running import report

globs = sys.argv[1:] or ["*"]
chosen = [p for p in PROJECTS if any(fnmatchcase(p.name, glob) for glob in globs)]
with tempfile.TemporaryDirectory() as folder:
    failed = report(chosen, Path(folder))
print(f"{failed} of {len(chosen)} projects show a fault")
sys.exit(bool(failed))
