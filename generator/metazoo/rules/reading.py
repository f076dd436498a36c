"""Rules for what `metazoo.index` reports while reading; only their catalogue entries are here."""

from __future__ import annotations

from metazoo.findings import Severity
from metazoo.rules.rule import reported_elsewhere

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

reported_elsewhere(
    "MZ101",
    "unreadable-file",
    _ERROR,
    "A file can't be opened or is not a regular file.",
    why="Its content is missing from the index.",
    remedy="Check the path and the permissions of the file.",
)
reported_elsewhere(
    "MZ102",
    "file-too-large",
    _ERROR,
    "A file is larger than 32 MiB, or has more than 500,000 values.",
    why="An index of a thousand models takes about 1.3 MB. A larger file is usually not an index, "
    "and reading it would take minutes and gigabytes.",
    remedy="Split the index into one file per family, and import the files with a glob.",
)
reported_elsewhere(
    "MZ103",
    "not-text",
    _ERROR,
    "A file is not UTF-8, or contains control characters such as null bytes.",
    why="Each program would have to guess the encoding. YAML forbids control characters.",
    remedy="Save the file as UTF-8. The finding gives the position of the first wrong byte.",
)
reported_elsewhere(
    "MZ104",
    "byte-order-mark",
    _WARNING,
    "A file begins with a UTF-8 byte order mark.",
    why="Some readers treat the mark as part of the first key and don't recognize the key.",
    bad="\ufeffModels:\n- Name: resnet18\n",
    good="Models:\n- Name: resnet18\n",
)
reported_elsewhere(
    "MZ105",
    "direction-character",
    _ERROR,
    "A file contains invisible characters that change the writing direction.",
    why="People then see the characters in a different order than programs do, so a link or a name can "
    "be made to look like another one.",
    bad="Models:\n- Name: resnet18\n  Weights: https://example.org/\u202eabc\n",
    good="Models:\n- Name: resnet18\n  Weights: https://example.org/cba\n",
)
reported_elsewhere(
    "MZ106",
    "yaml-syntax",
    _ERROR,
    "The text is not valid YAML.",
    why="Nothing in this file, or in this comment, could be read.",
    bad="Models:\n- Name: resnet18\n  Paper: Deep: Residual Learning\n",
    good="Models:\n- Name: resnet18\n  Paper: 'Deep: Residual Learning'\n",
)
reported_elsewhere(
    "MZ107",
    "json-syntax",
    _ERROR,
    "The text is not valid JSON.",
    why="Nothing in this file could be read. JSON allows no comments, and no comma before a closing "
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
    why="An index needs eight levels. Deeper nesting is a mistake or an attack.",
    bad="Models: " + "[" * 101 + "]" * 101 + "\n",
    good="Models: []\n",
)
reported_elsewhere(
    "MZ109",
    "endless-aliases",
    _ERROR,
    "Aliases contain themselves, or expand to hundreds of thousands of values.",
    why="A few lines with nested aliases can fill the memory of every program that reads them.",
    bad="Models: &again\n- *again\n",
    good="Models:\n- Name: resnet18\n",
)
reported_elsewhere(
    "MZ110",
    "tag-ignored",
    _WARNING,
    "A value has a YAML tag.",
    why="Tags ask the reader to create objects other than text and numbers. metazoo ignores them; other "
    "readers fail, or run the code that a tag names.",
    bad="Models:\n- Name: !!python/name:os.system resnet18\n",
    good="Models:\n- Name: resnet18\n",
)
reported_elsewhere(
    "MZ111",
    "several-documents",
    _WARNING,
    "A file contains more than one YAML document.",
    why="metazoo reads all of them, but the reference reader fails at the second.",
    bad="Models:\n- Name: resnet18\n---\nModels:\n- Name: resnet34\n",
    good="Models:\n- Name: resnet18\n- Name: resnet34\n",
)
reported_elsewhere(
    "MZ112",
    "no-index",
    _ERROR,
    "A file that should contain an index does not.",
    why="The file was named as an index, so its models are expected to be there.",
    bad="Versions:\n- 1\n",
    good="Models:\n- Name: resnet18\n",
)
reported_elsewhere(
    "MZ113",
    "missing-import",
    _ERROR,
    "A path or a glob matches no file.",
    why="The content of the file is missing from the index.",
    bad="Import:\n- families/*.yml\nModels:\n- Name: resnet18\n",
    good="Models:\n- Name: resnet18\n",
    remedy="Paths are relative to the file that names them, or to the root (`--root`).",
)
reported_elsewhere(
    "MZ114",
    "import-cycle",
    _ERROR,
    "A file imports itself, directly or through others.",
    why="Some readers never finish reading such a cycle.",
    bad="Import: index.yml\nModels:\n- Name: resnet18\n",
    good="Models:\n- Name: resnet18\n",
)
reported_elsewhere(
    "MZ115",
    "path-outside-root",
    _ERROR,
    "A path leads out of the root, or is a URL.",
    why="An index may come from a stranger's pull request. It must not make a program read other "
    "files on the machine, or access the network.",
    bad="Import: ../../secrets.yml\nModels:\n- Name: resnet18\n",
    good="Models:\n- Name: resnet18\n",
    remedy="Move the file below the root, or set a wider root with `--root`.",
)
reported_elsewhere(
    "MZ116",
    "imported-twice",
    _WARNING,
    "A file is imported from two places.",
    why="metazoo reads it once, but the reference reader lists its models twice.",
    remedy="Remove one of the imports. Often a glob matches a file that is also named.",
)
reported_elsewhere(
    "MZ117",
    "unknown-file-type",
    _ERROR,
    "A path names a file of a type that can't contain an index.",
    why="metazoo reads only YAML (.yml, .yaml), JSON (.json) and Markdown (.md, .mdx).",
)
reported_elsewhere(
    "MZ118",
    "unclosed-comment",
    _ERROR,
    "A Markdown comment with an index is not closed.",
    why="Everything after it disappears from the page, and readers don't find the index.",
    bad="# ResNet\n\n<!--\nType: model-index\nModels:\n- Name: resnet18\n",
    good="# ResNet\n\n<!--\nType: model-index\nModels:\n- Name: resnet18\n-->\n",
    file="resnet.md",
)
reported_elsewhere(
    "MZ119",
    "too-many-paths",
    _ERROR,
    "The index names more than 100,000 paths, its globs search more than a million files and folders, or"
    " its imports form a chain of 50 files.",
    why="Each path takes time. A thousand globs over a thousand folders would keep a CI job busy for "
    "hours, and no index needs that.",
    remedy="Use globs that name whole folders, such as `families/*.yml`.",
)
