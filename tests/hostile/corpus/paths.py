"""Cases 9, 15, 17, 18 and 22: links, special files, imports without end, git, and templates."""

from tests.hostile.corpus.parts import FAMILY, INDEX, everywhere, family
from tests.hostile.project import MODEL, PWNED, Fifo, Folder, Gone, Link, Project, Sparse

_OUTSIDE = r"(?i)outside|out of the (project's )?root|leads out|inside the (root|project)"
_LIBRARY = "Library: {Source: timm}\n"
_CARD = "docs/models/resnet-t.md"


def _import(
    name: str, text: str, code: str, files: dict[str | bytes, object] | None = None, case: int = 17
) -> Project:
    """An index that imports the base's family and something else."""
    return Project(
        f"import-{name}",
        case,
        {INDEX: f"{_LIBRARY}Import:\n- families/*.yml\n{text}", **(files or {})},
        shows=everywhere(code, "check", "verify", "list" if code == "." else "check"),
    )


def _card(
    name: str, content: str | bytes, text: str = r"resnet-t\.md:\d+", **changes: object
) -> Project:
    """A card that ends in an error naming it and its line."""
    return Project(
        f"template-{name}",
        18,
        {_CARD: content},
        shows=everywhere(text, "render", "mkdocs"),
        works=("list", "verify-check"),
        **changes,
    )


def _linked(name: str, path: str, target: str, text: str, *commands: str, case: int = 9) -> Project:
    return Project(f"link-{name}", case, {path: Link(target)}, shows=everywhere(text, *commands))


PROJECTS = (
    _linked(
        "root-index",
        INDEX,
        "{beside}/index.yml",
        _OUTSIDE,
        "check",
        "verify-check",
        "list",
        "render",
        "mkdocs",
    ),
    _linked(
        "root-index-broken", INDEX, "{beside}/secret.yml", _OUTSIDE, "check", "verify-check", "list"
    ),
    _linked(
        "root-index-to-the-system", INDEX, "/etc/passwd", _OUTSIDE, "check", "verify-check", "list"
    ),
    _linked(
        "root-index-to-a-device", INDEX, "/dev/zero", _OUTSIDE, "check", "verify-check", "list"
    ),
    _linked(
        "root-index-to-itself", INDEX, "index.yml", r"index\.yml", "check", "verify-check", "list"
    ),
    _linked("family", FAMILY, "{beside}/secret.yml", "MZ115", "check", "verify-check"),
    _linked(
        "family-folder",
        "model_index/families",
        "{beside}/folder",
        "MZ113|MZ115",
        "check",
        "verify-check",
    ),
    _linked("index-folder", "model_index", "{beside}", _OUTSIDE, "check", "verify-check", "list"),
    Project(
        "link-index-folder-without-config",
        9,
        {"metazoo.toml": Gone(), "model_index": Link("{beside}")},
        shows=everywhere(_OUTSIDE, "check", "list"),
    ),
    Project(
        "link-in-a-checked-folder",
        9,
        {
            INDEX: Gone(),
            "metazoo.toml": 'index = "model_index/root.yml"\n',
            "model_index/root.yml": _LIBRARY + "Import: [families/*.yml]\n",
            "model_index/aside.yml": Link("{beside}/secret.yml"),
        },
        shows={"check-folder": _OUTSIDE},
        works=("list",),
    ),
    Project(
        "link-in-a-checked-folder-to-be-fixed",
        9,
        {"model_index/families/aside.yml": Link("{beside}/index.yml")},
        more=("fix",),
        shows={"fix": "MZ115"},
    ),
    Project(
        "link-for-the-pages",
        9,
        {"build/pages": Link("{beside}/folder")},
        shows={"render": r"build/pages"},
        exits={"render": 2},
    ),
    Project(
        "link-among-the-pages",
        9,
        {"build/pages/models": Link("{beside}/folder")},
        shows={"render": r"build/pages"},
        exits={"render": 2},
    ),
    Project(
        "link-for-one-page",
        9,
        {"build/pages/glossary.md": Link("{beside}/card.md")},
        shows={"render": r"build/pages"},
        exits={"render": 2},
    ),
    Project(
        "link-for-the-cache", 9, {".cache": Link("{beside}/folder")}, shows={"mkdocs": r"\.cache"}
    ),
    Project(
        "link-for-the-cache-of-metazoo",
        9,
        {".cache/metazoo": Link("{beside}/folder")},
        shows={"mkdocs": r"\.cache"},
    ),
    Project(
        "link-in-the-cache",
        9,
        {".cache/metazoo/glossary.md": Link("{beside}/card.md")},
        changes=(".cache/metazoo/glossary.md",),
    ),
    Project("cache-is-a-file", 15, {".cache": "mine\n"}, shows={"mkdocs": r"\.cache"}),
    Project(
        "cache-is-a-fifo",
        15,
        {".cache/metazoo/glossary.md": Fifo()},
        changes=(".cache/metazoo/glossary.md",),
    ),
    Project(
        "readme-outside",
        9,
        {
            FAMILY: family(
                group={"README": "../../beside/card.md"},
                model={"Config": "{beside}/secret.toml", "README": "/etc/passwd"},
            )
        },
        shows={"check": "MZ5|MZ115"},
        works=("list",),
    ),
    Project(
        "readme-a-link-out",
        9,
        {
            "model_index/card.md": Link("{beside}/card.md"),
            FAMILY: family(group={"README": "card.md"}, model={"Config": "../model_index/card.md"}),
        },
        works=("list",),
    ),
    Project(
        "readme-a-fifo",
        9,
        {
            "model_index/card.md": Fifo(),
            FAMILY: family(group={"README": "card.md"}, model={"Config": "card.md"}),
        },
        works=("list",),
    ),
    Project(
        "root-index-a-fifo",
        14,
        {INDEX: Fifo()},
        shows=everywhere(r"index\.yml", "check", "verify", "list", "render", "mkdocs"),
    ),
    Project(
        "root-index-sparse",
        14,
        {INDEX: Sparse(2**40)},
        shows=everywhere(r"index\.yml", "check", "verify", "list", "render", "mkdocs"),
    ),
    _import("of-itself", "- index.yml\n", "MZ114"),
    _import(
        "in-a-circle",
        "- a.yml\n",
        "MZ114",
        {"model_index/a.yml": "Import: [b.yml]\n", "model_index/b.yml": "Import: [a.yml]\n"},
    ),
    _import("of-the-system", "- /etc/passwd\n- ../../../../../../etc/passwd\n", "MZ115"),
    _import("of-an-address", "- http://localhost:1/x.yml\n- file:///etc/passwd\n", "MZ115"),
    _import(
        "through-a-link", "- out/*.yml\n", "MZ115|MZ113", {"model_index/out": Link("{beside}")}
    ),
    _import(
        "of-a-link", "- out.yml\n", "MZ115", {"model_index/out.yml": Link("{beside}/secret.yml")}
    ),
    _import(
        "of-a-device",
        "- device.yml\n",
        "MZ101|MZ115",
        {"model_index/device.yml": Link("/dev/zero")},
    ),
    _import("of-a-fifo", "- pipe.yml\n", "MZ101", {"model_index/pipe.yml": Fifo()}),
    _import("of-a-long-name", f"- {'a' * 5_000}.yml\n", "MZ113"),
    _import("of-a-null-byte", '- "a\\0b.yml"\n', "MZ113"),
    _import("of-a-mapping", "- {a: b}\n- [c]\n- 5\n", "MZ1|MZ2"),
    _import(
        "of-links-in-a-circle",
        "- loop/**/*.yml\n",
        "MZ113|MZ115",
        {"model_index/loop/a": Link("."), "model_index/loop/b": Link("..")},
    ),
    _import(
        "of-a-chain",
        "- c0.yml\n",
        ".",
        {
            f"model_index/c{n}.yml": f"Import: [c{n + 1}.yml]\n"
            if n < 2_000
            else "Models: [{Name: last}]\n"
            for n in range(2_001)
        },
    ),
    Project(
        "import-of-1000-globs",
        17,
        {
            INDEX: _LIBRARY
            + "Import:\n- families/*.yml\n"
            + "".join(f"- '**/{'*' * (n % 3 + 1)}{n}/*.yml'\n" for n in range(1_000)),
            **{f"model_index/d{n // 31}/e{n % 31}": Folder() for n in range(930)},
        },
        shows={"check": "MZ113"},
    ),
    Project(
        "import-of-100000-missing",
        17,
        {
            INDEX: _LIBRARY
            + "Import:\n- families/*.yml\n"
            + "".join(f"- missing/family-{n}.yml\n" for n in range(100_000))
        },
        shows={"check": "MZ113"},
        most=2_000_000,
    ),
    Project(
        "import-of-100000-globs",
        17,
        {
            INDEX: _LIBRARY
            + "Import:\n- families/*.yml\n"
            + "".join(f"- '*/x{n}*.yml'\n" for n in range(100_000))
        },
        shows={"check": "MZ113"},
        most=2_000_000,
    ),
    Project(
        "faults-of-the-data-fail-a-strict-build",
        24,
        {FAMILY: family(metadata={"FLOPs": "ninety"})},
        arguments={"mkdocs": ("--strict",)},
        shows={"mkdocs": "ninety"},
        exits={"mkdocs": 1},
    ),
    Project(
        "null-is-unknown",
        27,
        {FAMILY: family(metadata={"FLOPs": None, "License": None})},
        works=("check", "list", "verify-check"),
        gone=("MZ301",),
    ),
    Project(
        "import-of-one-library-by-two",
        22,
        {
            INDEX: "Library: library.yml\nImport: [a.yml, b.yml]\n",
            "model_index/library.yml": "Name: Base\nSource: timm\n",
            "model_index/a.yml": "Library: library.yml\nImport: [families/*.yml]\n",
            "model_index/b.yml": "Library: library.yml\n",
        },
        works=("list",),
        gone=("is circular",),
    ),
    Project(
        "findings-by-the-thousand",
        17,
        {
            FAMILY: "Models:\n"
            + "".join(
                f"- {{Name: m{n}, Metadata: {{FLOPs: x, Parameters: y}}}}\n" for n in range(3_000)
            )
            + f"- Name: {MODEL}\n"
        },
        works=("list",),
        only=("check", "check-github", "list", "export-csv", "verify-check"),
    ),
    Project(
        "git-name-that-is-not-utf-8",
        15,
        {},
        history={
            b"model_index/families/x\xff\xfe.txt": "x",
            f"model_index/families/y\n::error::{PWNED}.txt": "x",
        },
        works=("check", "list", "mkdocs"),
        more=("check-changed",),
        exits={"check-changed": 0},
    ),
    Project(
        "git-index-name-that-is-not-utf-8",
        15,
        {b"model_index/families/x\xff.yml": family("b", collection="B")},
        history={b"model_index/families/x\xff.yml": family("a", collection="A")},
        only=("check", "list", "render", "mkdocs", "check-changed"),
        more=("check-changed",),
    ),
    Project(
        "git-attributes",
        8,
        {FAMILY: family(metadata={"FLOPs": 5})},
        history={".gitattributes": "*.yml diff=evil filter=evil textconv=evil\n", "x.txt": "x"},
        more=("check-changed",),
        works=("list",),
    ),
    Project(
        "git-is-a-file", 15, {".git": "gitdir: ../beside/git\n"}, works=("check", "list", "mkdocs")
    ),
    _card("large-text", "# x\n\n{{ 'a' * 10**10 }}\n", r"resnet-t\.md:3"),
    _card(
        "large-loop",
        "# x\n\n{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}\n",
    ),
    _card(
        "large-loop-that-prints",
        "# x\n\n{% for a in range(99999) %}{% for b in range(99999) %}aaaaaaaaaaaaaa{% endfor %}{% endfor %}\n",
    ),
    _card("large-power", "# x\n\n{{ 10 ** (10 ** 10) }}\n"),
    _card("large-format", "# x\n\n{{ '%1000000000000d' % 1 }}{{ '{:>9999999999}'.format(1) }}\n"),
    _card("large-list", "# x\n\n{{ [0] * 10**10 }}\n"),
    _card("large-by-filter", "# x\n\n{{ 'a'|center(10**10) }}\n"),
    _card(
        "large-by-join",
        "# x\n\n{% set a = 'aaaaaaaaaa' * 10000 %}{{ (a * 10000)|replace('a', a) }}\n",
    ),
    _card("endless-include", "# x\n\n{% include 'loop.md' %}\n", r"loop\.md|resnet-t\.md"),
    _card("endless-macro", "{% macro f() %}{{ f() }}{% endmacro %}\n\n{{ f() }}\n"),
    _card("undefined", "# x\n\n{{ nothing.at.all }}\n", r"resnet-t\.md:3"),
    _card("syntax", "# x\n\n{% for %}\n", r"resnet-t\.md:3"),
    _card("nested", "# x\n\n{{ " + "(" * 5_000 + " }}\n", r"resnet-t\.md"),
    _card("attribute", "# x\n\n{{ zoo.__class__.__mro__ }}\n"),
    _card("format-attribute", "# x\n\n{{ '{0.__class__.__init__.__globals__}'.format(zoo) }}\n"),
    _card("include-outside", "# x\n\n{% include '../../beside/card.md' %}\n", r"resnet-t\.md:3"),
    _card("include-of-the-system", "# x\n\n{% include '/etc/passwd' %}\n", r"resnet-t\.md:3"),
    _card("not-utf-8", b"# x\xff\n", r"resnet-t\.md"),
    Project(
        "template-a-fifo",
        18,
        {"docs/_includes/code_snippets.md": Fifo()},
        works=("list",),
    ),
    Project(
        "read-only",
        15,
        read_only=True,
        works=("check", "list", "export-json", "verify-check", "mkdocs"),
        arguments={
            "mkdocs": ("--site-dir", "{beside}/../temporary/site"),
            "render": ("--out", "{beside}/../temporary/pages"),
        },
    ),
    Project(
        "home-that-is-read-only",
        15,
        no_home=True,
        environment={"METAZOO_CACHE": None},
        more=("verify-no-records",),
        only=("check", "list", "render", "mkdocs", "verify-no-records"),
        works=("check", "list", "mkdocs", "render", "verify-no-records"),
    ),
    Project(
        "home-that-is-read-only-measuring",
        15,
        no_home=True,
        environment={"METAZOO_CACHE": None},
        only=("measure",),
        works=("measure",),
    ),
    Project(
        "home-of-nobody",
        15,
        uid=54321,
        environment={"HOME": None, "METAZOO_CACHE": None},
        only=("check", "list", "verify-check", "verify", "verify-no-records", "render", "mkdocs"),
        works=("check", "list", "verify-check", "verify", "render", "mkdocs"),
    ),
)
