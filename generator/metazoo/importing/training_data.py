"""The training data that the tag of timm's weights names.

timm's tags end in the datasets of each stage: ``in12k_ft_in1k`` was trained on ImageNet-12k and
fine-tuned on ImageNet. Only what a tag states is given; a tag that states nothing gives nothing.
"""

from __future__ import annotations

import re

_DATASETS = (
    ("in1k|mae|dino|fcmae", "ImageNet"),
    ("in12k", "ImageNet-12k"),
    # Before in21k: what is found first keeps its characters.
    ("miil_in21k", "ImageNet-21k-P"),
    ("in21k", "ImageNet-21k"),
    ("in22k", "ImageNet-22k"),
    ("inw21k", "ImageNet-21k (Winter 2021)"),
    ("jft", "JFT-300M"),
    ("wsl_ig1b", "IG-940M-1.5k"),
    ("swsl_ig1b", "IG-1B-Targeted"),
    ("yfcc100m", "YFCC-100M"),
    ("yfcc15m", "YFCC-15M"),
    ("cc12m", "CC-12M"),
    ("openai", "WebImageText"),
    ("laion400m", "LAION-400M"),
    ("laion2b", "LAION-2B"),
    ("laiona", "LAION-Aesthetics"),
    ("datacompxl|datacomp1b", "DataComp-1B"),
    ("dfn2b", "DFN-2B"),
    ("dfn5b", "DFN-5B"),
    ("metaclip_400m", "MetaCLIP-400M"),
    ("metaclip_2pt5b", "MetaCLIP-2.5B"),
    ("mclip|mclip_lt", "DataCompDR-1B"),
    ("dfndr2b", "DFNDR-2B"),
    ("merged2b", "Merged-2B"),
    ("m30m", "Merged-30M"),
    ("m38m", "Merged-38M"),
    ("lvd142m", "LVD-142M"),
    ("lvd1689m", "LVD-1689M"),
    ("sat493m", "SAT-493M"),
    ("webli", "WebLI"),
    ("sa1b", "SA-1B"),
    ("bamboo", "Bamboo"),
    ("florence2", "FLD-5B"),
)


def training_data(tag: str) -> list[str]:
    """The datasets a tag names, in the order of training, each once.

    Args:
        tag: Of ``architecture.tag``: ``clip_laion2b_ft_in12k_in1k``.
    """
    found: dict[str, int] = {}
    taken: list[tuple[int, int]] = []
    for words, dataset in _DATASETS:
        for match in re.finditer(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])", tag):
            start, end = match.span()
            if not any(s < end and start < e for s, e in taken):
                taken.append((start, end))
                found[dataset] = min(found.get(dataset, start), start)
    return sorted(found, key=lambda dataset: found[dataset])
