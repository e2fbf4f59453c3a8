"""The documents: their commands and their code run, and what they link to is there.

Code of frameworks, marked `py`, is run by `helpers/guide.py` where each framework is tested.
"""

import re
import shlex
from pathlib import Path

import pytest
from helpers.scripts import PROJECT, runner

DOCUMENTS = [*sorted(PROJECT.glob("*.md")), *sorted(PROJECT.glob("docs/*.md"))]
GALLERY = PROJECT / "docs" / "gallery.md"
RUN = [path for path in DOCUMENTS if path != GALLERY]  # docs/build.py runs what the gallery has
LEFT_OUT = {  # they install packages, or take minutes
    "python3 -m venv .venv",
    "source .venv/bin/activate",
    "python -m pip install -r requirements.txt",
    "python -m pip install -r requirements-dev.txt",
    "python -m pip install .",
    "python -m pytest",
    "python docs/build.py",
    "python tests/benchmark.py",
}

LONG = {"-o": "--output-dir"}


def blocks(document, language):
    """The blocks of code of a language in a document, in order."""
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", document.read_text())


def commands():
    """Every command line in the bash blocks of all documents, once."""
    text = "".join(block for document in RUN for block in blocks(document, "bash"))
    text = text.replace("\\\n", " ")
    lines = [line.strip() for line in re.split(r"\n|&&", text)]
    return [line for line in dict.fromkeys(lines) if line and not line.startswith("#")]


COMMANDS = [command for command in commands() if command not in LEFT_OUT]


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs a script in this process: its exit code, lines printed and told."""
    return runner(capsys, monkeypatch)


def quicker(arguments, folder):
    """Arguments as typed, but for fewer epochs, smaller pictures, and another output folder."""
    options = {}
    for argument in arguments:
        if argument.startswith("-"):
            options[LONG.get(argument, argument)] = values = []
        else:
            values.append(argument)
    options.pop("--dpi", None)
    options |= {"--epochs": ["3"], "--size": ["180"], "--output-dir": [str(folder)]}
    for name in {"--epoch", "--from", "--to"} & set(options):
        options[name] = [str(min(int(epoch), 3)) for epoch in options[name]]
    return [word for name, values in options.items() for word in (name, *values)]


def test_commands_of_the_readme_leave_the_committed_pictures_alone():
    """All but the default runs write where git ignores it."""
    readme, ignored = PROJECT / "README.md", (PROJECT / ".gitignore").read_text().split()
    commands = [line for line in "".join(blocks(readme, "bash")).split("\n") if " --" in line]
    code = "".join(blocks(readme, "python"))
    places = [*re.findall(r" -o (\S+)", "\n".join(commands)), "outputs/data/moons"]
    assert len(places) == len(commands) > 6
    places += re.findall(r'save(?:fig)?\("(\S+)"\)', code)
    assert len(places) == len(commands) + 2
    for place in places:
        assert any(f"{place}/".startswith(folder) for folder in ignored), place


def test_documents_are_found():
    assert len(DOCUMENTS) > 1
    assert len(COMMANDS) > 2


@pytest.mark.parametrize("command", COMMANDS)
def test_command_runs(run, tmp_path, monkeypatch, command):
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    python, script, *arguments = shlex.split(command)
    assert python == "python"
    assert script in ("input_space_visualization.py", "feature_space_visualization.py")
    folder = tmp_path / "outputs"
    name = script.removesuffix("_visualization.py")
    code, printed, errors = run(name, *quicker(arguments, folder))
    quick = ["training.html is the same with or without --size"] * ("html" in arguments)
    assert (code, errors) == (0, quick)
    assert len(list(folder.iterdir())) >= 2
    assert all(str(path) in "\n".join(printed) for path in folder.iterdir())


@pytest.mark.parametrize("document", RUN, ids=lambda path: path.name)
def test_code_runs(document, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace = {}
    for block in blocks(document, "python"):
        exec(compile(block, str(document), "exec"), namespace)


def made_in_gallery(text):
    """The folders of the gallery that a block of code names, once."""
    return list(dict.fromkeys(re.findall(r"runs/gallery/(\w+)", text)))


def test_every_example_of_the_gallery_has_a_folder_and_a_page_of_its_own():
    """`docs/conf.py` finds a picture and a page by it, and puts them below the code."""
    lines = blocks(GALLERY, "bash")
    assert all(re.search(r" --format html -o runs/gallery/\w+$", line) for line in lines)
    names = [made_in_gallery(block) for block in [*lines, *blocks(GALLERY, "python")]]
    assert all(len(each) == 1 for each in names)
    assert len({name for (name,) in names}) == len(names) > 10


def prose(document):
    """The text of a document without its blocks of code."""
    return re.sub(r"(?ms)^```.*?^```$", "", document.read_text())


def anchors(document):
    """What the headings of a document are called in links."""
    headings = re.findall(r"(?m)^#+ (.*)$", prose(document))
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_images_lead_somewhere(document):
    text = prose(document)
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    for target in targets:
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = document.parent / Path(name) if name else document
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), target
