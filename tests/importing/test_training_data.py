"""The datasets that a tag names, and no others."""

import pytest

from metazoo.importing.training_data import training_data


@pytest.mark.parametrize(
    ("tag", "datasets"),
    [
        ("a1_in1k", ["ImageNet"]),
        ("clip_laion2b_augreg_ft_in12k_in1k_384", ["LAION-2B", "ImageNet-12k", "ImageNet"]),
        ("in22k_ft_in22k_in1k", ["ImageNet-22k", "ImageNet"]),
        ("miil_in21k_ft_in1k", ["ImageNet-21k-P", "ImageNet"]),
        ("fb_swsl_ig1b_ft_in1k", ["IG-1B-Targeted", "ImageNet"]),
        ("fb_wsl_ig1b_ft_in1k", ["IG-940M-1.5k", "ImageNet"]),
        ("metaclip_2pt5b", ["MetaCLIP-2.5B"]),
        ("apple_mclip2_dfndr2b", ["DFNDR-2B"]),
        ("mae", ["ImageNet"]),
        ("dinov3_lvd1689m", ["LVD-1689M"]),
        ("sbb_in12k", ["ImageNet-12k"]),
        ("c_radio", []),
        ("", []),
    ],
)
def test_datasets_in_the_order_of_training(tag, datasets):
    assert training_data(tag) == datasets
