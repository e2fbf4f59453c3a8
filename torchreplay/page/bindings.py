"""What a JavaScript module imports, exports and declares, and where its names are seen."""

from collections import Counter

from torchreplay.page.tokens import BundleError, Reader

EXPORTED = ("async", "class", "const", "function", "let")


class Module:
    """A module: its tokens and its variables; raises BundleError for what is not known.

    name, source: its own.

    imports: by its imported names: the name that each has in its module, and the name of that.
    left_out: the numbers of the tokens of its imports, and of the words export.
    own: the names of its top level.
    exports: those of them that it exports.
    free: the names that it uses and does not declare.
    counts: how often it uses each of the others.
    """

    def __init__(self, name, source):
        self.name, self.tokens = name, Reader(name, source).read()
        self.imports, self.left_out = {}, set()
        for k, token in enumerate(self.tokens):
            if token.kind == "keyword" and token.text == "import":
                self._import(k)
            elif token.kind == "keyword" and token.text == "export":
                self._export(k)
        whole = range(len(self.tokens))
        declared = [(self.tokens[k].text, scope, start) for k, scope, start in self._declared()]
        self.own = {name for name, scope, _ in declared if scope == whole}
        self.exports = {name for name, _, start in declared if self._text(start - 1) == "export"}
        if both := self.own & set(self.imports):
            self._fail(f"{min(both)} is imported, and declared")
        self._count([*declared, *((name, whole, 0) for name in self.imports)])

    def _fail(self, problem):
        raise BundleError(f"{self.name}.js: {problem}")

    def is_variable(self, k):
        """Whether the token of a number is a variable."""
        return k not in self.left_out and self.tokens[k].kind in ("variable", "shorthand")

    def _count(self, declared):
        """Count the uses of names, and find those that are free."""
        scopes = {}
        for name, scope, _ in declared:
            scopes.setdefault(name, []).append(scope)
        uses = [(k, self.tokens[k].text) for k in range(len(self.tokens)) if self.is_variable(k)]
        for k, name in uses:
            if not any(k in scope for scope in scopes.get(name, [range(k, k + 1)])):
                self._fail(f"{name} is declared in one place, and not where it is used in another")
        self.counts = Counter(name for _, name in uses if name in scopes)
        self.free = {name for _, name in uses} - set(scopes)

    def _import(self, k):
        """Read the import that begins at a token."""
        end = next((n for n in range(k, len(self.tokens)) if self.tokens[n].text == ";"), k)
        words = [token.text for token in self.tokens[k:end]]
        if words[-3:-1] != ["}", "from"] or words[-1][1:3] != "./":
            self._fail(f"{' '.join(words)} is not known")
        for part in " ".join(words[2:-3]).split(","):
            if found := part.split():
                self.imports[found[-1]] = found[0], words[-1][3:-4]
        self.left_out.update(range(k, end + 1))

    def _export(self, k):
        """Read the word export at a token."""
        if self.tokens[k + 1].text not in EXPORTED:
            self._fail(f"export {self.tokens[k + 1].text} is not known")
        self.left_out.add(k)

    def _after(self, k):
        """The number of the token after another, or after the brackets that this opens."""
        while self.tokens[k].opens:  # the parts of a template end one bracket and open another
            k = self.tokens[k].partner
        return k + 1

    def _skip(self, k, *signs):
        """The number of the next token of a level that is one of some signs, or its end."""
        while k < len(self.tokens) and not self.tokens[k].closes:
            if self.tokens[k].kind == "punctuation" and self.tokens[k].text in signs:
                break
            k = self._after(k)
        return k

    def _text(self, k):
        return self.tokens[k].text if 0 <= k < len(self.tokens) else ""

    def _bound(self, k):
        """The numbers of the names that the pattern at a token binds."""
        token = self.tokens[k]
        if self.is_variable(k):
            yield k
        elif token.opens:
            k += 1
            while k < token.partner:
                k += self._text(k) == "..."
                if self._text(self._after(k)) == ":":
                    k = self._after(k) + 1
                yield from self._bound(k)
                k = self._skip(k, ",") + 1

    def _level(self, k):
        """The numbers of the tokens around a declaration: of its block, or of all."""
        parent = self.tokens[k].parent
        while parent is not None and self.tokens[parent].place == "control":
            parent = self.tokens[parent].parent
        if parent is None:
            return range(len(self.tokens))
        return range(parent, self.tokens[parent].partner)

    def _declared(self):
        """What is declared: the number of the name, those where it is seen, and the first word."""
        for k, token in enumerate(self.tokens):
            if k in self.left_out:
                continue
            if token.kind == "keyword" and token.text in ("const", "let"):
                yield from ((name, self._level(k), k) for name in self._declarators(k + 1))
            elif token.kind == "keyword" and token.text in ("class", "function"):
                first = k - (self._text(k - 1) == "async")
                yield from ((name, self._level(k), first) for name in self._bound(k + 1))
            elif token.kind == "punctuation" and (scope := self._function_at(k)):
                yield from ((name, scope, -1) for name in self._bound(scope.start))

    def _declarators(self, k):
        """The numbers of the names of a declaration: of all of its patterns."""
        yield from self._bound(k)
        end = self._skip(k, ",", ";")
        if self._text(end) == ",":
            yield from self._declarators(end + 1)

    def _function_at(self, k):
        """The numbers of the tokens of a function, from its parameters on; k is after these."""
        token, following = self.tokens[k], self._text(k + 1)
        if token.text == "=>":
            first = self.tokens[k - 1].partner if self._text(k - 1) == ")" else k - 1
            end = self._after(k + 1) if following == "{" else self._skip(k + 1, ",", ";")
            return range(first, end)
        is_method = token.text == ")" and following == "{"
        if is_method and self.tokens[token.partner].place != "control":
            return range(token.partner, self._after(k + 1))
        return None
