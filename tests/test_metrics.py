"""What is known of metrics: their names, directions, units and ranges."""

import pytest

from metazoo.metrics import METRICS, STANDARD, Better, Metric, Metrics, folded


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Top 1 Accuracy", "Top 1 Accuracy"),
        ("top-1", "Top 1 Accuracy"),
        ("TOP_5 accuracy %", "Top 5 Accuracy"),
        ("acc@1", "Top 1 Accuracy"),
        ("Top 10 Accuracy", "Top N Accuracy"),
        ("AR@1000", "AR"),
        ("Recall@1", "Recall"),
        ("R@10", "Recall"),
        ("mAP50-95", "mAP"),
        ("mAP@0.5", "AP50"),
        ("bbox_mAP", "box AP"),
        ("mIoU(ms+flip)", "mIoU"),
        ("F1 (macro)", "F1"),
        ("Test WER", "WER"),
        ("eval_loss", "Loss"),
        ("BLEU-4", "BLEU"),
        ("Latency (ms)", "Latency"),
        ("Latency p95", "Latency"),
        ("validation top-1 err", "Top 1 Error"),
    ],
)
def test_a_metric_is_found_by_any_usual_name(name, known):
    assert STANDARD.find(name).name == known


@pytest.mark.parametrize(
    "name",
    [
        *("", "@", "1", "%", "mean", "Score", "R", "MOTP", "Accuracy (error)", "Accuracy drop"),
        *("1 - SSIM", "Not a WER", "x" * 100_000, "\ud800", "accuracy" * 11),
    ],
)
def test_the_direction_of_an_unknown_metric_is_not_guessed(name):
    assert STANDARD.find(name) is None
    assert STANDARD.better(name) is None


@pytest.mark.parametrize(
    "names",
    [
        ("WER", "CER", "EER", "MAE", "MSE", "RMSE", "AbsRel", "LPIPS", "FID", "KID", "Perplexity"),
        (
            "Top 1 Error",
            "Top 5 Error",
            "Latency",
            "Loss",
            "NLL",
            "ECE",
            "EPE",
            "bits per byte",
            "mCE",
        ),
    ],
)
def test_less_is_better_for_errors_and_costs(names):
    assert {name: STANDARD.better(name) for name in names} == dict.fromkeys(names, Better.LOWER)


@pytest.mark.parametrize(
    "names",
    [
        ("Accuracy", "Balanced Accuracy", "mAP", "box AP", "mIoU", "Dice", "Pixel Accuracy", "PCK"),
        (
            "F1",
            "AUROC",
            "MCC",
            "Kappa",
            "BLEU",
            "ROUGE-L",
            "METEOR",
            "CIDEr",
            "chrF",
            "Exact Match",
        ),
        ("IS", "PSNR", "SSIM", "NDCG", "MRR", "Throughput", "k-NN accuracy", "linear probe", "NDS"),
        ("MOTA", "HOTA", "PQ", "Precision", "Zero-Shot Top 1 Accuracy", "Inception Score"),
    ],
)
def test_more_is_better_for_scores(names):
    assert {name: STANDARD.better(name) for name in names} == dict.fromkeys(names, Better.HIGHER)


def test_no_two_packaged_metrics_share_a_name():
    names = [key for m in METRICS for key in {folded(name) for name in (m.name, *m.aliases)}]
    assert len(names) == len(set(names))
    assert all(names)


def test_every_packaged_metric_has_a_direction_and_a_description():
    assert all(m.better and m.text.endswith(".") for m in METRICS)


@pytest.mark.parametrize(
    ("name", "number", "unit", "figure"),
    [
        ("Latency", 9, "ms", (9, "ms")),
        ("Latency", 0.009, "s", (9, "ms")),
        ("Latency", 9_000, "µs", (9, "ms")),
        ("Latency", 9, "", (9, "ms")),
        ("PSNR", 31.2, "db", (31.2, "dB")),
        ("Throughput", 60, "FPS", (60, "img/s")),
        ("Memory", 2, "GB", (2000, "MB")),
        ("Top 1 Accuracy", 79.3, "%", (79.3, "%")),
        ("Top 1 Accuracy", 79.3, "percent", (79.3, "%")),
        ("Top 1 Accuracy", 0.793, "", (0.793, "%")),  # MZ307 says it; nothing is guessed
        ("SSIM", 94, "%", (0.94, "")),
        ("SSIM", 0.94, "", (0.94, "")),
        ("MAE", 3, "cm", (30, "mm")),
        ("MAE", 3, "years", (3, "years")),
        ("Nonsense", 2, "s", (2000, "ms")),
        ("Nonsense", 3, "x", (3, "x")),
        ("Latency", 9, "dB", None),
        ("Latency", 9, "ticks", None),
        ("Perplexity", 12, "%", None),
        ("Top 1 Accuracy", 79, "s", None),
    ],
)
def test_units_convert_within_a_kind(name, number, unit, figure):
    assert STANDARD.figure(name, number, unit) == figure


def test_only_a_known_unit_of_another_kind_contradicts_a_metric():
    assert STANDARD.contradicts("Latency", "dB").name == "Latency"
    assert STANDARD.contradicts("Latency", "ticks") is None
    assert STANDARD.contradicts("Latency", "s") is None
    assert STANDARD.contradicts("MAE", "s") is None
    assert STANDARD.contradicts("Nonsense", "s") is None


def test_the_range_of_a_metric_includes_its_ends():
    metric = Metric("Grade", low=1, high=6)
    assert metric.allows(1)
    assert metric.allows(6)
    assert not metric.allows(0.999)
    assert not metric.allows(6.001)
    assert Metric("Open").allows(-1e9)


def test_a_zoo_s_own_metric_replaces_a_packaged_name():
    own = Metrics([Metric("Grade", Better.LOWER, aliases=("Score", "WER")), Metric("grade")])
    assert own.better("Grade") is Better.LOWER, "the first of two"
    assert own.better("score") is Better.LOWER
    assert own.find("wer").name == "Grade"
    assert own.find("CER").name == "CER"
    assert STANDARD.find("wer").name == "WER"


def test_a_zoo_s_own_unit_is_compared_as_written():
    own = Metrics([Metric("Strength", Better.HIGHER, unit="Elo points")])
    assert own.figure("Strength", 1200, "elo  points") == (1200, "Elo points")
    assert own.figure("Strength", 1200, "") == (1200, "Elo points")
    assert own.figure("Strength", 1200, "pawns") is None
    assert own.contradicts("Strength", "ms") is not None


def test_a_name_has_up_to_eighty_characters():
    assert STANDARD.find("WER" + " " * 77).name == "WER"
    assert STANDARD.find("WER" + " " * 78) is None


def test_a_name_is_found_again_after_more_names_than_are_kept(monkeypatch):
    monkeypatch.setattr("metazoo.metrics._MOST_KEPT", 2)
    metrics = Metrics()
    for _ in range(2):
        assert [metrics.find(name).name for name in ("WER", "CER", "PER")] == ["WER", "CER", "PER"]
        assert len(metrics._found) <= 2


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("AP50", "AP50"),
        ("AP@0.5", "AP50"),
        ("AP@0.6", "mAP"),
        ("P@5", "Precision"),
        ("top 1234", "Top N Accuracy"),
        ("top 12345", None),
        ("WER2", "WER"),
        ("val WER test", "WER"),
        ("my WER", None),
        ("WER@", "WER"),
        ("@1", None),
    ],
)
def test_the_most_exact_name_wins(name, known):
    found = STANDARD.find(name)
    assert (found and found.name) == known


@pytest.mark.parametrize(
    ("high", "figure"), [(1, (0.94, "")), (0.5, (0.94, "")), (1.01, None), (None, None)]
)
def test_only_a_metric_that_ends_at_one_is_a_share(high, figure):
    own = Metrics([Metric("Own", high=high), Metric("Length", high=1, unit="m")])
    assert own.figure("Own", 94, "%") == figure
    assert own.figure("Own", 0.94, "") == (0.94, "")
    assert own.figure("Length", 94, "%") is None


def test_values_sort_from_best_to_worst():
    assert sorted([1, 3, 2], key=Better.HIGHER.order) == [3, 2, 1]
    assert sorted([1, 3, 2], key=Better.LOWER.order) == [1, 2, 3]


def test_a_converted_value_has_no_noise_of_floats():
    assert STANDARD.figure("Latency", 1.1, "s") == (1100, "ms")
    assert STANDARD.figure("Memory", 1, "GiB") == (1073.741824, "MB")
    assert STANDARD.figure("Top 1 Accuracy", 793, "‰") == (79.3, "%")
    assert STANDARD.figure("Nonsense", 2, " furlongs ") == (2, "furlongs")
