"""The site: the guide beside this file, the docstrings of the package, and a gallery that is made.

`python docs/build.py` builds it. Nothing in it is loaded from another host.
"""

import re

from docutils import nodes
from sphinx import addnodes

import torchreplay

project = "torchreplay"
author = "The maintainers"
release = torchreplay.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["html_image"]
myst_heading_anchors = 3
napoleon_use_ivar = True  # attributes as a list
autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
html_theme = "furo"
html_title = "torchreplay"
html_static_path, html_css_files = ["site.css"], ["site.css"]
html_copy_source = False
html_show_sphinx = html_show_copyright = False

EXAMPLE = re.compile(
    r"(?ms)^```(bash|python)\n(?:(?!^```).)*?runs/gallery/(?P<name>\w+)(?:(?!^```).)*^```\n"
)
MODULE = re.compile(r"~(?:\w+\.)+")  # before the name of a type
PAIR = re.compile(r"^:(ivar|vartype) (\w+), (\w+):")  # of attributes that are explained together
FIELD = re.compile(r"^(\w+(?:, \w+)*): (?=\S)")  # of a docstring
MARK = re.compile(r"\*+(?=\w)|(?<=\w)_(?!\w)")  # of a name, which reStructuredText reads otherwise
MADE = """
![{title}](../runs/gallery/{name}/{picture})

[Explore this training](../runs/gallery/{name}/training.html)
"""


def with_what_they_make(app, docname, source):
    """Add to each example of the gallery the picture and the page that it makes."""
    if docname == "gallery":
        source[0] = EXAMPLE.sub(lambda found: found[0] + made_by(app, found["name"]), source[0])


def made_by(app, name):
    """The picture and the page of an example, in Markdown."""
    folder = app.srcdir.parent / "runs" / "gallery" / name
    (picture,) = folder.glob("*.png")
    return MADE.format(name=name, picture=picture.name, title=f"What this example makes: {name}")


def as_fields(app, what, name, thing, options, lines):
    """Turn the Markdown of a docstring, and its lines `name: meaning`, into what Sphinx reads."""
    made, is_field = [], False
    for line in map(as_restructured, lines):
        is_begin, is_more = FIELD.match(line), line.startswith(" ")
        if is_field and not is_begin and not is_more:
            made.append("")  # a list of fields ends with an empty line
        is_field = bool(is_begin) or (is_field and is_more)
        made.append(FIELD.sub(lambda found: f":param {found[1].replace(', ', ',')}: ", line))
    lines[:] = made


def as_restructured(line):
    """A line of Markdown, with code in backticks, as reStructuredText."""
    if line.startswith((">>>", "...")):
        return line
    line = PAIR.sub(r":\1 \2,\3:", line)
    texts = line.split("`")
    texts[::2] = [MARK.sub(r"\\\g<0>", text) for text in texts[::2]]
    return "``".join(texts)


def with_short_types(app, what, name, thing, options, signature, returned):
    """Name types in a signature without their modules."""
    return signature and MODULE.sub("", signature), returned


def with_names_of_files(app, docname, source):
    """Name files that the site does not have, in place of links to them."""
    source[0] = re.sub(r"\[[^]]*\]\(\.\./(\w+\.md)\)", r"`\1`", source[0])


def with_pages_that_open(app, doctree, docname):
    """Let pages and films open where they are clicked, which a link for downloads does not."""
    for link in list(doctree.findall(addnodes.download_reference)):
        if link.get("filename", "").endswith((".html", ".mp4")):
            address = {"refuri": f"_downloads/{link['filename']}", "internal": True}
            link.replace_self(nodes.reference("", "", *link.children, **address))


def setup(app):
    app.connect("doctree-resolved", with_pages_that_open)
    app.connect("source-read", with_what_they_make)
    app.connect("source-read", with_names_of_files)
    app.connect("autodoc-process-docstring", as_fields)
    app.connect("autodoc-process-signature", with_short_types)
