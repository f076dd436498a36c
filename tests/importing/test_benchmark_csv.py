"""timm's tables of benchmarks become rows that say what they were measured on."""

from pathlib import Path

import pytest

from metazoo.bench.files import read_file, update_folder
from metazoo.errors import UsageError
from metazoo.importing.benchmark_csv import read_benchmark_csv, read_name

TABLES = Path(__file__).parent / "benchmarks"
RTX4090 = TABLES / "benchmark-infer-amp-nhwc-pt240-cu124-rtx4090.csv"
RTX3090 = TABLES / "benchmark-infer-amp-nchw-pt112-cu113-rtx3090.csv"
CPU = TABLES / "benchmark-infer-fp32-nchw-pt240-cpu-i9_10940x-dynamo.csv"
HEADER = "model,infer_samples_per_sec,infer_step_time,infer_batch_size,infer_img_size"


def test_the_throughput_is_the_table_s():
    first = read_benchmark_csv(RTX4090, "NVIDIA GeForce RTX 4090").rows[0]
    assert first.model == "test_vit"
    assert first.input_size == (3, 160, 160)
    assert first.throughput.batch == 512
    assert first.throughput.images_per_second == pytest.approx(193591.5)


def test_what_was_not_measured_is_not_there():
    first = read_benchmark_csv(RTX4090, "x").rows[0]
    assert first.latency is None
    assert first.throughput.peak_bytes is None
    assert first.throughput.low is None


def test_one_model_at_two_sizes_is_two_rows():
    rows = read_benchmark_csv(RTX4090, "x").rows
    assert [r.input_size[1] for r in rows if r.model == "resnet50"] == [160, 176]


def test_the_other_order_of_columns_commas_and_batches_with_a_point():
    rows = read_benchmark_csv(RTX3090, "x").rows
    assert [r.throughput.batch for r in rows] == [1024, 768, 64]
    assert rows[0].throughput.images_per_second == pytest.approx(49285.12)
    assert rows[0].input_size == (3, 106, 106)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (RTX4090.name, ("amp", True, False, "rtx4090", {"torch": "2.4.0", "cuda": "12.4"})),
        (RTX3090.name, ("amp", False, False, "rtx3090", {"torch": "1.12", "cuda": "11.3"})),
        (CPU.name, ("fp32", False, True, "cpu-i9_10940x", {"torch": "2.4.0"})),
        (
            "benchmark-infer-amp_bf16-nchw-pt291-cu130-pro6000maxq-dynamo.csv",
            ("amp_bf16", False, True, "pro6000maxq", {"torch": "2.9.1", "cuda": "13.0"}),
        ),
    ],
)
def test_the_name_says_how_it_was_measured(name, expected):
    named = read_name(Path(name))
    assert (
        named.precision,
        named.channels_last,
        named.compile,
        named.device,
        named.versions,
    ) == expected


def test_nothing_is_said_of_a_day_or_a_version_that_the_name_does_not_tell():
    run = read_benchmark_csv(CPU, "Intel Core i9-10940X").runs[CPU.name]
    assert run.date is None
    assert run.origin == CPU.name
    assert run.hardware.kind == "cpu"
    assert "timm" not in run.hardware.versions


def test_tables_of_two_versions_stand_side_by_side_in_one_file(tmp_path):
    other = tmp_path / "benchmark-infer-amp-nhwc-pt291-cu128-rtx4090.csv"
    other.write_bytes(RTX4090.read_bytes())
    for table in (RTX4090, other, RTX4090):
        path = update_folder(tmp_path / "kept", read_benchmark_csv(table, "NVIDIA RTX 4090"))
    kept = read_file(path)
    assert path.name == "nvidia-rtx-4090.json"
    assert len(kept.rows) == 8
    assert {kept.runs[row.run].hardware.versions["torch"] for row in kept.rows} == {
        "2.4.0",
        "2.9.1",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{HEADER}\nresnet50,fast,1,1,224\n", ":2: infer_samples_per_sec is 'fast', not a number"),
        (f"{HEADER}\nresnet50,1,000,1,1,224\n", ":2: infer_step_time is '000'; it must be above 0"),
        (f"{HEADER}\nresnet50,10,100,1.5,224\n", ":2: infer_batch_size is '1.5', not a whole"),
        (f"{HEADER}\nresnet50,10,7,1,224\n", ":2: 10 images/s don't match batches of 1 in 7 ms"),
        ("model,top1\nresnet50,80\n", ":1: has no column infer_samples_per_sec"),
        (f"{HEADER}\n", ": has no rows"),
        (f"{HEADER}\n,10,100,1,224\n", ":2: the model column is empty"),
        (f"{HEADER}\na,10,100,1,224\na,11,91,1,224\n", ": has 2 rows of 'a' at 224 pixels"),
    ],
)
def test_a_damaged_table_is_refused_with_its_line(tmp_path, text, message):
    path = tmp_path / RTX4090.name
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        read_benchmark_csv(path, "x")
    assert message in str(error.value)


def test_a_mark_of_the_byte_order_is_no_part_of_the_first_column(tmp_path):
    path = tmp_path / RTX4090.name
    path.write_text(f"{HEADER}\nresnet50,10,100,1,224\n", encoding="utf-8-sig")
    assert [row.model for row in read_benchmark_csv(path, "x").rows] == ["resnet50"]


def test_a_hardware_without_a_name_is_refused():
    with pytest.raises(UsageError, match="name the device"):
        read_benchmark_csv(RTX4090, " ")


@pytest.mark.parametrize("name", ["results.csv", "benchmark-train-amp-nhwc-pt112-cu113-a.csv"])
def test_a_table_whose_name_says_nothing_is_refused(name):
    with pytest.raises(UsageError, match="its name doesn't tell how it was measured"):
        read_name(Path(name))


@pytest.mark.parametrize(
    ("step", "fits"), [("50", False), ("50.1", True), ("199.9", True), ("200", False)]
)
def test_rate_and_time_of_a_batch_may_differ_by_a_factor_below_two(tmp_path, step, fits):
    path = tmp_path / RTX4090.name
    path.write_text(f"{HEADER}\nresnet50,10,{step},1,224\n")
    if fits:
        assert len(read_benchmark_csv(path, "x").rows) == 1
    else:
        with pytest.raises(UsageError, match=f"don't match batches of 1 in {step} ms each"):
            read_benchmark_csv(path, "x")


@pytest.mark.parametrize(
    ("digits", "version"),
    [("112", "1.12"), ("1131", "1.13.1"), ("200", "2.0.0"), ("2101", "2.10.1")],
)
def test_torch_versions_have_two_digits_after_the_point_before_2_0_and_three_numbers_since(
    digits, version
):
    name = f"benchmark-infer-amp-nhwc-pt{digits}-rtx4090.csv"
    assert read_name(Path(name)).versions == {"torch": version}


@pytest.mark.parametrize(
    ("text", "number"), [("1,013.01", 1013.01), ("1e3", 1000), ("1,013,000.", 1013000), ("7", 7)]
)
def test_numbers_in_every_spelling_of_the_tables(tmp_path, text, number):
    path = tmp_path / RTX4090.name
    path.write_text(f'{HEADER}\na,"{text}",{1000 / number},1,224\n')
    (row,) = read_benchmark_csv(path, "x").rows
    assert row.throughput.images_per_second == pytest.approx(number)


@pytest.mark.parametrize(
    "text", ["10,13.01", ",013", "1,0133", "-1", "+1", "1e", "inf", "0", "0.0"]
)
def test_what_is_no_number_above_zero_is_refused(tmp_path, text):
    path = tmp_path / RTX4090.name
    path.write_text(f'{HEADER}\na,"{text}",1,1,224\n')
    with pytest.raises(UsageError, match="infer_samples_per_sec is"):
        read_benchmark_csv(path, "x")
