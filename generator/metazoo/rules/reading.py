"""What the reader reports. These rules are entries only: `metazoo.index` finds the faults itself."""

from __future__ import annotations

from metazoo.findings import Severity
from metazoo.rules.rule import reported_elsewhere

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

reported_elsewhere(
    "MZ101",
    "unreadable-file",
    _ERROR,
    "A file can't be opened or is not a regular file.",
    why="What stands in it is missing from the index without anybody seeing it.",
    remedy="Check that the path is right and that you may read the file.",
)
reported_elsewhere(
    "MZ102",
    "file-too-large",
    _ERROR,
    "A file is larger than 32 MiB, or has more than 500,000 values.",
    why="An index of a thousand models takes about 1.3 MB. A larger file is usually not an index, "
    "and reading it would take minutes and gigabytes.",
    remedy="Split the index into one file a family and import them with a glob.",
)
reported_elsewhere(
    "MZ103",
    "not-text",
    _ERROR,
    "A file is not UTF-8, or has control characters such as null bytes.",
    why="Each program would guess another text. YAML forbids control characters.",
    remedy="Save the file as UTF-8. The finding names the first byte that is wrong.",
)
reported_elsewhere(
    "MZ104",
    "byte-order-mark",
    _WARNING,
    "A file begins with a UTF-8 byte order mark.",
    why="Some readers take the mark for a part of the first key and then miss it.",
    bad="\ufeffModels:\n- Name: resnet18\n",
    good="Models:\n- Name: resnet18\n",
)
reported_elsewhere(
    "MZ105",
    "direction-character",
    _ERROR,
    "A file has invisible characters that turn the writing direction.",
    why="A person then reads another order of characters than a program: a link or a name can be "
    "made to look like a different one.",
    bad="Models:\n- Name: resnet18\n  Weights: https://example.org/\u202eabc\n",
    good="Models:\n- Name: resnet18\n  Weights: https://example.org/cba\n",
)
reported_elsewhere(
    "MZ106",
    "yaml-syntax",
    _ERROR,
    "The text is not YAML.",
    why="Nothing of that file, or of that comment, could be read.",
    bad="Models:\n- Name: resnet18\n  Paper: Deep: Residual Learning\n",
    good="Models:\n- Name: resnet18\n  Paper: 'Deep: Residual Learning'\n",
)
reported_elsewhere(
    "MZ107",
    "json-syntax",
    _ERROR,
    "The text is not JSON.",
    why="Nothing of that file could be read. JSON allows no comments and no comma before a closing "
    "bracket.",
    bad='{"Models": [{"Name": "resnet18",}]}\n',
    good='{"Models": [{"Name": "resnet18"}]}\n',
    file="index.json",
)
reported_elsewhere(
    "MZ108",
    "nested-too-deeply",
    _ERROR,
    "Lists and mappings are nested deeper than 100 levels.",
    why="An index needs eight levels. Deeper nesting is a mistake or an attack on the reader.",
    bad="Models: " + "[" * 101 + "]" * 101 + "\n",
    good="Models: []\n",
)
reported_elsewhere(
    "MZ109",
    "endless-aliases",
    _ERROR,
    "Aliases contain themselves, or unfold to hundreds of thousands of values.",
    why="A few lines with aliases of aliases can fill the memory of every program that reads them.",
    bad="Models: &again\n- *again\n",
    good="Models:\n- Name: resnet18\n",
)
reported_elsewhere(
    "MZ110",
    "tag-ignored",
    _WARNING,
    "A value has a YAML tag.",
    why="Tags ask the reader to build something other than text and numbers. metazoo never does; "
    "other readers stop there, or run what the tag names.",
    bad="Models:\n- Name: !!python/name:os.system resnet18\n",
    good="Models:\n- Name: resnet18\n",
)
reported_elsewhere(
    "MZ111",
    "several-documents",
    _WARNING,
    "A file has more than one YAML document.",
    why="metazoo reads them all, but the reference reader stops with an error at the second.",
    bad="Models:\n- Name: resnet18\n---\nModels:\n- Name: resnet34\n",
    good="Models:\n- Name: resnet18\n- Name: resnet34\n",
)
reported_elsewhere(
    "MZ112",
    "no-index",
    _ERROR,
    "A file that should hold an index holds none.",
    why="It was named as an index, so somebody expects its models to be there.",
    bad="Versions:\n- 1\n",
    good="Models:\n- Name: resnet18\n",
)
reported_elsewhere(
    "MZ113",
    "missing-import",
    _ERROR,
    "A path names no file, or a glob matches none.",
    why="Whatever should have been read from there is missing from the index.",
    bad="Import:\n- families/*.yml\nModels:\n- Name: resnet18\n",
    good="Models:\n- Name: resnet18\n",
    remedy="Paths are relative to the file they stand in, or to the root (`--root`).",
)
reported_elsewhere(
    "MZ114",
    "import-cycle",
    _ERROR,
    "A file imports itself, directly or through others.",
    why="Readers that follow such a circle never come back.",
    bad="Import: index.yml\nModels:\n- Name: resnet18\n",
    good="Models:\n- Name: resnet18\n",
)
reported_elsewhere(
    "MZ115",
    "path-outside-root",
    _ERROR,
    "A path leads out of the root, or is an address.",
    why="An index may come from a stranger's pull request. It must not make a program read other "
    "files of the machine, or ask the network.",
    bad="Import: ../../secrets.yml\nModels:\n- Name: resnet18\n",
    good="Models:\n- Name: resnet18\n",
    remedy="Move the file below the root, or name a wider root with `--root`.",
)
reported_elsewhere(
    "MZ116",
    "imported-twice",
    _WARNING,
    "A file is imported from two places.",
    why="metazoo reads it once, but the reference reader lists its models twice.",
    remedy="Remove one of the imports. A glob often covers a file that is named as well.",
)
reported_elsewhere(
    "MZ117",
    "unknown-file-type",
    _ERROR,
    "A path names a file of a type that no index stands in.",
    why="Only YAML (.yml, .yaml), JSON (.json) and Markdown (.md, .mdx) are read.",
)
reported_elsewhere(
    "MZ118",
    "unclosed-comment",
    _ERROR,
    "A Markdown comment with an index is never closed.",
    why="Everything after it disappears from the page, and no reader finds the index.",
    bad="# ResNet\n\n<!--\nType: model-index\nModels:\n- Name: resnet18\n",
    good="# ResNet\n\n<!--\nType: model-index\nModels:\n- Name: resnet18\n-->\n",
    file="resnet.md",
)
reported_elsewhere(
    "MZ119",
    "too-many-paths",
    _ERROR,
    "The index names more than 100,000 paths, its globs search more than a million files and folders, or"
    " 50 files lead from one to the next.",
    why="Each path costs time. A thousand globs over a thousand folders would keep a CI job busy for "
    "hours; no index needs that.",
    remedy="Import whole folders with globs that name them, such as `families/*.yml`.",
)
