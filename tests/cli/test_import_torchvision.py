"""torchvision's own numbers: an independent check of ours."""

import pytest

pytest.importorskip("torchvision")

from metazoo.index.reader import read_index
from metazoo.measure.records import Records
from metazoo.measure.run import measure_models
from metazoo.verify.compare import verify_index
from metazoo.verify.run import request_of
from metazoo.verify.verdicts import Verdict

from .command import metazoo

pytestmark = pytest.mark.measure

WRITTEN_OTHERWISE = {
    "googlenet.IMAGENET1K_V1",  # the file has auxiliary classifiers, the count leaves them out
    "wide_resnet101_2.IMAGENET1K_V1",  # in half precision
    "wide_resnet50_2.IMAGENET1K_V1",  # in half precision
}


def test_all_that_torchvision_counted_is_verified(tmp_path):
    written = metazoo("import", "torchvision", "--out", tmp_path)
    assert written.returncode == 0, written.stderr
    index = read_index([tmp_path / "index.yml"])
    requests = {id(model): request_of(model, index) for model in index.models}
    known = Records(measure_models(requests.values()))
    verified = verify_index(index, lambda model: known.find(requests[id(model)]))
    verdicts = [(v.model.name.text, f.field, f.verdict) for v in verified for f in v.fields]
    counted = [verdict for _, field, verdict in verdicts if field != "File Size"]
    assert len(counted) > 220
    assert set(counted) == {Verdict.VERIFIED}
    files = {name for name, field, v in verdicts if field == "File Size" and v != "verified"}
    assert files == WRITTEN_OTHERWISE
