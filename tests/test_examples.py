"""The examples run as they are: notebooks in a kernel, scripts in a process."""

import os
import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from matplotlib.image import imread
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from scripts import PROJECT

EXAMPLES = PROJECT / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


def execute(notebook, folder, monkeypatch):
    """Execute a notebook in a folder; a fault in it is a fault here."""
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    monkeypatch.delenv("MPLBACKEND", raising=False)
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=300, resources=resources).execute()
    return notebook


def shown(notebook):
    """How many pages and pictures every cell of code shows."""
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            data = [output.get("data", {}) for output in cell.outputs]
            pages = sum(len(re.findall("<iframe", str(part.get("text/html", "")))) for part in data)
            cells.append((pages, sum("image/png" in part for part in data)))
    return cells


@pytest.mark.filterwarnings("ignore")  # of Jupyter's own
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_and_its_outputs_are_stored(path, tmp_path, monkeypatch):
    stored = nbformat.read(path, as_version=4)
    expected = shown(stored)
    assert (1, 0) in expected  # the page
    assert any(pictures for _, pictures in expected)
    ours = execute(nbformat.from_dict(stored), tmp_path, monkeypatch)
    assert shown(ours) == expected


def run(name, *arguments, folder):
    """Run an example in a folder: what it prints."""
    command = [sys.executable, str(EXAMPLES / name), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_spambase(tmp_path):
    """With a small file of the same shape."""
    random = np.random.default_rng(0)
    y = np.arange(80) % 2
    X = random.exponential(size=(80, 57)) + 3 * y[:, None] * (np.arange(57) == 4)
    table = np.column_stack([X, y])
    np.savetxt(tmp_path / "spambase.data", table, delimiter=",", fmt="%.4g")
    printed = run("spambase.py", tmp_path / "spambase.data", folder=tmp_path)
    assert "accuracy after" in printed
    assert (tmp_path / "spambase.mp4").stat().st_size > 1000
    assert imread(tmp_path / "spambase.png").shape == (600, 600, 4)


def test_digits_with_and_without_augmented_data(tmp_path):
    lines = run("digits_cnn.py", folder=tmp_path).splitlines()
    found = [re.search(r"loss ([\d.]+), accuracy ([\d.]+)%", line) for line in lines]
    assert len(found) == 2
    assert all(float(match[2]) > 85 for match in found)
    assert imread(tmp_path / "digits_cnn.png").shape == (550, 1100, 4)


@pytest.mark.filterwarnings("ignore")
def test_scripts_and_common_in_a_notebook(tmp_path, monkeypatch):
    """Pictures of pyplot are shown before and after: the settings of the notebook stay."""
    picture = "from matplotlib import pyplot as plt\nplt.plot([1, 2]);"
    script = PROJECT / "input_space_visualization.py"
    cells = [
        f"%run {script} --epochs 2 --size 120 --output-dir outputs",
        picture,
        "from common import load_dataset\nlen(load_dataset('xor', points=20).X)",
    ]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    first, second, third = execute(notebook, tmp_path, monkeypatch).cells
    printed = "".join(output.text for output in first.outputs if output.get("name") == "stdout")
    assert printed.startswith("epoch 2: loss")
    assert len(list((tmp_path / "outputs").iterdir())) == 2
    assert any("image/png" in output.get("data", {}) for output in second.outputs)
    assert third.outputs[0].data["text/plain"] == "20"
