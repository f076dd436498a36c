"""A project: the one way from a zoo's files to findings, verdicts and explanations.

The command line and the pages call this; none of them assembles the steps itself. Callers pass in the
function that measures and the one that reports progress.

What only some methods need (verification, explanations, benchmarks, git) is imported inside them: `metazoo
check` runs in editors and on every commit, and these imports would add 0.07 s to each run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from metazoo import config, rules
from metazoo.errors import RecordError, UsageError
from metazoo.files import as_seen_from_here, real
from metazoo.findings import Finding, Severity, in_order
from metazoo.index.glossary import FILE, read_glossary
from metazoo.index.reader import read_index
from metazoo.rules import CATALOGUE, RuleSettings, waivers
from metazoo.rules.judge import judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from metazoo.bench.record import Benchmarks
    from metazoo.config import Config
    from metazoo.explain.explain import Differences
    from metazoo.explain.explanations import Explanation
    from metazoo.explain.networks import Measure, NetworkCatalog, Say
    from metazoo.index.glossary import Glossary
    from metazoo.index.model import Model, ModelIndex
    from metazoo.measure.measurement import Measurement
    from metazoo.measure.request import Request
    from metazoo.verify.run import Outcome
    from metazoo.verify.verdicts import ModelVerification


def load(path: Path | str = ".") -> Project:
    """Open a project.

    Args:
        path: A folder in the project, whose own index is read, or an index file to read instead.

    Raises:
        ConfigError: The settings can't be read.
        UsageError: The path is not there, or the project has no index.
    """
    path = Path(path)
    return Project.of(config.load(path)) if path.is_dir() else Project.open([path])


def measure_here(requests: list[Request]) -> Iterator[Measurement]:
    """Measure models in worker processes of this machine.

    Args:
        requests: What to measure.

    Yields:
        Each measurement as soon as it is done; one that failed has an `error`.
    """
    from metazoo.measure.run import measure_models

    yield from measure_models(requests)


_VERIFICATION = frozenset(code for code, rule in CATALOGUE.items() if rule.group == "verification")


@dataclass(frozen=True, slots=True)
class Project:
    """A zoo's settings, and its index as read.

    Attributes:
        config: The settings.
        settings: Which rules count, and how much.
        index: As read, with what was wrong among its findings.
        glossary: The zoo's own terms and metrics.
        named: The files and folders that were read instead of the project's own index; empty for that.
        root: The folder that no path of the index may leave, if it is not the default one.
        part: The files of the index to work on, with links resolved; None for all.
    """

    config: Config
    settings: RuleSettings
    index: ModelIndex
    glossary: Glossary
    named: tuple[Path, ...] = ()
    root: Path | None = None
    part: frozenset[Path] | None = None

    @classmethod
    def open(
        cls,
        paths: Sequence[Path] | None = None,
        *,
        root: Path | None = None,
        settings: Callable[[Config], RuleSettings] | None = None,
    ) -> Project:
        """Read a project's settings and its index.

        Args:
            paths: Files and folders to read instead of the project's own index; the first also selects
                the project. By default the project of the working directory.
            root: The folder that no path of the index may leave, if not the default one.
            settings: Returns the rules to apply; by default those of the configuration.

        Raises:
            ConfigError: The settings can't be read.
            UsageError: A path does not exist.
        """
        found = config.load(paths[0] if paths and paths[0].exists() else None)
        chosen = settings(found) if settings else _settings(found)
        return cls.of(found, chosen, tuple(paths or ()), root)

    @classmethod
    def of(
        cls,
        found: Config,
        settings: RuleSettings | None = None,
        named: tuple[Path, ...] = (),
        root: Path | None = None,
    ) -> Project:
        """Read the index of a project whose settings are known.

        Raises:
            UsageError: A path does not exist.
        """
        config.work_on(found.root)
        if named:
            index = read_index(named, root=root)
        else:
            index = read_index([as_seen_from_here(found.index)], root=root or found.root)
        glossary = read_glossary(found.index.parent / FILE, found.root)
        index.metrics = glossary.metrics
        return cls(found, settings or _settings(found), index, glossary, named, root)

    def read_again(self) -> Project:
        """Read the same files again after they have changed."""
        again = Project.of(self.config, self.settings, self.named, self.root)
        return again if self.part is None else again.within_own_index()

    def within_own_index(self) -> Project:
        """Read the project's own index and select the named files as the part to work on.

        The Library and the collections of these files may be elsewhere in the index.

        Returns:
            This project itself if no files were named, or if its own index doesn't include all of them.
        """
        if not self.named or not self.config.index.is_file():
            return self
        files = frozenset(map(real, self.index.files))
        whole = Project.of(self.config, self.settings)
        read = set(map(real, whole.index.files))
        if not files or not files <= read:
            return self
        if files == read:
            return whole
        whole.index.findings = self.index.findings
        return replace(whole, named=self.named, part=files)

    @property
    def is_own(self) -> bool:
        """Whether this is the project's own index or a selected part of it, not just some files."""
        return not self.named or self.part is not None

    @property
    def models(self) -> list[Model]:
        """The selected models."""
        return [model for model in self.index.models if self._means(model)]

    @property
    def findings(self) -> list[Finding]:
        """The findings made while reading the index and the glossary."""
        return in_order([*self.index.findings, *self.glossary.findings])

    @property
    def records(self) -> Path:
        """Folder of the project's measurement records."""
        return as_seen_from_here(self.config.records)

    @property
    def benchmarks(self) -> Path:
        """Folder of its benchmarks."""
        return self.config.index.parent / "benchmarks"

    def _means(self, model: Model) -> bool:
        return self.part is None or real(Path(model.location.file)) in self.part

    # -- checking ---------------------------------------------------------------------------

    def check(self, *, changed_since: str | None = None) -> list[Finding]:
        """Check the index without measuring anything.

        Args:
            changed_since: Report only what changed since this git revision.

        Returns:
            The findings in the order of their locations; waived ones have the reason.

        Raises:
            ConfigError: The settings name a rule that doesn't exist.
            UsageError: There is no such revision.
        """
        found = [*rules.check(self.index, self.settings), *self.glossary.findings]
        # If only a part of the index was read, a waiver may be for the rest of it.
        whole = real(self.config.index) in map(real, self.index.files)
        judged = self._judged(found, rules.checked(self.settings) if whole else frozenset())
        if changed_since is None:
            return judged
        from metazoo.changed import touched

        return touched(judged, self.index, changed_since)

    def _judged(self, findings: Sequence[Finding], ran: frozenset[str]) -> list[Finding]:
        return judge(findings, self.settings, as_seen_from_here(self.config.waivers), ran)

    # -- verifying --------------------------------------------------------------------------

    def measure(self, measure: Measure = measure_here) -> Iterator[Measurement]:
        """Measure every model that has a source, with the inputs or at the image size that it declares.

        Args:
            measure: Measures what it is asked; by default in worker processes of this machine.

        Yields:
            Each measurement as soon as it is done; one that failed has an `error`.
        """
        from metazoo.verify.run import request_of

        requests = (request_of(model, self.index) for model in self.models)
        yield from measure(list(dict.fromkeys(r for r in requests if r is not None)))

    def verify(
        self,
        measure: Measure | None = measure_here,
        *,
        records: Path | None = None,
        keep: bool = True,
        force: bool = False,
        device: str = "meta",
        models: Sequence[str] = (),
        explain_with: NetworkCatalog | None = None,
        say: Say = lambda _: None,
        again: Again | None = None,
    ) -> Outcome:
        """Compare what the index declares with what is measured.

        Args:
            measure: Measures what is not on record, by default in worker processes of this machine; None
                to measure nothing and to report missing or stale records instead.
            records: Folder of the records to use and update, such as `records`; None for none.
            keep: Whether to write the records; they are read in any case.
            force: Whether to also measure what is on record.
            device: ``meta`` only counts; ``cpu`` and ``cuda`` also run each model once.
            models: Globs of the names to verify; all by default.
            explain_with: Where other networks are looked up to explain differences; None for no
                explanations.
            say: Reports what was searched.
            again: Which models on record to measure again.

        Returns:
            The verdicts and all findings; waived ones have the reason.

        Raises:
            UsageError: A glob matches no model, or there is no such revision.
        """
        from metazoo.verify.run import verify

        self._require_models(models)
        globs = tuple(models) or ("*",)
        outcome = verify(
            self.index,
            measure=measure,
            records=records,
            device=device,
            # A folder named by the user may also hold records of another zoo.
            whole=self.part is None
            and self.is_own
            and (records is None or real(records) == real(self.config.records)),
            keep=keep,
            force=force,
            wanted=(lambda model: self._means(model) and _matches(globs, model))
            if models or self.part is not None
            else None,
        )
        if records is not None:
            _add_explanations(outcome, records)
        if explain_with is not None and measure is not None:
            kept_in = records if keep else None
            _explain(outcome, self.index, measure, explain_with, say, kept_in)
        if again is not None:
            self._measure_again(outcome, again, device, records)
        outcome.findings = self._judged(outcome.findings, _VERIFICATION)
        return outcome

    def _require_models(self, globs: Iterable[str]) -> None:
        """Reject a glob that matches nothing: verifying less than requested would look like success."""
        for glob in globs:
            if self.index.models and not any(_matches([glob], m) for m in self.index.models):
                raise UsageError(
                    f"--models {glob}: no model in the index ({len(self.index.models)} in all) has a matching"
                    " name; `*` stands for any characters, and case matters"
                )

    def _measure_again(
        self, outcome: Outcome, again: Again, device: str, records: Path | None
    ) -> None:
        from metazoo.verify.again import contradictions, sample_of_the_day
        from metazoo.verify.run import request_of

        names: set[str] = set()
        if again.changed_since is not None:
            from metazoo.changed import touched_models

            names = touched_models(self.index, records, again.changed_since)
        rest = [v.model.name.text for v in outcome.recorded if v.model.name.text not in names]
        names |= sample_of_the_day(rest, again.count, dt.datetime.now(dt.UTC).date())
        recorded = [v for v in outcome.recorded if v.model.name.text in names]
        asked = (request_of(v.model, self.index, device) for v in recorded)
        requests = list(dict.fromkeys(request for request in asked if request is not None))
        outcome.findings += contradictions(recorded, list(again.measure(requests)))
        outcome.measured_again = len(recorded)

    def verify_from_records(self) -> tuple[list[ModelVerification], list[Finding]]:
        """Verify with the records alone; for pages, which never measure.

        Returns:
            The verdicts, with waived findings marked, and a finding for each record file that can't be
            read.
        """
        from metazoo.verify.run import verify

        outcome = verify(self.index, measure=None, records=self.config.records)
        _add_explanations(outcome, self.config.records)
        if self.config.waivers.is_file():
            # `check` reports faults of this file.
            accepted, _ = waivers.read(self.config.waivers)
            for verification in outcome.models:
                verification.findings[:] = waivers.mark(verification.findings, accepted)
        return outcome.models, [f for f in outcome.findings if f.code == "MZ613"]

    def explain(
        self,
        measure: Measure = measure_here,
        *,
        models: Sequence[str] = ("*",),
        fields: Sequence[str] | None = None,
        catalog: NetworkCatalog | None = None,
        say: Say = lambda _: None,
    ) -> Differences:
        """Find out how declared numbers that differ came about.

        Args:
            measure: Measures what it is asked, by default in processes of this machine.
            models: Globs of names.
            fields: Canonical keys of the facts to look at; all by default.
            catalog: Where other networks are looked up; by default in the registry of the source.
            say: Reports what was searched.

        Returns:
            A question for each number that differs, with the hypotheses found, and what can't be compared.

        Raises:
            UsageError: The index has errors, or no model matches.
        """
        from metazoo.explain.explain import FIELDS, differences, explain
        from metazoo.explain.networks import NetworkCatalog
        from metazoo.measure.run import source_names

        for finding in self.index.findings:
            if finding.severity is Severity.ERROR:
                raise UsageError(f"{finding.location}: {finding.message}; fix this first")
        for glob in models:
            if not any(_matches([glob], model) for model in self.models):
                what = "the index has no models" if glob == "*" else f"no model matches {glob!r}"
                raise UsageError(f"nothing to explain: {what}")
        meant = [model for model in self.models if _matches(models, model)]
        asked_for = FIELDS if fields is None else fields
        found = differences(replace(self.index, models=meant), measure, asked_for)
        explain(found.questions, measure, catalog or NetworkCatalog(source_names), say)
        asked = [question for question in found.questions if question.field in asked_for]
        return replace(found, questions=asked)

    def read_benchmarks(self) -> tuple[list[Benchmarks], list[Finding]]:
        """Read the project's benchmarks; return them and a finding for each file that can't be read."""
        from metazoo.bench.files import read_file
        from metazoo.verify.run import record_finding

        found, damaged = [], []
        for file in sorted(self.benchmarks.glob("*.json")):
            try:
                found.append(read_file(file))
            except RecordError as error:
                damaged.append(record_finding(error))
        return found, damaged


@dataclass(frozen=True, slots=True)
class Again:
    """Which models on record to measure again, to find wrong records.

    Attributes:
        count: How many models; the sample rotates daily.
        measure: Measures them, without using a cache.
        changed_since: Also measure those that changed since this git revision.
    """

    count: int
    measure: Measure
    changed_since: str | None = None


def _settings(found: Config) -> RuleSettings:
    return RuleSettings(found.select, found.ignore, found.severity)


def _matches(globs: Iterable[str], model: Model) -> bool:
    return any(fnmatchcase(model.name.text, glob) for glob in globs)


def _add_explanations(outcome: Outcome, records: Path) -> None:
    from metazoo.explain import explanations
    from metazoo.verify.run import record_finding

    try:
        known = explanations.read_explanations(records)
    except RecordError as error:
        outcome.findings = in_order([*outcome.findings, record_finding(error)])
        return
    changed = explanations.add_explanations(outcome.models, known)
    outcome.findings = [changed.get(finding, finding) for finding in outcome.findings]


def _explain(
    outcome: Outcome,
    index: ModelIndex,
    measure: Measure,
    catalog: NetworkCatalog,
    say: Say,
    records: Path | None,
) -> None:
    """Explain the differences that have no explanation yet, and keep the explanations."""
    from metazoo.explain import explanations
    from metazoo.explain.explain import explain_differences
    from metazoo.verify.run import record_finding

    found = explain_differences(outcome.models, index, measure, catalog, say)
    changed = explanations.add_explanations(outcome.models, found)
    outcome.findings = [changed.get(finding, finding) for finding in outcome.findings]
    if records is None:
        return

    def kept(known: list[Explanation]) -> Iterable[Explanation]:
        every = {e.key: e for e in (*known, *found)}.values()
        return explanations.current(outcome.models, every) if outcome.removing else every

    try:
        explanations.update_explanations(records, kept)
    except RecordError as error:
        outcome.findings = list(dict.fromkeys([*outcome.findings, record_finding(error)]))
