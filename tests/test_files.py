"""Files that others may have put there are read with care, and rewritten whole or not at all."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from metazoo import files
from metazoo.errors import UsageError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_read_bytes_accepts_a_file_of_the_limit_and_no_larger(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b"12345")
    assert files.read_bytes(file, most=5) == b"12345"
    with pytest.raises(OSError, match="too large"):
        files.read_bytes(file, most=4)


@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_read_bytes_refuses_what_is_no_regular_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.json"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(OSError, match=r"regular file|[Dd]irectory"):
        files.read_bytes(path)


def test_inside_resolves_links_on_both_sides(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "root/link").symlink_to(tmp_path / "other")
    (tmp_path / "alias").symlink_to(tmp_path / "root")
    assert files.inside(tmp_path / "root/a.yml", tmp_path / "root")
    assert files.inside(tmp_path / "root", tmp_path / "root")
    assert files.inside(tmp_path / "alias/a.yml", tmp_path / "root")
    assert not files.inside(tmp_path / "root/link/a.yml", tmp_path / "root")
    assert not files.inside(tmp_path / "root/../other", tmp_path / "root")
    assert not files.inside(tmp_path / "rooted", tmp_path / "root")


def test_rewrite_creates_replaces_and_deletes(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    assert files.rewrite(file, lambda before: b"one" if before is None else b"wrong")
    assert file.read_bytes() == b"one"
    assert files.rewrite(file, lambda before: (before or b"") + b" two")
    assert file.read_bytes() == b"one two"
    assert not files.rewrite(file, lambda before: before)
    assert files.rewrite(file, lambda _: None)
    assert names(tmp_path) == []
    assert not files.rewrite(file, lambda before: before)
    assert names(tmp_path) == []


def test_rewrite_leaves_the_file_and_nothing_beside_it_where_the_change_fails(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b"one")

    def fail(_: bytes | None) -> bytes:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        files.rewrite(file, fail)
    assert file.read_bytes() == b"one"
    assert names(tmp_path) == ["a.json"]


def test_rewrite_keeps_mode_and_follows_a_link_to_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b"one")
    file.chmod(0o640)
    (tmp_path / "link.json").symlink_to(file)
    files.rewrite(tmp_path / "link.json", lambda _: b"two")
    assert (tmp_path / "link.json").is_symlink()
    assert file.read_bytes() == b"two"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give a file away")
def test_rewrite_keeps_the_owner(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b"one")
    os.chown(file, 12345, 23456)
    files.rewrite(file, lambda _: b"two")
    assert (file.stat().st_uid, file.stat().st_gid) == (12345, 23456)


def test_rewrite_refuses_to_separate_hard_links(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b"one")
    (tmp_path / "b.json").hardlink_to(file)
    with pytest.raises(UsageError, match="2 hard links"):
        files.rewrite(file, lambda _: b"two")
    assert (tmp_path / "b.json").read_bytes() == b"one"
    assert not files.rewrite(file, lambda before: before)


def test_rewrite_deletes_what_a_killed_process_left_behind(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from metazoo import files\n"
        "def wait(_): print('in', flush=True); time.sleep(600)\n"
        f"files.rewrite(Path({str(tmp_path / 'a.json')!r}), wait)"
    )
    (tmp_path / "a.json").write_bytes(b"one")
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert names(tmp_path) == [".a.json.metazoo-new", "a.json"]
    files.rewrite(tmp_path / "other.json", lambda _: b"other")
    assert names(tmp_path) == ["a.json", "other.json"]
    assert (tmp_path / "a.json").read_bytes() == b"one"


def test_rewriting_the_same_file_in_many_processes_loses_no_change(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from metazoo import files\n"
        "for _ in range(50):\n"
        f"    files.rewrite(Path({str(tmp_path / 'a.json')!r}), lambda b: (b or b'') + b'x')"
    )
    running = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(4)]
    assert [process.wait() for process in running] == [0] * 4
    assert (tmp_path / "a.json").read_bytes() == b"x" * 200
    assert names(tmp_path) == ["a.json"]


def test_rewrite_on_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    file = tmp_path / "a.json"
    file.write_bytes(b"one")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
        with pytest.raises(OSError, match=r"[Ff]ile too large"):
            files.rewrite(file, lambda _: b"x" * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert file.read_bytes() == b"one"
    assert names(tmp_path) == ["a.json"]


def test_put_replaces_what_was_there_and_follows_no_link(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("theirs")
    page = tmp_path / "page"
    page.symlink_to(victim)
    files.put(page, b"new")
    files.put(page, b"newer")
    assert page.read_bytes() == b"newer"
    assert not page.is_symlink()
    assert victim.read_text() == "theirs"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["page", "victim"]


def test_put_leaves_nothing_behind_where_it_fails(tmp_path):
    (tmp_path / "page").mkdir()
    with pytest.raises(OSError, match="directory"):
        files.put(tmp_path / "page", b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["page"]


def test_an_edit_made_while_the_disk_is_waited_for_is_kept(tmp_path, monkeypatch):
    file = tmp_path / "a.yml"
    file.write_bytes(b"old\n")
    sync, seen = os.fsync, []

    def edited_meanwhile(descriptor):
        if len(seen) == 1:
            (tmp_path / "saved").write_bytes(b"edited\n")
            (tmp_path / "saved").replace(file)
        sync(descriptor)

    def change(content):
        seen.append(content)
        return content[:3].upper()

    monkeypatch.setattr(os, "fsync", edited_meanwhile)
    assert files.rewrite(file, change)
    assert seen == [b"old\n", b"edited\n"]
    assert file.read_bytes() == b"EDI"
    assert names(tmp_path) == ["a.yml"]


def test_a_file_that_was_edited_meanwhile_may_be_left_as_it_is(tmp_path, monkeypatch):
    file = tmp_path / "a.yml"
    file.write_bytes(b"old\n")
    monkeypatch.setattr(os, "fsync", lambda _: file.write_bytes(b"edited\n"))
    assert not files.rewrite(file, lambda content: b"new\n" if content == b"old\n" else content)
    assert file.read_bytes() == b"edited\n"
    assert names(tmp_path) == ["a.yml"]
