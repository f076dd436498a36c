"""All hostile projects, by what is hostile in them."""

from tests.hostile.corpus import losing
from tests.hostile.project import Project

EVERYTHING = (
    "check check-folder verify-check list explain export-json export-csv export-index mkdocs".split()
)

PROJECTS: tuple[Project, ...] = (
    Project("base", 0, works=(*EVERYTHING, "render", "verify", "list-csv", "list-json")),
    *losing.PROJECTS,
)
