"""Cases 9, 10, 14 and 16: settings that are no settings, and paths in them that lead out."""

from tests.hostile.corpus.parts import INDEX, everywhere
from tests.hostile.project import PWNED, Fifo, Folder, Gone, Link, Project, Sparse

_ALL = ("check", "verify-check", "verify", "list", "render", "mkdocs")
_OUTSIDE = r"(?i)outside|out of the (project's )?root|leads out|inside the (root|project)"


def _refused(
    name: str, content: str | bytes, text: str = "", file: str = "metazoo.toml", case: int = 14
) -> Project:
    return Project(
        f"config-{name}",
        case,
        {"metazoo.toml": Gone(), file: content},
        shows=everywhere(text or file.replace(".", r"\."), *_ALL),
        exits=dict.fromkeys(("check", "verify", "list", "render"), 2) | {"mkdocs": 1},
    )


PROJECTS = (
    _refused("tool-is-a-number", "tool = 1\n", file="pyproject.toml"),
    _refused("tool-is-a-list", "tool = [1]\n", file="pyproject.toml"),
    _refused("tool-metazoo-is-a-number", "[tool]\nmetazoo = 1\n", file="pyproject.toml"),
    _refused("severity-is-a-list", 'severity = ["error"]\n'),
    _refused("severity-of-a-list", '[severity]\nMZ101 = ["error"]\n'),
    _refused("severity-of-a-table", '[severity]\nMZ101 = {a = "error"}\n'),
    _refused("severity-unknown", '[severity]\nMZ101 = "fatal"\n'),
    _refused("nested", "index = " + "[" * 5_000 + "\n"),
    _refused("nested-tables", "index = " + "{a = " * 5_000 + "\n"),
    _refused("dotted-key", ".".join(["a"] * 20_000) + " = 1\n"),
    _refused("integer-of-5000-digits", "index = " + "9" * 5_000 + "\n"),
    _refused("float-of-no-size", "index = inf\n"),
    _refused("date", "index = 1979-05-27T07:32:00-08:00\n"),
    _refused("not-utf-8", b"index = '\xff'\n"),
    _refused("null-byte-in-a-path", 'index = "a\\u0000b.yml"\n'),
    _refused("null-byte-in-records", 'records = "a\\u0000b"\n'),
    _refused("path-of-5000-characters", f'index = "{"a" * 5_000}.yml"\n'),
    _refused("unknown-key-that-prints", f'"x\\n::error::{PWNED}" = 1\n', file="metazoo.toml"),
    _refused("select-is-a-number", "select = [1]\n"),
    Project(
        "config-select-unknown-that-prints",
        14,
        {"metazoo.toml": f'select = ["x\\n::error::{PWNED}"]\n'},
        shows=everywhere(r"no rule 'x\\", "check", "verify-check", "verify", "render", "mkdocs"),
        exits={"check": 2, "verify": 2, "render": 2, "mkdocs": 1},
        works=("list",),
    ),
    _refused("sources-is-a-list", 'sources = ["a:b"]\n'),
    _refused("sources-a-path", '[sources]\nmine = "../beside/evil.py:x"\n'),
    _refused("large", "# " + "a" * 2_000_000 + "\nindex = 1\n"),
    Project(
        "config-sparse",
        14,
        {"metazoo.toml": Sparse(3 * 2**30, b'index = "model_index/index.yml"\n#')},
        shows=everywhere(r"metazoo\.toml", *_ALL),
        exits={"check": 2},
    ),
    Project(
        "config-fifo",
        14,
        {"metazoo.toml": Fifo()},
        shows=everywhere(r"metazoo\.toml", *_ALL),
        exits={"check": 2, "list": 2},
    ),
    Project(
        "config-folder",
        14,
        {"metazoo.toml": Folder()},
        shows=everywhere(r"metazoo\.toml", *_ALL),
        exits={"check": 2, "list": 2},
    ),
    Project("config-device", 14, {"metazoo.toml": Link("/dev/zero")}),
    Project(
        "index-is-a-folder",
        14,
        {"metazoo.toml": 'index = "model_index/measured"\n'},
        shows=everywhere("model_index/measured", "check", "verify", "list"),
    ),
    *(
        Project(
            f"index-outside-{name}",
            9,
            {"metazoo.toml": f'index = "{path}"\n'},
            shows=everywhere(_OUTSIDE, *_ALL),
            exits={"check": 2, "verify": 2},
        )
        for name, path in (
            ("beside", "../beside/index.yml"),
            ("absolute", "{beside}/index.yml"),
            ("through-a-folder", "model_index/../../beside/secret.yml"),
            ("system", "/etc/passwd"),
        )
    ),
    Project(
        "waivers-outside",
        9,
        {"metazoo.toml": 'waivers = "../beside/waivers.yml"\n'},
        shows=everywhere(_OUTSIDE, "check", "verify"),
        exits={"check": 2, "verify": 2},
    ),
    Project(
        "waivers-outside-system",
        9,
        {"metazoo.toml": 'waivers = "/etc/passwd"\n'},
        shows=everywhere(_OUTSIDE, "check", "verify"),
        exits={"check": 2, "verify": 2},
    ),
    *(
        Project(
            f"source-{name}",
            16,
            {
                "metazoo.toml": f'[sources]\nmine = "mine_{number}:source"\n',
                f"mine_{number}.py": code,
                INDEX: "Library: {Source: mine}\nImport: [families/*.yml]\n",
            },
            measures=True,
            only=("check", "list", "verify"),
            shows={"verify": f"mine_{number}|'mine'|source mine"},
            works=("list",),
            changes=("__pycache__*", "model_index/measured/resnet.json"),
        )
        for number, (name, code) in enumerate(
            {
                "raises": f"raise ValueError('x\\n::error::{PWNED}')\n",
                "exits": "raise SystemExit(0)\n",
                "cannot-say-why": (
                    "class Odd(Exception):\n    def __str__(self):\n        raise ValueError('odd')\n"
                    "raise Odd\n"
                ),
                "interrupts": "raise KeyboardInterrupt\n",
            }.items()
        )
    ),
    Project(
        "source-of-an-index-is-no-import",
        10,
        {
            INDEX: "Library: {Source: 'evil:source'}\nImport: [families/*.yml]\n",
            "evil.py": "open('RAN', 'w')\n",
        },
        shows={"verify": r"evil:source"},
        measures=True,
        only=("check", "verify-check", "list", "verify", "explain", "render", "mkdocs"),
        changes=("model_index/measured/resnet.json",),
    ),
    Project(
        "names-that-reach-outside",
        10,
        {
            INDEX: "Library: {Source: timm}\nModels:\n"
            + "".join(
                f"- Name: {name}\n"
                for name in (
                    "hf-hub:evil/model",
                    "hf_hub:evil/model",
                    "local-dir:{beside}",
                    "local-dir:../beside",
                    "timm/resnet18@main",
                    "../../beside/secret",
                )
            ),
            "model_index/measured/resnet.json": Gone(),
        },
        shows={"verify": r"hf-hub:evil/model"},
        exits={"verify": 1},
        measures=True,
        only=("check", "list", "verify"),
    ),
)
