"""The tokens of a JavaScript module, and what the names among them are.

A name is a property, a key that stands for a variable of the same name too (`{ a }`, a shorthand),
or a variable. Which it is, and whether a slash begins a regular expression, depends on the brackets
around it: tokens know theirs. Modules need all their semicolons: with them no line end matters.
"""

import re

WORDS = """async await break case catch class const continue debugger default delete do else enum
export extends false finally for function if implements import in instanceof interface let new null
package private protected public return static super switch this throw true try typeof var void
while with yield"""
RESERVED = frozenset(WORDS.split())
VALUES = ("false", "null", "super", "this", "true")
AFTER_VALUES = ("else", "extends", "from", "in", "instanceof", "of")
LINE_ENDS_THEM = ("break", "continue", "return", "throw", "yield")
UNKNOWN = ("case", "debugger", "default", "enum", "switch", "var", "with", "yield")
STARTS = ("", ";", "{", "}", "async", "export")  # what a function or a class is declared after
CONTROL = ("for", "if", "while")
BEFORE_BLOCKS = ("", ")", ";", "=>", "catch", "do", "else", "finally", "try")
MODIFIERS = ("async", "get", "set", "static")
BLANK = r"\s+|//[^\n]*|/\*.*?\*/"
TOKEN = re.compile(
    rf"""(?P<blank>{BLANK})
    | (?P<number>0[xXbBoO][\da-fA-F]+n? | (?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?n?)
    | (?P<name>[#]?[^\W\d][\w$]* | [$][\w$]*)
    | (?P<string>"(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
    | (?P<punctuation>[.]{{3}} | => | [?][.](?!\d) | >>>=? | (?:[*][*]|<<|>>|&&|[|][|]|[?][?])=?
        | [=!]==? | [+][+] | -- | [-+*/%&|^<>]= | [-+*/%&|^<>=!~?:;,.()[\]{{}}])""",
    re.DOTALL | re.VERBOSE,
)
REGULAR = re.compile(r"(?P<regular>/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*)")
TEMPLATE = re.compile(r"(?P<template>[`}](?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{))", re.DOTALL)
NEXT = re.compile(rf"(?:{BLANK})*(.?)", re.DOTALL)


class BundleError(ValueError):
    """A module has what the bundler does not know."""


class Token:
    """A word or sign of a module.

    kind: number, string, punctuation, regular (expression), template (a part of one); of names
        variable, shorthand, property, keyword, or modifier (get, set, async, static before a key).
    place: of an opening bracket what it opens: block, arrow (the block of an arrow function),
        class, object, import, control (the head of `if`, `for` or `while`), template, or another.
    parent: the number of the bracket around it, or None.
    partner: the number of the bracket that matches it, or None.
    is_value: whether it ends a value, so that a slash after it divides.
    opens, closes: whether it is an opening or a closing bracket; a part of a template may be both.
    """

    def __init__(self, kind, text, parent=None):
        self.kind, self.text, self.parent = kind, text, parent
        self.place, self.partner, self.is_value = "", None, False

        is_bracket = kind in ("punctuation", "template")
        self.opens = is_bracket and text.endswith(("(", "[", "{"))
        self.closes = is_bracket and text.startswith((")", "]", "}"))


class Reader:
    """Reads the tokens of a module.

    name: of the module, for messages.
    """

    def __init__(self, name, source):
        self.name, self.source = name, source
        self.tokens, self.brackets = [], []
        self.is_class = False  # whether the next brace opens the body of a class

    def read(self):
        """The Tokens of the module; raises BundleError for what is not known."""
        start, has_line_end = 0, False
        while start < len(self.source):
            found = self.pattern(start).match(self.source, start)
            if not found:
                self.fail(start, f"{self.source[start : start + 20]!r} is not known")
            start = found.end()
            if found.lastgroup == "blank":
                has_line_end |= "\n" in found[0]
                continue
            self.add(found, has_line_end)
            has_line_end = False
        if self.brackets:
            self.fail(start, "a bracket is not closed")
        return self.tokens

    def fail(self, start, problem):
        """Raise BundleError with the line of a place in the source."""
        line = self.source.count("\n", 0, start) + 1
        raise BundleError(f"{self.name}.js, line {line}: {problem}")

    @property
    def before(self):
        """The last token."""
        return self.tokens[-1] if self.tokens else Token("punctuation", "")

    @property
    def around(self):
        """The place that the innermost bracket opens."""
        return self.tokens[self.brackets[-1]].place if self.brackets else ""

    def pattern(self, start):
        """The pattern of what begins at a place in the source."""
        sign = self.source[start]
        if sign == "`" or (sign == "}" and self.around == "template"):
            return TEMPLATE
        is_comment = self.source[start + 1 : start + 2] in ("/", "*")
        return REGULAR if sign == "/" and not is_comment and not self.before.is_value else TOKEN

    def add(self, found, has_line_end):
        """Add the token of a match."""
        text, before = found[0], self.before
        kind = self.kind_of(text, found.end()) if found.lastgroup == "name" else found.lastgroup
        if text == "*" and self.is_key:
            kind = "modifier"
        self.check(kind, text, found, has_line_end)
        token = Token(kind, text, self.brackets[-1] if self.brackets else None)
        token.is_value = self.is_value(token, before)
        if token.closes:
            self.close(token, found.start())
        if token.opens:
            token.place = self.place_of(token, before)
            self.brackets.append(len(self.tokens))
        self.is_class |= kind == "keyword" and text == "class"
        self.is_class &= not token.opens
        self.tokens.append(token)

    def close(self, token, start):
        """Match a closing bracket with the one that it closes."""
        number = self.brackets.pop() if self.brackets else None
        opened = Token("", " ") if number is None else self.tokens[number]
        if opened.text[-1] + token.text[0] not in ("()", "[]", "{}"):
            self.fail(start, f"{token.text[0]} closes nothing")
        token.partner, opened.partner = number, len(self.tokens)
        token.parent = opened.parent
        if token.kind == "punctuation":
            token.is_value = opened.place in ("object", "arrow", "(", "[")

    def check(self, kind, text, found, has_line_end):
        """Raise BundleError for what is not known, and where a semicolon is missing."""
        is_unknown = kind == "keyword" and text in UNKNOWN
        if kind == "keyword" and text in ("class", "function"):
            is_unknown |= self.before.text not in STARTS or self.before.is_value
        is_unknown |= kind == "punctuation" and self.is_class and text in ("(", "[")
        is_unknown |= text == "{" and self.before.kind == "modifier"
        is_unknown |= text == "*" and self.before.text == "function"
        is_unknown |= self.before.kind == "keyword" and self.before.text == "import" and text != "{"
        if is_unknown:
            self.fail(found.start(), f"{text} is not known here")
        is_next = kind in ("number", "string", "variable", "property", "shorthand", "modifier")
        is_next |= kind == "keyword" and text not in AFTER_VALUES
        is_next |= text in ("++", "--") and has_line_end
        ended = self.before.kind == "keyword" and self.before.text in LINE_ENDS_THEM
        if (is_next and self.before.is_value) or (ended and has_line_end):
            self.fail(found.start(), f"a semicolon is missing before {text}")

    @property
    def is_key(self):
        """Whether a key of an object or the name of a member of a class comes next."""
        before = self.before
        starts = {"object": ("{", ","), "class": ("{", ";", "}")}.get(self.around, ())
        return bool(starts) and (before.text in starts or before.kind == "modifier")

    def kind_of(self, name, end):
        """The kind of a name that ends at a place in the source."""
        following = NEXT.match(self.source, end)[1]
        if name == "from" and following and following in "\"'":
            return "keyword"
        if self.before.text in (".", "?.") or name.startswith("#"):
            return "property"
        if self.is_key and following in (":", "("):
            return "property"
        if self.is_key and following and following in ",;=}":
            return "shorthand" if self.around == "object" else "property"
        if self.around == "import":
            return "modifier"
        if self.is_key and name not in MODIFIERS:
            self.fail(end, f"{name} is not known here")
        if self.is_key:
            return "modifier"
        is_of = name == "of" and self.before.is_value and self.around == "control"
        return "keyword" if is_of or name in RESERVED else "variable"

    def is_value(self, token, before):
        """Whether a token that is no closing bracket ends a value."""
        if token.kind == "keyword":
            return token.text in VALUES
        if token.kind == "template":
            return token.text.endswith("`")
        if token.text in ("++", "--"):
            return before.is_value
        return token.kind not in ("punctuation", "modifier")

    def place_of(self, token, before):
        """What an opening bracket opens."""
        if token.kind == "template":
            return "template"
        if token.text == "(":
            return "control" if before.kind == "keyword" and before.text in CONTROL else "("
        if token.text == "[":
            return "["
        if self.is_class:
            return "class"
        if before.kind == "keyword" and before.text == "import":
            return "import"
        is_block = before.text in BEFORE_BLOCKS and before.kind != "property"
        is_block |= before.text == "{" and before.place in ("block", "arrow")
        is_block |= before.text == "}" and not before.is_value
        return ("arrow" if before.text == "=>" else "block") if is_block else "object"
