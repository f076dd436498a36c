"""What is measured where: from the cache, here, in workers; and what is asked for only once."""

import pytest

from metazoo.errors import MissingExtraError, UsageError
from metazoo.measure import run as run_module
from metazoo.measure import workers
from metazoo.measure.cache import Cache
from metazoo.measure.faults import Cause
from metazoo.measure.measurement import Measurement
from metazoo.measure.processes import Lost
from metazoo.measure.request import Request
from metazoo.measure.run import measure_models, require_packages, source_names
from metazoo.measure.workers import (
    Limits,
    call_in_worker,
    default_jobs,
    is_released,
    lost,
    measure_in_workers,
    needs_own_process,
)

A, B = Request("a"), Request("b")
ON_CPU, ON_CUDA = Request("a", device="cpu"), Request("a", device="cuda")


@pytest.fixture
def measured(monkeypatch):
    """What workers are given, each request answered by its own name; packages are all there."""
    calls = []

    def in_workers(requests, jobs, limits):
        calls.append((list(requests), jobs, limits))
        yield from ((r, Measurement(r.model, source=r.source, macs=1, flops=2)) for r in requests)

    monkeypatch.setattr(run_module, "measure_in_workers", in_workers)
    monkeypatch.setattr(run_module, "require_packages", lambda _: None)
    monkeypatch.setattr(run_module, "default_jobs", lambda: 5)
    monkeypatch.setattr(run_module, "call_in_worker", lambda *_: None)
    return calls


def test_each_request_is_measured_once_in_order(measured):
    names = [m.model for m in measure_models([B, A, B])]
    assert names == ["b", "a"]
    assert measured == [([B, A], 5, Limits())]


@pytest.mark.parametrize(
    ("requests", "jobs", "used"),
    [
        ([A, B], None, 5),
        ([A, B], 3, 3),
        ([A, ON_CPU], None, 1),
        ([A, ON_CPU], 2, 2),
        ([ON_CUDA], None, 1),
    ],
)
def test_as_many_workers_as_asked_for_or_one_where_models_run(measured, requests, jobs, used):
    list(measure_models(requests, jobs=jobs, limits=Limits(seconds=3)))
    assert [call[1:] for call in measured] == [(used, Limits(seconds=3))]


def test_nothing_is_started_for_nothing(measured):
    assert list(measure_models([])) == []
    assert measured == []


def test_what_the_cache_has_is_not_measured(measured, tmp_path):
    cache = Cache(tmp_path / "measurements.sqlite")
    assert [m.model for m in measure_models([A], cache=cache)] == ["a"]
    assert [m.model for m in measure_models([A, B], cache=cache)] == ["a", "b"]
    assert [requests for requests, *_ in measured] == [[A], [B]]
    assert len(list(measure_models([A, B], cache=cache))) == 2
    assert len(measured) == 2


def test_cuda_is_asked_for_before_anything_runs_on_it(measured, monkeypatch):
    monkeypatch.setattr(run_module, "call_in_worker", lambda *_: "there is none")
    with pytest.raises(UsageError, match="can't run models on cuda: there is none"):
        list(measure_models([A, ON_CUDA]))
    assert measured == []
    assert len(list(measure_models([A, ON_CPU]))) == 2


@pytest.mark.parametrize(
    ("sources", "looked_for"),
    [
        ({"timm"}, ["torch", "timm"]),
        ({"torchvision"}, ["torch", "torchvision"]),
        ({"ours"}, ["torch"]),
        (set(), ["torch"]),
    ],
)
def test_packages_are_looked_for(monkeypatch, sources, looked_for):
    asked = []
    monkeypatch.setattr(
        run_module.importlib.util, "find_spec", lambda name: asked.append(name) or 1
    )
    require_packages(sources)
    assert asked == looked_for
    for missing in looked_for:
        monkeypatch.setattr(
            run_module.importlib.util,
            "find_spec",
            lambda name, no=missing: None if name == no else 1,
        )
        with pytest.raises(MissingExtraError, match=missing):
            require_packages(sources)


def test_names_are_asked_for_once(measured, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(
        run_module, "call_in_worker", lambda _, source: asked.append(source) or ["a", "b"]
    )
    cache = Cache(tmp_path / "measurements.sqlite")
    assert source_names("timm", cache) == source_names("timm", cache) == ["a", "b"]
    assert asked == ["timm"]
    assert source_names("timm") == ["a", "b"]
    assert asked == ["timm", "timm"]


@pytest.mark.parametrize(
    ("request_", "own"),
    [
        (A, False),
        (Request("a", source="torchvision"), False),
        (Request("a", source="ours"), True),
        (ON_CPU, True),
        (ON_CUDA, True),
    ],
)
def test_who_gets_a_process_of_its_own(request_, own):
    assert needs_own_process(request_) is own
    assert is_released(request_.source) is (request_.source != "ours")


@pytest.mark.parametrize(
    ("requests", "without_values"),
    [
        ([A, B], True),
        ([A, ON_CPU], False),
        ([A, Request("b", reparameterize=True)], False),
    ],
)
def test_workers_are_given_released_models_first(monkeypatch, requests, without_values):
    runs = []

    def run_calls(calls, jobs, _prepare, arguments):
        runs.append(([c.arguments[0] for c in calls], jobs, arguments))
        for call in calls:
            yield call, Lost("died", Cause.DIED)

    monkeypatch.setattr(workers, "run_calls", run_calls)
    ours = Request("a", source="ours")
    answered = list(measure_in_workers([ours, *requests], 3, Limits()))
    assert runs == [(requests, 3, (without_values,)), ([ours], 3, (True,))]
    assert [request for request, _ in answered] == [*requests, ours]
    assert {m.error for _, m in answered} == {"died"}


def test_a_call_has_the_limits_of_its_request():
    call = workers._call(ON_CPU, Limits(seconds=3))
    assert (call.seconds, call.fresh, call.first) == (3, True, workers._load)
    assert call.arguments == (ON_CPU, Limits(seconds=3))
    assert not workers._call(A, Limits()).fresh


@pytest.mark.parametrize(
    ("processors", "jobs"), [(1, 1), (2, 2), (7, 7), (8, 8), (9, 8), (64, 8), (0, 1)]
)
def test_workers_for_each_processor_but_no_more_than_eight(monkeypatch, processors, jobs):
    monkeypatch.setattr(workers.sys, "platform", "linux")
    monkeypatch.setattr(
        workers.os, "sched_getaffinity", lambda _: set(range(processors)), raising=False
    )
    assert default_jobs() == jobs


@pytest.mark.parametrize(("processors", "jobs"), [(3, 3), (None, 1)])
def test_processors_of_other_systems(monkeypatch, processors, jobs):
    monkeypatch.setattr(workers.sys, "platform", "darwin")
    monkeypatch.setattr(workers.os, "cpu_count", lambda: processors)
    assert default_jobs() == jobs


def test_what_is_lost_is_tried_again():
    request = Request("a", "ours", (1, 2, 3), device="cpu", num_classes=7, reparameterize=True)
    m = lost(request, Lost("took too long", Cause.TIME))
    assert (m.model, m.source, m.input_size, m.num_classes) == ("a", "ours", (1, 2, 3), 7)
    assert (m.device, m.reparameterized, m.transient) == ("cpu", True, True)
    assert (m.error, m.cause) == ("took too long", Cause.TIME)
    assert m.versions["metazoo"]
    assert m.measured_on
    assert not m.skipped


def test_a_lost_call_is_an_error_of_the_function_s(monkeypatch):
    monkeypatch.setattr(workers, "run_alone", lambda *_: Lost("died", Cause.DIED))
    with pytest.raises(Exception, match=r"^names died$"):
        call_in_worker(_names)
    monkeypatch.setattr(workers, "run_alone", lambda *_: ["a"])
    assert call_in_worker(_names) == ["a"]


def _names():
    """Stands for a function that a worker calls."""
