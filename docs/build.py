"""Build the site: run the commands and the code of the gallery, and let Sphinx read the guide.

    python docs/build.py

The site is in `runs/site`; open its `index.html`. Its pictures and pages are in `runs/gallery`.
"""

import os
import re
import runpy
import shlex
import shutil
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
BLOCK = r"(?ms)^```(bash|python)\n(.*?)^```$"


def run(command):
    """Run a command of the gallery in this process."""
    _, script, *arguments = shlex.split(command)
    sys.argv = [script, *arguments, "--quiet"]
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise


def build():
    """Make what the gallery shows, then the site; returns the exit code of Sphinx."""
    import torch
    from sphinx.cmd.build import main

    os.chdir(DOCS.parent)
    torch.set_num_threads(1)
    shutil.rmtree("runs/gallery", ignore_errors=True)
    for language, code in re.findall(BLOCK, (DOCS / "gallery.md").read_text()):
        run(code) if language == "bash" else exec(code, {})
    return main(["-E", "-q", "-W", "--keep-going", "docs", "runs/site"])


if __name__ == "__main__":
    sys.path.insert(0, str(DOCS.parent))
    sys.exit(build())
