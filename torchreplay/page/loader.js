// The script of the page stands in it compressed: unpack it, and run it.

import { bytesOf } from "./base64.js";

const { textContent } = document.getElementById("packed");
const unpacked = new Blob([bytesOf(textContent)]).stream().pipeThrough(new DecompressionStream("deflate"));
const script = Object.assign(document.createElement("script"), { type: "module" });
script.textContent = await new Response(unpacked).text();
document.head.append(script);
