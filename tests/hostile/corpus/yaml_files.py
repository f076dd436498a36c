"""Cases 9, 13 and 14: glossary and waivers that no reader should trip over."""

import json

from tests.hostile.corpus.parts import EVIL, GLOSSARY, WAIVERS, everywhere
from tests.hostile.project import PWNED, Content, Fifo, Folder, Link, Project, Sparse

_MERGES = "\n".join(
    [
        "a0: &a0 {Text: x, b: c}",
        *(f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}" for i in range(1, 12)),
    ]
)
_ALIASES = "\n".join(
    [
        "a0: &a0 [x, x, x, x, x, x, x, x, x]",
        *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)),
    ]
)
_WAIVER = "Waivers:\n- Rule: MZ407\n  Models: '*'\n  Reason: %s\n  Expires: %s\n"


def _glossary(name: str, content: Content, text: str = r"glossary\.yml", case: int = 13) -> Project:
    """A glossary with a fault: both that make pages name it, and go on."""
    return Project(
        f"glossary-{name}",
        case,
        {GLOSSARY: content},
        shows=everywhere(text, "render", "mkdocs"),
        works=("list", "export-json"),
        exits={"mkdocs": 0},
        holds={"site/glossary.html": 1, "build/pages/models/resnet-t.md": 1},
    )


def _odd_glossary(name: str, content: Content) -> Project:
    """A glossary that may be taken for right: whatever is made of it, nothing breaks."""
    return Project(
        f"glossary-{name}",
        13,
        {GLOSSARY: content},
        works=("list", "export-json", "mkdocs"),
        holds={"site/glossary.html": 1},
    )


def _waivers(name: str, content: Content, text: str = r"waivers\.yml", case: int = 14) -> Project:
    # A place of the configuration that leads out of the project ends every command.
    out = isinstance(content, Link) and content.target.startswith(("/", "{beside}"))
    return Project(
        f"waivers-{name}",
        case,
        {WAIVERS: content},
        shows=everywhere(text, "check", "verify-check"),
        exits={"check": 2, "list": 2} if out else {"check": 1},
        works=() if out else ("list",),
    )


PROJECTS = (
    _glossary("nested", "Convolution: " + "[" * 100_000),
    _glossary("nested-mappings", "{a: " * 100_000),
    _glossary("syntax", "Convolution: 'open\n"),
    _glossary("not-utf-8", b"Convolution: \xff\n"),
    _glossary("null-byte", b"Convolution: a\x00b\n"),
    _glossary("aliases", _ALIASES),
    _glossary("merges", _MERGES),
    _glossary("circle", "Convolution: &a\n  Text: *a\n"),
    _glossary("merge-of-itself", "Convolution: &a\n  <<: *a\n"),
    _glossary("a-list", "- Convolution\n"),
    _glossary("a-text", "Convolution\n"),
    _glossary("key-a-list", "? [a, b]\n: text\n"),
    _glossary("entry-a-list", "Convolution: [a]\n"),
    _glossary("python-tag", "Convolution: !!python/object/apply:os.system ['touch RAN']\n"),
    _glossary("fifo", Fifo()),
    _glossary("device", Link("/dev/zero")),
    _glossary("sparse", Sparse(20 * 2**30)),
    _glossary("folder", Folder()),
    _glossary("link-to-itself", Link("glossary.yml")),
    _glossary("link-out", Link("{beside}/glossary.yml"), case=9),
    _glossary("link-to-the-system", Link("/etc/passwd"), case=9),
    _glossary("entry-that-prints", f'"x\\n::error::{PWNED}": [1]\n'),
    _odd_glossary("date", "Convolution: 2026-13-45\n"),
    _odd_glossary("date-tagged", "Convolution: !!timestamp 2026-13-45\n"),
    _odd_glossary("zone", "Convolution: 2026-01-02 03:04:05 +99:99\n"),
    _odd_glossary("integer-tagged", "Convolution: !!int abc\n"),
    _odd_glossary("float-tagged", "Convolution: !!float x\n"),
    _odd_glossary("bool-tagged", "Convolution: !!bool x\n"),
    _odd_glossary("binary-tagged", "Convolution: !!binary '*'\n"),
    _odd_glossary("set-tagged", "Convolution: !!set {a, b}\n"),
    _odd_glossary("pairs-tagged", "Convolution: !!pairs [a]\n"),
    _odd_glossary("integer-of-5000-digits", "Convolution: " + "9" * 5_000 + "\n"),
    _odd_glossary("integer-key-of-5000-digits", "9" * 5_000 + ": text\n"),
    _odd_glossary("sexagesimal", "Convolution: " + "1:" * 5_000 + "1\n"),
    _odd_glossary("octal", "Convolution: 0o9\n0b2: text\n0xg: text\n"),
    _odd_glossary("two-documents", "Convolution: text\n---\nResidual Block: text\n"),
    _odd_glossary("empty", ""),
    _odd_glossary("surrogate", 'Convolution: "\\ud800"\n'),
    _odd_glossary(
        "markup",
        'Convolution: {Text: "<script>alert(1)</script> {{ 7*7 }}", URL: "javascript:alert(1)"}\n',
    ),
    _odd_glossary("many", "".join(f"w{n}: text\n" for n in range(20_000))),
    _odd_glossary("prints", "Convolution: " + json.dumps(EVIL) + "\n"),
    _waivers("nested", "Waivers: " + "[" * 100_000),
    _waivers("syntax", "Waivers: [\n"),
    _waivers("not-utf-8", b"Waivers: \xff\n"),
    _waivers("aliases", _ALIASES),
    _waivers("fifo", Fifo()),
    _waivers("device", Link("/dev/zero")),
    _waivers("sparse", Sparse(2**40)),
    _waivers("folder", Folder()),
    _waivers("link-to-itself", Link("waivers.yml")),
    _waivers("link-out", Link("{beside}/waivers.yml"), case=9),
    _waivers("link-out-to-broken", Link("{beside}/secret.yml"), case=9),
    _waivers("date", _WAIVER % ("x", "2026-13-45")),
    _waivers("date-of-5000-digits", _WAIVER % ("x", "9" * 5_000)),
    _waivers("date-of-other-digits", _WAIVER % ("x", "２０２６-01-01")),
    _waivers("expired", _WAIVER % (json.dumps(EVIL), "2020-01-01")),
    _waivers(
        "rule-that-prints", f'- Rule: "x\\n::error::{PWNED}"\n  Reason: x\n  Expires: 2099-01-01\n'
    ),
    _waivers("key-that-prints", f'- "x\\n::error::{PWNED}": x\n'),
    _waivers("date-that-prints", _WAIVER % ("x", f'"x\\n::error::{PWNED}"')),
    Project(
        "waivers-reason-that-prints",
        11,
        {
            WAIVERS: "- Rule: MZ508\n  Models: '*'\n  Reason: "
            + json.dumps(EVIL)
            + "\n  Expires: 2099-01-01\n"
        },
        works=("check", "list"),
    ),
    Project(
        "waivers-globs",
        14,
        {
            WAIVERS: "- Rule: MZ508\n  Models: '"
            + "*a" * 3_000
            + "b'\n  Reason: x\n  Expires: 2099-01-01\n"
        },
        works=("list", "check"),
    ),
    Project(
        "waivers-many",
        14,
        {WAIVERS: "- {Rule: MZ508, Models: 'x*[', Reason: x, Expires: 2099-01-01}\n" * 5_000},
        works=("list", "check"),
    ),
)
