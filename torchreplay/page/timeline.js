// The strip with the curves of loss and accuracy over the epochs.

const GUTTER = 68; // pixels at either side, for the numbers of an axis
const [TOP, BOTTOM] = [10, 8];

export class Timeline {
  constructor(canvas, epochs, loss, accuracy) {
    Object.assign(this, { canvas, epochs, loss, accuracy, pen: canvas.getContext("2d") });
    this.most = loss.reduce((most, value) => Math.max(most, value), 0) || 1;
  }

  fit() {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || (width === this.width && ratio === this.ratio && height === this.height)) return false;
    Object.assign(this, { width, height, ratio });
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    return true;
  }

  toX(index) {
    const last = this.epochs.at(-1) || 1;
    return GUTTER + (this.epochs[index] / last) * (this.width - 2 * GUTTER);
  }

  // The index of the epoch that is nearest to a pixel.
  index(px) {
    const share = Math.min(Math.max((px - GUTTER) / (this.width - 2 * GUTTER), 0), 1);
    const epoch = share * this.epochs.at(-1);
    let index = 0;
    while (index < this.epochs.length - 1 &&
      Math.abs(this.epochs[index + 1] - epoch) <= Math.abs(this.epochs[index] - epoch)) index++;
    return index;
  }

  draw(index, ink) {
    const { pen, width, height } = this;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const space = height - TOP - BOTTOM;
    const curves = [
      [this.accuracy, 1, ink.faint, "accuracy", [5, 3]],
      [this.loss, this.most, ink.line, "loss", []],
    ];
    pen.font = "12px system-ui, sans-serif";
    pen.textBaseline = "middle";
    for (const [values, most, color, name, dashes] of curves) {
      const y = (k) => TOP + (1 - values[k] / most) * space;
      for (const [last, alpha] of [[this.epochs.length - 1, 0.25], [index, 1]]) {
        pen.globalAlpha = alpha;
        pen.beginPath();
        const step = Math.max(1, Math.floor(last / (2 * width)));
        for (let k = 0; k < last; k += step) pen.lineTo(this.toX(k), y(k));
        pen.lineTo(this.toX(last), y(last));
        Object.assign(pen, { strokeStyle: color, lineWidth: 2, lineJoin: "round" });
        pen.setLineDash(dashes);
        pen.stroke();
      }
      pen.setLineDash([]);
      pen.beginPath();
      pen.arc(this.toX(index), y(index), 4.5, 0, 2 * Math.PI);
      pen.fillStyle = color;
      pen.fill();
      const left = name === "loss";
      pen.textAlign = left ? "right" : "left";
      const x = left ? GUTTER - 14 : width - GUTTER + 12;
      pen.fillText(left ? (most < 100 ? most.toPrecision(2) : Math.round(most)) : "100 %", x, TOP);
      pen.fillText(left ? "0" : "0 %", x, height - BOTTOM);
      pen.fillText(name, x, TOP + space / 2);
    }
  }
}
