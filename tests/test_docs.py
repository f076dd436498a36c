"""The documentation matches the code: every command, option, and setting is documented."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import typer

from metazoo.cli.app import app
from metazoo.config import Config
from metazoo.index.reader import read_index
from metazoo.measure.measurement import Measurement
from metazoo.report.verification import verification_as_json
from metazoo.verify.run import verify
from metazoo.verify.settings import SETTINGS

GUIDE = Path(__file__).parents[1] / "docs" / "guide"
COMMANDS = typer.main.get_command(app).commands


def sections(page: Path) -> dict[str, str]:
    """The text under each second-level heading."""
    parts = re.split(r"^## (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture(scope="module")
def commands():
    return sections(GUIDE / "commands.md")


def described():
    for name, command in COMMANDS.items():
        children = getattr(command, "commands", None)
        if children:
            yield from ((f"{name} {child}", c) for child, c in children.items())
        else:
            yield name, command


@pytest.mark.parametrize(("name", "command"), list(described()))
def test_every_command_and_option_is_documented(name, command, commands):
    text = commands.get(f"metazoo {name}")
    assert text is not None, f"docs/guide/commands.md has no section 'metazoo {name}'"
    for parameter in command.params:
        if parameter.name == "help":
            continue
        if parameter.param_type_name == "argument":
            word = (parameter.metavar or parameter.name).strip("[].")
            assert f"`{word}" in text, f"the argument {word} of {name} is not documented"
        for option in parameter.opts:
            if option.startswith("--"):
                assert f"`{option}" in text, f"{option} of {name} is not documented"


def test_only_existing_commands_and_options_are_documented(commands):
    names = {f"metazoo {name}" for name, _ in described()}
    assert {s for s in commands if s.startswith("metazoo ")} == names
    known = {
        option
        for _, command in described()
        for p in command.params
        for option in (*p.opts, *p.secondary_opts)
    } | {
        "--help",
        "--version",
    }
    for name, text in commands.items():
        for option in re.findall(r"`(--[a-z-]+)", text):
            assert option in known, f"{option} under '{name}' does not exist"


def test_every_setting_is_documented():
    text = (GUIDE / "configuration.md").read_text("utf-8")
    for field in fields(Config):
        if field.name not in {"root", "file"}:
            assert f"`{field.name}`" in text, f"setting {field.name} is not documented"


def keys_of_tables(text: str) -> set[str]:
    """The keys between backticks in the first column of the tables of keys on a page."""
    tables = re.findall(r"^\| key \| meaning \|\n\|---\|---\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    return {
        key
        for row in "".join(tables).splitlines()
        for key in re.findall(r"`([^`]+)`", row.split("|")[1])
    }


def test_every_key_of_a_measurement_is_documented():
    text = (GUIDE / "measuring.md").read_text("utf-8")
    assert keys_of_tables(text) == set(Measurement("resnet18").as_json())


def test_every_key_of_a_verification_is_documented(tmp_path):
    file = tmp_path / "index.yml"
    file.write_text("Models: [{Name: resnet18}]\n", "utf-8")
    result = verification_as_json(verify(read_index([file]), measure=None))
    text = sections(GUIDE / "verifying.md")["JSON"]
    assert keys_of_tables(text) == {*result, *result["verdicts"][0]}


def test_every_setting_that_is_compared_is_documented():
    text = sections(GUIDE / "verifying.md")["What else is said"]
    for setting in SETTINGS:
        assert f"`{setting.key}`" in text, setting.key
