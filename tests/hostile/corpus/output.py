"""Cases 11, 12 and 15: names that print, that collide, that no file can have."""

from tests.hostile.corpus.parts import (
    EVIL,
    FAMILY,
    INDEX,
    RECORDS,
    as_yaml,
    everywhere,
    family,
    records_of,
)
from tests.hostile.project import MODEL, PWNED, Gone, Project, record, record_file

_SHORT = f"x\n::error::{PWNED}"
_FIRST = f"::error::{PWNED}"
_AZURE = f"##[error]{PWNED}"


def _family(name: str, text: str, case: int = 11, **changes: object) -> Project:
    """The base's family with hostile text in one place; what is shown of it steers nothing."""
    usual = {"works": ("list", "list-csv", "export-csv")}
    return Project(f"text-{name}", case, {FAMILY: text}, **(usual | changes))


def _named(name: str, model: str, case: int = 11) -> Project:
    """A model of a hostile name, with a record, so that every command has something to say of it."""
    return Project(
        f"name-{name}",
        case,
        {
            "model_index/families/other.yml": family(model, collection="Other"),
            "model_index/measured/other.json": records_of(model),
        },
        works=("list", "list-csv", "export-csv"),
        changes=("model_index/measured/other.json",),
    )


_EVERYWHERE = family(
    MODEL,
    collection=EVIL,
    group={
        "README": EVIL,
        "Paper": {"Title": EVIL, "URL": EVIL, "Authors": [EVIL]},
        "Code": {"URL": EVIL, "Version": EVIL},
    },
    model={
        "Former Names": [EVIL],
        "Weights": EVIL,
        "Config": EVIL,
        "README": EVIL,
        "Sources": EVIL,
        EVIL: EVIL,
    },
    metadata={
        "License": EVIL,
        "Training Data": [EVIL],
        "Training Techniques": [EVIL],
        "Batch Size": EVIL,
        "Interpolation": EVIL,
        "Crop Pct": EVIL,
        EVIL: EVIL,
    },
    results=[{"Task": EVIL, "Dataset": EVIL, "Metrics": {EVIL: EVIL, "Top 1 Accuracy": EVIL}}],
)

PROJECTS = (
    _family("everywhere", _EVERYWHERE),
    _family("collection", family(collection=_SHORT)),
    _family("collection-azure", family(collection=f"x {_AZURE}")),
    _family("metric", family(metrics={_SHORT: 5, _AZURE: 6})),
    _family("metadata", family(metadata={_SHORT: _SHORT, "License": f"MIT {_AZURE}"})),
    _family("license-that-begins-a-line", family(metadata={"License": _FIRST})),
    _family(
        "number-that-is-none",
        family(metadata={"FLOPs": _SHORT, "Parameters": EVIL, "Image Size": EVIL}),
    ),
    _family(
        "cell-formulas", family(metadata={"License": "=cmd|'/C calc'!A0", "Batch Size": "@SUM(1)"})
    ),
    _family(
        "null-by-escape",
        '{"Models": [{"Name": "a\\u0000b"}, {"Name": "' + MODEL + '"}]}',
        without=("verify",),
    ),
    _family(
        "surrogate",
        '{"Models": [{"Name": "a", "License": "\\ud800"}, {"Name": "' + MODEL + '"}]}',
        without=("verify",),
        works=(),
    ),
    _family(
        "directions",
        '{"Models": [{"Name": "a\\u202eb"}, {"Name": "' + MODEL + '"}]}',
        without=("verify",),
    ),
    _family(
        "control-characters",
        '{"Models": [{"Name": "a\\u009b31mb\\u0007\\u0008"}, {"Name": "' + MODEL + '"}]}',
        without=("verify",),
    ),
    _family(
        "markup",
        family(
            collection="<script>alert(1)</script>",
            metadata={
                "License": "</script><b>x",
                "Training Techniques": ["{{ 7*7 }}{% include 'x' %}"],
            },
        ),
    ),
    _family(
        "rich-markup",
        family(metadata={"License": "[bold red]x[/] [/nothing] [link=file:///etc/passwd]x[/link]"}),
    ),
    _named("newline", _SHORT),
    _named("everything", EVIL),
    _named("begins-a-line", _FIRST),
    _named("azure", f"x{_AZURE}"),
    _named("carriage-return", f"x\r::error::{PWNED}"),
    _named("escape", f"x\x1b[2J\x1b]8;;http://x\x07{PWNED}"),
    _named("blanks", "   "),
    _named("option", "--output=/tmp/x"),
    _named("glob", "[!a]*?"),
    _named("rich-markup", "[/bold] [red]"),
    _named("dots", "..", 15),
    _named("path", "../../../beside/made", 15),
    _named("absolute", "/../beside/made", 15),
    _named("of-300-characters", "n" * 300, 15),
    _named("of-300-letters-of-four-bytes", "\U0001f600" * 300, 15),
    _named("of-100000-characters", "n" * 100_000, 15),
    _named("device-of-windows", "CON", 15),
    _named("null-byte", "a\x00b", 15),
    _named(
        "surrogate-by-escape",
        "a\udc80b".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        15,
    ),
    Project(
        "collection-of-300-characters",
        15,
        {FAMILY: family(collection="c" * 300)},
        works=("list", "mkdocs"),
        holds={"build/pages/models/c*.md": 1, "site/models/c*.html": 1},
    ),
    Project(
        "collection-a-path",
        15,
        {FAMILY: family(collection="../../../beside/made")},
        works=("list", "mkdocs"),
    ),
    Project(
        "collection-called-index",
        15,
        {FAMILY: family(collection="index")},
        works=("list", "mkdocs"),
    ),
    Project(
        "file-name-with-a-newline",
        11,
        {
            f"model_index/families/x\n::error::{PWNED}.yml": "Models:\n- Name: a\n  Metadata: {FLOPs: x}\n"
        },
        shows={"check": "MZ301"},
    ),
    Project(
        "file-name-with-escapes",
        11,
        {
            f"model_index/families/x\x1b]0;{PWNED}\x07.yml": "Models:\n- Name: a\n  Metadata: {FLOPs: x}\n"
        },
        shows={"check": "MZ301"},
    ),
    Project(
        "file-name-that-is-not-utf-8",
        15,
        {b"model_index/families/x\xff.yml": "Models:\n- Name: a\n  Metadata: {FLOPs: x}\n"},
        shows={"check": "MZ301"},
    ),
    Project(
        "folder-name-that-is-not-utf-8",
        15,
        {
            b"model_index/x\xff/a.yml": family("a", collection="A"),
            INDEX: "Library: {Source: timm}\nImport: ['*/*.yml']\n",
        },
        shows={"list": MODEL},
        only=("check", "list", "export-json", "export-csv", "export-index", "render", "mkdocs"),
    ),
    Project(
        "record-file-name-that-is-not-utf-8",
        15,
        {b"model_index/measured/x\xff.json": records_of("b")},
        shows={"verify-check": r"\.json"},
        changes=("model_index/measured/x*",),
    ),
    Project(
        "record-file-name-with-a-newline",
        11,
        {f"model_index/measured/x\n::error::{PWNED}.json": records_of("b")},
        shows=everywhere(r"\.json", "verify-check"),
        changes=("model_index/measured/x*",),
    ),
    Project(
        "benchmark-file-name-with-a-newline",
        11,
        {f"model_index/benchmarks/x\n::error::{PWNED}.json": "{"},
        shows=everywhere(r"\.json", "render", "mkdocs"),
    ),
    Project(
        "family-file-of-250-characters",
        15,
        {
            f"model_index/families/{'f' * 250}.yml": family("a", collection="A"),
            f"model_index/measured/{'f' * 240}.json": records_of("b"),
        },
        shows={"check": "model"},
        works=("list",),
        only=("check", "check-folder", "list", "export-json", "verify-check", "render", "mkdocs"),
    ),
    Project(
        "library-that-prints",
        11,
        {
            INDEX: as_yaml(
                {
                    "Library": {
                        "Name": EVIL,
                        "Headline": EVIL,
                        "URL": EVIL,
                        "Source": "timm",
                        "FLOPs Convention": EVIL,
                        EVIL: EVIL,
                    },
                    "Import": ["families/*.yml"],
                }
            )
        },
        works=("list",),
    ),
    Project(
        "source-that-prints",
        11,
        {INDEX: as_yaml({"Library": {"Source": EVIL}, "Import": ["families/*.yml"]})},
        only=(
            "check",
            "check-github",
            "list",
            "export-csv",
            "verify-check",
            "render",
            "mkdocs",
            "verify",
            "explain",
        ),
        measures=True,
    ),
    Project(
        "import-of-several-lines",
        11,
        {
            INDEX: as_yaml(
                {
                    "Library": {"Source": "timm"},
                    "Import": [
                        "families/*.yml",
                        EVIL,
                        _SHORT,
                        f"../{_SHORT}",
                        f"http://{_SHORT}",
                        f"**/{_SHORT}*",
                    ],
                }
            )
        },
        shows=everywhere("MZ113", "check", "verify"),
    ),
    Project(
        "import-of-several-lines-as-yaml",
        11,
        {
            INDEX: f"Library: {{Source: timm}}\nImport:\n- families/*.yml\n- |\n  x\n  ::error::{PWNED}\n  {PWNED}\n"
        },
        shows=everywhere(r"(?i)no file|no index file|MZ113", "check", "render", "mkdocs"),
    ),
    Project(
        "syntax-error-that-prints",
        11,
        {INDEX: f'"x\\n::error::{PWNED}": [\n::error::{PWNED}\n##[error]{PWNED}\n'},
        shows=everywhere("MZ106", "check"),
    ),
    Project(
        "duplicate-names-that-print",
        11,
        {
            FAMILY: as_yaml(
                {
                    "Models": [
                        {"Name": EVIL},
                        {"Name": EVIL},
                        {"Name": MODEL},
                        {"Name": 5},
                        {"Name": [EVIL]},
                        {"In Collection": EVIL},
                    ]
                }
            )
        },
        shows={"check": "MZ2"},
        without=("verify",),
    ),
    Project(
        "models-that-differ-and-print",
        11,
        {
            "model_index/families/other.yml": family(
                EVIL, collection="Other", metadata={"FLOPs": 5, "Parameters": 6, "File Size": EVIL}
            ),
            "model_index/measured/other.json": records_of(EVIL),
        },
        shows={"verify-check": "MZ602", "explain": "."},
        measures=True,
        changes=("model_index/measured/other.json",),
    ),
    Project(
        "columns-of-the-explorer",
        12,
        {
            FAMILY: family(
                results=[
                    {"Metrics": dict.fromkeys(names, 50)}
                    for names in (
                        ("Params", "Page", "Verdicts", "Anchor", "Model"),
                        ("Family", "__proto__", "constructor", "toString", "name"),
                    )
                ]
            )
        },
        works=("list", "mkdocs"),
    ),
    Project(
        "numbers-without-end",
        12,
        {
            FAMILY: family(
                metrics={"A": ".inf", "B": ".nan", "C": "1e999", "D": "9" * 400},
                metadata={"Crop Pct": "inf", "Epochs": "nan", "Batch Size": "1e400"},
            )
        },
        works=("list",),
    ),
    Project(
        "numbers-without-end-plain",
        12,
        {
            FAMILY: f"Models:\n- Name: {MODEL}\n  Metadata: {{Image Size: 176, Crop Pct: .inf, Epochs: .nan}}\n  Results:\n  - {{Task: a, Dataset: b, Metrics: {{A: .inf, B: -.inf, C: .nan, D: 1e999}}}}\n"
        },
        works=("list",),
    ),
    Project(
        "sizes-without-end",
        12,
        {
            FAMILY: family(metadata={"Image Size": "99999x99999", "Num Classes": 10**30}),
            RECORDS: record_file(record(input_size=[3, 99999, 99999])),
        },
        works=("list",),
        only=("check", "list", "export-json", "render", "mkdocs", "verify-check"),
    ),
    Project(
        "index-is-a-page",
        11,
        {
            INDEX: Gone(),
            "metazoo.toml": 'index = "model_index/page.md"\n',
            "model_index/page.md": f"# x\n\n<!--\nType: model-index\nLibrary: {{Source: timm}}\nImport: [families/*.yml]\nModels:\n- Name: 'a\n\n    ::error::{PWNED}'\n-->\n",
        },
        works=("list",),
        only=("check", "list", "export-csv", "render", "mkdocs"),
    ),
)
