"""What a JavaScript module means without: signs that may be left out."""


def needless(tokens, left_out):
    """The numbers of tokens that change nothing: a set; and of those that a comma replaces, a set.

    Commas and semicolons before a closing bracket, parentheses around a single parameter, and, of
    two declarations in a row, the end of the first and the word of the second.

    tokens: of a module; left_out: the numbers of those that are left out in any case.
    """
    kept = [k for k in range(len(tokens)) if k not in left_out]
    found, commas, declaring = set(), set(), {}
    for before, k, after in zip([None, *kept], kept, [*kept[1:], None], strict=False):
        token = tokens[k]
        following = None if after is None else tokens[after]
        if is_declaration(token):
            declaring[token.parent] = True
        elif token.kind != "punctuation" or following is None:
            continue
        elif token.text == ";" and declaring.pop(token.parent, False) and is_declaration(following):
            commas.add(k)
            found.add(after)
        elif ends_nothing(token, following) and tokens[before].is_value:
            found.add(k)
        elif token.text == "(" and is_single_parameter(tokens, k):
            found.update((k, k + 2))
    return found, commas


def ends_nothing(token, following):
    """Whether a token is a comma or a semicolon where what ends is closed anyway."""
    return (token.text == "," and following.closes) or token.text + following.text == ";}"


def is_declaration(token):
    """Whether a token is the word const or let."""
    return token.kind == "keyword" and token.text in ("const", "let")


def is_single_parameter(tokens, k):
    """Whether a parenthesis opens the parameters of an arrow function, which are a single name."""
    is_arrow = [token.text for token in tokens[k + 2 : k + 4]] == [")", "=>"]
    return is_arrow and tokens[k + 1].kind == "variable"
