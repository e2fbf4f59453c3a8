"""The package by itself: it loads late, has all its names, and needs nothing that stands above."""

import ast
import graphlib
import subprocess
import sys

import pytest
from conftest import SCRIPTS
from helpers.scripts import PROJECT

import torchreplay

FILES = sorted(PROJECT.glob("torchreplay/**/*.py"))
ABOVE = {path.stem for path in PROJECT.glob("*.py")}


def python(code, folder):
    """Run some code in another folder, where only the package is found: the finished process."""
    settings = {"cwd": folder, "env": {"PYTHONPATH": str(PROJECT)}}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, **settings)


def test_import_from_elsewhere_loads_neither_torch_numpy_nor_matplotlib(tmp_path):
    heavy = {"torch", "numpy", "matplotlib"}
    code = f"import sys, torchreplay; print(sorted({heavy} & set(sys.modules)))"
    result = python(code, tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "[]\n", "")
    assert list(tmp_path.iterdir()) == []


def test_reading_a_file_loads_nothing_that_traces_models_or_draws(tmp_path):
    (tmp_path / "points.csv").write_text("1,2,a\n2,1,b\n")
    code = (
        "import sys, torchreplay; torchreplay.read_dataset('points.csv');"
        " print(*(name for name in sys.modules if name.startswith(('torchreplay.', 'matplotlib'))))"
    )
    result = python(code, tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    loaded = result.stdout.split()
    assert "torchreplay.data.dataset" in loaded
    unneeded = {f"torchreplay.{name}" for name in ("views", "models.classifier", "models.tracing")}
    assert not {"matplotlib", *unneeded} & set(loaded)


def test_every_name_resolves():
    assert len(torchreplay.__all__) == len(set(torchreplay.__all__))
    for name in torchreplay.__all__:
        assert getattr(torchreplay, name).__name__ == name
        assert getattr(torchreplay, name).__module__.startswith("torchreplay.")
        assert name in dir(torchreplay)
    namespace = {}
    exec("from torchreplay import *", namespace)
    assert set(torchreplay.__all__) <= set(namespace)


def test_type_checkers_know_every_name():
    """What is imported for them is what is exported, each from where it is found."""
    tree = ast.parse((PROJECT / "torchreplay" / "__init__.py").read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    known = {name.name: node.module for node in block.body for name in node.names}
    assert sorted(known) == sorted(torchreplay.__all__) == sorted(torchreplay._HOMES)
    for name, module in known.items():
        assert module == f"torchreplay.{torchreplay._HOMES[name]}"


def test_name_that_does_not_exist():
    with pytest.raises(AttributeError, match="module 'torchreplay' has no attribute 'Playback'"):
        torchreplay.Playback  # noqa: B018


def imported(file):
    """The names of the modules that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (module, *(f"{module}.{name.name}" for name in node.names))


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_package_imports_nothing_from_above(file):
    assert {"common", "input_space_visualization", "feature_space_visualization"} <= ABOVE
    for name in imported(file):
        assert name.partition(".")[0] not in ABOVE
        assert not name.startswith("..")


def modules_used(file):
    """The modules of the package that a file imports, wherever it does, as `data/dataset`."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{name.name}" for name in node.names]
        else:
            continue
        for name in names:
            root, *parts = name.split(".")
            path = PROJECT / root / "/".join(parts)
            path = path if path.with_suffix(".py").exists() or path.is_dir() else path.parent
            if root == "torchreplay" and path != PROJECT / root:
                yield path.relative_to(PROJECT / root).as_posix()


def arrows(part_of):
    """What each part of the package imports of other parts: sets by name.

    part_of: the part that a module belongs to, as `data/dataset`.
    """
    found = {}
    for file in FILES:
        own = part_of(file.relative_to(PROJECT / "torchreplay").with_suffix("").as_posix())
        used = {part_of(module) for module in modules_used(file)} - {own, "__init__"}
        found.setdefault(own, set()).update(used)
    return found


@pytest.mark.parametrize(
    "part_of",
    [lambda module: module.partition("/")[0], lambda module: module.removesuffix("/__init__")],
    ids=["packages", "modules"],
)
def test_there_are_floors_and_every_import_goes_down(part_of):
    """Floors exist where imports make no circle."""
    found = arrows(part_of)
    assert len(found) > 10 and any(found.values())
    graphlib.TopologicalSorter(found).prepare()  # raises CycleError, which names a circle


def test_a_circle_would_be_found():
    with pytest.raises(graphlib.CycleError):
        graphlib.TopologicalSorter({"a": {"b"}, "b": {"c"}, "c": {"a"}}).prepare()


def test_common_imports_nothing_of_the_scripts():
    modules = list(imported(PROJECT / "common.py"))
    assert any(name.startswith("torchreplay.") for name in modules)
    assert not {f"{script}_visualization" for script in SCRIPTS} & set(modules)


def test_scripts_do_not_need_each_other():
    for script in SCRIPTS:
        modules = set(imported(PROJECT / f"{script}_visualization.py"))
        assert not {f"{script}_visualization" for script in SCRIPTS} & modules
        assert "common" in modules
