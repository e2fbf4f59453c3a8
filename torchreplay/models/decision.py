"""The rule that predicts a class."""


def predicted(logit):
    """The predicted class of points: 1 where P is at least one half, the logit at least 0."""
    return logit >= 0
