"""The table of timm's old names is that of timm.

Renew it after an upgrade with ``python -m tests.rules.test_timm_names``.
"""

import json
from pathlib import Path

import pytest

from metazoo.rules import timm_names

TABLE = Path(timm_names.__file__).with_name("timm_names.json")


def of_timm():
    import timm
    from timm.models import get_pretrained_cfg
    from timm.models._registry import _deprecated_models

    names = {}
    for old, new in _deprecated_models.items():
        try:
            url = get_pretrained_cfg(new).url
        except RuntimeError:  # timm renames two models to tags that it no longer has
            url = None
        names[old] = [new, url.rsplit("/", 1)[-1] if url else None]
    return {"timm": timm.__version__, "names": names}


@pytest.mark.measure
def test_the_table_is_that_of_the_installed_timm():
    wanted, have = of_timm(), json.loads(TABLE.read_text("utf-8"))
    if wanted["timm"] != have["timm"]:
        pytest.skip(f"the table is of timm {have['timm']}, installed is {wanted['timm']}")
    assert have == wanted


def test_names_are_looked_up():
    assert timm_names.renamed("tv_resnext50_32x4d") == (
        "resnext50_32x4d.tv_in1k",
        "resnext50_32x4d-7cdf4587.pth",
    )
    assert timm_names.renamed("resnext50_32x4d") is None


if __name__ == "__main__":
    TABLE.write_text(json.dumps(of_timm(), indent=1, sort_keys=True) + "\n", "utf-8")
