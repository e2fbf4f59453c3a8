// Shapes, painted on a canvas or written as SVG. They come in groups: { box, shapes }; nothing of a
// group is seen beyond its box, [left, top, width, height]. A shape is a path `d` with fill, stroke
// and width, a text at a place, or an image with so many pixels for one.

const FONT = "system-ui, sans-serif";
const ANCHORS = { left: "start", center: "middle", right: "end" };

export const boxPath = ([x, y, width, height]) => `M${x} ${y}h${width}v${height}h${-width}z`;
export const discPath = (r) => `m${r} 0a${r} ${r} 0 1 1 ${-2 * r} 0a${r} ${r} 0 1 1 ${2 * r} 0z`;

export function paint(pen, groups) {
  for (const { box, shapes } of groups) {
    pen.save();
    pen.clip(new Path2D(boxPath(box)));
    for (const { d, fill, stroke, width, image, ratio, text, x, y, align = "center", size = 13, turn = 0 } of shapes) {
      Object.assign(pen, { fillStyle: fill, strokeStyle: stroke, lineWidth: width, lineJoin: "round" });
      Object.assign(pen, { font: `${size}px ${FONT}`, textAlign: align });
      if (image) pen.drawImage(image, 0, 0, image.width / ratio, image.height / ratio);
      if (d && fill) pen.fill(new Path2D(d));
      if (d && stroke) pen.stroke(new Path2D(d));
      if (!text) continue;
      pen.save();
      pen.translate(x, y);
      pen.rotate((turn * Math.PI) / 180);
      pen.fillText(text, 0, 0);
      pen.restore();
    }
    pen.restore();
  }
}

export const tag = (name, attributes, inner) =>
  `<${name}${Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`).join("")}>${inner}</${name}>`;

export function write({ box, shapes }) {
  const [x, y, width, height] = box;
  const parts = shapes.map(({ d = "", fill = "none", stroke = "none", width = 0, text, x, y, align = "center", size = 13, turn = 0 }) => {
    const look = { fill, stroke, "stroke-width": width };
    if (!text) return tag("path", { d, ...look, "stroke-linejoin": "round" }, "");
    const font = { "font-family": FONT, "font-size": size, "text-anchor": ANCHORS[align] };
    const escaped = text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
    return tag("text", { ...look, ...font, transform: `translate(${x} ${y}) rotate(${turn})` }, escaped);
  });
  return tag("svg", { x, y, width, height, viewBox: box.join(" ") }, parts.join("\n"));
}
