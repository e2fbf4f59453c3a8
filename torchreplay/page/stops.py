"""A stop of a tour: its text, what the page shows there, and what it asks."""

from dataclasses import dataclass, field
from typing import Any

NUMBER = r"-?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:e[+-]?\d{1,2})?"
WHOLE = r"\d{1,12}"
SETTINGS = {  # of each its pattern, and how it is written
    "run": (WHOLE, "run N, as in run 2"),
    "epoch": (WHOLE, "epoch K, as in epoch 80"),
    "space": ("input|feature", "space input or space feature"),
    "zoom": (
        " ".join([NUMBER] * 4),
        "zoom LEFT BOTTOM RIGHT TOP without commas, as in zoom 0.1 0.2 0.6 0.7",
    ),
    "point": (WHOLE, "point N, as in point 7"),
    "place": (f"{NUMBER} {NUMBER}", "place X Y without a comma, as in place 0.5 -0.2"),
    "bend": (r"0?\.\d{1,15}|[01](?:\.0*)?", "bend B from 0, the input plane, to 1, as in bend 0.5"),
    "loss": (NUMBER, "loss L, as in loss 0.4454"),
    "ask": (
        f"draw {WHOLE}|choice|epoch right|epoch fastest|epoch loss {NUMBER}",
        "ask draw K, ask choice, ask epoch right, ask epoch fastest or ask epoch loss L",
    ),
    "try": (r"[a-z]{1,20}=[\w.:~-]{1,1000}", "try NAME=VALUE, as in try rate=10"),
}
LINKED = ("run", "epoch", "point", "place", "bend")  # by the same names in a link to the page


@dataclass
class Stop:
    """A stop of a tour.

    line: where it stands in its file, for messages.
    settings: what its bracket says, as words by the names of SETTINGS.
    text, answer: paragraphs; the answer is that to what is asked.
    options: those among which one can choose.
    """

    line: str
    settings: dict[str, str]
    text: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    answer: list[str] = field(default_factory=list)

    def words(self, name: str) -> list[str]:
        """The words of a setting; none if it is not given."""
        return self.settings.get(name, "").split()

    def numbers(self, name: str) -> list[float]:
        """The numbers of a setting."""
        return [float(word) for word in self.words(name)]

    @property
    def epochs(self) -> list[int]:
        """The counts of the epochs that it names: its own, and that of what is to be drawn."""
        asked = self.words("ask")
        return [int(count) for count in self.words("epoch") + asked[1:] * ("draw" in asked)]

    @property
    def trial(self) -> str:
        """The part of a link that is to be tried; a rate is that of a fork at its epoch."""
        text = self.settings.get("try", "")
        fork = f"fork={self.settings.get('epoch')}~r"
        return text.replace("rate=", fork, 1) if text.startswith("rate=") else text

    def described(self, number: int, first: str) -> dict[str, Any]:
        """What the page needs of it, made of types that JSON has.

        number: of the stop, from 1 on.
        first: the name of the first space shown, in which one draws if none is named.
        """
        link = {"stop": [str(number)]} | {name: self.words(name) for name in LINKED}
        space = self.settings.get("space", first if "draw" in self.words("ask") else "")
        link[space] = self.words("zoom")
        found = {
            "at": "&".join(f"{name}={','.join(words)}" for name, words in link.items() if words),
            "space": space,
            "ask": self.settings.get("ask"),
            "try": self.trial,
            "text": self.text,
            "options": self.options,
            "answer": self.answer,
        }
        return {name: value for name, value in found.items() if value}
