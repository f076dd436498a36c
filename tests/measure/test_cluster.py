"""On a Ray cluster the same is measured as here, and a lost node costs a retry and nothing else."""

import json
import sys
from dataclasses import replace

import pytest

ray = pytest.importorskip("ray", reason="Ray is not installed")

from metazoo.errors import UsageError
from metazoo.measure.cluster import measure_on_ray
from metazoo.measure.request import Request
from metazoo.measure.run import measure_models
from metazoo.measure.workers import Limits

# Ray's own modules warn; what they warn of is not ours to mend.
pytestmark = [
    pytest.mark.measure,
    pytest.mark.skipif(sys.platform != "linux", reason="two nodes on one machine need Linux"),
    pytest.mark.filterwarnings("default"),
    pytest.mark.xdist_group("ray"),
]

SMALL = ["resnet10t", "mobilenetv3_small_050", "lcnet_035", "test_vit", "tinynet_e"]


def hundred():
    """A hundred cheap requests, none the same: five models at twenty image sizes."""
    sizes = range(128, 768, 32)
    return [Request(name, "timm", input_size=(3, s, s)) for name in SMALL for s in sizes]


@pytest.fixture
def cluster(monkeypatch):
    """A head without processors and two nodes with one each, on loopback."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    from ray.cluster_utils import Cluster

    memory = {"object_store_memory": 80 * 2**20}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **memory})
    try:
        yield cluster, [cluster.add_node(num_cpus=1, **memory) for _ in range(2)]
    finally:
        ray.shutdown()
        cluster.shutdown()


def as_json(measurement):
    return json.dumps(replace(measurement, measured_on=None).as_json(), sort_keys=True)


@pytest.mark.heavy
def test_a_cluster_without_a_gpu_is_not_waited_for(cluster):
    requests = [Request("test_vit", "timm", device="cuda")]
    with pytest.raises(UsageError, match="the cluster has no GPU to run models on"):
        list(measure_on_ray(requests, cluster[0].address, Limits()))


def test_two_nodes_say_the_same_as_this_machine(cluster):
    requests = hundred()
    here = sorted(as_json(m) for m in measure_models(requests))
    there = sorted(as_json(m) for _, m in measure_on_ray(requests, cluster[0].address, Limits()))
    assert len(there) == 100
    assert there == here


@pytest.mark.heavy
def test_a_node_killed_in_the_middle_loses_nothing(cluster):
    requests = hundred()
    head, nodes = cluster
    seen = []
    for request, measurement in measure_on_ray(requests, head.address, Limits()):
        seen.append(request)
        assert measurement.error is None
        if len(seen) == 20:
            head.remove_node(nodes[0], allow_graceful=False)
    assert len(seen) == 100
    assert set(seen) == set(requests)


@pytest.mark.heavy
def test_a_model_that_takes_too_long_is_stopped_and_named(cluster):
    # Its 304 million random weights alone take longer, on any processor.
    slow, quick = Request("vit_large_patch16_224", device="cpu"), Request("resnet10t")
    address = cluster[0].address
    ((_, stopped),) = measure_on_ray([slow], address, Limits(seconds=0.5))
    assert "took longer than 0.5 seconds" in stopped.error
    assert stopped.transient
    ((_, measured),) = measure_on_ray([quick], address, Limits())
    assert measured.error is None


@pytest.mark.heavy
def test_an_address_without_a_cluster_is_a_wrong_use():
    with pytest.raises(UsageError, match="no Ray cluster"):
        list(measure_on_ray([Request("resnet18", "timm")], "127.0.0.1:1", Limits()))
