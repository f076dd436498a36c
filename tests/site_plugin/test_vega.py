"""The Vega script, as the explorer loads it."""

import shutil
import subprocess

import pytest

pytest.importorskip("vl_convert", reason="the extra charts is not installed")

from metazoo.errors import MetazooError
from metazoo.site.explorer.vega import vega_script

NODE = shutil.which("node")


@pytest.fixture(scope="module")
def script():
    return vega_script()


def test_it_carries_the_licences_of_what_it_holds(script):
    head = script.read_text("utf-8")[:5000]
    assert head.startswith("/*! Vega ")
    assert "University of Washington" in head
    assert "Mike Bostock" in head


def test_it_is_made_once(script):
    before = script.stat().st_mtime_ns
    assert vega_script().stat().st_mtime_ns == before


def test_a_cache_that_cannot_be_written_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("METAZOO_CACHE", str(tmp_path / "file"))
    with pytest.raises(MetazooError, match="METAZOO_CACHE names another folder"):
        vega_script()


@pytest.mark.skipif(NODE is None, reason="there is no Node.js to run the script in")
def test_it_leaks_no_other_name(script, tmp_path):
    probe = tmp_path / "probe.cjs"
    probe.write_text(
        "const before = new Set(Object.getOwnPropertyNames(globalThis));\n"
        f"require('node:vm').runInThisContext(require('node:fs').readFileSync({str(script)!r}, 'utf8'));\n"
        "const { parse, View, expressionInterpreter } = globalThis.metazooVega;\n"
        "if (!(parse && View && expressionInterpreter)) process.exit(2);\n"
        "console.log(Object.getOwnPropertyNames(globalThis).filter((n) => !before.has(n)).join());\n"
    )
    run = subprocess.run([NODE, probe], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "metazooVega"
