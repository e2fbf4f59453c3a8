"""What is measured at an epoch: loss and accuracy."""

from torch.nn.functional import binary_cross_entropy_with_logits

from torchreplay.models.decision import predicted


def metrics_of(logit, dataset):
    """Loss and accuracy of the points trained on and, if any are, of those held out: by name.

    logit: of all points of a Dataset, (n, 1).
    """
    parts = {"": slice(None)}
    if dataset.held_out is not None:
        parts = {"": ~dataset.held_out, "validation_": dataset.held_out}
    found = {}
    for name, rows in parts.items():
        z, y = logit[rows], dataset.y[rows]
        found[f"{name}loss"] = binary_cross_entropy_with_logits(z, y).item()
        found[f"{name}accuracy"] = (predicted(z) == y).float().mean().item()
    return found
