"""Numbers, units and parameters as the page writes them."""

import math

from torchreplay.views.titles import minus

MAX_PARAMETER_ROWS = 60
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def brief(value, digits=3):
    """A number in some digits, without those that are 0; with a power of ten if far from 1."""
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    if value == 0 or -3 <= int(power) < 5:
        return minus(f"{float(f'{value:.{digits}g}'):.{digits + 5}g}")
    return minus(f"{float(mantissa):g}·10{raised(int(power))}")


def raised(power):
    """A power of ten as a superscript."""
    return str(power).translate(SUPERSCRIPTS)


def thousands(value):
    """The power of ten by which a number is divided so that it has few digits: 0, ±3, ±6 …"""
    if 1e-2 <= value < 1e4 or value == 0:
        return 0
    return 3 * math.floor(math.log10(value) / 3)


def symbols(letter, count, first=1, layer=None):
    """The names of some units: a letter with their numbers, and with that of their layer."""
    of = "" if layer is None else f"⁽{layer}⁾".translate(SUPERSCRIPTS)
    return [f"{letter}{n}".translate(SUBSCRIPTS) + of for n in range(first, first + count)]


def parameter_rows(stages):
    """The names of parameters, unit by unit, and their places among all: pairs.

    stages: the layers of a network, as the page has them.
    """
    rows, at, senders = [], 0, symbols("x", stages[0]["inputs"])
    for stage in stages:
        biases = at + stage["inputs"] * stage["units"]
        for unit, symbol in enumerate(stage["symbols"]):
            to = symbol
            if stage is stages[-1]:
                to = "output" if stage["units"] == 1 else stage["sums"][unit]
            rows += [(f"{sender} → {to}", at + i) for i, sender in enumerate(senders)]
            rows.append((f"bias of {to}", biases + unit))
            at += stage["inputs"]
        at, senders = biases + stage["units"], stage["symbols"]
    return rows[:MAX_PARAMETER_ROWS]
