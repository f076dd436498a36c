"""The rules about links and paths, at their boundaries."""

import pytest

from metazoo.index.reader import read_index
from metazoo.rules import check

HOSTS = {
    "papperswithcode.com": "paperswithcode.com",
    "paperwithcode.com": "paperswithcode.com",
    "githib.com": "github.com",
    "gihub.com": "github.com",
    "guthub.com": "github.com",
    "github.co": "github.com",
    "huggingface.com": "huggingface.co",
    "hugginface.co": "huggingface.co",
    "arvix.org": "arxiv.org",
    "axriv.org": "arxiv.org",
    "arxiv.com": "arxiv.org",
    "download.pytorch.com": "download.pytorch.org",
}


def link(key, text):
    return f"Models:\n- Name: a\n  {key}: {text}\n"


@pytest.mark.parametrize(
    ("key", "text", "fault"),
    [
        ("Weights", "https://x.org/a.pth", None),
        ("Weights", "HTTPS://x.org/a.pth", None),
        ("Weights", "https://localhost/a.pth", None),
        ("Weights", "https://x.org:8080/a.pth", None),
        ("Weights", "https://x.org:65535/a.pth", None),
        ("Weights", "https://x.org:65536/a.pth", "port"),
        ("Weights", "https://x.org:a/a.pth", "port"),
        ("Weights", "https://[::1/a.pth", "not a URL"),
        ("Weights", "https://-x.org/a.pth", "no valid host"),
        ("Weights", "https://x-.org/a.pth", "no valid host"),
        ("Weights", "https://org/a.pth", "no valid host"),
        ("Weights", "https://x.o/a.pth", "no valid host"),
        ("Weights", "https://x.or/a.pth", None),
        ("Weights", "https:///a.pth", "no valid host"),
        ("Weights", "http:///a.pth", "no valid host"),
        ("Weights", "ftp:///a.pth", "no valid host"),
        ("Weights", "ftp://x.org/a.pth", None),
        ("Weights", "s3://bucket/a.pth", None),
        ("Weights", "gs://bucket/a.pth", None),
        ("Weights", "hf://owner/a.pth", None),
        ("Weights", "htp://x.org/a.pth", "scheme"),
        ("Weights", "1://x.org/a.pth", "scheme"),
        ("Weights", "://x.org/a.pth", "scheme"),
        ("Weights", "x/y://x.org/a.pth", "scheme"),
        ("Weights", "https://x.org/a b.pth", "spaces"),
        ("Weights", '"https://x.org/a.pth "', "spaces"),
        ("Weights", '" https://x.org/a.pth"', "spaces"),
        ("Weights", '"https://x.org/a\\tb.pth"', "spaces"),
        ("Weights", '"https://x.org/a\\nb.pth"', "spaces"),
        ("Weights", "www.x.org/a b.pth", "spaces"),
        ("Weights", "my weights.pth", None),
        ("Weights", '"weights.pth "', None),
        ("Weights", "http:/x.org/a.pth", "begin with"),
        ("Weights", "https//x.org/a.pth", "begin with"),
        ("Weights", "HTTPS//x.org/a.pth", "begin with"),
        ("Weights", "www.x.org/a.pth", "begin with"),
        ("Weights", "WWW.x.org/a.pth", "begin with"),
        ("Weights", "http_server.pth", None),
        ("Weights", "weights", None),
        ("Config", "configs", None),
        ("Code", "resnet", "not a URL"),
        ("Paper", "{URL: resnet}", "not a URL"),
        ("Code", "models/resnet", None),
        ("Paper", "{URL: resnet.pdf}", None),
        ("Weights", "javascript:alert(1)//x://", None),  # MZ502 reports it
        ("Weights", "https://githib.com//a", None),  # MZ503 reports it
        ("Weights", "https://www.githib.com//a", None),
        ("README", '"# A\\nhttps://x.org/a b"', None),  # a text, not a path
        ("README", "https://x.org/a b", "spaces"),
    ],
)
def test_malformed_link(key, text, fault, found):
    problems = found("MZ501", link(key, text))
    assert bool(problems) is (fault is not None)
    for problem in problems:
        assert fault in problem.message.split("”")[-1]
        assert problem.model == "a"


@pytest.mark.parametrize(("length", "shown"), [(90, 90), (91, 87)])
def test_long_links_are_cut_in_messages(length, shown, found):
    text = "htp://" + "x" * (length - 6)
    (problem,) = found("MZ501", link("Weights", text))
    assert f"“{text[:shown]}{'…' if shown < length else ''}”" in problem.message


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("javascript:alert(1)", "javascript"),
        ("JavaScript :alert(1)", "javascript"),
        ('" data:text/html,a"', "data"),
        ("vbscript:a", "vbscript"),
        ("file:///etc/passwd", "file"),
        ("https://x.org/javascript:a", None),
        ("datasets/a", None),
    ],
)
def test_unsafe_link(text, scheme, found):
    problems = found("MZ502", link("Code", text))
    assert [f.model for f in problems] == (["a"] if scheme else [])
    assert all(f"“{scheme}:”" in f.message for f in problems)


@pytest.mark.parametrize(("wrong", "right"), HOSTS.items())
def test_misspelled_host(wrong, right, found):
    text = f"https://{wrong}/a/b.pth"
    (problem,) = found("MZ503", link("Weights", text))
    assert [fix.new for fix in problem.fixes] == [f"https://{right}/a/b.pth"]
    assert problem.model == "a"


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("https://githib.com//a//b", "https://github.com/a//b"),
        ("https://www.githib.com/a", "https://www.github.com/a"),
        ("https://GitHib.com/githib.com/a", "https://github.com/githib.com/a"),
        ("https://github.com/githib.com/a", None),
        ("https://my.githib.com/a", None),
        ("githib.com/a", None),
    ],
)
def test_correct_host(text, mended, found):
    problems = found("MZ503", link("Weights", text))
    assert [fix.new for f in problems for fix in f.fixes] == ([mended] if mended else [])


@pytest.mark.parametrize("host", ["paperswithcode.com", "sotabench.com", "bintray.com"])
def test_closed_site(host, found):
    (problem,) = found("MZ504", link("Weights", f"https://{host}/a"))
    assert problem.model == "a"
    assert "new location" in problem.hint
    (paper,) = found("MZ504", link("Paper", f"https://www.{host}/a"))
    assert "arXiv" in paper.hint
    assert found("MZ504", link("Weights", f"https://x.org/{host}/a")) == []


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (
            "https://github.com/rwightman/pytorch-image-models/blob/a",
            "https://github.com/huggingface/pytorch-image-models/blob/a",
        ),
        (
            "https://github.com/rwightman/timm/blob/a",
            "https://github.com/huggingface/pytorch-image-models/blob/a",
        ),
        (
            "https://rwightman.github.io/pytorch-image-models/models",
            "https://huggingface.co/docs/timm/models",
        ),
        ("https://www.arxiv.org/abs/1512.03385", "https://arxiv.org/abs/1512.03385"),
        (
            "https://github.com/open-mmlab/mmclassification/blob/a",
            "https://github.com/open-mmlab/mmpretrain/blob/a",
        ),
        ("https://github.com/rwightman/timm-models/blob/a", None),
        ("https://x.org/https://www.arxiv.org/abs/1512.03385", None),
    ],
)
def test_moved_link(text, mended, found):
    problems = found("MZ505", link("Weights", text))
    assert [fix.new for f in problems for fix in f.fixes] == ([mended] if mended else [])
    assert all(f.model == "a" for f in problems)


@pytest.mark.parametrize(
    "host",
    [
        "arxiv.org",
        "github.com",
        "raw.githubusercontent.com",
        "huggingface.co",
        "doi.org",
        "download.pytorch.org",
        "dl.fbaipublicfiles.com",
        "storage.googleapis.com",
        "dx.doi.org",
        "openaccess.thecvf.com",
        "www.github.com",
    ],
)
def test_insecure_link(host, found):
    (problem,) = found("MZ506", link("Weights", f"http://{host}/http://a"))
    assert [fix.new for fix in problem.fixes] == [f"https://{host}/http://a"]
    assert problem.model == "a"
    assert found("MZ506", link("Weights", f"https://{host}/a")) == []


def test_a_host_that_may_lack_https_is_left_alone(found):
    assert found("MZ506", link("Weights", "http://x.org/a.pth")) == []


@pytest.mark.parametrize(
    ("revision", "pinned"),
    [
        ("main", False),
        ("1.x", False),
        ("abcdef", False),  # six digits
        ("abcdef0", True),
        ("0" * 40, True),
        ("0" * 41, False),
        ("abcdefg", False),
        ("v0.4.12", True),
        ("0.4", True),
        ("v4", False),
        ("v1.0rc1", True),
    ],
)
@pytest.mark.parametrize("kind", ["blob", "tree"])
def test_unpinned_code(revision, pinned, kind, found):
    problems = found("MZ507", link("Code", f"https://github.com/a/b/{kind}/{revision}/c.py#L1"))
    assert [f.model for f in problems] == ([] if pinned else ["a"])


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("Weights", "https://github.com/a/b/blob/main/c.pth"),
        ("Code", "https://github.com/a/b/main/c.py"),
        ("Code", "https://gitlab.com/a/b/blob/main/c.py"),
        ("Code", "https://github.com/a/b/releases/main/c.py"),
    ],
)
def test_links_that_need_no_revision(key, text, found):
    assert found("MZ507", link(key, text)) == []
    assert found("MZ508", link(key, text)) == []


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("https://github.com/a/b/blob/v1.0/c.py", True),
        ("http://github.com/a/b/blob/v1.0/d/c.py?plain=1", False),
        ("https://github.com/a/b/blob/v1.0/c.py#L1", False),
        ("https://github.com/a/b/tree/v1.0/c", False),  # a folder has no lines
        ("https://github.com/a/b/tree/v1.0/blob/c", False),
        ("https://x.org/a/b/blob/v1.0/c.py", False),
    ],
)
def test_code_without_line(text, reported, found):
    problems = found("MZ508", link("Code", text))
    assert [f.model for f in problems] == (["a"] if reported else [])


@pytest.mark.parametrize(
    ("word", "fault"),
    [
        ("5c106cde", None),
        ("5c106cd", "shorter than the 8"),
        ("5c106c", "shorter than the 8"),
        ("5c106", None),  # nothing like a hash
        ("5c106cde5c10", None),
        ("5c106cdg", "“g”"),
        ("5c106cDe", "“D”"),
        ("5c106cgg", None),  # two letters of no hash
        ("5c106cgh", None),
        ("5c106cg", None),  # 7 characters
        ("5c106cdeg", None),  # 9 characters
        ("abcdefgh", None),  # no digit
        ("abcdefg", None),
        ("1234567", None),  # no letter
        ("abcdef", None),
    ],
)
def test_hash_in_the_name_of_weights(word, fault, found):
    for ending in (".pth", ".pt", ".bin", ".ckpt", ".safetensors", ".pth.tar"):
        problems = found("MZ509", link("Weights", f"https://x.org/a-{word}{ending}"))
        assert [f.model for f in problems] == (["a"] if fault else [])
        assert all(fault in f.message and f"“{word}”" in f.message for f in problems)


def test_only_names_of_weights_have_a_hash(found):
    assert found("MZ509", link("Code", "https://x.org/a-5c106cdg.pth")) == []
    assert found("MZ509", link("Weights", "https://x.org/a-5c106cdg.zip")) == []
    assert found("MZ509", link("Weights", "https://x.org/a5c106cdg.pth")) == []
    assert found("MZ509", link("Weights", "https://x.org/a_5c106cdg.pth")) != []


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("Config", "none.py", "MZ510"),
        ("README", "none.md", "MZ511"),
        ("README", "none.MDX", "MZ511"),
        ("README", "none.rst", "MZ511"),
        ("README", "none.txt", "MZ511"),
        ("README", "none", None),  # a text, not a path
        ("Image", "none.png", "MZ511"),
        ("Weights", "none.pth", None),
        ("Code", "none.py", None),
        ("Config", "here.py", None),
        ("README", "here.md", None),
        ("Config", "a%2Bb.py", None),  # a+b.py
        ("Config", "a%2bb.py", None),
        ("Config", "a%2Cb.py", "MZ510"),
        ("Config", "folder", "MZ510"),
        ("Config", "https://x.org/none.py", None),
        ("Config", "c:none.py", None),
        ("Config", '"none\\n.py"', None),
        ("Config", '"none\\0.py"', None),
        ("Config", "n" * 255, "MZ510"),
        ("Config", "n" * 256, None),
        ("Config", "''", None),
    ],
)
def test_missing_file(key, text, code, found, tmp_path):
    (tmp_path / "here.py").touch()
    (tmp_path / "here.md").touch()
    (tmp_path / "a+b.py").touch()
    (tmp_path / "folder").mkdir()
    problems = found("MZ510", link(key, text)) + found("MZ511", link(key, text))
    assert [(f.code, f.model) for f in problems] == ([(code, "a")] if code else [])


@pytest.mark.parametrize("key", ["Config", "README", "Image"])
def test_file_outside_the_root(key, found, tmp_path):
    outside = tmp_path.parent / "outside.md"
    outside.touch()
    (problem,) = found("MZ510", link(key, "../outside.md"))
    assert problem.message.endswith("is outside the root")
    assert problem.model == "a"
    assert found("MZ511", link(key, "../outside.md")) == []
    (tmp_path / "link.md").symlink_to(outside)
    assert len(found("MZ510", link(key, "link.md"))) == 1
    assert len(found("MZ510", link(key, "'%2e%2e/outside.md'"))) == 1


def test_one_file_inside_the_root_is_enough(tmp_path):
    folder = tmp_path / "root" / "families"
    folder.mkdir(parents=True)
    (folder / "index.yml").write_text(link("Config", "../a.py"), "utf-8")
    index = [folder / "index.yml"]
    (tmp_path / "a.py").touch()
    reported = [f.code for f in check(read_index(index, root=folder.parent))]
    assert "MZ510" in reported
    (tmp_path / "root" / "a.py").touch()
    reported = [f.code for f in check(read_index(index, root=folder.parent))]
    assert "MZ510" not in reported


@pytest.mark.parametrize(
    ("text", "single"),
    [
        ("https://x.org/a//b.pth", "https://x.org/a/b.pth"),
        ("http://x.org//a///b.pth", "http://x.org/a/b.pth"),
        ("ftp://x.org/a//b.pth", "ftp://x.org/a/b.pth"),
        ("https://x.org/a//b.pth?c=d//e", "https://x.org/a/b.pth?c=d//e"),
        ("https://x.org/a/b.pth?c=d//e", None),
        ("s3://bucket/a//b.pth", None),  # another file
        ("https://web.archive.org/web/http://x.org/a.pth", None),
        ("https://githib.com/a//b", None),  # MZ503 mends it
        ("https://www.githib.com/a//b", None),
        ("https://x.org:a/a//b", None),  # MZ501 reports it
        ("a//b.pth", None),
        ("https://[::1//a", None),
    ],
)
def test_double_slash(text, single, found):
    problems = found("MZ512", link("Weights", text))
    assert [f.model for f in problems] == (["a"] if single else [])
    assert all(f"Write {single}," in f.hint for f in problems)
