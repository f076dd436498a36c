"""metazoo beside other counters, on the same models, in processor time and in what they count.

    python benchmarks/measure_counters.py [--models 38]

Each counter runs in a process of its own over all the models, built once before the clock starts.
Those that can't count on the meta device run on the CPU, as their users run them. Processor seconds
are given, and the time relative to metazoo's; then on how many models the count equals metazoo's to
the last digit, and how far off the furthest is.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import subprocess
import sys
import time
import warnings
from typing import Any

MODELS = [
    "resnet18",
    "resnet50",
    "resnext50_32x4d",
    "res2next50",
    "seresnet50",
    "densenet121",
    "vgg16",
    "inception_v3",
    "inception_v4",
    "xception41",
    "mobilenetv3_large_100",
    "efficientnet_b0",
    "tf_efficientnet_b0",
    "tf_efficientnetv2_s",
    "regnety_008",
    "nf_regnet_b0",
    "dm_nfnet_f0",
    "resnetv2_50x1_bit",
    "repvgg_a0",
    "ghostnet_100",
    "hrnet_w18_small",
    "dla34",
    "convnext_tiny",
    "convnextv2_nano",
    "poolformer_s12",
    "mixer_s32_224",
    "resmlp_12_224",
    "vit_small_patch16_224",
    "deit_small_patch16_224",
    "beit_base_patch16_224",
    "swin_tiny_patch4_window7_224",
    "swinv2_tiny_window8_256",
    "maxvit_tiny_rw_224",
    "coat_lite_tiny",
    "xcit_nano_12_p16_224",
    "levit_256",
    "volo_d1_224",
    "sequencer2d_s",
]
"""38 models: every kind of layer that counters disagree on."""


def metazoo(model: Any, size: list[int]) -> int:
    """Metazoo's own counter."""
    import torch

    from metazoo.measure.counter import MacCounter

    with torch.inference_mode(), MacCounter() as counter:
        model(torch.empty(1, *size, device="meta"))
    return counter.tally.macs.total()


def flop_counter_mode(model: Any, size: list[int]) -> int:
    """Torch's FlopCounterMode, halved."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(torch.empty(1, *size, device="meta"))
    return int(counter.get_total_flops()) // 2


def fvcore(model: Any, size: list[int]) -> int:
    """Fvcore's FlopCountAnalysis."""
    import torch
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(model, torch.zeros(1, *size))
    analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return int(analysis.total())


def ptflops(model: Any, size: list[int]) -> int:
    """Ptflops with its default backend."""
    from ptflops import get_model_complexity_info

    found = get_model_complexity_info(
        model, tuple(size), as_strings=False, print_per_layer_stat=False
    )
    return int(found[0])


def thop(model: Any, size: list[int]) -> int:
    """Thop's profile."""
    import torch
    from thop import profile

    return int(profile(model, (torch.zeros(1, *size),), verbose=False)[0])


def torchinfo(model: Any, size: list[int]) -> int:
    """Torchinfo's summary."""
    import torch
    from torchinfo import summary

    return int(summary(model, input_data=torch.zeros(1, *size), verbose=0).total_mult_adds)


COUNTERS = {f.__name__: f for f in (metazoo, flop_counter_mode, fvcore, ptflops, thop, torchinfo)}
ON_META = {"metazoo", "flop_counter_mode"}


def run(counter: str, names: list[str]) -> dict[str, Any]:
    """Count all models with one counter; counts by name and processor seconds."""
    import timm
    import torch

    torch.set_num_threads(1)
    logging.disable(logging.WARNING)
    count = COUNTERS[counter]
    counts: dict[str, int | None] = {}
    seconds = 0.0
    for name in names:
        with torch.device("meta" if counter in ON_META else "cpu"):
            model = timm.create_model(name).eval().requires_grad_(False)
        size = list(timm.models.get_pretrained_cfg(name).input_size)
        begun = time.process_time()
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            counts[name] = count(model, size)
        seconds += time.process_time() - begun
    return {"counts": counts, "seconds": seconds}


def main() -> None:
    """Run every counter and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=int, default=len(MODELS))
    names = MODELS[: parser.parse_args().models]
    results = {}
    for counter in COUNTERS:
        command = [sys.executable, "-W", "ignore", __file__, "--run", counter, *names]
        output = subprocess.check_output(command, text=True)  # noqa: S603
        results[counter] = json.loads(output)
    ours = results["metazoo"]
    print(f"{len(names)} models")
    print(f"{'counter':20}{'CPU s':>8}{'ratio':>8}{'equal':>7}{'furthest off':>14}")
    for counter, result in results.items():
        ratio = result["seconds"] / ours["seconds"]
        off = {n: result["counts"][n] / ours["counts"][n] - 1 for n in names}
        equal = sum(o == 0 for o in off.values())
        worst = max(off, key=lambda n: abs(off[n]))
        print(
            f"{counter:20}{result['seconds']:8.1f}{ratio:8.1f}{equal:7}"
            f"{off[worst] * 100:12.1f} % {worst}"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        print(json.dumps(run(sys.argv[2], sys.argv[3:])))
    else:
        main()
