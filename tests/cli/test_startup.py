"""The command starts fast because it imports late; torch only where something is measured."""

import subprocess
import sys

import pytest

from .command import metazoo

SLOW = (
    "torch",
    "timm",
    "yaml",
    "jinja2",
    "mkdocs",
    "pydantic",
    "ruamel",
    "rich.console",
    "asyncio",
)


def test_help_imports_nothing_slow():
    code = (
        "import sys; from typer.testing import CliRunner; from metazoo.cli.app import app\n"
        "before = set(sys.modules)\n"
        "sys.argv = ['metazoo', '--help']\n"
        "try: app()\n"
        "except SystemExit: pass\n"
        "print('MODULES', *sorted(sys.modules))"
    ).replace("from typer.testing import CliRunner; ", "")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.partition("MODULES ")[2].split()
    assert "metazoo.cli.app" in loaded
    assert [m for m in loaded if m in SLOW] == []


@pytest.mark.parametrize(
    ("program", "code"),
    [("from metazoo.cli import main; main()", 2), ("import metazoo; metazoo.load('.')", 1)],
)
def test_windows_is_refused_with_a_message(program, code):
    begin = "import pathlib, sys; sys.platform = 'win32'; sys.modules['fcntl'] = None; "
    done = subprocess.run(
        [sys.executable, "-P", "-c", begin + program, "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, "")
    message = done.stderr.splitlines()[-1]
    assert "metazoo needs Linux or macOS" in message
    assert "WSL" in message
    assert "Traceback" not in done.stderr or code == 1


def test_version():
    done = metazoo("--version", process=True)
    assert done.returncode == 0
    assert done.stdout.startswith("metazoo 0.")


def test_no_command_shows_help():
    done = metazoo(process=True)
    assert done.returncode == 2
    assert "verify" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "arguments", [("chek",), ("check", "--no-such-option"), ("verify", "x.yml")]
)
def test_wrong_use_exits_with_2_and_says_why(arguments, tmp_path):
    done = metazoo(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
