"""The Vega script, as the explorer loads it."""

import shutil
import subprocess

import pytest

pytest.importorskip("vl_convert", reason="the extra charts is not installed")

from metazoo.site.explorer.vega import script_name, vega_script

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


def test_without_a_cache_it_is_made_for_this_build_and_that_is_said(
    script, tmp_path, monkeypatch, caplog
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("METAZOO_CACHE", str(tmp_path / "file"))
    with caplog.at_level("INFO", "metazoo"):
        made = vega_script()
    assert made == script.read_text("utf-8")
    assert "for this build only, since the cache can't be used" in caplog.text
    assert script_name() == script.name


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
