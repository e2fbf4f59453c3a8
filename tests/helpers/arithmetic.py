"""What formulas on a page say, as somebody computes it who reads them: in decimal numbers."""

import re
from decimal import Decimal, getcontext

getcontext().prec = 400
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
NUMBER = re.compile(r"(\d+(?:\.\d+)?)(?:·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?")
FUNCTIONS = {
    "σ": lambda z: 1 / (1 + (-z).exp()),
    "exp": Decimal.exp,
    "log": Decimal.ln,
    "tanh": lambda z: 1 - 2 / ((2 * z).exp() + 1),
    "relu": lambda z: max(z, Decimal(0)),
}
SIGNS = (("−", "-"), ("·", "*"), ("²", "**2"), ("½", "D('0.5')"))


def number(text):
    """A number as the page writes it, exactly, and half a unit of its last place."""
    digits, power = NUMBER.fullmatch(text.removeprefix("−")).groups()
    exponent = int((power or "0").translate(SUPERSCRIPTS))
    value = Decimal(digits).scaleb(exponent)
    half = Decimal(1).scaleb(value.as_tuple().exponent) / 2
    return (-value if text.startswith("−") else value), half


def result(expression):
    """The result of an expression of numbers; None if it has symbols."""
    if re.search("[^\\W\\d_⁻⁰¹²³⁴⁵⁶⁷⁸⁹½]", re.sub(r"σ|exp|log|tanh|relu", "", expression)):
        return None
    power = r"(?<=·)10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)"  # a factor of its own
    text = re.sub(power, lambda found: f"1e{found[1].translate(SUPERSCRIPTS)}", expression)
    text = re.sub(r"\d+(\.\d+)?(e-?\d+)?", lambda found: f"D('{found[0]}')", text)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    for sign, meant in SIGNS:
        text = text.replace(sign, meant)
    return eval(text, {"D": Decimal, **FUNCTIONS})


def plain(text):
    """A text of the page without what says where its lines may end."""
    return text.replace("\xa0", " ").replace("\u2060", "").replace("\u200b", "")


def is_number(text):
    return NUMBER.fullmatch(text.removeprefix("−")) is not None


def check(line):
    """Check that the numbers of a line make the result with which it ends, as it is rounded.

    Returns whether it has a formula of numbers. Raises AssertionError if they make another result.
    """
    *_, made, shown = ["", "", *plain(line).split(" = ")]
    if not is_number(shown) or (found := result(made)) is None:
        return False
    value, half = number(shown)
    assert abs(found - value) <= half * (1 + Decimal(10) ** -9), f"{line}: {found:.9g}"
    return True
