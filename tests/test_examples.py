"""The examples run as they are: notebooks in a kernel, scripts in this process."""

import re
import runpy
import sys

import nbformat
import numpy as np
import pytest
from helpers.scripts import PROJECT
from imageio_ffmpeg import count_frames_and_secs
from matplotlib.image import imread
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

EXAMPLES = PROJECT / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


SCRIPT = PROJECT / "input_space_visualization.py"
SCRIPTS_AND_COMMON = [
    f"%run {SCRIPT} --epochs 2 --size 120 --output-dir outputs",
    "from matplotlib import pyplot as plt\nplt.plot([1, 2]);",
    "from common import load_dataset\nlen(load_dataset('xor', points=20).X)",
]


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The cells of all notebooks, executed in one kernel, and the folder they ran in.

    They are joined into one notebook, because a kernel takes seconds to start; names are forgotten
    between them. A fault in a cell is a fault here.
    """
    folder = tmp_path_factory.mktemp("notebooks")
    parts = {path.stem: nbformat.read(path, as_version=4).cells for path in NOTEBOOKS}
    parts["scripts"] = [new_code_cell(cell) for cell in SCRIPTS_AND_COMMON]
    cells = [cell for part in parts.values() for cell in [*part, new_code_cell("%reset -f")]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(PROJECT))
        patch.delenv("MPLBACKEND", raising=False)
        resources = {"metadata": {"path": str(folder)}}
        NotebookClient(new_notebook(cells=cells), timeout=300, resources=resources).execute()
    return parts, folder


def shown(cells):
    """How many pages and pictures every cell of code shows."""
    counts = []
    for cell in cells:
        if cell.cell_type == "code":
            data = [output.get("data", {}) for output in cell.outputs]
            pages = sum(len(re.findall("<iframe", str(part.get("text/html", "")))) for part in data)
            counts.append((pages, sum("image/png" in part for part in data)))
    return counts


@pytest.mark.filterwarnings("ignore")  # of Jupyter's own
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_and_its_outputs_are_stored(executed, path):
    stored = shown(nbformat.read(path, as_version=4).cells)
    assert (1, 1) in stored  # the page, and its still
    assert (0, 1) in stored  # a figure
    parts, _ = executed
    assert shown(parts[path.stem]) == stored


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_page_in_a_notebook_has_a_still(path):
    """In its HTML, for those who drop the page from it, and beside it, for those who drop both."""
    outputs = [
        output.get("data", {})
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
    ]
    pages = [data for data in outputs if "<iframe" in data.get("text/html", "")]
    assert pages
    for data in pages:
        (still,) = re.findall(r'<img [^>]*src="data:image/png;base64,([^"]+)"', data["text/html"])
        assert still == data["image/png"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_names_nothing_of_the_machine_that_ran_it(path):
    """Neither paths nor addresses in memory, which would differ each time."""
    texts = [
        output.get("text", "") + output.get("data", {}).get("text/plain", "")
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
    ]
    assert any(text.startswith("Replay of History of epochs 0 to ") for text in texts)
    assert not re.findall(r"0x[0-9a-f]{6,}|/(?:tmp|home|root|work|usr)/", " ".join(texts))


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs an example in an empty folder: what it prints."""

    def run(name, *arguments):
        path = str(EXAMPLES / name)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [path, *map(str, arguments)])
        runpy.run_path(path, run_name="__main__")
        return capsys.readouterr().out

    return run


def test_spambase(run, tmp_path):
    """With a small file of the same shape."""
    random = np.random.default_rng(0)
    y = np.arange(80) % 2
    X = random.exponential(size=(80, 57)) + 3 * y[:, None] * (np.arange(57) == 4)
    table = np.column_stack([X, y])
    np.savetxt(tmp_path / "spambase.data", table, delimiter=",", fmt="%.4g")
    printed = run("spambase.py", tmp_path / "spambase.data")
    assert "accuracy after" in printed
    assert (tmp_path / "spambase.mp4").stat().st_size > 1000
    assert imread(tmp_path / "spambase.png").shape == (600, 600, 4)


def test_digits_with_and_without_augmented_data(run, tmp_path):
    lines = run("digits_cnn.py").splitlines()
    found = [re.search(r"loss ([\d.]+), accuracy ([\d.]+)%", line) for line in lines]
    assert len(found) == 2
    assert all(float(match[2]) > 80 for match in found)
    assert float(found[0][1]) > float(found[1][1])  # of digits as they are, and of augmented ones
    assert imread(tmp_path / "digits_cnn.png").shape == (570, 960, 4)
    _, seconds = count_frames_and_secs(tmp_path / "digits_cnn.mp4")
    assert seconds == 60 / 8 + 3  # epochs at their rate, and the last one held


@pytest.mark.parametrize("name", ["digits_cnn.py", "spambase.py"])
@pytest.mark.parametrize("missing", ["torchreplay", "torch"])
def test_script_without_its_packages_ends_in_one_line(run, monkeypatch, name, missing, tmp_path):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SystemExit) as caught:
        run(name)
    message = caught.value.code  # Python prints it, and ends with 1
    assert message.startswith(f"{missing} is not installed: python -m pip install . ")
    assert "\n" not in message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_says_how_to_install_the_package(path):
    first, *_ = nbformat.read(path, as_version=4).cells
    assert "`python -m pip install ." in first.source


@pytest.mark.filterwarnings("ignore")
def test_scripts_and_common_in_a_notebook(executed):
    """A picture of pyplot is shown after a script has run: the settings of the notebook stay."""
    parts, folder = executed
    first, second, third = parts["scripts"]
    printed = "".join(output.text for output in first.outputs if output.get("name") == "stdout")
    assert printed.startswith("epoch 2: loss")
    assert len(list((folder / "outputs").iterdir())) == 2
    assert any("image/png" in output.get("data", {}) for output in second.outputs)
    assert third.outputs[0].data["text/plain"] == "20"
