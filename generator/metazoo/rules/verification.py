"""Rules for what `metazoo.verify` reports; only their catalogue entries are here."""

from __future__ import annotations

from metazoo.findings import Severity
from metazoo.rules.rule import reported_elsewhere

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

reported_elsewhere(
    "MZ601",
    "flops-differ",
    _ERROR,
    "The declared FLOPs are neither the measured MACs nor twice that number, or the declared MACs "
    "differ from the measured MACs.",
    why="Users choose models by this number. One that fits neither way of counting comes from another "
    "tool, image size or network, and can't be compared.",
    bad="Library: {Source: timm}\nModels:\n- Name: resnext50_32x4d\n  Metadata:\n    FLOPs: 5472648192\n"
    "    Image Size: 224\n",
    good="Library: {Source: timm}\nModels:\n- Name: resnext50_32x4d\n  Metadata:\n    FLOPs: 8460959744\n"
    "    Image Size: 224\n",
    remedy="Declare one of the two measured numbers, and set `FLOPs Convention` under `Library` to tell "
    "which. If it is set already, declare that number.",
)
reported_elsewhere(
    "MZ602",
    "parameters-differ",
    _ERROR,
    "The declared parameters differ from the measured ones by more than rounding.",
    why="A wrong count is a typo or, worse, belongs to a different network than the one that the name builds.",
    bad="Library: {Source: timm}\nModels:\n- Name: inception_resnet_v2\n  Metadata:\n    Parameters: 55850000\n",
    good="Library: {Source: timm}\nModels:\n- Name: inception_resnet_v2\n  Metadata:\n    Parameters: 55843464\n",
)
reported_elsewhere(
    "MZ603",
    "file-size-differs",
    _ERROR,
    "The declared file size does not fit the state dict of the model.",
    why="A weights file is slightly larger than its tensors. If it isn't, it contains other weights, "
    "another precision, or the state of an optimizer.",
    bad="Library: {Source: timm}\nModels:\n- Name: wide_resnet101_2\n  Metadata:\n    File Size: 254695146\n",
    good="Library: {Source: timm}\nModels:\n- Name: wide_resnet101_2\n  Metadata:\n    File Size: 508302600\n",
    remedy="Declare the size of the file that `Weights` links to, not the size of its tensors. Up to 4 KiB "
    "per tensor are allowed for the container.",
)
reported_elsewhere(
    "MZ604",
    "not-measurable",
    _ERROR,
    "The model could not be built or counted.",
    why="Nothing that the index states about the model can be confirmed, and users can't load the model "
    "either.",
    bad="Library: {Source: timm}\nModels:\n- Name: gluon_xception65\n",
    good="Library: {Source: timm}\nModels:\n- Name: xception65\n",
    remedy="The finding gives the cause and what to do: name a model that the source knows, allow more time or "
    "memory, fix the source or the model that crashes, or leave out the parts of the model that depend on "
    "values, such as the selection of boxes. Or waive the finding, with a reason.",
)
reported_elsewhere(
    "MZ605",
    "mixed-flops-conventions",
    _WARNING,
    "Some FLOPs of the zoo count multiply-accumulates once, others count both operations.",
    why="Numbers that look comparable differ by a factor of two.",
    bad="Library: {Source: timm}\nModels:\n"
    "- {Name: resnet18, Metadata: {FLOPs: 1814073344}}\n"
    "- {Name: resnet34, Metadata: {FLOPs: 7327528960}}\n",
    good="Library: {Source: timm, FLOPs Convention: flops}\n"
    "Models:\n"
    "- {Name: resnet18, Metadata: {FLOPs: 3628146688}}\n"
    "- {Name: resnet34, Metadata: {FLOPs: 7327528960}}\n",
)
reported_elsewhere(
    "MZ606",
    "deprecated-model",
    _WARNING,
    "The source has deprecated the name, and builds the model under a new name.",
    why="A later version will remove the old name, and only the new name tells which weights are "
    "loaded.",
    bad="Library: {Source: timm}\nModels:\n- Name: tv_resnext50_32x4d\n",
    good="Library: {Source: timm}\nModels:\n- Name: resnext50_32x4d.tv_in1k\n",
)
reported_elsewhere(
    "MZ607",
    "name-of-another-network",
    _ERROR,
    "The name resolves to a different network than its parameters suggest.",
    why="Users who load the name get a model of a different size and accuracy, without any message. For a "
    "name that the source has deprecated, parameters that are off by more than 10 % are enough. For any "
    "other name, the file size must be off, too, because a single number may be a typo.",
    bad="Library: {Source: timm}\nModels:\n- Name: ig_resnext101_32x48d\n  Metadata:\n    Parameters: 828410000\n",
    good="Library: {Source: timm}\nModels:\n- Name: resnext101_32x8d.fb_wsl_ig1b_ft_in1k\n  Metadata:\n"
    "    Parameters: 88791336\n",
)
reported_elsewhere(
    "MZ608",
    "other-preprocessing",
    _WARNING,
    "Image size, crop, interpolation, mean, standard deviation or number of classes differ from those of the "
    "source for these weights.",
    why="The declared accuracy was reached with one of the two. Often the default weights of the name "
    "have changed since.",
    bad="Library: {Source: timm}\nModels:\n- Name: resnext50_32x4d.tv_in1k\n  Metadata:\n    Interpolation: bicubic\n",
    good="Library: {Source: timm}\nModels:\n- Name: resnext50_32x4d.tv_in1k\n  Metadata:\n    Interpolation: bilinear\n",
    remedy="metazoo compares `Image Size`, `Test Image Size`, `Crop Pct`, `Test Crop Pct`, `Crop Mode`, "
    "`Interpolation`, `Mean`, `Std` and `Num Classes` if both the index and the source state them. "
    "`Image Size` and `Crop Pct` may be those of training or of testing. Fractions may be written in "
    "percent, and mean and standard deviation on the scale from 0 to 255, with at least two decimals.",
)
reported_elsewhere(
    "MZ609",
    "uncounted-operations",
    _WARNING,
    "The model runs operations that compute but are not counted.",
    why="Its FLOPs are only a lower bound, so the model looks cheaper than it is.",
    remedy="Note this next to the number, or declare no FLOPs.",
)
reported_elsewhere(
    "MZ610",
    "stale-record",
    _ERROR,
    "A measurement record is missing, was made with other versions or other code, or belongs to no model.",
    why="The site would publish measurements of something other than what the index describes now.",
    remedy="Run `metazoo verify` and commit the records.",
)
reported_elsewhere(
    "MZ611",
    "other-weights",
    _WARNING,
    "The weights are not those that the source loads under this name.",
    why="Sources sometimes assign better weights to a name. The declared accuracy, recipe and preprocessing "
    "then belong to weights that users no longer get.",
    bad="Library: {Source: timm}\nModels:\n- Name: regnetx_008\n  Weights: https://example.org/regnetx_008-d8b470eb.pth\n",
    good="Library: {Source: timm}\nModels:\n- Name: regnetx_008.pycls_in1k\n"
    "  Weights: https://example.org/regnetx_008-d8b470eb.pth\n",
    remedy="Name the tag of the intended weights. Two links to the Hugging Face hub are compared by "
    "repository, others by file name, wherever the files are. Generic names such as `model.safetensors` "
    "are not compared, nor is a file compared with a repository.",
)
reported_elsewhere(
    "MZ612",
    "record-contradicted",
    _ERROR,
    "A model that was measured again differs from its record.",
    why="Records are published as measured. Only a new measurement reveals a record that was edited by "
    "hand or made by a faulty run.",
    remedy="Delete the record of the model, run `metazoo verify`, and commit the new record. If the same "
    "versions give different results on two machines, that is a bug in metazoo; please report it.",
)
reported_elsewhere(
    "MZ613",
    "unusable-record",
    _ERROR,
    "A file of records can't be read or written, or was not written by metazoo.",
    why='The measurements are missing, and the site shows "not measured" for these models. metazoo never '
    "overwrites a file that can't be read, because a merge conflict or an unfinished edit is easier to fix "
    "than to measure again.",
    remedy="Restore the file from version control, or delete it and run `metazoo verify`. If the file can't "
    "be written, the finding gives the cause, and the file is unchanged.",
)
reported_elsewhere(
    "MZ614",
    "records-kept",
    _WARNING,
    "Parts of the index could not be read, so no record was deleted.",
    why="A single typo in an index can make hundreds of models disappear. Their records must not disappear "
    "with them.",
    remedy="Fix the errors that were found while reading the index, and run `metazoo verify` again. If a file "
    "is blank or no model is left, restore what is missing. If it was removed on purpose, delete the blank "
    "file, or delete the records by hand.",
)
reported_elsewhere(
    "MZ615",
    "too-large-for-device",
    _WARNING,
    "The model was counted, but is too large for the device that `--device` selects.",
    why="The counts are right, but the model was not run, so it is unknown whether its output is finite and "
    "has the right shape.",
    remedy="Verify the model on a device with more memory, or without `--device`.",
)
reported_elsewhere(
    "MZ616",
    "no-source",
    _ERROR,
    "Models can't be measured, because no source is named that builds them.",
    why="A name such as `resnet50` means another network in each library. metazoo doesn't guess which one is "
    "meant, so nothing that the index states about these models is compared with anything.",
    bad="Models:\n- Name: resnet18\n",
    good="Library: {Source: timm}\nModels:\n- Name: resnet18\n",
    remedy="`Source` can be in the `Library`, in a collection, and in a model; the nearest one counts. `metazoo "
    "sources` lists the sources. One finding covers all models. If some models have no source on purpose, "
    "waive it, with the reason.",
)
reported_elsewhere(
    "MZ617",
    "depends-on-values",
    Severity.INFO,
    "The count of a model depends on the values of its input.",
    why="Operations such as the selection of boxes return more or less, depending on what they find. What "
    "follows them was counted with random weights, so its share of the FLOPs varies with the image.",
    remedy="Note this next to the number. The part before these operations is counted exactly.",
)
