"""All hostile projects, by what is hostile in them."""

from tests.hostile.corpus import code, configuration, losing, numbers, output, paths, yaml_files
from tests.hostile.project import Project

_EVERYTHING = (
    *("check", "check-folder", "check-github", "check-sarif", "verify-check", "verify", "explain"),
    *("list", "list-csv", "list-json", "export-json", "export-csv", "export-index"),
    *("render", "mkdocs"),
)

PROJECTS: tuple[Project, ...] = (
    # What the others change a part of is right itself.
    Project("base", 0, works=_EVERYTHING, shows={"mkdocs": r"(?s)\A(?!.*WARNING)"}),
    *losing.PROJECTS,
    *configuration.PROJECTS,
    *numbers.PROJECTS,
    *yaml_files.PROJECTS,
    *output.PROJECTS,
    *paths.PROJECTS,
    *code.PROJECTS,
)
