"""The code of the guide for frameworks, which is run where each framework is tested."""

import re

from helpers.scripts import PROJECT

GUIDE = PROJECT / "docs" / "recorder.md"


def run_section(title):
    """Run the code below a heading of the guide, after that at its beginning: all names."""
    text, names = GUIDE.read_text(), {}
    first = re.search(r"(?ms)^```python\n(.*?)^```$", text)[1]
    section = re.search(rf"(?ms)^### {title}\n(.*?)(?=^#)", text)[1]
    (code,) = re.findall(r"(?ms)^```py\n(.*?)^```$", section)
    for block in (first.partition("recorder =")[0], code):
        exec(compile(block, str(GUIDE), "exec"), names)
    return names
