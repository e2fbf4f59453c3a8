"""What is packed: the version, the dependencies and the files of the package as they are built."""

import email
import shutil
import subprocess
import sys
import zipfile

import pytest
from helpers.scripts import PROJECT
from packaging.requirements import Requirement

import torchreplay


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The package as setuptools builds it, away from the tree: an open zip file."""
    folder = tmp_path_factory.mktemp("packed")
    caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "torchreplay", folder / "torchreplay", ignore=caches)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, folder)
    build = "from setuptools import build_meta; build_meta.build_wheel('.')"
    subprocess.run([sys.executable, "-c", build], cwd=folder, capture_output=True, check=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as file:
        yield file


@pytest.fixture(scope="module")
def metadata(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return email.message_from_bytes(wheel.read(name))


def requirements(lines):
    return {item.name: item.specifier for item in map(Requirement, lines)}


def test_every_file_is_packed(wheel):
    there = (path for path in PROJECT.glob("torchreplay/**/*") if path.is_file())
    there = {str(path.relative_to(PROJECT)) for path in there if path.suffix != ".pyc"}
    assert {"torchreplay/py.typed", "torchreplay/page/template.html"} <= there
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == there


def test_version_is_that_of_the_package(metadata):
    assert metadata["Version"] == torchreplay.__version__


def test_every_pin_is_in_a_range_that_has_no_upper_end(metadata):
    wanted = list(map(Requirement, metadata.get_all("Requires-Dist")))
    ranges = {item.name: item.specifier for item in wanted}
    pins = requirements((PROJECT / "requirements.txt").read_text().splitlines())
    extras = {item.name for item in wanted if item.marker}
    assert set(ranges) - extras == set(pins) and extras == {"anywidget"}
    _, *lines = (PROJECT / "requirements-dev.txt").read_text().splitlines()
    pins |= {name: pin for name, pin in requirements(lines).items() if name in extras}
    for name, pin in pins.items():
        ((operator, version),) = ((item.operator, item.version) for item in pin)
        assert operator == "=="
        assert version in ranges[name]
        assert [item.operator for item in ranges[name]] == [">="]
