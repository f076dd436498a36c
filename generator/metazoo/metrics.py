"""The metrics of the field: what each is called, its unit, its range, and which way is better.

One table answers all of it, for reading, checking and rendering. A zoo adds its own metrics in its
``glossary.yml``. The direction of a metric that nobody describes is unknown and never guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Better(StrEnum):
    """Which values of a metric are better."""

    HIGHER = "higher"
    LOWER = "lower"

    def order(self, value: float) -> float:
        """A number to sort by: the smaller it is, the better is the value."""
        return -value if self is Better.HIGHER else value


_HIGHER, _LOWER = Better.HIGHER, Better.LOWER

ANY_UNIT = None
"""Unit of a metric that has the unit of whatever it is computed on, such as MAE."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric.

    Attributes:
        name: The usual name.
        better: Which way is better; None if unknown.
        unit: Unit of its values, the empty string for plain numbers, `ANY_UNIT` for any.
        low: The lowest possible value, in `unit`; None if there is no bound.
        high: The highest possible value.
        text: What it is, in one sentence.
        aliases: Other names. Case, spaces, ``_``, ``-`` and ``%`` don't matter.
        of_samples: Whether it is the share of samples that are right or wrong, so that its standard
            error follows from their number.
    """

    name: str
    better: Better | None = None
    unit: str | None = ""
    low: float | None = None
    high: float | None = None
    text: str = ""
    aliases: tuple[str, ...] = ()
    of_samples: bool = False

    def allows(self, number: float) -> bool:
        """Whether a value, in the unit of the metric, lies in its range."""
        return (self.low is None or number >= self.low) and (
            self.high is None or number <= self.high
        )


class Figure(NamedTuple):
    """A value that can be compared with others of the same unit."""

    value: float
    unit: str


class Metrics:
    """The metrics that are known, by every name they have.

    Args:
        own: Metrics of a zoo. They take precedence over the packaged ones.
    """

    def __init__(self, own: Iterable[Metric] = ()) -> None:
        self.own = tuple(own)
        self._by_name: dict[str, Metric] = {}
        self._found: dict[str, Metric | None] = {}
        # A zoo's own metrics last: they replace names of the packaged ones, the first of two its own.
        for metric in (*METRICS, *reversed(self.own)):
            for name in (*metric.aliases, metric.name):
                self._by_name[folded(name)] = metric

    def find(self, name: str) -> Metric | None:
        """Find the metric of a name as an index writes it; None if it is unknown.

        What follows an ``@``, a number at the end, and words such as ``val`` or ``macro`` don't matter:
        ``AR@1000``, ``mAP50-95``, ``Test WER``, ``F1 (macro)``.
        """
        if name not in self._found:
            if len(self._found) >= _MOST_KEPT:
                self._found.clear()
            keys = _keys(name) if len(name) <= _LONGEST_NAME else ()
            self._found[name] = next((self._by_name[k] for k in keys if k in self._by_name), None)
        return self._found[name]

    def better(self, name: str) -> Better | None:
        """Which way is better for the metric of that name; None if that is unknown."""
        found = self.find(name)
        return found.better if found else None

    def figure(self, name: str, number: float, unit: str) -> Figure | None:
        """A value of a metric in the metric's own unit.

        If the metric is unknown or takes any unit, times become milliseconds, and so on, and a unit that
        is unknown stays as it is.

        Args:
            name: The metric.
            number: Its value.
            unit: The unit as written; empty if none is.

        Returns:
            None if the unit can't be converted to that of the metric.
        """
        metric = self.find(name)
        known = known_unit(unit)
        if metric is None or metric.unit is ANY_UNIT:
            return _scaled(number, known) if known else Figure(number, unit.strip())
        if not unit or folded_unit(unit) == folded_unit(metric.unit):
            return Figure(number, metric.unit)
        own = known_unit(metric.unit)
        if known and own and known.kind == own.kind:
            return Figure(_rounded(number * known.factor / own.factor), metric.unit)
        if known and known.kind == _SHARE and _is_share(metric):
            return Figure(_rounded(number * known.factor / 100), metric.unit)
        return None

    def contradicts(self, name: str, unit: str) -> Metric | None:
        """The metric of that name, if it can't have that unit: seconds for an accuracy.

        A unit that metazoo doesn't know contradicts nothing.
        """
        metric = self.find(name)
        if metric is None or metric.unit is ANY_UNIT or known_unit(unit) is None:
            return None
        return metric if self.figure(name, 0, unit) is None else None


_MOST_KEPT = 10_000
"""Names whose metrics are kept in mind."""
_LONGEST_NAME = 80


def _is_share(metric: Metric) -> bool:
    """Whether 94 % of a metric is a plain 0.94."""
    return metric.unit == "" and metric.high is not None and metric.high <= 1


# -- units ----------------------------------------------------------------------------------------


class Unit(NamedTuple):
    """A unit that metazoo can convert.

    Attributes:
        kind: The unit that others of its kind are converted to: ``ms``.
        factor: How many of those it is.
    """

    kind: str
    factor: float


_SHARE = "%"
_UNITS: dict[str, dict[str, float]] = {
    _SHARE: {"%": 1, "percent": 1, "per cent": 1, "pct": 1, "‰": 0.1},
    "ms": {
        **dict.fromkeys(("ns", "nanoseconds"), 1e-6),
        **dict.fromkeys(("us", "µs", "μs", "microseconds"), 1e-3),
        **dict.fromkeys(("ms", "msec", "milliseconds"), 1),
        **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1e3),
        **dict.fromkeys(("min", "mins", "minutes"), 6e4),
        **dict.fromkeys(("h", "hours"), 3.6e6),
    },
    "img/s": {
        **dict.fromkeys(
            ("img/s", "imgs/s", "im/s", "image/s", "images/s", "img/sec", "images/sec"), 1
        ),
        **dict.fromkeys(("fps", "frames/s", "images per second", "frames per second"), 1),
        **dict.fromkeys(("samples/s", "samples per second"), 1),
    },
    "tokens/s": dict.fromkeys(("tokens/s", "token/s", "tok/s", "tokens per second"), 1),
    "MB": {
        **dict.fromkeys(("KB", "kB"), 1e-3),
        **dict.fromkeys(("MB",), 1),
        **dict.fromkeys(("GB",), 1e3),
        **dict.fromkeys(("TB",), 1e6),
        "KiB": 1024 / 1e6,
        "MiB": 1024**2 / 1e6,
        "GiB": 1024**3 / 1e6,
        "TiB": 1024**4 / 1e6,
    },
    "dB": {"dB": 1},
    "px": dict.fromkeys(("px", "pixel", "pixels"), 1),
    "mm": {"µm": 1e-3, "um": 1e-3, "mm": 1, "cm": 10, "m": 1e3, "km": 1e6},
    "°": dict.fromkeys(("°", "deg", "degree", "degrees"), 1) | {"rad": 180 / math.pi},
    "bits": dict.fromkeys(("bit", "bits", "bpb", "bpc", "bpd", "bpp", "bits/char", "bits/byte"), 1),
    "J": {"mJ": 1e-3, "J": 1, "kJ": 1e3, "Wh": 3.6e3, "kWh": 3.6e6},
    "W": {"mW": 1e-3, "W": 1, "kW": 1e3},
}
_EXACT = {text: Unit(kind, f) for kind, units in _UNITS.items() for text, f in units.items()}
_FOLDED = {text.casefold(): unit for text, unit in _EXACT.items() if len(text) > 2 or text == "µs"}
_FOLDED |= {text.casefold(): _EXACT[text] for text in ("KB", "MB", "GB", "TB", "dB", "px")}


def known_unit(text: str) -> Unit | None:
    """The unit of that name; None for none, and for one that metazoo doesn't know."""
    text = " ".join(text.split())
    return _EXACT.get(text) or _FOLDED.get(text.casefold())


def folded_unit(text: str) -> str:
    """A unit without what its spellings differ in."""
    return "".join(text.split()).casefold()


def _scaled(number: float, unit: Unit) -> Figure:
    return Figure(_rounded(number * unit.factor), unit.kind)


def _rounded(number: float) -> float:
    """Without the last digits, in which binary fractions differ from decimal ones."""
    return float(f"{number:.12g}")


# -- names ----------------------------------------------------------------------------------------

_QUALIFIERS = frozenset(
    {"val", "valid", "validation", "dev", "test", "eval", "zero", "shot"}
    | {"mean", "avg", "average", "macro", "micro", "weighted", "overall", "global", "raw", "norm"}
    | {"normalized", "single", "multi", "scale", "ms", "ss", "flip", "rgb", "y", "bbox"}
    | {"clean", "other", "median", "p50", "p90", "p95", "p99", "s", "us", "db", "px", "mm"}
)
"""Words beside the name of a metric that don't change what it is or which way is better."""


def folded(name: str) -> str:
    """A name without what its spellings differ in: only letters, digits and ``@``."""
    return "".join(c for c in name.casefold() if c.isalnum() or c == "@")


def _keys(name: str) -> Iterable[str]:
    """What a name may stand under, the most exact form first."""
    yield folded(name)
    head, at, _ = name.casefold().partition("@")
    if at:
        yield folded(head) + "@"
    words = [folded(word) for word in re.split(r"[\W_]+", head) if word]
    for kept in (words, [word for word in words if word not in _QUALIFIERS]):
        key = "".join(kept)
        yield key
        yield re.sub(r"^top[0-9]{1,4}(?![0-9])", "topn", key)
        yield key.rstrip("0123456789")


# -- the table ------------------------------------------------------------------------------------


def _share(
    name: str,
    text: str,
    *aliases: str,
    better: Better = Better.HIGHER,
    low: float | None = 0,
    high: float | None = 100,
    of_samples: bool = False,
) -> Metric:
    """A metric in per cent."""
    return Metric(name, better, _SHARE, low, high, text, aliases, of_samples)


def _plain(
    name: str,
    text: str,
    *aliases: str,
    better: Better = Better.LOWER,
    unit: str | None = "",
    low: float | None = 0,
    high: float | None = None,
) -> Metric:
    """A metric that is no percentage."""
    return Metric(name, better, unit, low, high, text, aliases)


METRICS = (
    # Classification
    _share(
        "Top 1 Accuracy",
        "Share of samples whose likeliest class is the right one.",
        *("top1", "top1acc", "acc1", "acc@1", "accuracy1", "accuracy@1", "accuracytop1", "acctop1"),
        of_samples=True,
    ),
    _share(
        "Top 5 Accuracy",
        "Share of samples whose right class is among the five likeliest.",
        *("top5", "top5acc", "acc5", "acc@5", "accuracy5", "accuracy@5", "accuracytop5", "acctop5"),
        of_samples=True,
    ),
    _share(
        "Top N Accuracy",
        "Share of samples whose right class is among the N likeliest.",
        *("topn", "topnacc"),
        of_samples=True,
    ),
    _share(
        "Accuracy",
        "Share of samples that are right.",
        *("acc", "accuracyscore", "classificationaccuracy", "overallaccuracy", "wordacc"),
        *("wordaccuracy", "sequenceaccuracy", "tokenaccuracy", "accnorm"),
        of_samples=True,
    ),
    _share(
        "Zero-Shot Accuracy",
        "Accuracy on classes that are given as text, without training on the dataset.",
        *("zeroshot", "zeroshotacc", "zeroshottop1", "zeroshottop1acc", "zeroshottop1accuracy"),
        *("zeroshotacc1", "zeroshotacc@1"),
        of_samples=True,
    ),
    _share(
        "Zero-Shot Top 5 Accuracy",
        "Top 5 accuracy on classes that are given as text, without training on the dataset.",
        *("zeroshottop5", "zeroshottop5acc", "zeroshotacc5", "zeroshotacc@5"),
        of_samples=True,
    ),
    _share(
        "k-NN Accuracy",
        "Accuracy of a nearest-neighbor classifier on frozen features.",
        *("knn", "knnacc", "knntop1", "knntop1accuracy"),
        of_samples=True,
    ),
    _share(
        "Linear Probe Accuracy",
        "Accuracy of a linear classifier on frozen features.",
        *("linearprobe", "linearprobing", "linearprobingaccuracy", "linearprobetop1accuracy"),
        *("linearprobetop1", "lineareval", "linearevaluation", "linearaccuracy"),
        of_samples=True,
    ),
    _share(
        "Robust Accuracy",
        "Accuracy on samples that were changed to mislead the model.",
        *("robustacc", "adversarialaccuracy", "adversarialacc"),
        of_samples=True,
    ),
    _share(
        "Balanced Accuracy",
        "Mean of the accuracies of the classes.",
        *("balancedacc", "macc", "meanclassaccuracy", "perclassaccuracy", "meanperclassaccuracy"),
    ),
    _share(
        "Top 1 Error",
        "Share of samples whose likeliest class is a wrong one.",
        *("top1err", "top1errorrate", "err1", "err@1", "error@1"),
        better=_LOWER,
        of_samples=True,
    ),
    _share(
        "Top 5 Error",
        "Share of samples whose right class is not among the five likeliest.",
        *("top5err", "top5errorrate", "err5", "err@5", "error@5"),
        better=_LOWER,
        of_samples=True,
    ),
    _share(
        "Top N Error",
        "Share of samples whose right class is not among the N likeliest.",
        *("topnerr", "topnerrorrate"),
        better=_LOWER,
        of_samples=True,
    ),
    _share(
        "Error Rate",
        "Share of samples that are wrong.",
        *("errrate", "classificationerror"),
        better=_LOWER,
        of_samples=True,
    ),
    _share(
        "Mean Corruption Error",
        "Error on corrupted images, relative to a reference model.",
        *("mce", "corruptionerror"),
        better=_LOWER,
        high=None,
    ),
    _share("Precision", "Share of what was found that is right.", "ppv", "prec", "p@", "prec@"),
    _share(
        "Recall",
        "Share of what is there that was found.",
        *("sensitivity", "tpr", "truepositiverate", "r@", "rec"),
    ),
    _share("Specificity", "Share of the negatives that are recognized.", "tnr"),
    _share(
        "F1",
        "Harmonic mean of precision and recall.",
        *("f1score", "fscore", "fmeasure", "hmean", "hmeaniou", "f1macro", "f1micro", "macrof1"),
        *("microf1", "weightedf1"),
    ),
    _share(
        "AUROC",
        "Area under the curve of true positives against false positives.",
        *("auc", "rocauc", "aucroc", "auroc", "areaunderroc"),
    ),
    _share("AUPRC", "Area under the curve of precision against recall.", "prauc", "aucpr", "aupr"),
    _share(
        "MCC",
        "Matthews correlation coefficient: how far predictions and labels go together.",
        *("matthewscorrelation", "matthewscorrelationcoefficient", "matthewscorrcoef"),
        low=-100,
    ),
    _share(
        "Cohen's Kappa",
        "Agreement beyond chance.",
        *("kappa", "cohenkappa", "quadraticweightedkappa", "qwk", "cohenkappascore"),
        low=-100,
    ),
    _share("False Positive Rate", "Share of negatives taken for positives.", "fpr", better=_LOWER),
    _share("False Negative Rate", "Share of positives missed.", "fnr", "missrate", better=_LOWER),
    _share(
        "ECE",
        "Expected calibration error: how far confidence lies from accuracy.",
        "expectedcalibrationerror",
        better=_LOWER,
    ),
    _plain("Brier Score", "Squared error of predicted probabilities.", "brier", high=2),
    _plain(
        "Loss",
        "What training minimizes.",
        *("trainloss", "trainingloss", "crossentropy", "crossentropyloss", "logloss"),
        low=None,
    ),
    _plain("NLL", "Negative log-likelihood.", "negativeloglikelihood", "nllloss", low=None),
    # Detection and segmentation
    _share(
        "mAP",
        "Mean average precision over the classes.",
        *("ap", "averageprecision", "meanaverageprecision", "map5095", "ap5095", "map@"),
    ),
    _share("box AP", "Average precision of boxes.", "boxmap", "bboxap", "bboxmap"),
    _share("mask AP", "Average precision of masks.", "maskmap", "segmap", "segmmap", "segmapmask"),
    _share("keypoint AP", "Average precision of keypoints.", "keypointmap", "keypointsap"),
    _share(
        "AP50", "Average precision at an overlap of 50 %.", "map50", "ap@0.5", "map@0.5", "ap@50"
    ),
    _share("AP75", "Average precision at an overlap of 75 %.", "map75", "ap@0.75", "map@0.75"),
    _share("APs", "Average precision for small objects.", "apsmall", "mapsmall"),
    _share("APm", "Average precision for medium objects.", "apmedium", "mapmedium"),
    _share("APl", "Average precision for large objects.", "aplarge", "maplarge"),
    _share("AR", "Average recall.", "averagerecall", "mar", "meanaveragerecall"),
    _share(
        "IoU",
        "Overlap of prediction and truth, divided by their union.",
        *("jaccard", "jaccardindex", "intersectionoverunion", "giou", "ciou", "fwiou"),
    ),
    _share("mIoU", "Mean over the classes of the overlap divided by the union.", "meaniou"),
    _share(
        "Dice",
        "Twice the overlap divided by both areas.",
        *("mdice", "dicescore", "dicecoefficient", "dsc"),
    ),
    _share("Pixel Accuracy", "Share of pixels that are right.", "aacc", "pixacc", "pixelacc"),
    _share("Boundary F1", "F1 of the contours.", "bf1", "boundaryfscore"),
    _share("PQ", "Panoptic quality: recognition and segmentation in one.", "panopticquality"),
    _share("SQ", "Segmentation quality of what was recognized.", "segmentationquality"),
    _share("RQ", "Recognition quality.", "recognitionquality"),
    _share("J&F", "Mean of region overlap and contour F1, for objects in videos.", "jandf"),
    _share(
        "NSD", "Share of the surface within a tolerance.", "surfacedice", "normalizedsurfacedice"
    ),
    _plain(
        "Hausdorff Distance",
        "Largest distance between two contours.",
        *("hausdorff", "hd", "hd95"),
        unit=ANY_UNIT,
    ),
    _plain("ASSD", "Mean distance between two surfaces.", "asd", unit=ANY_UNIT),
    _plain("SAD", "Sum of absolute differences of mattes.", unit=ANY_UNIT),
    # Driving and tracking
    _share("NDS", "nuScenes detection score.", "nuscenesdetectionscore"),
    _plain("mATE", "Mean error of translation.", unit=ANY_UNIT),
    _plain("mASE", "Mean error of scale."),
    _plain("mAOE", "Mean error of orientation.", unit=ANY_UNIT),
    _plain("mAVE", "Mean error of velocity.", unit=ANY_UNIT),
    _plain("mAAE", "Mean error of attributes."),
    _share("MOTA", "Accuracy of tracking several objects.", low=None),
    _share("AMOTA", "Mean tracking accuracy over the recalls.", low=None),
    _share("HOTA", "Higher-order tracking accuracy."),
    _share("IDF1", "F1 of identities that were kept."),
    _share("AssA", "Accuracy of association."),
    _share("DetA", "Accuracy of detection within HOTA."),
    _plain("ID Switches", "How often a track changes its identity.", "idsw", "ids", "idswitch"),
    # Keypoints and poses
    _share(
        "PCK", "Share of keypoints within a distance.", "pckh", "pcka", "3dpck", "correctkeypoints"
    ),
    _share("NME", "Normalized mean error of keypoints.", better=_LOWER, high=None),
    _plain(
        "MPJPE",
        "Mean distance of joints.",
        *("pmpjpe", "pampjpe", "meanperjointpositionerror"),
        unit=ANY_UNIT,
    ),
    _plain("PVE", "Mean distance of vertices.", "mpvpe", "mpve", unit=ANY_UNIT),
    _plain("Chamfer Distance", "Distance of two point clouds.", "chamfer", unit=ANY_UNIT),
    # Depth and flow
    _plain("AbsRel", "Mean error of depth, relative to the depth.", "absoluterelativeerror"),
    _plain("SqRel", "Squared error of depth, relative to the depth.", unit=ANY_UNIT),
    _plain("RMSE log", "Root of the mean squared error of logarithms.", "rmsle", "rmselog"),
    _plain("SILog", "Scale-invariant error of logarithms."),
    _share("Delta 1", "Share of pixels whose depth is wrong by less than a factor of 1.25.", "δ1"),
    _plain(
        "EPE", "Mean length of the error of optical flow.", "endpointerror", "aepe", unit=ANY_UNIT
    ),
    _share("Fl-all", "Share of pixels whose flow is an outlier.", "flall", better=_LOWER),
    _share("D1-all", "Share of pixels whose disparity is an outlier.", better=_LOWER),
    # Regression and correlation
    _plain("Error", "How far predictions lie from the truth.", "err", unit=ANY_UNIT),
    _plain("MAE", "Mean absolute error.", "meanabsoluteerror", "l1error", unit=ANY_UNIT),
    _plain("MSE", "Mean squared error.", "meansquarederror", unit=ANY_UNIT),
    _plain("RMSE", "Root of the mean squared error.", "rootmeansquarederror", unit=ANY_UNIT),
    _plain("RMSD", "Root of the mean squared deviation of atoms.", unit=ANY_UNIT),
    _share(
        "MAPE",
        "Mean absolute error in per cent of the value.",
        *("smape", "meanabsolutepercentageerror"),
        better=_LOWER,
        high=None,
    ),
    _share("R²", "Share of the variance that is explained.", "r2", "r2score", low=None),
    _share("Pearson", "Linear correlation.", "pearsonr", "pearsoncorrelation", "plcc", low=-100),
    _share(
        "Spearman", "Correlation of ranks.", "spearmanr", "spearmancorrelation", "srcc", low=-100
    ),
    _share("Kendall's Tau", "Agreement of ranks.", "kendall", "kendalltau", "krcc", low=-100),
    # Images and video
    _plain(
        "PSNR", "Peak signal-to-noise ratio.", "peaksignaltonoiseratio", better=_HIGHER, unit="dB"
    ),
    _plain(
        "SSIM",
        "Structural similarity.",
        *("structuralsimilarity", "msssim"),
        better=_HIGHER,
        low=-1,
        high=1,
    ),
    _plain("LPIPS", "Distance of two images in the features of a network."),
    _plain("DISTS", "Distance of two images in structure and texture."),
    _plain(
        "FID",
        "Distance of generated from real images in features.",
        "frechetinceptiondistance",
        "fid50k",
        "sfid",
    ),
    _plain(
        "KID",
        "Distance of generated from real images by a kernel.",
        "kernelinceptiondistance",
        low=None,
    ),
    _plain("FVD", "Distance of generated from real videos.", "frechetvideodistance"),
    _plain("FAD", "Distance of generated from real sounds.", "frechetaudiodistance"),
    _plain("Inception Score", "How clear and varied generated images are.", "is", better=_HIGHER),
    _plain(
        "CLIP Score",
        "How well an image fits its text.",
        "clipscore",
        "clipsim",
        better=_HIGHER,
        low=None,
    ),
    _plain("NIQE", "Quality of an image without a reference."),
    _plain("BRISQUE", "Quality of an image without a reference.", low=None),
    _share("VMAF", "Perceived quality of a video."),
    _plain("Sliced Wasserstein Distance", "Distance of two distributions.", "swd"),
    # Speech and sound
    _share(
        "WER",
        "Word error rate.",
        "worderrorrate",
        "wordacousticerrorrate",
        better=_LOWER,
        high=None,
    ),
    _share(
        "CER",
        "Character error rate.",
        "charactererrorrate",
        "charerrorrate",
        better=_LOWER,
        high=None,
    ),
    _share("PER", "Phoneme error rate.", "phonemeerrorrate", better=_LOWER, high=None),
    _share(
        "EER", "Error rate at which both kinds of error are equal.", "equalerrorrate", better=_LOWER
    ),
    _share("DER", "Diarization error rate.", "diarizationerrorrate", better=_LOWER, high=None),
    _plain("minDCF", "Least cost of detection.", "mindcf"),
    _plain(
        "SI-SDR",
        "Signal-to-distortion ratio.",
        "sdr",
        "sdri",
        "sisdri",
        "sisnr",
        "sisnri",
        "snr",
        better=_HIGHER,
        unit="dB",
        low=None,
    ),
    _plain(
        "PESQ",
        "Perceived quality of speech.",
        "wbpesq",
        "pesqwb",
        "nbpesq",
        better=_HIGHER,
        low=-0.5,
        high=5,
    ),
    _share("STOI", "How intelligible speech is.", "estoi"),
    _plain(
        "MOS",
        "Mean opinion score.",
        "meanopinionscore",
        "dnsmos",
        "utmos",
        "nisqa",
        better=_HIGHER,
        high=5,
    ),
    _plain("Real-Time Factor", "Time to process, relative to the length of the sound.", "rtf"),
    # Text
    _plain(
        "Perplexity",
        "How unexpected a text is to a model.",
        "ppl",
        "wordperplexity",
        "byteperplexity",
    ),
    _plain("Bits per Byte", "Bits to encode a byte of text.", "bpb", unit="bits"),
    _plain("Bits per Character", "Bits to encode a character.", "bpc", unit="bits"),
    _plain("Bits per Dimension", "Bits to encode a dimension.", "bpd", "bitsperdim", unit="bits"),
    _share("BLEU", "Overlap with reference translations.", "sacrebleu", "bleuscore"),
    _share("ROUGE-1", "Overlap of words with a reference.", "rouge1"),
    _share("ROUGE-2", "Overlap of pairs of words with a reference.", "rouge2"),
    _share("ROUGE-L", "Longest sequence of words shared with a reference.", "rougelsum", "rouge"),
    _share("METEOR", "Overlap with reference translations, synonyms included."),
    _share("CIDEr", "Agreement with reference captions.", "ciderd", high=None),
    _share("SPICE", "Agreement with reference captions in what they state."),
    _share("chrF", "F-score of character n-grams.", "chrf2"),
    _share(
        "TER",
        "Edits from a translation to its reference.",
        "translationeditrate",
        better=_LOWER,
        high=None,
    ),
    _share(
        "BERTScore", "Similarity to a reference in the features of BERT.", "bertscoref1", low=-100
    ),
    _plain("BLEURT", "Learned score of a translation.", better=_HIGHER, low=None),
    _plain("COMET", "Learned score of a translation.", better=_HIGHER, low=None),
    _share("Exact Match", "Share of answers that equal the reference.", "em", "exact"),
    _share("pass@k", "Share of problems solved by one of k programs.", "pass@", "pass"),
    _share("Win Rate", "Share of comparisons won.", "winrate"),
    # Retrieval
    _share("NDCG", "Quality of a ranking, the first places weighed most.", "dcgnormalized"),
    _share(
        "MRR", "Mean of one divided by the rank of the first right answer.", "meanreciprocalrank"
    ),
    _share(
        "Hit Rate", "Share of queries answered among the first K.", "hits", "hit", "hits@", "hit@"
    ),
    _plain("Median Rank", "Median rank of the right answer.", "medr"),
    # Clustering
    _share("NMI", "Agreement of two clusterings.", "normalizedmutualinformation", "vmeasure"),
    _share("ARI", "Agreement of two clusterings beyond chance.", "adjustedrandindex", low=-100),
    # Proteins
    _share("TM-score", "Similarity of two structures."),
    _share("GDT-TS", "Similarity of two structures."),
    _share("lDDT", "Local similarity of two structures.", "plddt"),
    # Reinforcement learning
    _plain(
        "Mean Reward",
        "Reward of an episode.",
        "reward",
        "meanreturn",
        "episodereward",
        "return",
        better=_HIGHER,
        low=None,
    ),
    _share("Success Rate", "Share of attempts that succeed.", "successrate"),
    _share(
        "Human-Normalized Score", "Score relative to that of a person.", "hns", low=None, high=None
    ),
    # Cost
    _plain(
        "Latency",
        "Time to process one input.",
        "inferencelatency",
        "inferencetime",
        "timeperimage",
        "responsetime",
        unit="ms",
    ),
    _plain(
        "Throughput",
        "Inputs processed in a second.",
        "fps",
        "framespersecond",
        "imagespersecond",
        "samplespersecond",
        better=_HIGHER,
        unit="img/s",
    ),
    _plain(
        "Token Throughput",
        "Tokens processed in a second.",
        "tokenspersecond",
        "tokenss",
        better=_HIGHER,
        unit="tokens/s",
    ),
    _plain("Memory", "Memory in use.", "peakmemory", "maxmemory", "gpumemory", "vram", unit="MB"),
    _plain("Energy", "Energy for one input.", "energyconsumption", unit="J"),
)
"""The packaged metrics. Percentages are bounded only where the field never writes more."""

STANDARD = Metrics()
"""The packaged metrics only."""
