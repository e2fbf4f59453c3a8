"""The widget in JupyterLab, in a browser: cells are run there, and the page moves."""

import contextlib
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from helpers.scripts import PROJECT

CELLS = (
    """import sys, time
from pathlib import Path

sys.path[:0] = [{project!r}, {tests!r}]
from helpers.models import LOGIT, X, Y, move, small
from torchreplay import Recorder

recorder = Recorder(small(), X, Y, loss=LOGIT)
widget = recorder.widget()
widget""",
    """while not Path("enough").exists():
    move(recorder.model)
    recorder.record()
    time.sleep(0.01)
print("last", recorder.history().last)""",
    "widget.epoch, widget.selection = 2, (1, 3)",
    'print("pinned", widget.pinned, "selected", widget.selection, "epoch", widget.epoch)',
)
LAST = "page.run.epochs.at(-1)"
SHOWN = "page.run.epochs[page.state.index]"
PIXEL = """(n) => {
    const [space] = page.spaces;
    const [x, y] = space.toPixels(page.source.images.input).subarray(2 * n, 2 * n + 2);
    return { x, y };
}"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """The address of a notebook that was never run, in a JupyterLab that is started; its folder."""
    folder = tmp_path_factory.mktemp("lab")
    settings = {"project": str(PROJECT), "tests": str(PROJECT / "tests")}
    cells = [nbformat.v4.new_code_cell(cell.format(**settings)) for cell in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "one.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(folder / "CONFIG"), "IPYTHONDIR": str(folder / "DATA")}
    own["JUPYTER_TOKEN"] = token = secrets.token_hex()
    words = (
        "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={folder}", f"--LabApp.workspaces_dir={folder / 'CONFIG'}",
        "--LabApp.extension_manager=readonly",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    )  # fmt: skip
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, *words], cwd=folder, env={**os.environ, **own}, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api", server, folder / "log")
        yield f"{address}/doc/tree/one.ipynb?token={token}", folder
    finally:
        server.terminate()
        server.wait(20)


def wait_for(address, server, log):
    """Wait until a server answers."""
    for _ in range(600):
        assert server.poll() is None, log.read_text()
        with contextlib.suppress(OSError), urllib.request.urlopen(address):
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def test_page_moves_while_a_cell_runs_and_says_what_is_pinned(browser, notebook):
    address, folder = notebook
    page = browser.new_context(viewport={"width": 1280, "height": 1400}).new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    page.get_by_text("| Idle").wait_for()  # the kernel has started
    page.locator(".jp-Cell .cm-content").first.click()

    page.keyboard.press("Shift+Enter")
    element = page.wait_for_selector("iframe[srcdoc]")
    frame = element.content_frame()
    frame.wait_for_function("() => window.page")
    assert frame.evaluate(LAST) == 0

    page.keyboard.press("Shift+Enter")
    frame.wait_for_function(f"() => {LAST} > 2 && {LAST} === {SHOWN}")
    boundary = "JSON.stringify(page.source.scene('input', page.spaces[0].view).boundary)"
    before = frame.evaluate(boundary)
    frame.wait_for_function(f"(before) => {boundary} !== before", arg=before)
    (folder / "enough").touch()
    said = page.locator(".jp-OutputArea-output", has_text="last ").inner_text()
    last = int(re.search(r"last (\d+)", said)[1])
    frame.wait_for_function(f"(last) => {LAST} === last && {SHOWN} === last", arg=last)

    page.keyboard.press("Shift+Enter")
    frame.wait_for_function(
        f"() => {SHOWN} === 2 && page.state.chosen?.[3] && !page.state.chosen[2]"
    )
    frame.locator("#input canvas").click(position=frame.evaluate(PIXEL, 7))
    frame.wait_for_function("() => page.state.pinned?.point === 7")
    page.locator(".jp-Cell .cm-content").last.click()
    page.keyboard.press("Shift+Enter")
    said = page.locator(".jp-OutputArea-output", has_text="pinned").inner_text()
    assert said.strip() == "pinned 7 selected (1, 3) epoch 2"
    page.context.close()
