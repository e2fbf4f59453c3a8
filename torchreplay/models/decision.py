"""The rule that predicts a class."""


def predicted(logit):
    """The predicted class of points: 1 where the logit is at least 0, that is P at least 1/2."""
    return logit >= 0
