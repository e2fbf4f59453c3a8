// Numbers and names as text, and elements made of text, which is never markup.

export const $ = (id) => document.getElementById(id);
export const shorten = (name, most = 40) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);
export const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);
const raised = (n) => String(n).replace(/[-\d]/g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);

// A number to four decimals, or to three digits where those would not show it.
export function format(value, decimals = 4) {
  const size = Math.abs(value);
  const isPlain = value === 0 || (size >= 10 ** -decimals && size < 1e5);
  const [digits, power] = value.toExponential(2).split("e");
  return (isPlain ? value.toFixed(decimals) : `${digits}·10${raised(Number(power))}`).replace("-", "−");
}

export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export const row = ([name, ...cells], tag = "td") =>
  element("tr", {}, element("th", { scope: tag === "td" ? "row" : "col" }, name), ...cells.map((cell) => element(tag, {}, cell)));
