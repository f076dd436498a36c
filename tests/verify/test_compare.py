"""Every declared fact gets the verdict that a careful person would give it."""

from dataclasses import replace
from pathlib import Path

import pytest

from metazoo.findings import Severity
from metazoo.index.reader import read_index
from metazoo.inputs import Input
from metazoo.measure.measurement import Measurement, SourceFacts
from metazoo.verify.compare import verify_index
from metazoo.verify.verdicts import Verdict

RESNEXT50 = Measurement(
    model="resnext50_32x4d",
    resolved_name="resnext50_32x4d.a1h_in1k",
    architecture="resnext50_32x4d",
    input_size=(3, 224, 224),
    params=25028904,
    macs=4230479872,
    flops=8460959744,
    state_dict_bytes=100389000,
    state_dict_tensors=320,
    facts=SourceFacts(input_size=(3, 176, 176), test_input_size=(3, 224, 224), crop_pct=0.95),
)


def index_of(tmp_path: Path, models: str, library: str = ""):
    file = tmp_path / "index.yml"
    file.write_text(f"Type: model-index\n{library}Models:\n{models}", "utf-8")
    return read_index([file])


def verdicts(tmp_path, metadata: str, measurement=RESNEXT50, library=""):
    models = f"- Name: resnext50_32x4d\n  Metadata: {{{metadata}}}\n"
    index = index_of(tmp_path, models, library)
    (verification,) = verify_index(index, lambda _: measurement)
    return verification


@pytest.mark.parametrize(
    ("written", "verdict", "convention"),
    [
        ("4230479872", Verdict.VERIFIED, "macs"),
        ("8460959744", Verdict.VERIFIED, "flops"),
        ("4.23 G", Verdict.VERIFIED, "macs"),
        ("8.46e9", Verdict.VERIFIED, "flops"),
        ("5472648192", Verdict.DIFFERS, None),
        ("4230479871", Verdict.DIFFERS, None),
    ],
)
def test_flops_may_count_either_way(tmp_path, written, verdict, convention):
    flops = verdicts(tmp_path, f"FLOPs: {written}").verdict("FLOPs")
    assert (flops.verdict, flops.convention) == (verdict, convention)


@pytest.mark.parametrize(
    ("written", "right"),
    [("4230479872", True), ("4.23 G", True), ("8460959744", False), ("4230479873", False)],
)
def test_macs_are_macs_by_whatever_name(tmp_path, written, right):
    verification = verdicts(tmp_path, f"MAdds: {written}")
    assert (verification.verdict("MACs").verdict is Verdict.VERIFIED) is right
    findings = [f for f in verification.findings if f.code == "MZ601"]
    assert [f.fixes[0].new for f in findings] == ([] if right else ["4230479872"])


@pytest.mark.parametrize(
    ("written", "said"), [("131820000", "131820000 bytes;"), ("131.82 MiB", "131.82 MiB;")]
)
def test_a_size_is_in_bytes_or_in_its_own_unit(tmp_path, written, said):
    (finding,) = verdicts(tmp_path, f"File Size: {written}").findings
    assert f"File Size is declared as {said}" in finding.message


def test_a_model_that_was_too_large_to_run_is_verified_by_its_counts_and_said(tmp_path):
    large = replace(RESNEXT50, device="cpu", error="too large to run", skipped=True)
    verification = verdicts(tmp_path, "FLOPs: 4230479872, Crop Pct: 0.95", large)
    assert verification.verdict("FLOPs").verdict is Verdict.VERIFIED
    assert {v.verdict for v in verification.settings if v.declared} == {Verdict.VERIFIED}
    (finding,) = verification.findings
    assert (finding.code, finding.severity) == ("MZ615", Severity.WARNING)
    assert "was counted, but not run: too large to run" in finding.message


def test_macs_that_nobody_declares_are_not_missed(tmp_path):
    assert verdicts(tmp_path, "FLOPs: 4230479872").verdict("MACs") is None


def test_a_stated_convention_is_the_only_one(tmp_path):
    library = "Library: {Name: zoo, FLOPs Convention: flops}\n"
    assert verdicts(tmp_path, "FLOPs: 8460959744", library=library).findings == []
    (finding,) = verdicts(tmp_path, "FLOPs: 4230479872", library=library).findings
    assert finding.code == "MZ601"
    assert "at 224×224 (it is the MACs)" in finding.message
    assert finding.hint == (
        "State FLOPs Convention: macs under Library if all models follow it, or declare 8460959744"
    )
    (finding,) = verdicts(tmp_path, "FLOPs: 5472648192", library=library).findings
    assert finding.hint == "Declare 8460959744, because the Library states FLOPs Convention: flops"


def test_macs_that_are_the_flops_are_said_to_be(tmp_path):
    (finding,) = verdicts(tmp_path, "MACs: 8.46 G").findings
    assert finding.message.endswith("measured: 4,230,479,872 (it is the FLOPs)")
    assert finding.hint == "Declare the measured number, or call this one FLOPs"


def test_nobody_is_told_to_declare_the_bytes_of_the_tensors(tmp_path):
    (finding,) = verdicts(tmp_path, "File Size: 131820000").findings
    assert finding.hint.startswith("Declare the size of the file that Weights links to")


def test_a_difference_says_what_is_declared_what_is_measured_where_and_by_how_much(tmp_path):
    (finding,) = verdicts(tmp_path, "FLOPs: 5472648192").findings
    assert finding.code == "MZ601"
    assert finding.model == "resnext50_32x4d"
    assert (finding.location.line, finding.location.column) == (4, 21)
    assert finding.message == (
        "FLOPs is declared as 5472648192; measured: 4,230,479,872 MACs = 8,460,959,744 FLOPs"
        " at 224×224 (29.36 % above measured MACs)"
    )


def test_what_is_not_declared_could_be_added(tmp_path):
    verification = verdicts(tmp_path, "FLOPs: 4230479872")
    parameters = verification.verdict("Parameters")
    assert parameters.verdict is Verdict.UNDECLARED
    assert parameters.measured == 25028904
    assert verification.findings == []


def test_without_a_measurement_nothing_is_said_to_be_right(tmp_path):
    verification = verdicts(tmp_path, "FLOPs: 4230479872", measurement=None)
    assert {f.verdict for f in verification.fields} == {Verdict.NOT_MEASURED}


def test_a_model_that_cannot_be_measured_is_a_finding_with_the_reason(tmp_path):
    failed = Measurement(model="resnext50_32x4d", error="timm has no model of this name")
    verification = verdicts(tmp_path, "FLOPs: 4230479872", measurement=failed)
    (finding,) = verification.findings
    assert finding.code == "MZ604"
    assert "timm has no model of this name" in finding.message
    assert verification.verdict("FLOPs").reason == "timm has no model of this name"


def test_a_zoo_that_mixes_both_ways_of_counting_is_told_once(tmp_path):
    index = index_of(
        tmp_path,
        "- {Name: a, Metadata: {FLOPs: 4230479872}}\n"
        "- {Name: b, Metadata: {FLOPs: 4230479872}}\n"
        "- {Name: c, Metadata: {FLOPs: 8460959744}}\n",
    )
    findings = [f for v in verify_index(index, lambda _: RESNEXT50) for f in v.findings]
    assert [(f.code, f.model) for f in findings] == [("MZ605", "c")]


def test_a_deprecated_name_is_told_its_new_one(tmp_path):
    measurement = Measurement(
        model="tv_resnext50_32x4d",
        deprecated=True,
        resolved_name="resnext50_32x4d.tv_in1k",
        architecture="resnext50_32x4d",
        params=25028904,
    )
    index = index_of(tmp_path, "- {Name: tv_resnext50_32x4d, Metadata: {Parameters: 25030000}}\n")
    (verification,) = verify_index(index, lambda _: measurement)
    (finding,) = verification.findings
    assert finding.code == "MZ606"
    assert "resnext50_32x4d.tv_in1k" in finding.message


def test_a_deprecated_name_that_leads_to_another_network_is_an_error(tmp_path):
    measurement = Measurement(
        model="ig_resnext101_32x48d",
        deprecated=True,
        resolved_name="resnext101_32x8d.fb_wsl_ig1b_ft_in1k",
        architecture="resnext101_32x8d",
        params=88791336,
    )
    index = index_of(tmp_path, "- {Name: ig_resnext101_32x48d, Metadata: {Parameters: 828410000}}")
    (verification,) = verify_index(index, lambda _: measurement)
    assert [(f.code, str(f.severity)) for f in verification.findings] == [
        ("MZ602", "error"),
        ("MZ607", "error"),
    ]


def test_a_wrong_count_alone_does_not_make_another_network(tmp_path):
    measurement = Measurement(
        model="tresnet_m_448",
        deprecated=True,
        resolved_name="tresnet_m.miil_in1k_448",
        architecture="tresnet_m",
        params=31389032,
    )
    index = index_of(tmp_path, "- {Name: tresnet_m_448, Metadata: {Parameters: 29278464}}")
    (verification,) = verify_index(index, lambda _: measurement)
    assert [f.code for f in verification.findings] == ["MZ602", "MZ606"]


def test_preprocessing_other_than_the_sources_is_said(tmp_path):
    verification = verdicts(tmp_path, "Image Size: 256, Crop Pct: '0.875'")
    assert [f.code for f in verification.findings] == ["MZ608", "MZ608"]
    assert "176×176 or 224×224" in verification.findings[0].message


@pytest.mark.parametrize(
    ("declared", "codes"),
    [
        ("https://a.org/regnet_x_800mf-94a99ebd.pth", []),
        ("https://elsewhere.org/copy/regnet_x_800mf-94a99ebd.pth?download=1", []),
        ("https://a.org/regnetx_008-d8b470eb.pth", ["MZ611"]),
        ("https://huggingface.co/timm/", []),
    ],
)
def test_weights_other_than_the_sources_are_said(tmp_path, declared, codes):
    url = "https://a.org/regnet_x_800mf-94a99ebd.pth"
    measurement = Measurement(
        model="regnetx_008",
        resolved_name="regnetx_008.tv2_in1k",
        facts=SourceFacts(weights_url=url),
    )
    index = index_of(tmp_path, f"- {{Name: regnetx_008, Weights: '{declared}'}}\n")
    (verification,) = verify_index(index, lambda _: measurement)
    assert [f.code for f in verification.findings] == codes


HUB = SourceFacts(
    weights_url="https://github.com/x/y/releases/download/v1/net_a1-14fe96d1.pth",
    hub_id="timm/net.a1_in1k",
    origin_url="https://huggingface.co/Owner/net-of-ours",
)


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("https://huggingface.co/timm/net.a1_in1k", None),
        ("https://huggingface.co/timm/net.a1_in1k/resolve/main/model.safetensors", None),
        ("https://huggingface.co/Timm/Net.A1_in1k/blob/4f2c1/pytorch_model.bin?download=1", None),
        ("hf-hub:timm/net.a1_in1k@main", None),
        ("https://huggingface.co/timm/net.a2_in1k", "timm/net.a2_in1k"),
        ("https://hf.co/timm/net.a2_in1k/resolve/main/model.safetensors", "timm/net.a2_in1k"),
        # The origin, copies of the file, what has no repository, and names that say nothing.
        ("https://huggingface.co/Owner/net-of-ours/resolve/main/net.pth", None),
        ("https://huggingface.co/someone/mirror/resolve/main/net_a1-14fe96d1.pth", None),
        ("https://huggingface.co/net/resolve/main/pytorch_model.bin", None),
        ("https://huggingface.co/datasets/timm/imagenet", None),
        ("https://[broken/net_a1-14fe96d1.pth", None),
        ("https://huggingface.co//", None),
        ("https://example.org/net/pytorch_model.bin", None),
        ("https://example.org/net/model.ckpt-1200.pth", None),
        ("https://example.org/net/model_best.pth.tar", None),
        ("https://example.org/net_a1-14fe96d1.pth", None),
        ("https://example.org/net_a2-00000000.pth", "net_a2-00000000.pth"),
    ],
)
def test_links_to_the_hub_are_compared_by_their_repositories(tmp_path, declared, said):
    measurement = Measurement(model="net", resolved_name="net.a1_in1k", facts=HUB)
    index = index_of(tmp_path, f"- {{Name: net, Weights: '{declared}'}}\n")
    (verification,) = verify_index(index, lambda _: measurement)
    messages = [f.message for f in verification.findings]
    loaded = "net_a1-14fe96d1.pth" if said and said.endswith(".pth") else "timm/net.a1_in1k"
    assert messages == (
        [f"Weights links to {said}, but timm loads {loaded} (net.a1_in1k) for this name"]
        if said
        else []
    )


def another_network(tmp_path, metadata: str) -> list[str]:
    measurement = Measurement(
        model="vit_small_patch16_224",
        resolved_name="vit_small_patch16_224.augreg_in1k",
        params=22050664,
        state_dict_bytes=88202656,
        state_dict_tensors=152,
        facts=SourceFacts(num_classes=1000),
    )
    index = index_of(tmp_path, f"- {{Name: vit_small_patch16_224, Metadata: {{{metadata}}}}}\n")
    (verification,) = verify_index(index, lambda _: measurement)
    name = verification.settings[0]
    assert (name.verdict is Verdict.DIFFERS) == any(
        f.code == "MZ607" for f in verification.findings
    )
    return [f.message for f in verification.findings if f.code == "MZ607"]


def test_parameters_and_file_size_of_one_other_network_make_the_name_wrong(tmp_path):
    (said,) = another_network(tmp_path, "Parameters: 48750000, File Size: 195031454")
    assert said == (
        "the name silently resolves to vit_small_patch16_224.augreg_in1k, another network with"
        " 22,050,664 parameters; declared: 48750000, which the declared File Size confirms"
    )


@pytest.mark.parametrize(
    "metadata",
    [
        "Parameters: 48750000",
        "Parameters: 48750000, File Size: 88266543",
        "Parameters: 22050664, File Size: 195031454",
        "Parameters: 48750000, File Size: 44101328",
        "Parameters: 23050664, File Size: 92202656",
        # Units that are missing, and weights with another classifier.
        "Parameters: 22.05, File Size: 88.2",
        "Parameters: 30051281, File Size: 120205124, Num Classes: 21841",
    ],
)
def test_a_slip_in_one_number_leaves_the_name_in_peace(tmp_path, metadata):
    assert another_network(tmp_path, metadata) == []


def test_operations_that_nobody_counted_are_named(tmp_path):
    measurement = Measurement(model="resnext50_32x4d", uncounted=("aten.fft_rfft2",))
    (finding,) = verdicts(tmp_path, "", measurement).findings
    assert finding.code == "MZ609"
    assert "aten.fft_rfft2" in finding.message


# -- edges --------------------------------------------------------------------------------

NET = Measurement(
    "net",
    resolved_name="net",
    input_size=(3, 64, 96),
    params=1000,
    macs=5000,
    flops=10_000,
    state_dict_bytes=4000,
    state_dict_tensors=2,
)
STATED = "Library: {{Name: zoo, FLOPs Convention: '{}'}}\n"


@pytest.mark.parametrize(
    ("written", "measured"), [(7499, 5000), (7500, 10_000), (7501, 10_000), (4998, 5000)]
)
def test_flops_that_fit_neither_way_are_compared_with_the_nearer(tmp_path, written, measured):
    found = verdicts(tmp_path, f"FLOPs: {written}", NET).verdict("FLOPs")
    assert (found.verdict, found.measured) == (Verdict.DIFFERS, measured)
    assert found.difference == written / measured - 1


@pytest.mark.parametrize(
    ("stated", "measured", "convention"),
    [("macs", 5000, None), (" FLOPs ", 10_000, None), ("guesses", 10_000, None)],
)
def test_a_stated_convention_decides_what_flops_are_compared_with(
    tmp_path, stated, measured, convention
):
    found = verdicts(tmp_path, "FLOPs: 9998", NET, STATED.format(stated)).verdict("FLOPs")
    assert (found.measured, found.convention) == (measured, convention)


@pytest.mark.parametrize(
    ("stated", "written", "convention"),
    [
        ("macs", 5000, "macs"),
        ("macs", 10_000, None),
        ("flops", 10_000, "flops"),
        ("flops", 5000, None),
    ],
)
def test_only_the_stated_convention_verifies(tmp_path, stated, written, convention):
    found = verdicts(tmp_path, f"FLOPs: {written}", NET, STATED.format(stated)).verdict("FLOPs")
    assert found.convention == convention
    assert found.verdict is (Verdict.VERIFIED if convention else Verdict.DIFFERS)


@pytest.mark.parametrize("written", ["null", "~", "''"])
def test_a_null_declares_nothing(tmp_path, written):
    found = verdicts(tmp_path, f"Parameters: {written}", NET).verdict("Parameters")
    assert (found.verdict, found.measured) == (Verdict.UNDECLARED, 1000)


def test_a_text_differs_from_every_number(tmp_path):
    found = verdicts(tmp_path, "Parameters: many", NET).verdict("Parameters")
    assert (found.verdict, found.measured, found.difference) == (Verdict.DIFFERS, 1000, None)
    assert found.reason == "'many' is not a number"
    (finding,) = verdicts(tmp_path, "Parameters: many", NET).findings
    assert finding.message == "Parameters is declared as many; measured: 1,000"
    assert finding.fixes == ()


def test_what_was_not_counted_is_not_measured(tmp_path):
    partly = replace(NET, params=None)
    found = verdicts(tmp_path, "Parameters: 1000", partly).verdict("Parameters")
    assert (found.verdict, found.reason) == (Verdict.NOT_MEASURED, "it was not counted")


def test_a_difference_from_zero_has_no_share(tmp_path):
    found = verdicts(tmp_path, "Parameters: 7", replace(NET, params=0))
    assert found.verdict("Parameters").difference is None
    assert [f.message for f in found.findings] == ["Parameters is declared as 7; measured: 0"]


@pytest.mark.parametrize(
    ("params", "written", "said"),
    [
        (10**6, 1_001_049, "0.1049 % above measured"),
        (10**6, 1_000_999, "0.1 % above measured"),
        (10**6, 1_000_123, "0.012 % above measured"),
        (10**6, 998_765, "0.1235 % below measured"),
    ],
)
def test_a_share_is_written_with_as_many_digits_as_it_needs(tmp_path, params, written, said):
    found = verdicts(tmp_path, f"Parameters: {written}", replace(NET, params=params))
    assert [f.message.split("(")[1] for f in found.findings] == [f"{said})"]


@pytest.mark.parametrize(
    ("facts", "library", "message", "hint", "fixed"),
    [
        (
            "FLOPs: 7000",
            "",
            "measured: 5,000 MACs = 10,000 FLOPs at 64×96 (40 % above measured MACs)",
            "Declare one of the two, and state the FLOPs Convention under Library",
            None,
        ),
        (
            "FLOPs: 7000",
            STATED.format("flops"),
            "measured: 5,000 MACs = 10,000 FLOPs at 64×96 (30 % below measured)",
            "Declare 10000, because the Library states FLOPs Convention: flops",
            "10000",
        ),
        (
            "FLOPs: 10000",
            STATED.format("macs"),
            "measured: 5,000 MACs = 10,000 FLOPs at 64×96 (it is the FLOPs)",
            "State FLOPs Convention: flops under Library if all models follow it, or declare 5000",
            "5000",
        ),
        (
            "MACs: 7000",
            "",
            "measured: 5,000 (40 % above measured MACs)",
            "Declare the measured number",
            "5000",
        ),
        (
            "MACs: 10000",
            "",
            "measured: 5,000 (it is the FLOPs)",
            "Declare the measured number, or call this one FLOPs",
            "5000",
        ),
        (
            "Parameters: 900",
            "",
            "measured: 1,000 (10 % below measured)",
            "Declare the measured number, or name the intended model",
            "1000",
        ),
        (
            "Parameters: 899",
            "",
            "measured: 1,000 (10.1 % below measured)",
            "Declare the measured number, or name the intended model",
            None,
        ),
        (
            "File Size: 99999",
            "",
            "the state dict has 4,000 bytes (2400 % above measured)",
            (
                "Declare the size of the file that Weights links to. If this is its size, the file holds"
                " other weights, another precision, or more than the model"
            ),
            None,
        ),
    ],
)
def test_each_difference_says_what_to_do(tmp_path, facts, library, message, hint, fixed):
    (finding,) = verdicts(tmp_path, facts, NET, library).findings
    assert finding.message.split("; ", 1)[1] == message
    assert finding.hint == hint
    assert [fix.new for fix in finding.fixes] == ([fixed] if fixed else [])


def test_a_default_size_is_called_so(tmp_path):
    (finding,) = verdicts(tmp_path, "FLOPs: 7000", replace(NET, input_size=None)).findings
    assert "= 10,000 FLOPs at its default size" in finding.message


def test_what_kept_a_model_from_being_measured_comes_before_what_was_not_counted(tmp_path):
    def codes(**changes):
        return [f.code for f in verdicts(tmp_path, "", replace(NET, **changes)).findings]

    uncounted = {"uncounted": ("aten.fft", "aten.sort")}
    assert codes() == []
    assert codes(**uncounted) == ["MZ609"]
    assert codes(error="gone", **uncounted) == ["MZ604"]
    assert codes(error="too large", skipped=True, **uncounted) == ["MZ615"]
    (finding,) = verdicts(tmp_path, "", replace(NET, **uncounted)).findings
    assert finding.message.endswith("aten.fft, aten.sort")


@pytest.mark.parametrize(
    ("flops", "library", "said"),
    [
        (
            (5000, 10_000),
            "",
            [
                (
                    "b",
                    "the zoo counts FLOPs in two ways: 1 of its values are MACs and 1 are FLOPs, of which this is the first",
                )
            ],
        ),
        (
            (10_000, 5000, 10_000, 5000, 10_000),
            "",
            [
                (
                    "b",
                    "the zoo counts FLOPs in two ways: 3 of its values are FLOPs and 2 are MACs, of which this is the first",
                )
            ],
        ),
        ((5000, 5000), "", []),
        ((5000, 7000), "", []),
        ((5000, 10_000), STATED.format("macs"), []),
    ],
)
def test_the_smaller_camp_is_told_of_the_larger(tmp_path, flops, library, said):
    models = "".join(
        f"- {{Name: {name}, Metadata: {{FLOPs: {number}}}}}\n"
        for name, number in zip("abcde", flops, strict=False)
    )
    verified = verify_index(index_of(tmp_path, models, library), lambda _: NET)
    found = [f for v in verified for f in v.findings if f.code == "MZ605"]
    assert [(f.model, f.message) for f in found] == said


@pytest.mark.parametrize(
    ("tensors", "written", "verdict"),
    [
        (2, 12_192, Verdict.VERIFIED),
        (2, 12_193, Verdict.DIFFERS),
        (None, 4000, Verdict.VERIFIED),
        (None, 4001, Verdict.DIFFERS),
    ],
)
def test_a_file_size_allows_for_a_container_of_its_tensors(tmp_path, tensors, written, verdict):
    measurement = replace(NET, state_dict_tensors=tensors)
    assert (
        verdicts(tmp_path, f"File Size: {written}.0", measurement).verdict("File Size").verdict
        is verdict
    )


def test_a_number_of_kilobytes_is_not_said_to_be_bytes(tmp_path):
    messages = [
        verdicts(tmp_path, f"File Size: {size}", NET).findings[0].message.split(";")[0]
        for size in ("' 99999 '", "99.9 kB")
    ]
    assert messages[0].endswith(" bytes")
    assert messages[1] == "File Size is declared as 99.9 kB"


def test_a_share_below_a_thousandth_of_a_percent_keeps_its_digits(tmp_path):
    (finding,) = verdicts(tmp_path, "Parameters: 100099", replace(NET, params=100_000)).findings
    assert "(0.099 % above" in finding.message


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({}, "at 224×224"),
        ({"input_size": None}, "at its default size"),
        (
            {"input_size": None, "inputs": (Input("ids", (128,), "tokens", below=9),)},
            "at ids tokens 128",
        ),
    ],
)
def test_a_difference_says_what_the_model_was_counted_with(tmp_path, changes, at):
    index = index_of(tmp_path, "- Name: resnext50_32x4d\n  Metadata: {FLOPs: 5472648192}\n")
    (verification,) = verify_index(index, lambda _: replace(RESNEXT50, **changes))
    (finding,) = (f for f in verification.findings if f.code == "MZ601")
    assert at in finding.message
