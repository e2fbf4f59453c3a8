"""What the callbacks of all frameworks have in common."""

import ast
import re
import sys
from importlib.util import find_spec

import pytest
import torch
from helpers.guide import GUIDE
from helpers.models import LOGIT, X, Y, small
from helpers.scripts import PROJECT

from torchreplay import callbacks

ALL = [getattr(callbacks, name) for name in callbacks.__all__]


@pytest.fixture(params=ALL, ids=callbacks.__all__)
def kind(request, monkeypatch):
    """A callback of which no framework is needed."""
    monkeypatch.setattr(request.param, "_bases", classmethod(lambda cls: ()))
    return request.param


def test_no_framework_is_loaded_before_a_callback_is_made():
    names = {"lightning", "pytorch_lightning", "skorch", "ignite", "transformers", "keras"}
    assert all(map(find_spec, names))
    for file in PROJECT.glob("torchreplay/**/*.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                roots = {name.name.partition(".")[0] for name in node.names}
                roots |= {(getattr(node, "module", None) or "").partition(".")[0]}
                assert not roots & names, file


def test_all_code_of_the_guide_is_run():
    sections = re.findall(r"(?m)^### (.*)\n(?:(?!^#).*\n)*?```py$", GUIDE.read_text())
    assert len(sections) == GUIDE.read_text().count("```py\n") == 6
    tests = "".join(path.read_text() for path in PROJECT.glob("tests/callbacks/*.py"))
    assert all(f'run_section("{title}")' in tests for title in sections)


def test_a_framework_that_is_missing_is_named(monkeypatch):
    for kind, package in ((callbacks.Skorch, "skorch"), (callbacks.Ignite, "pytorch-ignite")):
        monkeypatch.setitem(sys.modules, package.removeprefix("pytorch-"), None)
        with pytest.raises(ValueError, match=f"{package} is not installed: pip install {package}"):
            kind(X, Y)


def test_bad_arguments_are_refused_when_it_is_made(kind):
    with pytest.raises(TypeError, match="unexpected keyword argument 'los'"):
        kind(X, Y, los=LOGIT)
    with pytest.raises(ValueError, match="label is 'batch': a callback counts"):
        kind(X, Y, label="batch")


def test_before_a_training_there_is_nothing_to_replay(kind):
    with pytest.raises(ValueError, match="nothing is recorded in this process"):
        kind(X, Y, loss=LOGIT).replay()


def test_of_several_processes_the_first_one_records(monkeypatch):
    record = callbacks.Ignite(X, Y, loss=LOGIT)
    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.distributed, "get_rank", lambda: 1)
    record._begin(small())
    record._ended("epoch")
    with pytest.raises(ValueError, match="the one of rank 0 records"):
        record.replay()
