"""A project: the one way from a zoo's files to findings, verdicts and explanations.

The command line and the pages call this; none of them assembles the steps itself. Measuring is a function
given from outside, and so is whatever shows progress.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from metazoo import config, rules
from metazoo.bench.files import read_file
from metazoo.bench.record import Benchmarks
from metazoo.changed import touched, touched_models
from metazoo.config import Config
from metazoo.errors import RecordError, UsageError
from metazoo.explain import explanations
from metazoo.explain.explain import FIELDS, Differences, differences, explain, explain_differences
from metazoo.explain.networks import Say, Zoo
from metazoo.files import as_seen_from_here, real
from metazoo.findings import Finding, Severity, in_order
from metazoo.index.glossary import FILE, Glossary, read_glossary
from metazoo.index.model import Model, ModelIndex
from metazoo.index.reader import read_index
from metazoo.measure.measurement import Measurement
from metazoo.measure.request import Request
from metazoo.measure.run import measure_models, source_names
from metazoo.rules import CATALOGUE, RuleSettings, waivers
from metazoo.rules.judge import judge
from metazoo.verify.again import contradictions, sample_of_the_day
from metazoo.verify.run import Outcome, record_finding, request_of, verify
from metazoo.verify.verdicts import ModelVerification

Measure = Callable[[list[Request]], Iterator[Measurement]]
"""Measures what it is asked, and yields each measurement as soon as it is done."""


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


_VERIFICATION = frozenset(code for code, rule in CATALOGUE.items() if rule.group == "verification")


@dataclass(frozen=True, slots=True)
class Project:
    """A zoo's settings, and its index as read.

    Attributes:
        config: The settings.
        settings: Which rules count, and how much.
        index: As read, with what was wrong among its findings.
        glossary: The zoo's own words and metrics.
        named: The files and folders that were read instead of the project's own index; none for that.
        root: The folder that no path of the index may leave, where another than the usual one was named.
        part: Those of the index's files that are meant, links resolved; None for all.
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
            paths: Files and folders to read instead of the project's own index; the first also says
                which project it is. By default the one that the working directory lies in.
            root: The folder that no path of the index may leave, if another than the usual one.
            settings: Chooses the rules; by default as the configuration does.

        Raises:
            ConfigError: The settings can't be read.
            UsageError: A path is not there.
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
            UsageError: A path is not there.
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
        """Read the same once more, after files have changed."""
        again = Project.of(self.config, self.settings, self.named, self.root)
        return again if self.part is None else again.within_own_index()

    def within_own_index(self) -> Project:
        """The project's own index with the named files as the part that is meant.

        The Library and the collections of a part may stand elsewhere in the index.

        Returns:
            The project itself where nothing was named, or where its own index has not read all of it.
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
        """Whether the index is the project's own, all of it or a part, and not just files of it."""
        return not self.named or self.part is not None

    @property
    def models(self) -> list[Model]:
        """The models that are meant."""
        return [model for model in self.index.models if self._means(model)]

    @property
    def findings(self) -> list[Finding]:
        """What was wrong while the index and the glossary were read."""
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
            changed_since: Only what changed since this git revision.

        Returns:
            The findings in the order of their places; those accepted on purpose with the reason.

        Raises:
            ConfigError: The settings name a rule that doesn't exist.
            UsageError: There is no such revision.
        """
        found = [*rules.check(self.index, self.settings), *self.glossary.findings]
        # Of an index that was read in part, nobody knows which waivers it has no more use for.
        whole = real(self.config.index) in map(real, self.index.files)
        judged = self._judged(found, rules.checked(self.settings) if whole else frozenset())
        return touched(judged, self.index, changed_since) if changed_since is not None else judged

    def _judged(self, findings: Sequence[Finding], ran: frozenset[str]) -> list[Finding]:
        return judge(findings, self.settings, as_seen_from_here(self.config.waivers), ran)

    # -- verifying --------------------------------------------------------------------------

    def measure(self, measure: Measure = measure_models) -> Iterator[Measurement]:
        """Measure every model that has a source, with the inputs or at the image size that it declares.

        Args:
            measure: Measures what it is asked; by default in processes of this machine.

        Yields:
            Each measurement as soon as it is done; one that failed has an `error`.
        """
        requests = (request_of(model, self.index) for model in self.models)
        yield from measure(list(dict.fromkeys(r for r in requests if r is not None)))

    def verify(
        self,
        measure: Measure | None = measure_models,
        *,
        records: Path | None = None,
        keep: bool = True,
        force: bool = False,
        device: str = "meta",
        models: Sequence[str] = (),
        explain_with: Zoo | None = None,
        say: Say = lambda _: None,
        again: Again | None = None,
    ) -> Outcome:
        """Hold what the index declares against what is measured.

        Args:
            measure: Measures what the records don't know, by default in processes of this machine; None to
                measure nothing, and to find fault with records that are missing or stale instead.
            records: Folder of the records to use and to keep, such as `records`; None for none.
            keep: Whether to write the records; they are read in any case.
            force: Whether to measure what is on record, too.
            device: ``meta`` only counts; ``cpu`` and ``cuda`` also run each model once.
            models: Globs of the names to verify; all by default.
            explain_with: Where other networks are looked up, to look for what explains a difference;
                None not to look.
            say: Is told what was looked at.
            again: What to measure again that is on record.

        Returns:
            The verdicts and all findings; those accepted on purpose with the reason.

        Raises:
            UsageError: A glob matches no model, or there is no such revision.
        """
        self._require_models(models)
        globs = tuple(models) or ("*",)
        outcome = verify(
            self.index,
            measure=measure,
            records=records,
            device=device,
            # A folder named by hand may hold another zoo's records, too.
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
        """Refuse what matches nothing: verifying less than was asked for would look like success."""
        for glob in globs:
            if self.index.models and not any(_matches([glob], m) for m in self.index.models):
                raise UsageError(
                    f"--models {glob}: no model of the index ({len(self.index.models)} in all) has such a"
                    " name; `*` stands for any characters, and case matters"
                )

    def _measure_again(
        self, outcome: Outcome, again: Again, device: str, records: Path | None
    ) -> None:
        names: set[str] = set()
        if again.changed_since is not None:
            names = touched_models(self.index, records, again.changed_since)
        rest = [v.model.name.text for v in outcome.recorded if v.model.name.text not in names]
        names |= sample_of_the_day(rest, again.count, dt.datetime.now(dt.UTC).date())
        recorded = [v for v in outcome.recorded if v.model.name.text in names]
        asked = (request_of(v.model, self.index, device) for v in recorded)
        requests = list(dict.fromkeys(request for request in asked if request is not None))
        outcome.findings += contradictions(recorded, list(again.measure(requests)))
        outcome.measured_again = len(recorded)

    def verify_from_records(self) -> tuple[list[ModelVerification], list[Finding]]:
        """Verify with what is on record and nothing else; for pages, which never measure.

        Returns:
            The verdicts with findings marked that are accepted on purpose, and a finding for each file of
            records that can't be read.
        """
        outcome = verify(self.index, measure=None, records=self.config.records)
        _add_explanations(outcome, self.config.records)
        if self.config.waivers.is_file():
            # What is wrong with it, `check` says.
            accepted, _ = waivers.read(self.config.waivers)
            for verification in outcome.models:
                verification.findings[:] = waivers.mark(verification.findings, accepted)
        return outcome.models, [f for f in outcome.findings if f.code == "MZ613"]

    def explain(
        self,
        measure: Measure = measure_models,
        *,
        models: Sequence[str] = ("*",),
        fields: Sequence[str] = FIELDS,
        zoo: Zoo | None = None,
        say: Say = lambda _: None,
    ) -> Differences:
        """Look for the way in which declared numbers that differ came about.

        Args:
            measure: Measures what it is asked, by default in processes of this machine.
            models: Globs of names.
            fields: Canonical keys of the facts to look at.
            zoo: Where other networks are looked up; by default in the registry of the source.
            say: Is told what was looked at.

        Returns:
            A question for each number that differs, with the hypotheses found, and what can't be compared.

        Raises:
            UsageError: The index is damaged, or has no model of these names.
        """
        for finding in self.index.findings:
            if finding.severity is Severity.ERROR:
                raise UsageError(f"{finding.location}: {finding.message}; mend it first")
        for glob in models:
            if not any(_matches([glob], model) for model in self.models):
                what = "it has no model" if glob == "*" else f"no model matches {glob!r}"
                raise UsageError(f"there is nothing to explain in this index: {what}")
        meant = [model for model in self.models if _matches(models, model)]
        found = differences(replace(self.index, models=meant), measure, fields)
        explain(found.questions, measure, zoo or Zoo(source_names), say)
        asked = [question for question in found.questions if question.field in fields]
        return replace(found, questions=asked)

    def read_benchmarks(self) -> tuple[list[Benchmarks], list[Finding]]:
        """The benchmarks beside the index, and a finding for each file that can't be read."""
        found, damaged = [], []
        for file in sorted(self.benchmarks.glob("*.json")):
            try:
                found.append(read_file(file))
            except RecordError as error:
                damaged.append(record_finding(error))
        return found, damaged


@dataclass(frozen=True, slots=True)
class Again:
    """What to measure again of what is on record, to find records that are not true.

    Attributes:
        count: How many models, others every day.
        measure: Measures them, whatever was measured before.
        changed_since: Also those that changed since this git revision.
    """

    count: int
    measure: Measure
    changed_since: str | None = None


def _settings(found: Config) -> RuleSettings:
    return RuleSettings(found.select, found.ignore, found.severity)


def _matches(globs: Iterable[str], model: Model) -> bool:
    return any(fnmatchcase(model.name.text, glob) for glob in globs)


def _add_explanations(outcome: Outcome, records: Path) -> None:
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
    zoo: Zoo,
    say: Say,
    records: Path | None,
) -> None:
    """Look for what explains the differences that nothing explains yet, and keep what was found."""
    found = explain_differences(outcome.models, index, measure, zoo, say)
    changed = explanations.add_explanations(outcome.models, found)
    outcome.findings = [changed.get(finding, finding) for finding in outcome.findings]
    if records is None:
        return

    def kept(known: list[explanations.Explanation]) -> Iterable[explanations.Explanation]:
        every = {e.key: e for e in (*known, *found)}.values()
        return explanations.current(outcome.models, every) if outcome.removing else every

    try:
        explanations.update_explanations(records, kept)
    except RecordError as error:
        outcome.findings = list(dict.fromkeys([*outcome.findings, record_finding(error)]))
