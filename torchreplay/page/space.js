// A space drawn on Canvas 2D: regions, grid, points, boundary and axes, at any zoom.

const MARGIN = { left: 64, right: 14, top: 10, bottom: 42 };
const SHIFTS = 4; // of a point's stamp within a pixel, along either axis
const LAYERS = 5; // of points of a class
const NEAR = 14; // pixels, within which a point is meant

export const LIGHT = {
  paper: "#ffffff", text: "#1b1f24", faint: "#5a626b", grid: "#00000099", line: "#000000",
};
export const DARK = {
  paper: "#171a1f", text: "#e8eaed", faint: "#a3abb5", grid: "#ffffff59", line: "#ffffff",
};
const DARK_CLASSES = {
  classic: { points: ["#6f9bff", "#ff6b6b"], regions: ["#1d3527", "#382640"] },
  accessible: { points: ["#5cb3ff", "#ff9a4d"], regions: ["#1b3048", "#43301d"] },
};

// The colors of a palette on white or, at night, on dark ground.
export function inks(palette, dark) {
  return { ...(dark ? DARK : LIGHT), ...palette, ...(dark && DARK_CLASSES[palette.name]) };
}

// The order in which points are drawn: a layer of either class in turn, so that none covers the other.
export function interleaved(label) {
  const members = [[], []];
  label.forEach((t, n) => members[t].push(n));
  members[1].reverse();
  const order = [];
  for (let layer = 0; layer < LAYERS; layer++) {
    for (const rows of members) {
      const at = (k) => Math.round((k * rows.length) / LAYERS);
      order.push(...rows.slice(at(layer), at(layer + 1)));
    }
  }
  return order;
}

// Round numbers within [low, high], at most `most` of them, and the digits they need.
export function ticks(low, high, most) {
  const least = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= least * 0.999);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const found = [];
  for (let k = Math.ceil(low / step - 1e-6); k * step <= high + step * 1e-6; k++) found.push(k * step);
  const size = Math.max(Math.abs(low), Math.abs(high));
  const text = (v) => (size >= 1e5 || step < 1e-6 ? v.toExponential(2) : v.toFixed(digits));
  return found.map((v) => [v, text(v).replace("-", "−").replace(/^−(0(\.0*)?)$/, "$1")]);
}

export class Space {
  // name: of the space; rect: what its axes show at first; labels: of both axes.
  constructor(name, figure, rect, labels) {
    Object.assign(this, { name, figure, rect, labels, view: [...rect] });
    [this.canvas, this.overlay] = figure.querySelectorAll("canvas");
    this.pen = this.canvas.getContext("2d");
    this.marks = this.overlay.getContext("2d");
    this.stamps = new Map();
    this.side = 0;
  }

  // Fit the canvases to their place; tells whether they have changed.
  fit() {
    const box = this.canvas.parentElement;
    const [width, ratio] = [box.clientWidth, window.devicePixelRatio || 1];
    if (!width || (width === this.width && ratio === this.ratio)) return false;
    Object.assign(this, { width, ratio, stamps: new Map() });
    this.side = width - MARGIN.left - MARGIN.right;
    this.height = this.side + MARGIN.top + MARGIN.bottom;
    for (const canvas of [this.canvas, this.overlay]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(this.height * ratio);
      canvas.style.height = `${this.height}px`;
    }
    return true;
  }

  get pixel() {
    const [l, b, r, t] = this.view;
    return [(r - l) / this.side, (t - b) / this.side];
  }

  get isZoomed() {
    return this.view.some((end, k) => end !== this.rect[k]);
  }

  toX(x) {
    return MARGIN.left + ((x - this.view[0]) / (this.view[2] - this.view[0])) * this.side;
  }

  toY(y) {
    return MARGIN.top + ((this.view[3] - y) / (this.view[3] - this.view[1])) * this.side;
  }

  // The place in the space of a pixel of the canvas, or null outside the axes.
  place(px, py) {
    const [across, up] = [(px - MARGIN.left) / this.side, 1 - (py - MARGIN.top) / this.side];
    if (!(across >= -0.02 && across <= 1.02 && up >= -0.02 && up <= 1.02)) return null;
    const [l, b, r, t] = this.view;
    return [l + across * (r - l), b + up * (t - b)];
  }

  // Enlarge by a factor around a place, which stays where it is.
  zoom(factor, [x, y] = this.center) {
    const size = (this.view[2] - this.view[0]) / (this.rect[2] - this.rect[0]) / factor;
    if (size > 4 || size < 1e-4) return;
    this.view = this.view.map((end, k) => (k % 2 ? y : x) + (end - (k % 2 ? y : x)) / factor);
    if (Math.abs(size - 1) < 1e-6) this.view = this.nearRest(this.view);
  }

  nearRest(view) {
    const near = view.every((end, k) => Math.abs(end - this.rect[k]) < 1e-3 * (this.rect[2] - this.rect[0]));
    return near ? [...this.rect] : view;
  }

  get center() {
    return [(this.view[0] + this.view[2]) / 2, (this.view[1] + this.view[3]) / 2];
  }

  move(dx, dy) {
    this.view = this.view.map((end, k) => end + (k % 2 ? dy : dx));
  }

  reset() {
    this.view = [...this.rect];
  }

  // The point whose image is nearest to a pixel, or -1.
  nearest(images, px, py) {
    let [found, least] = [-1, NEAR ** 2];
    for (let n = 0; n < images.length / 2; n++) {
      const square = (this.toX(images[2 * n]) - px) ** 2 + (this.toY(images[2 * n + 1]) - py) ** 2;
      if (square < least) [found, least] = [n, square];
    }
    return found;
  }

  // Draw the scene of an epoch. `points`: { images, order, label, wrong, chosen }.
  draw(scene, points, ink) {
    const { pen } = this;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    this.paint(pen, scene, points, ink, () => this.stamp(pen, points, ink));
  }

  // Draw with a pen: that of a canvas, or one that writes SVG.
  paint(pen, scene, points, ink, drawPoints) {
    const { left, top } = MARGIN;
    pen.save();
    pen.beginPath();
    pen.rect(left, top, this.side, this.side);
    pen.clip();
    pen.fillStyle = ink.paper;
    pen.fillRect(left, top, this.side, this.side);
    this.fill(pen, scene.ground, ink.regions[0]);
    this.fill(pen, scene.region, ink.regions[1]);
    this.stroke(pen, scene.grid, ink.grid, 0.7);
    pen.restore();
    pen.save();
    pen.beginPath();
    const beyond = this.isZoomed ? 0 : 7; // where whole points and rings stand at the rim
    pen.rect(left - beyond, top - beyond, this.side + 2 * beyond, this.side + 2 * beyond);
    pen.clip();
    if (points.wrong) this.rings(pen, points, ink);
    drawPoints();
    this.stroke(pen, scene.boundary, ink.line, 2.4);
    pen.restore();
    this.axes(pen, ink);
  }

  trace(pen, curves) {
    pen.beginPath();
    const [l, , , t] = this.view;
    const [across, up] = [1 / this.pixel[0], 1 / this.pixel[1]];
    for (const curve of curves) {
      for (let k = 0; k < curve.length; k += 2) {
        const [px, py] = [MARGIN.left + (curve[k] - l) * across, MARGIN.top + (t - curve[k + 1]) * up];
        if (k) pen.lineTo(px, py);
        else pen.moveTo(px, py);
      }
    }
  }

  fill(pen, curves, color) {
    this.trace(pen, curves);
    pen.fillStyle = color;
    pen.fill();
  }

  stroke(pen, curves, color, width) {
    this.trace(pen, curves);
    Object.assign(pen, { strokeStyle: color, lineWidth: width, lineJoin: "round" });
    pen.stroke();
  }

  rings(pen, { images, wrong, chosen }, ink) {
    pen.beginPath();
    for (let n = 0; n < wrong.length; n++) {
      if (!wrong[n] || (chosen && !chosen[n])) continue;
      const [px, py] = [this.toX(images[2 * n]), this.toY(images[2 * n + 1])];
      pen.moveTo(px + 5.5, py);
      pen.arc(px, py, 5.5, 0, 2 * Math.PI);
    }
    Object.assign(pen, { strokeStyle: ink.line, lineWidth: 1.2 });
    pen.stroke();
  }

  // Draw points pixel by pixel, from images of a marker that are shifted by quarters of a pixel:
  // fast, and in their places. Points that stay where they are are not drawn again.
  stamp(pen, { images, order, label, chosen, still }, ink) {
    const known = [this.view, this.side, chosen, ink];
    if (!still || known.some((what, k) => what !== this.known?.[k])) {
      const { width, height } = this.canvas;
      if (this.image?.width !== width || this.image.height !== height) {
        this.layer = Object.assign(document.createElement("canvas"), { width, height });
        this.image = new ImageData(width, height);
        this.pixels = new Uint32Array(this.image.data.buffer);
      }
      this.pixels.fill(0);
      for (const bright of chosen ? [false, true] : [true]) {
        const stamps = [0, 1].map((t) => this.stampsOf(t, ink, bright ? 1 : 0.13));
        for (const n of order) {
          if (chosen && Boolean(chosen[n]) !== bright) continue;
          this.blend(stamps[label[n]], this.toX(images[2 * n]), this.toY(images[2 * n + 1]));
        }
      }
      this.layer.getContext("2d").putImageData(this.image, 0, 0);
      this.known = known;
    }
    pen.drawImage(this.layer, 0, 0, this.width, this.height);
  }

  // The marker of a class at every shift: where its pixels are, from its center, and their colors.
  stampsOf(t, ink, strength) {
    const { ratio } = this;
    const { width } = this.canvas;
    const key = [ink.points[t], ink.markers[t], strength, width].join();
    if (!this.stamps.has(key)) {
      const reach = Math.ceil(5 * ratio);
      const size = 2 * reach;
      const pen = new OffscreenCanvas(size, size).getContext("2d", { willReadFrequently: true });
      const [red, green, blue] = [1, 3, 5].map((at) => parseInt(ink.points[t].slice(at, at + 2), 16));
      const shifts = Array.from({ length: SHIFTS ** 2 }, (_, k) => {
        const shift = [(k % SHIFTS) / SHIFTS, Math.floor(k / SHIFTS) / SHIFTS];
        pen.setTransform(1, 0, 0, 1, 0, 0);
        pen.clearRect(0, 0, size, size);
        pen.setTransform(ratio, 0, 0, ratio, reach + shift[0], reach + shift[1]);
        pen.beginPath();
        marker(pen, 0, 0, ink.markers[t]);
        pen.fill();
        const alpha = new Uint32Array(pen.getImageData(0, 0, size, size).data.buffer).map((c) => c >>> 24);
        const covered = [...alpha.keys()].filter((m) => alpha[m]);
        return {
          at: Int32Array.from(covered, (m) => (Math.floor(m / size) - reach) * width + (m % size) - reach),
          color: Uint32Array.from(covered, (m) => (Math.round(alpha[m] * strength) << 24) | (blue << 16) | (green << 8) | red),
        };
      });
      this.stamps.set(key, { shifts, reach, full: (255 << 24) | (blue << 16) | (green << 8) | red });
    }
    return this.stamps.get(key);
  }

  // Put a marker over the pixels around a place; beyond the rim of the axes nothing is seen of it.
  blend({ shifts, reach, full }, x, y) {
    const { pixels } = this;
    const { width, height } = this.canvas;
    const px = Math.round(x * this.ratio * SHIFTS);
    const py = Math.round(y * this.ratio * SHIFTS);
    const [i, j] = [Math.floor(px / SHIFTS), Math.floor(py / SHIFTS)];
    if (!(i >= reach && j >= reach && i < width - reach && j < height - reach)) return;
    const { at, color } = shifts[px - i * SHIFTS + (py - j * SHIFTS) * SHIFTS];
    const center = j * width + i;
    for (let k = 0; k < at.length; k++) {
      const p = center + at[k];
      const above = color[k];
      const below = pixels[p];
      if (above >= 0xff000000 || below === 0) pixels[p] = above;
      else if (below !== full >>> 0) pixels[p] = over(above, below);
    }
  }

  axes(pen, ink) {
    const { left, top } = MARGIN;
    const { side } = this;
    const most = side < 330 ? 5 : 10;
    Object.assign(pen, { strokeStyle: ink.text, fillStyle: ink.text, lineWidth: 1 });
    pen.strokeRect(left + 0.5, top + 0.5, side - 1, side - 1);
    pen.font = "13px system-ui, sans-serif";
    const [l, b, r, t] = this.view;
    pen.beginPath();
    pen.textAlign = "center";
    pen.textBaseline = "top";
    for (const [x, text] of ticks(l, r, tickRoom(most, l, r))) {
      pen.moveTo(this.toX(x), top + side);
      pen.lineTo(this.toX(x), top + side + 4);
      pen.fillText(text, Math.min(this.toX(x), left + side - 4), top + side + 7);
    }
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const [y, text] of ticks(b, t, most)) {
      pen.moveTo(left, this.toY(y));
      pen.lineTo(left - 4, this.toY(y));
      pen.fillText(text, left - 7, this.toY(y));
    }
    pen.stroke();
    pen.font = "14px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "alphabetic";
    pen.fillText(shorten(this.labels[0]), left + side / 2, top + side + 37, side);
    pen.save();
    pen.translate(14, top + side / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(shorten(this.labels[1]), 0, 0, side);
    pen.restore();
  }

  // Mark places on the overlay: { x, y, text, strong }; and the rectangle being brushed.
  mark(places, brush, ink) {
    const pen = this.marks;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    for (const { x, y, text, strong } of places) {
      const [px, py] = [this.toX(x), this.toY(y)];
      const [right, bottom] = [MARGIN.left + this.side, MARGIN.top + this.side];
      if (!(px > MARGIN.left - 9 && py > MARGIN.top - 9 && px < right + 9 && py < bottom + 9)) continue;
      for (const [color, width] of [[ink.paper, strong ? 6 : 5], [ink.line, strong ? 2.6 : 1.6]]) {
        pen.beginPath();
        pen.arc(px, py, strong ? 8 : 7, 0, 2 * Math.PI);
        Object.assign(pen, { strokeStyle: color, lineWidth: width });
        pen.stroke();
      }
      this.tag(pen, px, py, text, ink);
    }
    if (brush) {
      const [x, y] = [this.toX(brush[0]), this.toY(brush[3])];
      const size = [this.toX(brush[2]) - x, this.toY(brush[1]) - y];
      pen.setLineDash([5, 4]);
      Object.assign(pen, { strokeStyle: ink.line, lineWidth: 1.5 });
      pen.strokeRect(x, y, ...size);
      pen.setLineDash([]);
    }
  }

  tag(pen, px, py, text, ink) {
    pen.font = "600 14px system-ui, sans-serif";
    const width = pen.measureText(text).width + 12;
    const x = px + 14 + width < this.width ? px + 14 : px - 14 - width;
    const y = Math.max(py - 30, 2);
    pen.fillStyle = ink.paper;
    pen.strokeStyle = ink.faint;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.roundRect(x, y, width, 24, 5);
    pen.fill();
    pen.stroke();
    pen.fillStyle = ink.text;
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.fillText(text, x + 6, y + 12.5);
  }
}

// One color over another, each as alpha, blue, green and red in a byte.
function over(above, below) {
  const share = (above >>> 24) / 255;
  const rest = ((below >>> 24) / 255) * (1 - share);
  const mix = (shift) => {
    const [a, b] = [(above >>> shift) & 255, (below >>> shift) & 255];
    return Math.round((a * share + b * rest) / (share + rest)) << shift;
  };
  return ((Math.round(255 * (share + rest)) << 24) | mix(16) | mix(8) | mix(0)) >>> 0;
}

// Add the outline of a marker to a pen's path: a circle, or a cross.
export function marker(pen, x, y, kind) {
  if (kind === "o") {
    pen.moveTo(x + 2.9, y);
    pen.arc(x, y, 2.9, 0, 2 * Math.PI);
    return;
  }
  const outline = [[0, 1.6], [1.6, 3.2], [3.2, 1.6], [1.6, 0], [3.2, -1.6], [1.6, -3.2]];
  const whole = [...outline, ...outline.map(([a, b]) => [-a, -b])];
  whole.forEach(([a, b], k) => (k ? pen.lineTo(x + a, y + b) : pen.moveTo(x + a, y + b)));
  pen.closePath();
}

const tickRoom = (most, low, high) => (Math.max(Math.abs(low), Math.abs(high)) >= 1000 ? 4 : most);
export const shorten = (name, most = 40) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);
