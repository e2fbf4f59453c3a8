// Shapes, painted on a canvas or written as SVG. They come in groups: { box, shapes }; nothing of a
// group is seen beyond its box, [left, top, width, height]. A shape is a path `d` or curves, flat
// arrays, with fill, stroke, width and dashes, a text at a place, which may have a halo of a color, or
// an image of the whole canvas.

export const FONT = "system-ui, sans-serif";
const HALO = 3; // pixels, of the line around a text
const PLAIN = { d: "", curves: [], fill: "none", stroke: "none", width: 0, dash: [], size: 13, anchor: "middle", turn: 0, halo: "none" };

export const boxPath = ([x, y, width, height]) => `M${x} ${y}h${width}v${height}h${-width}z`;
export const discPath = (r) => `m${r} 0a${r} ${r} 0 1 1 ${-2 * r} 0a${r} ${r} 0 1 1 ${2 * r} 0z`;

export function paint(pen, { box, shapes }) {
  pen.save();
  pen.clip(new Path2D(boxPath(box)));
  for (const shape of shapes) {
    const { d, curves, fill, stroke, width, dash, text, x, y, anchor, size, turn, halo, image, ratio } = { ...PLAIN, ...shape };
    Object.assign(pen, { fillStyle: fill, strokeStyle: stroke, lineWidth: width, lineJoin: "round" });
    pen.setLineDash(dash);
    const path = new Path2D(d);
    for (const curve of curves) {
      path.moveTo(curve[0], curve[1]);
      for (let k = 2; k < curve.length; k += 2) path.lineTo(curve[k], curve[k + 1]);
    }
    if (fill !== "none") pen.fill(path);
    if (stroke !== "none") pen.stroke(path);
    if (image) pen.drawImage(image, 0, 0, image.width / ratio, image.height / ratio);
    if (!text) continue;
    pen.save();
    pen.translate(x, y);
    pen.rotate((turn * Math.PI) / 180);
    Object.assign(pen, { font: `${size}px ${FONT}`, textAlign: anchor === "middle" ? "center" : anchor });
    if (halo !== "none") {
      Object.assign(pen, { strokeStyle: halo, lineWidth: HALO });
      pen.strokeText(text, 0, 0);
    }
    pen.fillText(text, 0, 0);
    pen.restore();
  }
  pen.restore();
}

const attribute = ([name, value]) => ` ${name}="${value}"`;
export const tag = (name, attributes, inner) =>
  `<${name}${Object.entries(attributes).map(attribute).join("")}>${inner}</${name}>`;

export function written({ box, shapes }) {
  const parts = shapes.map((shape) => {
    const { d: drawn, curves, fill, stroke, width, dash, text, x, y, anchor, size, turn, halo } = { ...PLAIN, ...shape };
    const d = drawn + curves.map((curve) => `M${curve}`).join("");
    if (!text) return tag("path", { d, fill, stroke, "stroke-width": width, "stroke-dasharray": dash }, "");
    const escaped = text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
    const transform = `translate(${x} ${y}) rotate(${turn})`;
    const around = halo === "none" ? {} : { stroke: halo, "stroke-width": HALO, "paint-order": "stroke" };
    return tag("text", { fill, "font-size": size, "text-anchor": anchor, transform, ...around }, escaped);
  });
  const [x, y, width, height] = box;
  const look = { viewBox: box.join(" "), "font-family": FONT, "stroke-linejoin": "round" };
  return tag("svg", { x, y, width, height, ...look }, parts.join("\n"));
}
