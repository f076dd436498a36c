"""Files that others may have put there are read with care, and rewritten whole or not at all."""

import errno
import gc
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from metazoo import files
from metazoo.errors import UsageError
from metazoo.garbage import gc_pause


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


def test_the_cache_folder_is_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    monkeypatch.setenv("METAZOO_CACHE", "/own")
    assert files.cache_folder() == Path("/own")
    monkeypatch.setenv("METAZOO_CACHE", "")
    assert files.cache_folder() == Path("/xdg/metazoo")
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert files.cache_folder() == Path("/home/me/.cache/metazoo")

    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(UsageError, match="METAZOO_CACHE"):
        files.cache_folder()


def test_a_file_too_large_is_named_with_its_size_and_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b"x" * (3 * 2**20))
    with pytest.raises(OSError, match=r"it is too large \(3 MiB, the limit is 2 MiB\)") as raised:
        files.read_bytes(file, most=2 * 2**20)
    assert raised.value.errno == errno.EFBIG
    assert raised.value.filename == str(file)
    assert files.LARGEST_BYTES == 64 * 2**20


def test_a_file_that_grows_while_it_is_read_is_not_read_beyond_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b"123")
    fstat = os.fstat

    def grow(descriptor: int) -> os.stat_result:
        status = fstat(descriptor)
        file.write_bytes(b"123456789")
        return status

    monkeypatch.setattr(os, "fstat", grow)
    with pytest.raises(OSError, match="too large"):
        files.read_bytes(file, most=5)


def test_text_must_be_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("é".encode())
    assert files.read_text(file, most=2) == "é"
    with pytest.raises(OSError, match="too large"):
        files.read_text(file, most=1)
    file.write_bytes(b"\xff")
    with pytest.raises(UnicodeDecodeError):
        files.read_text(file)


def test_links_in_a_circle_resolve_to_themselves(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "a")
    assert files.real(tmp_path / "a").name == "a"
    (tmp_path / "b").symlink_to(tmp_path / "c")
    assert files.real(tmp_path / "b") == files.real(tmp_path) / "c"


def test_a_path_is_shown_relative_to_the_working_directory_if_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert files.as_seen_from_here(tmp_path / "here" / "a") == Path("a")
    assert files.as_seen_from_here(tmp_path / "a") == tmp_path / "a"


@pytest.mark.parametrize("write", ["rewrite", "put"])
def test_a_new_file_has_the_mode_of_any_new_file(tmp_path: Path, write: str) -> None:
    before = os.umask(0o027)
    try:
        if write == "put":
            files.put(tmp_path / "a", b"x")
        else:
            files.rewrite(tmp_path / "a", lambda _: b"x")
        assert os.umask(0o027) == 0o027, "the mask stays"
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_a_leftover_that_another_process_still_writes_stays(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    left = tmp_path / ".b.json.metazoo-new"
    left.write_bytes(b"half")
    (tmp_path / ".c.json.metazoo-new").symlink_to(tmp_path / "victim")
    with left.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        files.rewrite(tmp_path / "a.json", lambda _: b"x")
        assert left.exists()
    files.rewrite(tmp_path / "a.json", lambda _: b"y")
    assert names(tmp_path) == [".c.json.metazoo-new", "a.json"]


def test_pausing_the_garbage_collector_leaves_it_as_it_was() -> None:
    assert gc.isenabled()
    with gc_pause():
        assert not gc.isenabled()
        with gc_pause():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(RuntimeError), gc_pause():
        raise RuntimeError
    assert gc.isenabled()
