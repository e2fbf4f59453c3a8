"""How an option is added and read, and the types of their values."""

import argparse
import math

from torchreplay import __version__
from torchreplay.errors import UserError, did_you_mean
from torchreplay.settings import DATA_SEED, EPOCHS, given_title
from torchreplay.system.paths import given_file, given_path
from torchreplay.system.terminal import fail, say


class Parser(argparse.ArgumentParser):
    """An argument parser that reports a wrong option in a single line."""

    whose = ""  # the option that messages begin with

    def error(self, message):
        fail(f"{self.whose}{message} (see --help)", 2)

    def parse_args(self, args=None, namespace=None):
        """The options typed. Ends with the first word that is none of them and the option meant."""
        typed, unknown = self.parse_known_args(args, namespace)
        if unknown:
            self._check_count(list(args), unknown[0])
            flag = unknown[0].partition("=")[0]
            self.error(
                f"unrecognized arguments: {' '.join(unknown)}"
                f"{did_you_mean(flag, self._option_string_actions)}"
            )
        return typed

    def _check_count(self, words, unknown):
        """End if an unknown word is one too many after an option that takes a number of them."""
        before = words[: words.index(unknown)]
        flag = next((word for word in reversed(before) if word.startswith("-")), None)
        option = self._option_string_actions.get(flag)
        if (
            option
            and not unknown.startswith("-")
            and isinstance(option.nargs, int)
            and option.nargs
        ):
            self.error(f"argument {flag}: expected {option.nargs} arguments")

    def print_help(self, file=None):
        say(self.format_help().rstrip("\n"))

    def parse_for(self, whose, words, typed):
        """The options typed, with the words that one option stands for; messages name that one."""
        self.whose = f"{whose}: "
        found = self.parse_args(words, typed)
        self.whose = ""
        return found

    def option_group(self, name):
        """Make a group of options: a function that adds one, with its help and default in words.

        An option says by `page=False` that it does not change the page.
        """
        group = self.add_argument_group(name)

        def add(flag, help, otherwise, *short, page=True, **settings):
            help = f"{help} (default: {otherwise})"
            group.add_argument(flag, *short, help=help, **settings).page = page

        return add

    def leave_out(self, flag, words, reason):
        """End with a reason if an option is among the words typed."""
        if any(word.partition("=")[0] == flag for word in words):
            self.error(f"{reason}: leave out {flag}")

    def flags(self, *names):
        """The flags of all options of some groups."""
        groups = [group for group in self._action_groups if group.title in names]
        return [flag for group in groups for a in group._group_actions for flag in a.option_strings]

    def not_on_page(self, typed):
        """The flags of the options typed that do not change the page."""
        return [
            action.option_strings[0]
            for action in self._actions
            if not getattr(action, "page", True) and getattr(typed, action.dest) != action.default
        ]

    def option(self, flag):
        """The option of a flag, as argparse knows it."""
        return self._option_string_actions[flag]


class PrintVersion(argparse.Action):
    """Prints the version and ends the program."""

    def __call__(self, parser, typed, values, option_string=None):
        say(f"torchreplay {__version__}")
        parser.exit()


def number(kind, low, high):
    """Make an argparse type: a finite number of the kind int or float from low to high."""

    def convert(text):
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            what = "a whole number" if kind is int else "a number"
            raise argparse.ArgumentTypeError(f"{text!r} is not {what} from {low:,} to {high:,}")
        return value

    return convert


def positive(text):
    """An argparse type: a positive, finite number."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive, finite number")
    return value


def path(text, given=given_path):
    """An argparse type: a path that is not empty."""
    if not text:
        raise argparse.ArgumentTypeError("it is empty")
    return given(text)


def file_path(text):
    """An argparse type: the path of a file."""
    try:
        return path(text, given_file)
    except UserError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from fault


def title(text):
    """An argparse type: a title."""
    try:
        return given_title(text)
    except UserError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from fault


SEED = number(int, *DATA_SEED.ends)
EPOCH = number(int, 0, EPOCHS.high)
