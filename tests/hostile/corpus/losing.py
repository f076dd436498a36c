"""Cases 1 to 7: what is damaged or led astray must not cost anyone a file, an edit or a fact."""

from tests.hostile.corpus.parts import (
    FAMILY,
    INDEX,
    RECORDS,
    everywhere,
    family,
    other_family,
    records_of,
)
from tests.hostile.project import (
    MODEL,
    Fifo,
    Folder,
    Gone,
    Link,
    Project,
    Sparse,
    record,
    record_file,
)

_ALIASES = "\n".join(
    [
        "a0: &a0 [x, x, x, x, x, x, x, x, x]",
        *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)),
        "Models: *a11",
    ]
)
_OUTSIDE = r"(?i)outside|out of the (project's )?root|leads out|inside the (root|project)"
_BOTH = {"model_index/measured/other.json": records_of("resnet14t.c3_in1k")}


def _damaged(name: str, broken: str | bytes, code: str) -> Project:
    return Project(
        f"damaged-family-{name}",
        1,
        other_family(broken),
        shows=everywhere(code, "check", "verify", "verify-check"),
        exits={"check": 1, "verify": 1},
    )


PROJECTS = (
    _damaged("syntax", "Models:\n- Name: [a\n", "MZ106"),
    _damaged("byte", b"Models:\n- Name: resnet14t\xff.c3_in1k\n", "MZ103"),
    _damaged("null-byte", b"Models:\n- Name: resnet14t\x00.c3_in1k\n", "MZ103"),
    _damaged("nested", "Models: " + "[" * 100_000, "MZ108"),
    _damaged("aliases", _ALIASES, "MZ109"),
    _damaged("circle", "Models: &a\n- *a\n", "MZ109"),
    _damaged("values", "Models: [" + "1," * 600_000 + "1]", "MZ102"),
    Project(
        "damaged-family-fifo",
        1,
        {**other_family(""), "model_index/families/other.yml": Fifo()},
        shows=everywhere("MZ101", "check", "verify"),
    ),
    Project(
        "damaged-family-sparse",
        1,
        {**other_family(""), "model_index/families/other.yml": Sparse(2**40)},
        shows=everywhere("MZ102", "check", "verify"),
    ),
    Project(
        "damaged-family-folder",
        1,
        {
            **other_family(""),
            "model_index/families/other.yml": Folder(),
            INDEX: "Library: {Source: timm}\nImport: [families/resnet.yml, families/other.yml]\n",
        },
        shows=everywhere("MZ101", "check", "verify"),
    ),
    Project(
        "damaged-root",
        1,
        {INDEX: "Library: {Source: timm\nImport: [families/*.yml\n", **_BOTH},
        shows=everywhere("MZ106", "check", "verify"),
    ),
    Project(
        "root-of-nothing",
        1,
        {INDEX: "", **_BOTH},
        shows=everywhere("MZ112", "check", "verify"),
    ),
    Project(
        "root-is-gone",
        1,
        {INDEX: Gone(), "metazoo.toml": "", **_BOTH},
        shows=everywhere(r"index\.yml", "check", "verify"),
        exits={"check": 2, "verify": 2},
    ),
    Project(
        "import-typo",
        1,
        {INDEX: "Library: {Source: timm}\nImport: [familie/*.yml]\n", **_BOTH},
        shows=everywhere("MZ113", "check", "verify"),
    ),
    Project(
        "import-of-one-missing",
        1,
        {
            INDEX: "Library: {Source: timm}\nImport: [families/*.yml, more/*.yml]\n",
            **_BOTH,
        },
        shows=everywhere("MZ113", "check", "verify"),
    ),
    Project(
        "import-of-one-missing-and-models",
        1,
        {
            INDEX: "Library: {Source: timm}\nImport: [families/*.yml, more/*.yml]\n",
            **_BOTH,
        },
        arguments={"verify": ("--models", "resnet10t*")},
        shows=everywhere("MZ113", "check", "verify"),
    ),
    Project(
        "records-foreign-json",
        1,
        {
            "model_index/measured/package.json": '{"name": "mine"}\n',
            "model_index/measured/array.json": "[]\n",
        },
        works=("verify-check",),
    ),
    Project(
        "records-are-the-root",
        2,
        {
            "metazoo.toml": 'records = "."\n',
            "package.json": '{"name": "mine"}\n',
            "tsconfig.json": "{}\n",
            "resnet.json": record_file(record()),
        },
        changes=("resnet.json",),
    ),
    Project(
        "records-above-the-root",
        2,
        {"metazoo.toml": 'records = "../"\n'},
        shows=everywhere(_OUTSIDE, "verify", "verify-check"),
        exits={"verify": 2},
    ),
    Project(
        "records-beside-the-root",
        2,
        {"metazoo.toml": 'records = "../beside/measured"\n'},
        shows=everywhere(_OUTSIDE, "verify", "verify-check"),
        exits={"verify": 2},
    ),
    Project(
        "records-absolute",
        2,
        {"metazoo.toml": 'records = "{beside}"\n'},
        shows=everywhere(_OUTSIDE, "verify", "verify-check"),
        exits={"verify": 2},
    ),
    Project(
        "records-a-link-out",
        2,
        {"model_index/measured": Link("{beside}")},
        shows=everywhere(_OUTSIDE, "verify", "verify-check"),
    ),
    Project(
        "records-a-link-out-further-up",
        2,
        {"metazoo.toml": 'records = "data/measured"\n', "data": Link("{beside}")},
        shows=everywhere(_OUTSIDE, "verify", "verify-check"),
    ),
    Project(
        "records-one-file-a-link-out",
        2,
        {RECORDS: Link("{beside}/secret.json")},
        shows=everywhere(r"resnet\.json", "verify", "verify-check"),
    ),
    Project(
        "records-one-file-a-link-to-nothing-outside",
        2,
        {RECORDS: Link("{beside}/new.json")},
        shows={"verify": r"resnet\.json"},
    ),
    Project(
        "records-are-a-file",
        2,
        {"metazoo.toml": 'records = "model_index/index.yml"\n'},
        shows=everywhere(r"model_index/index\.yml", "verify"),
        exits={"verify": 2},
    ),
    Project(
        "render-over-the-cards",
        3,
        {"docs/models/resnet-t.md": "# {{ family.name }}\n"},
        more=("render-docs",),
        shows={"render-docs": r"docs"},
        exits={"render-docs": 2},
    ),
    Project(
        "render-over-foreign-files",
        3,
        {"build/pages/index.md": "Mine.\n", "build/pages/notes.txt": "Mine.\n"},
        shows={"render": r"build/pages"},
        exits={"render": 2},
    ),
    Project(
        "families-of-one-stem",
        4,
        {
            FAMILY: Gone(),
            RECORDS: Gone(),
            INDEX: "Library: {Source: timm}\nImport: [a/*.yml, b/*.yml]\n",
            "model_index/a/x.yml": family(),
            "model_index/b/x.yml": family("resnet14t.c3_in1k", collection="B"),
            "model_index/measured/x.json": record_file(record(), record(model="resnet14t.c3_in1k")),
        },
        holds={"model_index/measured/?--x.json": 2},
        changes=("model_index/measured/x.json", "model_index/measured/?--x.json"),
        works=("list", "verify"),
    ),
    Project(
        "families-of-one-stem-named-alone",
        4,
        {
            FAMILY: Gone(),
            RECORDS: Gone(),
            INDEX: "Library: {Source: timm}\nImport: [a/*.yml, b/*.yml]\n",
            "model_index/a/x.yml": "Library: {Source: timm}\nModels: [{Name: " + MODEL + "}]\n",
            "model_index/b/x.yml": "Models: [{Name: resnet14t.c3_in1k}]\n",
            "model_index/measured/x.json": record_file(record(), record(model="resnet14t.c3_in1k")),
        },
        arguments={"verify": ("--records", "model_index/measured", "model_index/a/x.yml")},
        only=("verify",),
    ),
    Project(
        "fix-a-license",
        5,
        {FAMILY: "Type: model-index\nModels:\n- Name: a\n  Metadata:\n    License: apache 2.0\n"},
        more=("fix",),
        changes=(FAMILY, RECORDS),
    ),
    Project(
        "leftover-of-a-killed-run",
        5,
        {
            "model_index/measured/.resnet.json.metazoo-new": "half",
            "model_index/measured/..json.metazoo-new": Link("{beside}/secret.json"),
        },
        changes=("model_index/measured/.*",),
        works=("check", "list"),
    ),
    Project(
        "kept-second-code",
        6,
        {
            FAMILY: family(
                model={
                    "Code": [
                        {"URL": "https://example.org/first"},
                        {"URL": "https://example.org/second-code", "Branch": "kept-branch"},
                    ]
                }
            )
        },
        shows={
            "export-json": r"second-code[\s\S]*kept-branch|kept-branch[\s\S]*second-code",
            "export-index": "second-code",
        },
    ),
    Project(
        "kept-keys-of-datasets",
        6,
        {
            FAMILY: family(
                results=[
                    {
                        "Task": {"Name": "Image Classification", "kept_a": "kept-task"},
                        "Dataset": {
                            "Name": "ImageNet",
                            "split": "kept-split",
                            "revision": "kept-revision",
                        },
                        "Metrics": [
                            {
                                "type": "accuracy",
                                "name": "Top 1 Accuracy",
                                "value": 66.72,
                                "verified": "kept-verified",
                            }
                        ],
                    }
                ]
            )
        },
        shows={
            "export-json": r"(?=[\s\S]*kept-split)(?=[\s\S]*kept-revision)(?=[\s\S]*kept-task)[\s\S]*kept-verified",
            "export-index": r"(?=[\s\S]*kept-split)(?=[\s\S]*kept-revision)(?=[\s\S]*kept-task)[\s\S]*kept-verified",
        },
    ),
    Project(
        "one-slug-for-three-names",
        7,
        {
            FAMILY: "Models:\n- {Name: a b}\n- {Name: a-b}\n- {Name: a/b}\n- {Name: A_B}\n",
            RECORDS: record_file(*(record(model=name) for name in ("a b", "a-b", "a/b", "A_B"))),
        },
        holds={"site/**/api/models/*.json": 4, "build/pages/**/api/models/*.json": 4},
        changes=(RECORDS,),
    ),
    Project(
        "one-slug-for-two-families",
        7,
        {
            "model_index/families/two.yml": "Collections: [{Name: ResNet T}, {Name: resnet/t}]\nModels:\n- {Name: a, In Collection: ResNet T}\n- {Name: b, In Collection: resnet/t}\n",
            "model_index/measured/two.json": record_file(record(model="a"), record(model="b")),
        },
        holds={"build/pages/models/resnet*.md": 3},
    ),
)
