"""Cases 12 and 14: records, explanations and benchmarks that hold what none may hold."""

from tests.hostile.corpus.parts import (
    BENCHMARK,
    EVIL,
    EXPLANATIONS,
    RECORDS,
    benchmark,
    benchmark_with,
    everywhere,
    record_with,
    records_of,
)
from tests.hostile.project import (
    MODEL,
    PWNED,
    Content,
    Fifo,
    Folder,
    Link,
    Project,
    Sparse,
    record,
    record_file,
)

_RECORD = r"resnet\.json"
_SHOWN = ("verify-check", "render", "mkdocs")


def _record(name: str, content: Content, text: str = _RECORD, case: int = 14) -> Project:
    """A damaged record file: said by all that read records; the index is listed all the same."""
    return Project(
        f"record-{name}",
        case,
        {RECORDS: content},
        shows=everywhere(text, *_SHOWN),
        works=("check", "export-json"),
        changes=(RECORDS,),
    )


def _odd_record(name: str, content: Content) -> Project:
    """A record file that may be taken for right: whatever is made of it, nothing breaks."""
    return Project(
        f"record-{name}", 14, {RECORDS: content}, works=("check", "export-json"), changes=(RECORDS,)
    )


def _benchmark(name: str, content: Content, text: str = r"some-cpu\.json") -> Project:
    return Project(
        f"benchmark-{name}",
        14,
        {BENCHMARK: content},
        shows=everywhere(text, "render", "mkdocs"),
        works=("check", "list", "verify"),
    )


def _odd_benchmark(name: str, content: Content) -> Project:
    return Project(f"benchmark-{name}", 14, {BENCHMARK: content}, works=("check", "list", "verify"))


def _explanation(name: str, content: Content, text: str = r"explanations\.jsonl") -> Project:
    return Project(
        f"explanation-{name}",
        14,
        {EXPLANATIONS: content},
        shows=everywhere(text, "verify-check"),
        works=("check", "list"),
        changes=(EXPLANATIONS,),
    )


_BIG = "9" * 400
_HUGE = "9" * 5_000
_EXPLANATION = (
    '{"model": "'
    + MODEL
    + '", "field": "FLOPs", "declared": %s, "measured": 1, "text": "it is so"}\n'
)

PROJECTS = (
    _record("integer-of-400-digits", record_with("macs", _BIG)),
    _record("integer-of-5000-digits", record_with("macs", _HUGE)),
    _record("integer-of-5000-digits-elsewhere", record_with("measured_on", _HUGE)),
    _record("tensors-of-400-digits", record_with("state_dict_tensors", _BIG)),
    _record("size-of-400-digits", record_with("input_size", f"[3, {_BIG}, 176]")),
    _record("nan", record_with("macs", "NaN"), case=12),
    _record("infinity", record_with("params", "Infinity"), case=12),
    _record("infinity-by-its-exponent", record_with("facts", '{"crop_pct": 1e999}'), case=12),
    _record("nan-among-facts", record_with("facts", '{"crop_pct": NaN}'), case=12),
    _record("nested", '{"format": 1, "models": ' + "[" * 100_000),
    _record("nested-entry", record_with("macs_by_kind", '{"a":' * 50_000 + "1" + "}" * 50_000)),
    _record("not-utf-8", b'{"format": 1, "models": [{"model": "\xff"}]}'),
    _record("empty", ""),
    _record("a-list", "[]"),
    _record("a-number", "1"),
    _record("null", "null"),
    _record("format-of-tomorrow", '{"format": 2, "models": []}'),
    _record("format-of-text", '{"format": "1\\n::error::' + PWNED + '", "models": []}'),
    _record("row-of-text", '{"format": 1, "models": ["x\\n::error::' + PWNED + '"]}'),
    _record("unknown-entry-that-prints", record_file(record(**{EVIL: 1}))),
    _record("value-that-prints", record_file(record(macs=EVIL))),
    _record("key-that-prints", record_file(record(model=EVIL, macs="x"))),
    _record("fifo", Fifo()),
    _record("device", Link("/dev/zero")),
    _record("device-random", Link("/dev/urandom")),
    _record("standard-input", Link("/dev/stdin")),
    _record("sparse", Sparse(20 * 2**30, b'{"format": 1, "models": [')),
    _record("folder", Folder()),
    _record("link-to-itself", Link("resnet.json")),
    _odd_record("link-to-nothing", Link("nothing.json")),
    _record("long-text", record_with("error", '"' + "x" * 70_000_000 + '"')),
    _odd_record("negative", record_file(record(params=-1, macs=-5, state_dict_bytes=-1))),
    _odd_record("zero", record_file(record(params=0, macs=0, flops=0, input_size=[3, 0, 0]))),
    _odd_record(
        "nothing",
        record_file(record(facts=None, input_size=None, params=None, macs=None, flops=None)),
    ),
    _odd_record("surrogate", records_of(MODEL).replace('"apache-2.0"', '"\\ud800"')),
    _odd_record(
        "surrogate-name",
        records_of(MODEL).replace(f'"model": "{MODEL}"', '"model": "\\udcff"'),
    ),
    _odd_record(
        "duplicate-keys",
        records_of(MODEL).replace('"params": 5435488', '"params": 1, "params": 5435488'),
    ),
    _odd_record("two-of-one-key", record_file(record(), record(macs=1))),
    _odd_record(
        "address",
        record_with(
            "facts",
            '{"weights_url": "javascript:alert(1)", "hub_id": "../../x", "origin_url": "file:///etc/passwd"}',
        ),
    ),
    _odd_record("versions", record_file(record(versions={EVIL: EVIL, "torch": "1" * 100_000}))),
    Project(
        "record-error-that-prints",
        11,
        {RECORDS: record_file(record(macs=None, flops=None, params=None, error=EVIL))},
        shows={"verify-check": "x"},
        works=("check",),
        changes=(RECORDS,),
    ),
    Project(
        "record-skipped-that-prints",
        11,
        {
            RECORDS: record_file(
                record(macs=None, flops=None, params=None, error=EVIL, skipped=True)
            )
        },
        works=("check",),
        changes=(RECORDS,),
    ),
    Project(
        "record-name-that-prints",
        11,
        {"model_index/measured/other.json": records_of(EVIL)},
        shows={"verify-check": r"other\.json"},
        changes=("model_index/measured/other.json",),
    ),
    Project(
        "record-facts-that-print",
        11,
        {
            RECORDS: record_file(
                record(
                    facts={
                        "license": EVIL,
                        "interpolation": EVIL,
                        "tags": [EVIL],
                        "paper_ids": [EVIL],
                    }
                )
            )
        },
        works=("check",),
        changes=(RECORDS,),
    ),
    Project(
        "record-many-files",
        14,
        {f"model_index/measured/f{n}.json": "{" for n in range(300)},
        works=("check", "verify-check"),
    ),
    _explanation("no-json", "{\n"),
    _explanation("nested", "[" * 100_000),
    _explanation("integer-of-5000-digits", _EXPLANATION % _HUGE),
    _explanation("not-utf-8", b"\xff\n"),
    _explanation("fifo", Fifo()),
    _explanation("device", Link("/dev/zero")),
    _explanation("link-out", Link("{beside}/explanations.jsonl")),
    _explanation("sparse", Sparse(20 * 2**30)),
    _explanation("unknown-entry-that-prints", '{"x\\n::error::' + PWNED + '": 1}\n'),
    Project(
        "explanation-text-that-prints",
        11,
        {
            EXPLANATIONS: (_EXPLANATION % 1397376001)
            .replace("it is so", "it is\\n::error::" + PWNED + "\\u001b[31m")
            .replace('"measured": 1', '"measured": 698688000'),
            "model_index/families/resnet.yml": "Models:\n- Name: "
            + MODEL
            + "\n  Metadata: {FLOPs: 1397376001, Image Size: 176}\n",
        },
        shows={"verify-check": "MZ601|FLOPs"},
        changes=(EXPLANATIONS,),
    ),
    Project(
        "explanation-nan",
        14,
        {EXPLANATIONS: _EXPLANATION % "NaN" + _EXPLANATION % "Infinity" + _EXPLANATION % _BIG},
        works=("check", "list"),
        changes=(EXPLANATIONS,),
    ),
    _benchmark("integer-of-400-digits", benchmark_with("macs", _BIG)),
    _benchmark("integer-of-5000-digits", benchmark_with("macs", _HUGE)),
    _benchmark(
        "batch-of-400-digits", benchmark_with("latency", '{"batch": ' + _BIG + ', "seconds": 1}')
    ),
    _benchmark(
        "seconds-of-400-digits", benchmark_with("latency", '{"batch": 1, "seconds": ' + _BIG + "}")
    ),
    _benchmark("nan", benchmark_with("latency", '{"batch": 1, "seconds": NaN}')),
    _benchmark("infinity", benchmark_with("latency", '{"batch": 1, "seconds": Infinity}')),
    _benchmark("negative", benchmark({"latency": {"batch": 1, "seconds": -1}})),
    _benchmark("nested", '{"format": 1, "rows": ' + "[" * 100_000),
    _benchmark("not-utf-8", b'{"format": 1, "hardware": "\xff"}'),
    _benchmark("empty", ""),
    _benchmark("unknown-run-that-prints", benchmark({"run": EVIL})),
    _benchmark("hardware-a-list", benchmark(hardware=[EVIL])),
    _benchmark("unknown-entry-that-prints", benchmark({EVIL: EVIL})),
    _benchmark("fifo", Fifo()),
    _benchmark("device", Link("/dev/zero")),
    _benchmark("link-out", Link("{beside}/secret.json")),
    _benchmark("sparse", Sparse(20 * 2**30, b'{"format": 1, "rows": [')),
    _benchmark("folder", Folder()),
    _odd_benchmark("tiny-seconds", benchmark_with("latency", '{"batch": 1, "seconds": 1e-320}')),
    _odd_benchmark("surrogate", benchmark().replace("Some CPU", "\\ud800")),
    _odd_benchmark(
        "threads-of-30-digits",
        benchmark(runs=[{"id": "a", "hardware": {"name": "Some CPU", "threads": 10**30}}]),
    ),
    Project(
        "benchmark-names-that-print",
        11,
        {
            BENCHMARK: benchmark(
                {"batch_stop": EVIL},
                hardware=EVIL,
                runs=[
                    {
                        "id": "a",
                        "hardware": {"name": EVIL, "driver": EVIL, "versions": {EVIL: EVIL}},
                        "date": EVIL,
                        "notes": [EVIL],
                    }
                ],
            )
        },
        works=("check", "list"),
    ),
    Project(
        "benchmarks-folder-a-link-out",
        9,
        {"model_index/benchmarks": Link("{beside}")},
        shows=everywhere("benchmarks", "check", "list", "render", "mkdocs"),
        exits={"check": 2, "list": 2},
    ),
)
