"""Folders of an index that look like repositories of git's: none of their settings may run a program."""

import os
import subprocess

import pytest

from metazoo.cards.changes import last_changes
from metazoo.changed import _changed_files
from metazoo.errors import UsageError
from metazoo.git import git

AUTHOR = ("-c", "user.name=a", "-c", "user.email=a@example.org")


@pytest.fixture
def ran(tmp_path):
    """A file that is there once a program was run that a repository's settings name."""
    return tmp_path / "ran"


@pytest.fixture
def disguised(tmp_path, ran):
    """A folder of a repository that is itself a bare one, with programs in its settings."""
    folder = tmp_path / "zoo" / "model_index"
    folder.mkdir(parents=True)
    program = tmp_path / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch '{ran}'\n")
    program.chmod(0o755)
    subprocess.run(["git", "init", "--quiet", str(folder.parent)], check=True)
    subprocess.run(["git", "init", "--quiet", "--bare", str(folder)], check=True)
    (folder / "index.yml").write_text("Models: []\n")
    here = ("git", "-C", str(folder), "--git-dir=.", "--work-tree=.", *AUTHOR)
    subprocess.run([*here, "add", "index.yml"], check=True)
    subprocess.run([*here, "commit", "--quiet", "-m", "x"], check=True)
    commit = subprocess.run(
        [*here, "cat-file", "commit", "HEAD"], check=True, capture_output=True, text=True
    ).stdout
    head, text = commit.split("\n\n", 1)
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    signed = subprocess.run(
        [*here, "hash-object", "-t", "commit", "-w", "--stdin"],
        check=True,
        capture_output=True,
        text=True,
        input=f"{head}\n{signature}\n\n{text}",
    ).stdout.strip()
    subprocess.run([*here, "update-ref", "HEAD", signed], check=True)
    (folder / "config").write_text(
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n"
        f"\tfsmonitor = {program}\n"
        f"[log]\n\tshowSignature = true\n[gpg]\n\tprogram = {program}\n"
    )
    return folder


def test_the_disguise_would_deceive_git(disguised, ran):
    subprocess.run(["git", "-C", str(disguised), "diff", "HEAD", "--"], capture_output=True)
    assert ran.exists()


def test_changes_since_a_revision_run_no_program(disguised, ran):
    with pytest.raises(UsageError, match=r"--changed-since: "):
        _changed_files(disguised, "HEAD")
    assert not ran.exists()


def test_the_day_of_the_last_change_runs_no_program(disguised, ran):
    last_changes(disguised)
    assert not ran.exists()


def test_names_of_files_are_read_as_from_the_disk(tmp_path):
    (tmp_path / os.fsdecode(b"\xff")).write_text("x")
    assert git(tmp_path, "init", "--quiet").returncode == 0
    names = git(tmp_path, "ls-files", "--others", "-z").stdout
    assert names == os.fsdecode(b"\xff\0")
