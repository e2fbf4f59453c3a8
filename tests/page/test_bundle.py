"""Modules as one script: it does what they do in a browser; what is unknown is an error."""

import pytest

from torchreplay.page import HERE, MODULES, join_modules
from torchreplay.page.bundle import bundle, read_modules
from torchreplay.page.tokens import BundleError

RUN = """async ([sources, script]) => {
    const asUrl = (text) => {
        const bytes = new TextEncoder().encode(text);
        return `data:text/javascript;base64,${btoa(String.fromCharCode(...bytes))}`;
    };
    const results = [];
    globalThis.give = (...values) => results.push(...values);
    const urls = {};
    for (const [name, text] of sources) {
        urls[name] = asUrl(text.replace(/"\\.\\/(\\w+)\\.js"/g, (_, other) => `"${urls[other]}"`));
    }
    for (const url of Object.values(urls)) await import(url);
    const expected = results.splice(0);
    await import(asUrl(script));
    return [expected, results];
}"""

CASES = {
    "same top-level names": (
        {
            "one": "const made = 1; function of() { return made; } give(of());",
            "two": "const made = 2; function of() { return made + 1; } give(of(), made);",
            "three": "class of { made = 3; } give(new of().made, 'made' in new of());",
        },
        [1, 3, 2, 3, True],
    ),
    "live bindings": (
        {
            "one": "export let count = 1; export const grow = (by) => (count += by);",
            "two": 'import { count as now, grow } from "./one.js"; give(now); grow(4); give(now);',
            "three": 'import { count, grow } from "./one.js"; let now = 2; grow(now); give(count);',
        },
        [1, 5, 7],
    ),
    "local names that are those of other top levels": (
        {
            "one": "export const width = 7; export const height = (width) => width * 2;",
            "two": """import { height, width } from "./one.js";
                const area = (width, b) => { const height = b + 1; return width * height; };
                give(area(2, 3), height(width), [1, 2].map((width) => width + 1));""",
        },
        [8, 14, [2, 3]],
    ),
    "nested templates": (
        {
            "one": """const [a, b, list] = [1, "x", [1, 2]];
                give(`a  ${a}  ${`b ${b} ${list.map((a) => `<${a}  a>`).join(" ; ")}`}  end`);
                give(`\\`\\${a} $ {b} ${{ a, b: { b } }.b.b}`, `// a ${"}" + a} /* b */`);"""
        },
        ["a  1  b x <1  a> ; <2  a>  end", "`${a} $ {b} x", "// a }1 /* b */"],
    ),
    "regular expressions and divisions": (
        {
            "one": r"""const a = 8, g = 2, text = "a/b";
                const found = /[/]b"(?:a)?/.test('/b"'); // /
                if (found) /a/g.exec(text); else give(0);
                give(a / g / 2, (a + g) / g, [a][0] / g, found, text.replace(/\//g, "'"));
                let n = 4; give(n++ / g, n / g /* /g */, { a }.a / g, `${a}` / g);
                const of = () => { return /=>/.source; }; { give(of()); } /a/.test(a);
                give(a < /b/.test(a), 1 / /2/.source, - -a, +(+a), a - --n, a + +n);"""
        },
        [2, 5, 4, True, "a'b", 2, 2.5, 4, 4, "=>", False, 0.5, 8, 8, 4, 12],
    ),
    "shorthand in patterns": (
        {
            "one": """const made = { a: 1, b: undefined, inner: { c: 3, rest: 4 }, "d-e": 5 };
                const { a, b = 2, inner: { c, ...rest }, "d-e": d, ["a"]: e, none = { a } } = made;
                give(a, b, c, rest, d, e, none);
                const swap = ({ a, b }, [c, [d = a, ...e] = []] = []) => ({ a: b, b: a, c, d });
                give(swap({ a, b }), swap({ a: 7, b }, [1, [2, 3]]));
                let [x, y] = [1, 2]; [x, y] = [y, x]; ({ x, y: made.a } = { x: 9, y });
                give(x, y, made.a);
                for (const { a, b } of [{ a: 1, b: 2 }]) give(a + b);
                for (const [key, { a }] of Object.entries({ made })) give(key, a);
                try { throw { message: "m" }; } catch ({ message: a, b = a }) { give(a, b); }
                try { swap(); } catch { const b = 1; give({ b }.b); }
                finally { const e = b; give(e); }"""
        },
        [
            *(1, 2, 3, {"rest": 4}, 5, 1, {"a": 1}),
            *({"a": 2, "b": 1, "c": None, "d": 1}, {"a": 2, "b": 7, "c": 1, "d": 2}),
            *(9, 1, 1, 3, "made", 1, "m", "m", 1, 2),
        ],
    ),
    "signs that change nothing, and those that do": (
        {
            "one": """const a = [1, , 3, , ], b = [, ]; const c = { a, b, };
                give(a.length, b.length, Object.keys(c).length, ((d, ) => d)(5, ));
                for (let k = 0; k < 2; ) k++;
                const e = (f) => f, g = async (f) => { return f; }; const h = (f = 1) => f;
                if (e(0)); else if (e(1)) { }
                for (const f of a) { const d = f; const k = d; give(k); }
                while (!e(1)); { const d = 1; give(d); } const m = 3; give(e(m), h(), m);
                g(4).then((f) => { give(f); }); await g(0); const p = ([f]) => f; give(p([6]));
                class A { b = 1; c = (f) => { this.b = f; }; }
                const q = new A(); q.c(8); give(q.b);"""
        },
        [4, 1, 2, 5, 1, None, 3, None, 1, 3, 1, 3, 4, 6, 8],
    ),
    "names that are properties too": (
        {
            "one": """const of = 1, get = 2, set = 3, from = 4, name = "a", value = true;
                const made = {
                    of: name ? value : of, get, set: (set) => set + from, name() { return of; },
                };
                give(made.of, made.get, made.set(1), made.name(), made?.["of"], of ? get : set);
                class Kind {
                    value = name; #from = 5; name; static of = from; from;
                    constructor(name) { Object.assign(this, { name, set }); }
                    get of() { return this.#from; }
                    static get(value) { return { value, name: value }; }
                    async name2(name) { return { [name]: await name }; }
                    set more(value) { this.value = value; }
                }
                const kind = new Kind("b"); kind.more = 8;
                give(kind.value, kind.of, kind.name, Kind.get(6));
                give(Kind.of, kind.set, kind.from ?? 0);
                give({ name: "name, value", value: name, of: [of, get], class: 1, default: 2 });
                for (const get of [of, from]) give(get);
                for (let k = 0; k < 2; k++) if (k in [name]) give(k); else give(-k);
                give(name instanceof Object, typeof value, [...[of, get]].length, value ?.5 : 1);"""
        },
        [
            *(True, 2, 5, 1, True, 2, 8, 5, "b", {"value": 6, "name": 6}, 4, 3, 0),
            {"name": "name, value", "value": "a", "of": [1, 2], "class": 1, "default": 2},
            *(1, 4, 0, -1, False, "boolean", 2, 0.5),
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_script_does_what_its_modules_do(browser, case):
    sources, expected = CASES[case]
    page = browser.new_page()
    found = page.evaluate(RUN, [list(sources.items()), bundle(sources)])
    page.close()
    assert found == [expected, expected]


def test_comments_and_blanks_are_left_out_and_names_are_short():
    sources = {
        "one": "// of two\nexport const height = 1 ; /* and\n more */ export let  width = 2;\n",
        "two": 'import { height,width as w } from "./one.js" ;\nif (w)\n window.w = w - -height;',
    }
    assert bundle(sources) == "let b=1,a=2;\nif(a)window.w=a- -b;\n"


UNKNOWN = {
    "import { b } from './none.js';": "a.js imports b, which none.js does not export before it",
    "import { b as c } from './a.js'; export const b = 1;": "a.js imports b, which a.js does not",
    "import b from './b.js';": "a.js, line 1: b is not known here",
    "import * as b from './b.js';": "a.js, line 1: * is not known here",
    "import './b.js';": "a.js, line 1: './b.js' is not known here",
    "import { b } from './a.js'; const b = 1;": "a.js: b is imported, and declared",
    "import { b } from 'b';": "a.js: import { b } from 'b' is not known",
    "const b = 1; export { b };": "a.js: export { is not known",
    "export default 1;": "a.js, line 1: default is not known here",
    "export * from './b.js';": "a.js: export * is not known",
    "const b = await import('./b.js');": "a.js, line 1: ( is not known here",
    "\nvar b = 1;": "a.js, line 2: var is not known here",
    "switch (1) { case 1: }": "a.js, line 1: switch is not known here",
    "const b = function () {};": "a.js, line 1: function is not known here",
    "function* b() {}": "a.js, line 1: * is not known here",
    "const b = { c d };": "a.js, line 1: c is not known here",
    "class B extends b() {}": "a.js, line 1: ( is not known here",
    "class B { static { } }": "a.js, line 1: { is not known here",
    "const b = 1\nconst c = 2;": "a.js, line 2: a semicolon is missing before const",
    "const b = () => {}\nb();": "a.js, line 2: a semicolon is missing before b",
    "const b = () => { return\n1; };": "a.js, line 2: a semicolon is missing before 1",
    "let b = 1; b\n++b;": "a.js, line 2: a semicolon is missing before ++",
    "class B { b = 1\nc = 2; }": "a.js, line 2: a semicolon is missing before c",
    "const b = [1};": "a.js, line 1: } closes nothing",
    "const b = [1;": "a.js, line 1: a bracket is not closed",
    "const b = 'c;": 'a.js, line 1: "\'c;" is not known',
    "const b = (name) => name; b(name);": "a.js: name is declared in one place, and not where it",
    "if (1) { let top = 1; } top.focus();": "a.js: top is declared in one place, and not where it",
}


@pytest.mark.parametrize("source", UNKNOWN)
def test_what_is_unknown_is_an_error(source):
    with pytest.raises(BundleError) as fault:
        bundle({"a": source})
    assert str(fault.value).startswith(UNKNOWN[source])


def test_modules_use_names_that_are_declared_imported_or_known_to_the_browser(browser):
    sources = {name: (HERE / f"{name}.js").read_text() for name in MODULES}
    used = sorted(set.union(*(module.free for module in read_modules(sources))))
    page = browser.new_page()
    assert page.evaluate("(names) => names.filter((name) => !(name in window))", used) == []
    page.close()
    assert len(used) > 30


def test_name_that_is_not_exported_cannot_be_imported():
    sources = {
        "a": "export const b = 1;",
        "c": "import { b } from './a.js'; const d = b;",
        "e": "import { d } from './c.js'; window.d = d;",
    }
    with pytest.raises(BundleError, match=r"e.js imports d, which c.js does not export before it"):
        bundle(sources)


def test_modules_use_what_they_import():
    sources = {name: (HERE / f"{name}.js").read_text() for name in MODULES}
    for module in read_modules(sources):
        assert (module.name, set(module.imports) - set(module.counts)) == (module.name, set())


def test_script_of_the_page_is_much_shorter_than_its_modules():
    whole = sum((HERE / f"{name}.js").stat().st_size for name in MODULES)
    assert len(join_modules().encode()) < 0.7 * whole
