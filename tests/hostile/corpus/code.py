"""Cases 8 and 16: a checkout that brings modules of its own, which nobody asked for."""

from tests.hostile.corpus.parts import FAMILY, RECORDS, family
from tests.hostile.project import Gone, Project

_MODULES = (
    *(
        "torch",
        "timm",
        "numpy",
        "selectors",
        "yaml",
        "jinja2",
        "typer",
        "rich",
        "pebble",
        "tomllib",
    ),
    *("json", "random", "socket", "multiprocessing", "sitecustomize", "usercustomize", "metazoo"),
    *("mkdocs", "markdown", "pymdownx", "material", "vl_convert", "packaging", "ray"),
)
_RUN = "from pathlib import Path\nPath(__file__).with_name('RAN-{0}').touch()\nraise ImportError('{0} of the checkout ran')\n"
_SHADOWS = {f"{name}.py": _RUN.format(name) for name in _MODULES}

PROJECTS = (
    Project(
        "modules-in-the-checkout",
        8,
        _SHADOWS,
        process=True,
        works=("check", "list", "export-json", "verify-check", "verify", "render", "mkdocs"),
    ),
    Project(
        "modules-in-the-checkout-measuring",
        8,
        {**_SHADOWS, RECORDS: Gone()},
        measures=True,
        only=("verify", "measure"),
        arguments={"measure": ("--no-cache", "--jobs", "1"), "verify": ("--jobs", "1")},
        environment={"METAZOO_CACHE": "{beside}/../temporary"},
        works=("verify", "measure"),
        changes=(RECORDS,),
    ),
    Project(
        "modules-in-the-checkout-unsafe-path",
        8,
        _SHADOWS,
        only=("measure",),
        arguments={"measure": ("--no-cache", "--jobs", "1")},
        environment={"PYTHONSAFEPATH": ""},
        works=("measure",),
    ),
    Project(
        "packages-in-the-checkout",
        8,
        {
            f"{name}/__init__.py": _RUN.format(name)
            for name in ("torch", "timm", "numpy", "yaml", "metazoo")
        },
        only=("measure",),
        arguments={"measure": ("--no-cache", "--jobs", "1")},
        works=("measure",),
    ),
    Project(
        "modules-beside-the-index",
        8,
        {
            **{f"model_index/{name}": text for name, text in _SHADOWS.items()},
            **{f"model_index/families/{name}": text for name, text in _SHADOWS.items()},
            FAMILY: family(),
        },
        process=True,
        only=("check", "list", "verify-check"),
        works=("check", "list"),
    ),
)
