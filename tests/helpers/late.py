"""Modules that are imported when they are first used, so that collecting tests is quick."""

from importlib import import_module


class Late:
    """A module, imported when one of its names is first used."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, name):
        if name.startswith("_"):  # as pytest reads of whatever it finds
            raise AttributeError(name)
        return getattr(import_module(self._name), name)
