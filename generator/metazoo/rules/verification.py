"""What verification reports. These rules are entries only: `metazoo.verify` finds the faults."""

from __future__ import annotations

from metazoo.findings import Severity
from metazoo.rules.rule import reported_elsewhere

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

reported_elsewhere(
    "MZ601",
    "flops-differ",
    _ERROR,
    "The declared FLOPs are neither the measured MACs nor twice as many, or the declared MACs are "
    "not the measured ones.",
    why="Readers choose models by this number. One that fits no way of counting was made with "
    "another tool, another image size or another network, and compares with nothing.",
    bad="Models:\n- Name: resnext50_32x4d\n  Metadata:\n    FLOPs: 5472648192\n"
    "    Image Size: 224\n",
    good="Models:\n- Name: resnext50_32x4d\n  Metadata:\n    FLOPs: 8460959744\n"
    "    Image Size: 224\n",
    remedy="Declare one of the measured numbers, and say under Library with `FLOPs Convention` which of "
    "the two. Where it says so already, declare that one.",
)
reported_elsewhere(
    "MZ602",
    "parameters-differ",
    _ERROR,
    "The declared parameters are not the measured ones, rounded as they are written.",
    why="A wrong count means a typing error or, worse, another network than the name builds.",
    bad="Models:\n- Name: inception_resnet_v2\n  Metadata:\n    Parameters: 55850000\n",
    good="Models:\n- Name: inception_resnet_v2\n  Metadata:\n    Parameters: 55843464\n",
)
reported_elsewhere(
    "MZ603",
    "file-size-differs",
    _ERROR,
    "The declared file size doesn't fit the model's state dict.",
    why="A file is as large as its tensors and a little more. One that isn't holds other weights, "
    "another precision, or an optimizer's state.",
    bad="Models:\n- Name: wide_resnet101_2\n  Metadata:\n    File Size: 254695146\n",
    good="Models:\n- Name: wide_resnet101_2\n  Metadata:\n    File Size: 508302600\n",
    remedy="Look at the file that `Weights` leads to, and declare its own size: what the tensors take is "
    "not yet the size of a file. Up to 4 KiB for each tensor are taken for the file's container.",
)
reported_elsewhere(
    "MZ604",
    "not-measurable",
    _ERROR,
    "The model could not be built or counted.",
    why="Nothing that the index says of it can be confirmed, and who follows it can't load it "
    "either.",
    bad="Models:\n- Name: gluon_xception65\n",
    good="Models:\n- Name: xception65\n",
    remedy="The finding says why, and what to do about that: name a model that the source knows; give "
    "it more time or memory; mend the source, or the model that ends its process; leave out of the model "
    "what looks at values, such as the selection of boxes. Or waive the finding and say why it is kept.",
)
reported_elsewhere(
    "MZ605",
    "mixed-flops-conventions",
    _WARNING,
    "Some FLOPs of the zoo count multiply-accumulates, others count both operations.",
    why="Two numbers that look alike then differ by a factor of two.",
    bad="Models:\n"
    "- {Name: resnet18, Metadata: {FLOPs: 1814073344}}\n"
    "- {Name: resnet34, Metadata: {FLOPs: 7327528960}}\n",
    good="Library: {Name: my zoo, FLOPs Convention: flops}\n"
    "Models:\n"
    "- {Name: resnet18, Metadata: {FLOPs: 3628146688}}\n"
    "- {Name: resnet34, Metadata: {FLOPs: 7327528960}}\n",
)
reported_elsewhere(
    "MZ606",
    "deprecated-model",
    _WARNING,
    "The source calls the name deprecated and builds what it calls otherwise today.",
    why="The old name goes away with some later version, and the new one says which weights are "
    "meant.",
    bad="Models:\n- Name: tv_resnext50_32x4d\n",
    good="Models:\n- Name: resnext50_32x4d.tv_in1k\n",
)
reported_elsewhere(
    "MZ607",
    "name-of-another-network",
    _ERROR,
    "The name silently resolves to another network than its parameters say.",
    why="Whoever loads the name gets a model of another size and accuracy, without any message. Of a "
    "name that the source calls deprecated, parameters that are off by more than a tenth tell it. Of "
    "any other, the file size must tell the same, since a single number may be a typing error.",
    bad="Models:\n- Name: ig_resnext101_32x48d\n  Metadata:\n    Parameters: 828410000\n",
    good="Models:\n- Name: resnext101_32x8d.fb_wsl_ig1b_ft_in1k\n  Metadata:\n"
    "    Parameters: 88791336\n",
)
reported_elsewhere(
    "MZ608",
    "other-preprocessing",
    _WARNING,
    "Image size, crop, interpolation, mean, standard deviation or classes are other than the source's "
    "for these weights.",
    why="The accuracy that stands beside them was reached with one of the two; often the name's "
    "default weights have changed since.",
    bad="Models:\n- Name: resnext50_32x4d.tv_in1k\n  Metadata:\n    Interpolation: bicubic\n",
    good="Models:\n- Name: resnext50_32x4d.tv_in1k\n  Metadata:\n    Interpolation: bilinear\n",
    remedy="Compared are `Image Size`, `Test Image Size`, `Crop Pct`, `Test Crop Pct`, `Crop Mode`, "
    "`Interpolation`, `Mean`, `Std` and `Num Classes`, where both the index and the source state them. "
    "`Image Size` and `Crop Pct` may be those of training or of tests. Shares may be written in "
    "percent, mean and standard deviation on the scale of pixels, too, with as many digits as you "
    "like, but two decimals at least.",
)
reported_elsewhere(
    "MZ609",
    "uncounted-operations",
    _WARNING,
    "The model runs operations that compute and that nobody counted.",
    why="Its FLOPs are a lower bound. Published as they are, they flatter the model.",
    remedy="Say so beside the number, or declare none.",
)
reported_elsewhere(
    "MZ610",
    "stale-record",
    _ERROR,
    "A measurement record is missing, of other versions or other code than the present, or of no model.",
    why="What the site publishes as measured would not be what the index now describes.",
    remedy="Run `metazoo verify` and commit what it wrote.",
)
reported_elsewhere(
    "MZ611",
    "other-weights",
    _WARNING,
    "The weights are others than those the source loads under this name.",
    why="A source gives a name better weights now and then. Accuracy, recipe and preprocessing that "
    "stand here are then of weights that nobody gets any more.",
    bad="Models:\n- Name: regnetx_008\n  Weights: https://example.org/regnetx_008-d8b470eb.pth\n",
    good="Models:\n- Name: regnetx_008.pycls_in1k\n"
    "  Weights: https://example.org/regnetx_008-d8b470eb.pth\n",
    remedy="Name the tag whose weights are meant. Two links to the Hugging Face hub are compared by their "
    "repositories, others by the names of their files, wherever they lie; names that any weights may "
    "have, such as `model.safetensors`, are not compared, nor is a file with a repository.",
)
reported_elsewhere(
    "MZ612",
    "record-contradicted",
    _ERROR,
    "A model that was measured again is not what its record says.",
    why="Records are published as measured. One that was edited by hand, or made by a faulty run, "
    "is found only by repeating it.",
    remedy="Delete the model's record, run `metazoo verify`, and commit what it wrote. Where the "
    "same versions measure differently on two machines, that is a fault of metazoo: report it.",
)
reported_elsewhere(
    "MZ613",
    "unusable-record",
    _ERROR,
    "A file of records can't be read or written, or is not what metazoo wrote.",
    why='What was measured is then missing: the site says "not measured" of its models. A file that can\'t '
    "be read is never written over, since a merge conflict or a half-finished edit is easier to mend "
    "than to measure again.",
    remedy="Restore the file from your version control, or delete it and run `metazoo verify`. Where it "
    "can't be written, the finding says why, and the file is as it was.",
)
reported_elsewhere(
    "MZ614",
    "records-kept",
    _WARNING,
    "The index could not be read whole, so no record was removed.",
    why="One typing error in an index makes hundreds of models disappear from it. Their records must "
    "not disappear with them.",
    remedy="Mend the errors that were found while reading the index, and run `metazoo verify` again. "
    "Where a file is blank or no model is left, restore what is missing; if it was meant to go, delete the "
    "blank file, or the records by hand.",
)
reported_elsewhere(
    "MZ615",
    "too-large-for-device",
    _WARNING,
    "The model was counted, but is too large for the device that `--device` names.",
    why="Its counts are right, but nobody has seen it run: whether its output has the right shape and is "
    "finite isn't known.",
    remedy="Verify it where there is more memory, or without `--device`.",
)
