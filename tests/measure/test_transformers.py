"""Models of transformers: from small configurations, from hostile ones, and by model type."""

import json
import socket
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from metazoo import config
from metazoo.inputs import Input, image
from metazoo.measure.building import build_on_meta, build_with_values
from metazoo.measure.faults import Cause
from metazoo.measure.feed import arguments
from metazoo.measure.one import measure_one
from metazoo.measure.passes import runner
from metazoo.measure.records import Records
from metazoo.measure.request import Request
from metazoo.measure.sources import BuildOptions, ConfiguredSource, PreparingSource
from metazoo.measure.sources import transformers_config as limits
from metazoo.measure.sources.protocol import UnknownModelError
from metazoo.measure.sources.transformers import SOURCE

pytestmark = pytest.mark.measure

ROOT = Path(__file__).parents[2]
FOLDER = "tests/data/transformers"
SMALL = sorted(file.stem for file in (ROOT / FOLDER).glob("*.json"))
BERT = {
    "model_type": "bert",
    "architectures": ["BertModel"],
    "vocab_size": 99,
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 4,
    "intermediate_size": 37,
    "max_position_embeddings": 64,
}


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """A test that reaches for the network fails, whatever becomes of the error there."""
    reached = []

    def refuse(*args, **kwargs):
        reached.append(args)
        raise OSError("a test may not reach for the network")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield
    assert not reached


def of_file(name):
    config.work_on(ROOT)
    return Request(name, "transformers", config=f"{FOLDER}/{name}.json")


@pytest.fixture
def measured(tmp_path):
    """Measure what a configuration in a project of its own describes."""

    def measure(values, **options):
        text = values if isinstance(values, str) else json.dumps(values)
        (tmp_path / "config.json").write_text(text, "utf-8")
        config.work_on(tmp_path)
        request = Request("mine", "transformers", config="config.json", **options)
        return measure_one(request, SOURCE)

    return measure


def bert(**changes):
    return {**BERT, **changes}


# Small configurations of every kind


def test_at_least_forty_model_types_are_tested():
    types = {json.loads((ROOT / FOLDER / f"{n}.json").read_text())["model_type"] for n in SMALL}
    assert len(types) >= 40


@pytest.mark.parametrize("name", SMALL)
def test_counts_are_those_of_torch(name):
    """The whole and every pass, counted on shapes alone, beside torch's own counter on a real run."""
    request = of_file(name)
    m = measure_one(request, SOURCE)
    assert m.error is None
    resolved = SOURCE.resolve_config(name, request.config)
    options = BuildOptions(config=request.config)
    model = build_with_values(SOURCE, resolved, options, torch.device("cpu")).requires_grad_(False)
    assert m.params == sum(p.numel() for p in model.parameters())
    assert m.depends_on_values == ()
    inputs = m.inputs or image(m.input_size)
    ours, theirs = {"whole": m.flops}, {"whole": flops_on_cpu(model, inputs)}
    for one in resolved.facts.passes:
        ours[one.name] = m.passes[one.name].flops
        theirs[one.name] = flops_on_cpu(model, one.inputs, one)
    assert ours == theirs
    assert all(ours.values())


def flops_on_cpu(model, inputs, one=None):
    with torch.inference_mode():
        run = runner(SOURCE, model, arguments(inputs, "cpu"), one)
        # Of the fused kernels of attention for a CPU, torch's counter knows none.
        with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
            run()
    return counter.get_total_flops()


def test_what_computes_and_is_not_counted_is_named():
    """torch's counter says nothing about these: equal counts don't prove that nothing is left out."""
    uncounted = {
        n: measure_one(of_file(n), SOURCE).uncounted for n in ("wav2vec2", "hubert", "vit")
    }
    assert uncounted["wav2vec2"] == uncounted["hubert"] == ("aten._weight_norm_interface",)
    assert uncounted["vit"] == ()


@pytest.mark.parametrize("name", ["bert", "llama", "vit", "whisper", "clip", "mixtral"])
def test_models_run_on_the_cpu(name):
    request = of_file(name)
    m = measure_one(Request(name, "transformers", config=request.config, device="cpu"), SOURCE)
    assert m.error is None
    assert m.forward.finite


def test_a_record_answers_the_request_it_was_made_for():
    request = of_file("clip")
    m = measure_one(request, SOURCE)
    assert Records([m]).find(request) is m
    assert m.config == f"{FOLDER}/clip.json"
    assert "config" in m.versions


# Inputs, passes and tasks


@pytest.mark.parametrize(
    ("name", "task", "shapes"),
    [
        ("bert", "text-classification", {"input_ids": (64,)}),
        ("roberta", "fill-mask", {"input_ids": (62,)}),
        ("distilbert", "question-answering", {"input_ids": (64,)}),
        ("gpt2", "text-generation", {"input_ids": (63,)}),
        ("bloom", "text-generation", {"input_ids": (511,)}),
        ("t5", "text2text-generation", {"input_ids": (512,), "decoder_input_ids": (512,)}),
        (
            "whisper",
            "automatic-speech-recognition",
            {"input_features": (80, 60), "decoder_input_ids": (20,)},
        ),
        ("wav2vec2", "automatic-speech-recognition", {"input_values": (16_000,)}),
        ("audio-spectrogram-transformer", "audio-classification", {"input_values": (24, 16)}),
        ("videomae", "video-classification", {"pixel_values": (4, 3, 32, 32)}),
        (
            "clip",
            "zero-shot-image-classification",
            {"input_ids": (16,), "pixel_values": (3, 32, 32)},
        ),
        ("sam", "mask-generation", {"pixel_values": (3, 64, 64), "input_points": (1, 1, 2)}),
    ],
)
def test_inputs_and_task_follow_class_and_configuration(name, task, shapes):
    facts = SOURCE.resolve_config(name, of_file(name).config).facts
    assert facts.task == task
    assert {one.name: one.shape for one in facts.inputs} == shapes


def test_one_image_is_an_image_size():
    facts = SOURCE.resolve_config("yolos", of_file("yolos").config).facts
    assert (facts.input_size, facts.inputs) == ((3, 32, 48), ())


def test_labels_are_those_of_classifiers_only():
    labels = {n: SOURCE.resolve_config(n, of_file(n).config).facts.num_classes for n in SMALL}
    assert labels["bert"] == 3
    assert labels["vit"] == 10
    assert labels["clip"] is labels["llama"] is None


def test_a_decoder_has_a_prompt_and_one_token_after_it():
    m = measure_one(of_file("llama"), SOURCE)
    prefill, decode = m.passes["prefill"], m.passes["decode"]
    assert prefill.macs == m.macs
    assert decode.inputs[0].shape == (1,)
    prompt = m.inputs[0].shape[0]
    linear, attention = (decode.macs_by_kind[kind] for kind in ("linear", "attention"))
    assert linear * prompt == prefill.macs_by_kind["linear"]
    assert attention * prompt**2 == prefill.macs_by_kind["attention"] * (prompt + 1)


def test_a_token_is_cheaper_than_its_prompt_for_every_decoder():
    decoders = [n for n in SMALL if "decode" in passes(n)]
    assert len(decoders) >= 12
    for name in decoders:
        m = measure_one(of_file(name), SOURCE)
        assert m.passes["decode"].macs < m.passes["prefill"].macs


def passes(name):
    facts = SOURCE.resolve_config(name, of_file(name).config).facts
    return [one.name for one in facts.passes]


def test_every_step_runs_on_a_cache_of_its_own():
    request = of_file("llama")
    resolved = SOURCE.resolve_config("llama", request.config)
    model = build_on_meta(SOURCE, resolved, BuildOptions(config=request.config))
    step = resolved.facts.passes[1]
    with torch.inference_mode():
        run = SOURCE.prepare(model, "decode", arguments(step.inputs, "meta"))
        lengths = [run().get("cache", run().get("past_key_values")).get_seq_length() for _ in "12"]
    assert lengths == [64, 64]


@pytest.mark.parametrize("name", ["t5", "bart", "whisper"])
def test_encoder_and_decoder_are_the_whole(name):
    m = measure_one(of_file(name), SOURCE)
    assert list(m.passes) == ["encoder", "decoder"]
    assert sum(counts.macs for counts in m.passes.values()) == m.macs


def test_the_towers_of_a_clip_are_counted_by_themselves():
    m = measure_one(of_file("clip"), SOURCE)
    assert list(m.passes) == ["image", "text"]
    towers = sum(counts.macs for counts in m.passes.values())
    assert m.macs - towers == 24  # the product of both
    assert m.passes["text"].inputs[0].name == "input_ids"


def test_an_encoder_with_a_head_that_generates_has_no_decoding_passes(measured):
    m = measured(bert(architectures=["BertLMHeadModel"]))
    assert (m.error, m.passes) == (None, {})
    assert set(measured(bert(architectures=["BertLMHeadModel"], is_decoder=True)).passes) == {
        "prefill",
        "decode",
    }


def test_another_image_size_and_number_of_classes_reach_the_model():
    request = of_file("vit")
    small, large = (
        measure_one(
            Request("vit", "transformers", (3, n, n), config=request.config, num_classes=7), SOURCE
        )
        for n in (32, 64)
    )
    assert large.output_shape == small.output_shape == ((1, 7),)
    assert large.macs > 3 * small.macs


def test_inputs_of_the_index_come_before_the_source_s():
    inputs = (Input("input_ids", (8,), "tokens", below=99),)
    m = measure_one(
        Request("bert", "transformers", inputs=inputs, config=of_file("bert").config), SOURCE
    )
    assert m.inputs == inputs


def test_weights_have_the_data_type_of_the_configuration(measured):
    full, half = measured(bert()), measured(bert(torch_dtype="bfloat16"))
    # Positions are whole numbers and not in the state dict.
    assert 2 * half.state_dict_bytes == full.state_dict_bytes
    assert half.macs == full.macs


def test_an_infinite_limit_as_python_writes_it_is_read(measured):
    assert "Infinity" in (ROOT / FOLDER / "mamba.json").read_text()
    assert measure_one(of_file("mamba"), SOURCE).error is None


# Names


def test_names_are_model_types_that_can_be_built():
    names = SOURCE.names()
    assert names == sorted(names)
    assert {"bert", "llama", "t5", "whisper", "vit", "clip", "sam"} <= set(names)
    assert len(names) > 400
    assert isinstance(SOURCE, ConfiguredSource)
    assert isinstance(SOURCE, PreparingSource)


@pytest.mark.parametrize(
    ("name", "architecture", "params"),
    [
        ("vit", "ViTForImageClassification", 85_800_194),
        ("llama", "LlamaForCausalLM", 6_738_415_616),
    ],
)
def test_a_model_type_is_its_default_configuration(name, architecture, params):
    """Seven billion parameters on the meta device take no memory."""
    m = measure_one(Request(name, "transformers"), SOURCE)
    assert m.error is None
    assert (m.architecture, m.params) == (architecture, params)


def test_an_unknown_name_is_refused_with_what_may_be_meant():
    with pytest.raises(UnknownModelError, match=r"no model type 'bertt'; did you mean 'bert'"):
        SOURCE.resolve("bertt")
    for name in ("bert-base-uncased", "google/vit-base-patch16-224", "../x", "", "__class__"):
        with pytest.raises(UnknownModelError, match="has no model type"):
            SOURCE.resolve(name)


# Hostile configurations: each is one clear sentence


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("{", "is not JSON: Expecting property name"),
        ("[]", "holds a list, not an object"),
        ("null", "holds a NoneType, not an object"),
        ({}, "has no model_type"),
        (bert(model_type=["bert"]), "has no model_type"),
        (bert(model_type="bertt"), "has model_type 'bertt', which transformers"),
        (bert(model_type="gpt2"), "names the architecture 'BertModel', which is none of model type 'gpt2'"),
        (bert(architectures=["PreTrainedModel"]), "'PreTrainedModel', which is none of model type 'bert'"),
        (bert(architectures=["os.system"]), "'os.system', which is none of model type 'bert'"),
        (bert(architectures="BertModel"), "must name one class in its architectures"),
        (bert(architectures=[]), "must name one class"),
        (bert(architectures=["BertModel", "BertForMaskedLM"]), "must name one class"),
        (bert(architectures=[7]), "must name one class"),
        (bert(hidden_size="big"), "is refused by transformers"),
        (bert(hidden_size=float("nan")), "hidden_size is NaN, which is no usable number"),
        (bert(hidden_size=10**30), "hidden_size is 1000000000… (31 characters), which is no usable"),
        (bert(dtype="load"), "dtype is 'load', not one of float16"),
        (bert(torch_dtype=["float32"]), "torch_dtype is ['float32'], not one of"),
        (bert(text_config={"dtype": "save"}), "dtype is 'save', not one of"),
        (bert(__class__="x"), "has the entry '__class__', which no configuration has"),
        (bert(num_hidden_layers=10**9), "num_hidden_layers is 1,000,000,000; the limit is 16,384"),
        (bert(num_hidden_layers=-(10**9)), "num_hidden_layers is -1,000,000,000; the limit is 16,384"),
        (bert(depths=[2, 16_385]), "depths is 16,385; the limit is 16,384"),
        (bert(num_labels=2**20 + 1), "num_labels is 1,048,577; the limit is 1,048,576"),
        (bert(vocab_size=2**24 + 1), "vocab_size is 16,777,217; the limit is 16,777,216"),
        (bert(backbone="hf-hub:someone/thing"), "backbone is 'hf-hub:someone/thing', which is no name"),
        (bert(text_config={"backbone": "someone/thing"}), "backbone is 'someone/thing', which is no name"),
        (bert(architecture="local-dir:/etc"), "architecture is 'local-dir:/etc', which is no name"),
    ],
)  # fmt: skip
def test_a_hostile_configuration_is_refused_in_one_sentence(measured, values, said):
    m = measured(values)
    assert m.error.startswith("its Config 'config.json' ")
    assert said in m.error
    assert m.cause == Cause.UNKNOWN
    assert m.params is None


def nested(levels, inner):
    for _ in range(levels):
        inner = {"extra": inner}
    return inner


def test_nesting_ends_at_the_limit(measured):
    deepest = nested(limits.DEEPEST - 1, {})
    assert measured(bert(**deepest)).error is None
    assert "nested deeper than 20 levels" in measured(bert(**nested(limits.DEEPEST, {}))).error
    assert "nested" in measured('{"a":' * 100_000 + "1" + "}" * 100_000).error
    assert "nested deeper" in measured(bert(a=json.loads("[" * 30 + "]" * 30))).error


def test_a_large_file_is_not_read(measured, monkeypatch):
    assert "it is too large (5 MiB, the limit is 4 MiB)" in measured(bert(a="x" * 5 * 2**20)).error
    size = len(json.dumps(BERT))
    monkeypatch.setattr(limits, "LARGEST_BYTES", size)
    assert measured(BERT).error is None
    monkeypatch.setattr(limits, "LARGEST_BYTES", size - 1)
    assert "too large" in measured(BERT).error


@pytest.mark.parametrize(
    ("key", "most"),
    [
        ("num_hidden_layers", limits.LARGEST_COUNT),
        ("vocab_size", limits.LARGEST_NUMBER),
        ("type_vocab_size", limits.LARGEST_NUMBER),
    ],
)
def test_numbers_up_to_the_limit_are_read(tmp_path, key, most):
    config.work_on(tmp_path)
    (tmp_path / "c.json").write_text(json.dumps(bert(**{key: most})))
    assert limits.read_config("c.json")[key] == most
    (tmp_path / "c.json").write_text(json.dumps(bert(**{key: most + 1})))
    with pytest.raises(UnknownModelError, match=f"{key} is"):
        limits.read_config("c.json")


def test_a_base_of_rotary_positions_may_be_any_number(tmp_path):
    config.work_on(tmp_path)
    (tmp_path / "c.json").write_text(json.dumps(bert(rope_theta=10**12)))
    assert limits.read_config("c.json")["rope_theta"] == 10**12


def test_a_model_with_too_many_layers_is_not_built(measured, monkeypatch):
    monkeypatch.setattr("metazoo.measure.sources.transformers.MOST_LAYERS", 30)
    assert "asks for more than 30 layers" in measured(bert(num_hidden_layers=100)).error


def test_code_of_others_is_ignored(measured, tmp_path):
    """Nothing that names code, a repository or a kernel changes what is built."""
    (tmp_path / "evil.py").write_text("raise SystemExit('run')")
    plain = measured(BERT)
    m = measured(
        bert(
            auto_map={"AutoConfig": "evil.Config", "AutoModel": "someone/evil--evil.Model"},
            _name_or_path="someone/evil",
            name_or_path=str(tmp_path),
            attn_implementation="someone/kernel",
            _attn_implementation="someone/kernel",
            _experts_implementation="someone/kernel",
            quantization_config={"quant_method": "gptq", "bits": 4},
            extra={"auto_map": {"AutoModel": "evil.Model"}},
        )
    )
    assert m.error is None
    assert (m.params, m.macs) == (plain.params, plain.macs)


def test_what_a_path_may_be(tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "outside.json").write_text(json.dumps(BERT))
    (root / "link.json").symlink_to(tmp_path / "outside.json")
    (root / "folder").mkdir()
    (root / "latin.json").write_bytes(b'{"model_type": "\xe9"}')
    config.work_on(root)
    for path, said in [
        ("../outside.json", "leads out of the project's root"),
        (str(tmp_path / "outside.json"), "leads out of the project's root"),
        ("link.json", "leads out of the project's root"),
        ("folder", "is no file of the project"),
        ("missing.json", "is no file of the project"),
        ("latin.json", "can't be read"),
    ]:
        m = measure_one(Request("mine", "transformers", config=path), SOURCE)
        assert said in m.error


@pytest.mark.parametrize(
    "values",
    [
        {"model_type": "maskformer", "backbone": "resnet50", "use_timm_backbone": False},
        {"model_type": "upernet", "architectures": None, "backbone": "resnet50"},
    ],
)
def test_a_backbone_that_is_on_the_hub_is_an_error_that_says_so(measured, values):
    error = measured(values).error
    assert "needs something of the Hugging Face hub, and nothing is downloaded" in error


def test_a_network_call_while_building_is_refused(measured, monkeypatch):
    """The guard holds for this thread while a model is built, and not after."""
    from transformers import BertModel

    def calls(model, config):
        socket.create_connection(("127.0.0.1", 9))

    before = socket.socket.connect
    monkeypatch.setattr(BertModel, "__init__", calls)
    assert "nothing is downloaded" in measured(BERT).error
    assert socket.socket.connect is before
