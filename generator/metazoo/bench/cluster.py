"""Benchmark on a Ray cluster: once on each kind of hardware that it has.

A kind is what a node's device calls itself. The models of a kind run on one of its nodes, one process
after the other, so that nothing of ours disturbs them; on a CPU they have all the node's processors.
Ray runs the processes and tries again where one is lost; where the node is lost, another of the same
kind takes over. No torch is imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from metazoo import config
from metazoo.bench.record import Benchmarks, BenchSettings, Hardware
from metazoo.bench.session import Load, Plan, bench_models
from metazoo.errors import UsageError
from metazoo.measure.cluster import RETRIES, connected, project_on, stopped_after
from metazoo.measure.request import Request
from metazoo.measure.sources import load_source


def bench_on_ray(
    requests: Sequence[Request],
    settings: BenchSettings,
    address: str,
    *,
    plan: Plan | None = None,
    batches: dict[str, int] | None = None,
    load: Load = load_source,
    on_round: Callable[[Benchmarks], None] | None = None,
    on_progress: Callable[[str], None] | None = None,
    undecided: Callable[[Benchmarks], Collection[str]] | None = None,
) -> Iterator[Benchmarks]:
    """Benchmark on every kind of hardware of a cluster at the same time; see `bench_models`.

    Stop iterating, or be interrupted, and what still runs on the cluster is cancelled.

    Args:
        requests: The models, their sources and sizes.
        settings: How to run them all.
        address: ``local``, ``auto``, or the address of a cluster, such as ``10.0.0.1:6379``.
        plan: How much to spend on each model and kind of hardware.
        batches: Batches of the throughput by model, in place of looking for the best.
        load: Makes a source of its name, on the cluster: a function of a module.
        on_round: Called after each round over the models, of each kind, with all that is known of it.
        on_progress: Called before each measurement with what is about to be done.
        undecided: Asked of each kind for the names of models that need more rounds.

    Yields:
        What each kind of hardware reached, as soon as it is done.

    Raises:
        MissingExtraError: Ray is not installed.
        UsageError: There is no cluster at the address, or no such device in it.
    """
    with connected(address) as ray:
        kinds = _kinds(ray, settings.device, project_on(address))
        if not kinds:
            raise UsageError(f"no node of the cluster has a {settings.device} device")
        one_at_a_time = Lock()

        def keep(known: Benchmarks) -> None:
            if on_round:
                with one_at_a_time:
                    on_round(known)

        def bench(place: NodesOfAKind) -> Benchmarks:
            def say(text: str) -> None:
                if on_progress:
                    on_progress(f"{place.kind}: {text}")

            return bench_models(
                requests,
                settings,
                plan=plan,
                batches=batches,
                load=load,
                place=place,
                on_round=keep,
                on_progress=say,
                undecided=undecided,
            )

        with ThreadPoolExecutor(len(kinds)) as threads:
            try:
                for done in as_completed([threads.submit(bench, place) for place in kinds]):
                    yield done.result()
            finally:
                for place in kinds:
                    place.stop()


@dataclass(slots=True)
class NodesOfAKind:
    """A place to run calls: the first of the cluster's nodes of one kind that is still there.

    Attributes:
        ray: The module, connected.
        kind: What the device calls itself.
        nodes: Ray's identifiers of the nodes that have it, with the resources that a call takes.
        project: Root of the project to work on, where the nodes don't have their own.
    """

    ray: Any
    kind: str
    nodes: dict[str, dict[str, float]]
    project: Path | None = None
    _running: Any = None
    _stopped: bool = field(default=False)

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...], limit: float) -> Any:
        """Run a function in a fresh process of a node; see `metazoo.bench.place.Place`."""
        from ray import exceptions

        while self.nodes:
            node, resources = next(iter(self.nodes.items()))
            self._running = _on(self.ray, node, resources).remote(
                function, arguments, limit, self.project
            )
            if self._stopped:
                self.stop()
            try:
                return self.ray.get(self._running)
            except exceptions.RayTaskError as error:
                raise error.cause from error
            except exceptions.RayError as error:
                if self._stopped:
                    raise CancelledError from error
                if _alive(self.ray, node):
                    return f"lost its process {RETRIES + 1} times ({type(error).__name__})"
                del self.nodes[node]
            finally:
                self._running = None
        return f"the cluster lost its last {self.kind}"

    def stop(self) -> None:
        """Cancel what runs; a call that waits for it, or comes later, raises `CancelledError`."""
        self._stopped = True
        running = self._running
        if running is not None:
            # Not by force: Ray 2.60 may end this process, too, where it kills a task's process while
            # the task is just done.
            self.ray.cancel(running)


def _kinds(ray: Any, device: str, project: Path | None) -> list[NodesOfAKind]:
    """The kinds of hardware that a cluster has, each with its nodes; asks every node."""
    asked = {}
    for node in ray.nodes():
        has = node["Resources"]
        if not node["Alive"] or not has.get("CPU") or (device == "cuda" and not has.get("GPU")):
            continue
        takes: dict[str, float] = {"num_cpus": has["CPU"]}
        if device == "cuda":
            takes = {"num_cpus": 1, "num_gpus": 1}
        name = node["NodeID"]
        asked[name] = takes, _on(ray, name, takes).remote(_hardware, (device,), 300, project)
    kinds: dict[str, NodesOfAKind] = {}
    for name, (takes, answer) in asked.items():
        try:
            hardware = ray.get(answer)
        except ray.exceptions.RayError as error:
            hardware = " ".join(str(error).split())
        if isinstance(hardware, str):
            raise UsageError(f"node {name} of the cluster can't say what it is: {hardware}")
        kind = hardware.label
        kinds.setdefault(kind, NodesOfAKind(ray, kind, {}, project)).nodes[name] = takes
    return list(kinds.values())


def _on(ray: Any, node: str, takes: dict[str, float]) -> Any:
    """A task that runs in a fresh process of one node, or not at all."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    task = ray.remote(max_calls=1, max_retries=RETRIES)(_call)
    return task.options(
        scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False), **takes
    )


def _alive(ray: Any, node: str) -> bool:
    return any(known["NodeID"] == node and known["Alive"] for known in ray.nodes())


def _call(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    limit: float,
    project: Path | None,
) -> Any:
    """Run one call: it runs on the cluster."""
    if project is not None:
        config.work_on(project)
    try:
        with stopped_after(limit):
            return function(*arguments)
    except TimeoutError as error:
        return str(error)


def _hardware(device: str) -> Hardware:
    """What the device calls itself: it runs on the cluster."""
    import torch

    from metazoo import machine

    if device == "cuda":
        return Hardware(str(torch.cuda.get_device_name()), device)
    return Hardware(machine.cpu_name(), device, threads=torch.get_num_threads())
