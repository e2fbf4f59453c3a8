"""Stub until the branch with this module is merged."""


def partition(logits, mesh):
    raise NotImplementedError
