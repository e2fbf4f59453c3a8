// The script of the page stands in it compressed: unpack it, and run it.

const { textContent } = document.getElementById("packed");
const bytes = Uint8Array.fromBase64?.(textContent) ?? Uint8Array.from(atob(textContent), (character) => character.charCodeAt(0));
const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
const script = Object.assign(document.createElement("script"), { type: "module" });
script.textContent = await new Response(unpacked).text();
document.head.append(script);
