"""A recipe as a command: what it says, when there is none, and that timm builds what it says."""

import shlex
from pathlib import Path

import pytest

from metazoo.cards.training import OPTIMIZERS, train_command, train_options
from metazoo.index.reader import read_index

ROOT = Path(__file__).parents[2]
STEPS = {"Epochs": "90", "LR": "0.1", "LR Step Size": "30", "LR Gamma": "0.1"}
SGD = ["SGD with Momentum", "Weight Decay"]


def test_a_command_in_full():
    settings = {
        **STEPS,
        "Momentum": "0.9",
        "Weight Decay": "0.0001",
        "Batch Size": "256",
        "Minibatch Size": "32",
    }
    command = train_command("resnext50_32x4d.tv_in1k", settings, SGD)
    assert shlex.split(command.replace("\\\n", "")) == [
        "python",
        "train.py",
        "/data/imagenet",
        "--model",
        "resnext50_32x4d",
        "--epochs",
        "90",
        "--opt",
        "momentum",
        "--lr",
        "0.1",
        "--sched",
        "step",
        "--decay-epochs",
        "30",
        "--decay-rate",
        "0.1",
        "--momentum",
        "0.9",
        "--weight-decay",
        "0.0001",
        "--warmup-epochs",
        "0",
        "--batch-size",
        "32",
    ]


@pytest.mark.parametrize("missing", STEPS)
def test_without_enough_there_is_no_command(missing):
    settings = {key: value for key, value in STEPS.items() if key != missing}
    assert train_command("net", settings, SGD) == ""
    assert train_command("net", STEPS, []) == ""


@pytest.mark.parametrize("value", ["0.1; rm -rf ~", "$(id)", "0.1\n--lr 2", "`id`", "-1"])
def test_no_text_of_the_index_reaches_the_shell(value):
    assert train_command("net", {**STEPS, "LR": value}, SGD) == ""
    assert value not in train_command("net", {**STEPS, "Momentum": value}, SGD)
    assert value not in train_command(f"net{value}", STEPS, SGD)
    assert train_command("net;id", STEPS, SGD) == ""


def test_nesterov_is_timms_sgd():
    options = train_options(STEPS, [*SGD, "Nesterov Accelerated Gradient"])
    assert options is not None
    assert options["opt"] == "sgd"


def recipes():
    index = read_index([ROOT / "model_index" / "index.yml"], root=ROOT)
    for model in index.models:
        settings = {key: value.text for key, value in model.metadata.values.items()}
        options = train_options(settings, model.metadata.texts("Training Techniques"))
        if options:
            yield pytest.param(options, id=model.name.text)


@pytest.mark.measure
@pytest.mark.parametrize("options", list(recipes()))
def test_timm_builds_the_optimizer_and_the_schedule(options):
    import torch
    from timm.optim import create_optimizer_v2
    from timm.scheduler import create_scheduler_v2

    network = torch.nn.Linear(2, 2)
    rate = float(options["lr"])
    extra = {"momentum": float(options["momentum"])} if "momentum" in options else {}
    optimizer = create_optimizer_v2(
        network,
        opt=options["opt"],
        lr=rate,
        weight_decay=float(options.get("weight-decay", 0)),
        **extra,
    )
    epochs, warmup = int(options["epochs"]), int(options["warmup-epochs"])
    decay = (
        {"decay_epochs": int(options["decay-epochs"]), "decay_rate": float(options["decay-rate"])}
        if options["sched"] == "step"
        else {}
    )
    schedule, total = create_scheduler_v2(
        optimizer, sched=options["sched"], num_epochs=epochs, warmup_epochs=warmup, **decay
    )
    assert total == epochs

    def rate_at(epoch):
        schedule.step(epoch)
        return optimizer.param_groups[0]["lr"]

    if options["sched"] == "step":
        assert rate_at(0) == pytest.approx(rate)
        assert rate_at(decay["decay_epochs"]) == pytest.approx(rate * decay["decay_rate"])
    else:
        assert rate_at(warmup + 1) == pytest.approx(rate, rel=0.02)
        assert rate_at(epochs - 1) < rate / 100


@pytest.mark.measure
def test_timm_knows_every_optimizer():
    import torch
    from timm.optim import create_optimizer_v2

    for name in set(OPTIMIZERS.values()):
        optimizer = create_optimizer_v2(torch.nn.Linear(2, 2), opt=name, lr=0.1)
        if name in {"sgd", "momentum"}:
            assert optimizer.defaults["nesterov"] is (name == "sgd")
