"""On a Ray cluster, each kind of hardware is benchmarked once, whatever becomes of its nodes."""

import sys
from pathlib import Path

import pytest

ray = pytest.importorskip("ray", reason="Ray is not installed")

from metazoo.bench.cluster import bench_on_ray
from metazoo.bench.record import BenchSettings
from metazoo.bench.session import Plan
from metazoo.errors import UsageError
from metazoo.measure.request import Request

from . import zoo

# Ray's own modules warn; what they warn of is not ours to mend.
pytestmark = [
    pytest.mark.measure,
    pytest.mark.heavy,
    pytest.mark.skipif(sys.platform != "linux", reason="two nodes on one machine need Linux"),
    pytest.mark.filterwarnings("default"),
    pytest.mark.xdist_group("ray"),
]

MEMORY = {"object_store_memory": 80 * 2**20}


@pytest.fixture
def head(monkeypatch):
    """A head on loopback without processors of its own."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))  # where the zoo is
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **MEMORY})
    try:
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()


def bench(head, *names, **options):
    requests = [Request(name, "zoo") for name in names]
    plan = Plan(1.0, seconds=0.05)
    return list(
        bench_on_ray(requests, BenchSettings(), head.address, plan=plan, load=zoo.load, **options)
    )


def test_each_kind_of_hardware_gets_a_benchmark_of_its_own(head):
    # As far as torch can tell, nodes of one and of two processors are different hardware.
    for processors in (1, 1, 2):
        head.add_node(num_cpus=processors, **MEMORY)
    found = bench(head, "small")
    one, two = sorted(found, key=lambda known: known.hardware)
    assert one.hardware.endswith(", 1 thread")
    assert two.hardware.endswith(", 2 threads")
    for known in found:
        (small,) = known.rows
        assert small.error is None
        assert small.latency.seconds > 0


def test_another_node_of_the_kind_takes_over_from_one_that_is_lost(head):
    nodes = [head.add_node(num_cpus=1, **MEMORY) for _ in range(2)]
    seen = []

    def lose_the_first(text):
        seen.append(text)
        if "looking at" in text and len(seen) == 2:
            where = {
                n["NodeID"]: n for n in ray.nodes() if n["Alive"] and n["Resources"].get("CPU")
            }
            first = next(iter(where))
            (node,) = (node for node in nodes if node.node_id == first)
            head.remove_node(node, allow_graceful=False)

    (known,) = bench(head, "small", "dying", on_progress=lose_the_first)
    small, dying = known.rows
    assert small.error is None
    assert small.latency.seconds > 0
    assert "lost its process 4 times" in dying.error


def test_what_stops_one_kind_stops_all(head):
    for processors in (1, 2):
        head.add_node(num_cpus=processors, **MEMORY)

    def interrupted(known):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench(head, "small", on_round=interrupted)


def test_a_cluster_without_the_device_is_a_wrong_use(head):
    head.add_node(num_cpus=1, **MEMORY)
    with pytest.raises(UsageError, match="no node of the cluster has a cuda device"):
        next(bench_on_ray([Request("small", "zoo")], BenchSettings(device="cuda"), head.address))
