"""Loss and accuracy at an epoch."""

from torch.nn.functional import binary_cross_entropy_with_logits

from torchreplay.models.decision import predicted


def metrics_of(logit, dataset):
    """Loss and accuracy of the points trained on and, if any are, of those held out: by name.

    logit: the logits of all points of a Dataset, (n, 1).
    """
    subsets = {"": slice(None)}
    if dataset.held_out is not None:
        subsets = {"": ~dataset.held_out, "validation_": dataset.held_out}
    found = {}
    for name, rows in subsets.items():
        z, y = logit[rows], dataset.y[rows]
        found[f"{name}loss"] = binary_cross_entropy_with_logits(z, y).item()
        found[f"{name}accuracy"] = (predicted(z) == y).float().mean().item()
    return found
