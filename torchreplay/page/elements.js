// Elements that stay where they are: what is described anew is compared with what is there, and only
// what differs is set. So focus, scrolling and selected text stay.

import { min } from "./geometry.js";

// Make the content of an element what is described: texts, and arrays of a tag, its attributes and
// its content. A part in the place of another one with the same tag is that one.
export function render(parent, described) {
  const selection = getSelection();
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  fillWith(parent, described);
  const isKept = [anchorNode, focusNode].every((node) => node?.isConnected) && parent.contains(anchorNode);
  if (!isKept || (anchorOffset === selection.anchorOffset && focusOffset === selection.focusOffset)) return;
  const within = (node, offset) => [node, min(offset, node.length ?? node.childNodes.length)];
  selection.setBaseAndExtent(...within(anchorNode, anchorOffset), ...within(focusNode, focusOffset));
}

function fillWith(parent, described) {
  described.forEach((one, k) => {
    const [tag, attributes, ...content] = typeof one === "string" ? ["#text"] : one;
    const there = parent.childNodes[k];
    const isSame = there?.nodeName.toLowerCase() === tag;
    const node = isSame ? there : attributes ? document.createElementNS(parent.namespaceURI, tag) : new Text();
    if (!isSame) there ? there.replaceWith(node) : parent.append(node);
    if (!attributes) return void (node.data === one || (node.data = one));
    for (const name in attributes) {
      const value = String(attributes[name]);
      if (node.getAttribute(name) !== value) node.setAttribute(name, value);
    }
    fillWith(node, content);
  });
  while (parent.childNodes.length > described.length) parent.lastChild.remove();
}
