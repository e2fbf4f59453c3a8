// The present view as a picture of its own: SVG, or PNG at twice the size.

import { marker } from "./space.js";

const HEAD = 40; // pixels above the spaces, for the title

// A pen that understands what Space draws with, and writes SVG.
class SvgPen {
  constructor(width, height) {
    Object.assign(this, { parts: [], path: "", shift: "", clips: 0, open: [] });
    this.head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`;
  }

  beginPath() { this.path = ""; }
  moveTo(x, y) { this.path += `M${x.toFixed(2)} ${y.toFixed(2)}`; }
  lineTo(x, y) { this.path += `L${x.toFixed(2)} ${y.toFixed(2)}`; }
  closePath() { this.path += "Z"; }
  rect(x, y, w, h) { this.path += `M${x} ${y}h${w}v${h}h${-w}Z`; }
  arc(x, y, r) { this.path += `M${(x + r).toFixed(2)} ${y.toFixed(2)}a${r} ${r} 0 1 0 ${-2 * r} 0a${r} ${r} 0 1 0 ${2 * r} 0`; }
  fill() { this.add(`<path d="${this.path}" fill="${this.fillStyle}"/>`); }
  stroke() {
    this.add(`<path d="${this.path}" fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}" stroke-linejoin="round"/>`);
  }
  fillRect(...box) { this.beginPath(); this.rect(...box); this.fill(); }
  strokeRect(...box) { this.beginPath(); this.rect(...box); this.stroke(); }
  add(text) { if (!text.includes('d=""')) this.parts.push(text); }
  save() { this.open.push(0); }
  enter(group) { this.parts.push(group); this.open[this.open.length - 1]++; }
  restore() { this.parts.push("</g>".repeat(this.open.pop())); }
  translate(x, y) { this.enter(`<g transform="translate(${x} ${y})">`); }
  rotate(angle) { this.enter(`<g transform="rotate(${(angle * 180) / Math.PI})">`); }
  clip() {
    this.clips++;
    this.parts.push(`<clipPath id="c${this.clips}"><path d="${this.path}"/></clipPath>`);
    this.enter(`<g clip-path="url(#c${this.clips})">`);
  }
  fillText(text, x, y) {
    const anchor = { left: "start", center: "middle", right: "end" }[this.textAlign];
    const drop = { top: "0.8em", middle: "0.35em" }[this.textBaseline] ?? "0";
    const escaped = text.replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`);
    const [, weight, size] = /^(600)?\s?(\d+)px/.exec(this.font);
    this.add(`<text x="${x.toFixed(2)}" y="${y.toFixed(2)}" dy="${drop}" fill="${this.fillStyle}" font-family="system-ui, sans-serif" font-weight="${weight ?? 400}" font-size="${size}" text-anchor="${anchor}">${escaped}</text>`);
  }
  get text() { return `${this.head}${this.parts.join("\n")}</svg>`; }
}

// shown: of each space the Space, its scene and its points.
export function picture(kind, shown, title, classes, ink, done) {
  const width = shown.reduce((sum, [space]) => sum + space.width, 0);
  const height = HEAD + Math.max(...shown.map(([space]) => space.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * width, 2 * height];
  const pen = kind === "svg" ? new SvgPen(width, height) : canvas.getContext("2d");
  pen.save();
  if (kind === "png") pen.setTransform(2, 0, 0, 2, 0, 0);
  pen.fillStyle = ink.paper;
  pen.fillRect(0, 0, width, height);
  Object.assign(pen, { fillStyle: ink.text, font: "600 16px system-ui, sans-serif", textAlign: "left", textBaseline: "alphabetic" });
  pen.fillText(title, 64, 26);
  let left = 0;
  for (const [space, scene, points] of shown) {
    pen.save();
    pen.translate(left, HEAD);
    space.paint(pen, scene, points, ink, () => dots(pen, space, points, ink));
    pen.restore();
    left += space.width;
  }
  pen.restore();
  if (kind === "svg") done(new Blob([pen.text], { type: "image/svg+xml" }));
  else canvas.toBlob(done);
}

// Points as paths, one for each run of a class.
function dots(pen, space, { images, order, label, chosen }, ink) {
  for (let k = 0; k < order.length; ) {
    const t = label[order[k]];
    pen.beginPath();
    for (; k < order.length && label[order[k]] === t; k++) {
      const n = order[k];
      if (!chosen || chosen[n]) marker(pen, space.toX(images[2 * n]), space.toY(images[2 * n + 1]), ink.markers[t]);
    }
    pen.fillStyle = ink.points[t];
    pen.fill();
  }
}

export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
