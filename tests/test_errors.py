"""Messages as Python spells them, and that nothing below the command line knows its options."""

import ast
import pickle
from pathlib import Path

import pytest
from helpers.scripts import PROJECT

from torchreplay.cli.flags import as_option
from torchreplay.cli.options import TOPICS
from torchreplay.cli.options.parser import Parser
from torchreplay.errors import Argument, DatasetError, UserError

BELOW = [
    PROJECT / "common.py",
    *(path for path in PROJECT.glob("torchreplay/**/*.py") if "cli" not in path.parts),
]


def flags():
    """The options of the command line, as they are typed."""
    parser = Parser()
    for name, topic in TOPICS.items():
        topic.add(parser.option_group(name), Path())
    return [flag for flag in parser.flags(*TOPICS) if flag.startswith("--")]


def strings(path):
    """The strings of a file and of its f-strings, but for those that document it."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    documents = [node.value for node in nodes if isinstance(node, ast.Expr)]
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documents
    ]


def arguments(path):
    """The names of the Arguments that a file makes."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Argument":
            yield ast.literal_eval(node.args[0])


@pytest.mark.parametrize("path", BELOW, ids=lambda path: str(path.relative_to(PROJECT)))
def test_nothing_below_the_command_line_names_an_option(path):
    known = flags()
    assert {"--label", "--output-dir", "--standardize"} <= set(known)
    assert [(text, flag) for text in strings(path) for flag in known if flag in text] == []


def test_every_argument_in_a_message_is_an_option():
    named = {name for path in BELOW for name in arguments(path)}
    assert {"label", "folder", "size", "latent"} <= named
    assert {as_option(Argument(name)) for name in named} <= set(flags())


def test_python_spells_arguments_as_they_stand_in_a_call():
    fault = UserError("give ", Argument("label"), (", or ", Argument("features", ["2", "x y"])))
    assert str(fault) == "give label=, or features=['2', 'x y']"
    assert str(UserError("append ", Argument("latent", True))) == "append latent=True"


def test_many_values_are_not_told_whole():
    message = str(UserError(Argument("features", ["x" * 1000] * 1000)))
    assert message.startswith("features=['xxx") and message.endswith("...]")
    assert len(message) < 1500


def test_a_function_spells_the_arguments_anew_wherever_they_stand():
    fault = UserError("lower ", (Argument("size"), " or ", (Argument("epochs"),)))
    assert fault.spelled(lambda argument: f"<{argument.name}>") == "lower <size> or <epochs>"


def test_fault_of_another_process_keeps_its_words():
    fault = pickle.loads(pickle.dumps(DatasetError("line 3: give ", Argument("positive"))))
    assert (str(fault), fault.exit_code) == ("line 3: give positive=", 2)
