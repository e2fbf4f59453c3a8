"""ES modules as one script: without comments and needless whitespace, with short names.

All modules share one scope, and each keeps its meaning: no two names of a module get the same
short name, top levels share none with each other, and local variables get names that no top level
has. An imported name is that of its module, so that what changes there is seen. Properties keep
their names, as do variables that a module does not declare, such as `document`. Constants are
variables, whose word is shorter.

Modules have all their semicolons. They import from modules before them, by name alone, and export
what they declare: `import { a as b } from "./module.js";`, `export const a = 1;`. Everything else
raises BundleError.
"""

import itertools
import re
import string
from collections import Counter

from torchreplay.page.bindings import Module
from torchreplay.page.brevity import is_declaration, needless
from torchreplay.page.tokens import RESERVED, BundleError

LETTERS = string.ascii_letters + "$_"
NOT_SHORT = RESERVED | {"as", "of"}
PARTED = re.compile(r"[\w$]{2}|[+]{2}|--|//|<[/!]")  # signs that together would be others


def bundle(sources):
    """One script that does what ES modules do.

    sources: their texts by their names, each after those that it imports from.
    Raises BundleError for what is not known.
    """
    modules = read_modules(sources)
    shorten = short_names(modules)
    return "".join(f"{written(module, shorten)}\n" for module in modules)


def read_modules(sources):
    """The Modules of `bundle`; raises BundleError."""
    modules = [Module(name, source) for name, source in sources.items()]
    check_imports(modules)
    return modules


def check_imports(modules):
    """Raise BundleError if a name is imported that no module before exports."""
    exports = {}
    for module in modules:
        for name, home in module.imports.values():
            if name not in exports.get(home, ()):
                raise BundleError(
                    f"{module.name}.js imports {name}, which {home}.js does not export before it"
                )
        exports[module.name] = module.exports


def short_names(modules):
    """The short name of each variable that is declared: of its module and its name.

    The more often a name is used, the shorter it is.
    """
    homes = {module.name: module for module in modules}
    uses, keys = Counter(), {}
    for module in modules:
        locals_ = 0
        for name, count in module.counts.most_common():
            if name in module.own:
                key = module.name, name
            elif name in module.imports:
                original, home = module.imports[name]
                key = keys[homes[home].name, original]
            else:
                key, locals_ = locals_, locals_ + 1
            keys[module.name, name] = key
            uses[key] += count
    free = NOT_SHORT.union(*(module.free for module in modules))
    short = (name for name in candidates() if name not in free)
    made = dict(zip((key for key, _ in uses.most_common()), short, strict=False))
    return {place: made[key] for place, key in keys.items()}


def candidates():
    """Names, the shortest first, without end."""
    for length in itertools.count(0):
        for first, *rest in itertools.product(LETTERS, *[LETTERS + string.digits] * length):
            yield first + "".join(rest)


def written(module, shorten):
    """The text of a module with short names, without blanks and signs that it does not need."""
    words, last = [""], None
    unneeded, commas = needless(module.tokens, module.left_out)
    for k, token in enumerate(module.tokens):
        if k in module.left_out | unneeded:
            continue
        word = "," if k in commas else "let" if is_declaration(token) else token.text
        if module.is_variable(k):
            short = shorten.get((module.name, word), word)
            is_shorthand = token.kind == "shorthand" and short != word
            word = f"{word}:{short}" if is_shorthand else short
        is_parted = bool(PARTED.fullmatch(words[-1][-1:] + word[0]))
        is_parted |= last == "number" and word[0] == "."
        is_parted |= last == "regular" and word[0].isalpha()
        words.append(f" {word}" if is_parted else word)
        last = token.kind
    return "".join(words)
