"""Callbacks that record a training which a framework runs, each for one framework.

No framework is loaded here: a callback imports its own when it is made.
"""

from torchreplay.callbacks.huggingface import HuggingFace
from torchreplay.callbacks.ignite import Ignite
from torchreplay.callbacks.keras import Keras
from torchreplay.callbacks.lightning import Lightning
from torchreplay.callbacks.skorch import Skorch

__all__ = ["HuggingFace", "Ignite", "Keras", "Lightning", "Skorch"]
