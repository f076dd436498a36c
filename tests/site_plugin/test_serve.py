"""`mkdocs serve` follows the index, and outlives its faults."""

import html
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest

from tests.site_plugin.building import HANGS


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """A running `mkdocs serve`."""

    def __init__(self, project, *options):
        port = free_port()
        self.address = f"http://127.0.0.1:{port}/"
        self.log = project / "serve.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mkdocs", "serve", "-a", f"127.0.0.1:{port}", *options],
                cwd=project,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def page(self, uri):
        try:
            with urllib.request.urlopen(self.address + uri, timeout=HANGS) as answer:  # noqa: S310
                return html.unescape(answer.read().decode())
        except OSError as error:
            return f"no page: {error}"

    def wait_for(self, uri, text, *, gone=False):
        """Wait until a page holds a text, or holds it no more."""
        end = time.monotonic() + HANGS
        while time.monotonic() < end:
            page = self.page(uri)
            if not page.startswith("no page") and (text in page) is not gone:
                return page
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.2)
        state = "still holds" if gone else "never held"
        raise AssertionError(f"{uri} {state} {text!r}; the log:\n{self.log.read_text()}")


def rewrite(file, text):
    """Replace a file at once: the server must never read half of it."""
    new = file.parents[2] / "new"
    new.write_text(text)
    new.replace(file)


@contextmanager
def serving(project, *options):
    server = Server(project, *options)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait(timeout=HANGS)


@pytest.fixture
def server(project):
    with serving(project) as server:
        yield server


@pytest.mark.heavy
def test_a_change_shows_a_fault_is_said_and_mending_it_recovers(project, server):
    card = "models/alpha-net.html"
    server.wait_for(card, "alpha_small.good")
    alpha = project / "model_index" / "families" / "alpha.yml"
    good = alpha.read_text()

    rewrite(alpha, good.replace("70.5%", "71.5%"))
    server.wait_for(card, "71.5%")

    rewrite(alpha, good + "Models: [\n")
    page = server.wait_for(card, "The data can’t be read")
    assert "model_index/families/alpha.yml:" in page
    assert "alpha_small.good" in page

    rewrite(alpha, good)
    page = server.wait_for(card, "The data can’t be read", gone=True)
    assert "70.5%" in page

    index = project / "model_index" / "index.yml"
    text = index.read_text()
    index.unlink()
    server.wait_for(card, "index.yml does not exist")
    rewrite(index, text)
    server.wait_for(card, "does not exist", gone=True)

    template = project / "docs" / "models" / "alpha-net.md"
    rewrite(template, template.read_text().replace("Prose of", "New prose of"))
    server.wait_for(card, "New prose of")
    rewrite(project / "docs" / "_includes" / "greeting.md", "A new greeting.\n\n")
    server.wait_for(card, "A new greeting")
    assert "Traceback" not in server.log.read_text()


def test_with_dirty_an_edit_shows_on_its_card_and_a_fault_is_said(project):
    card = "models/alpha-net.html"
    alpha = project / "model_index" / "families" / "alpha.yml"
    good = alpha.read_text()
    with serving(project, "--dirty") as server:
        server.wait_for(card, "alpha_small.good")
        rewrite(alpha, good.replace("70.5%", "71.5%"))
        server.wait_for(card, "71.5%")
        rewrite(alpha, good + "Models: [\n")
        server.wait_for(card, "The data can’t be read")
        rewrite(alpha, good)
        server.wait_for(card, "70.5%")
        assert "Traceback" not in server.log.read_text()
