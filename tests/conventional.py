"""The film as such films are usually made, for the benchmark to compare with.

Each frame clears the axes and draws everything anew: class regions and decision boundary by
matplotlib's contour functions from a 100 × 100 mesh, the points by scatter. FuncAnimation draws the
frames and FFMpegWriter hands them to ffmpeg, with the encoder settings of matplotlib.

    python tests/conventional.py film.mp4
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import matplotlib
import numpy as np
import torch
from matplotlib import pyplot as plt
from matplotlib.animation import FFMpegWriter, FuncAnimation

import common
from torchreplay.films.encoder import find_ffmpeg

EPOCHS = 200


def main(film):
    """Train the default network and film its input space."""
    dataset = common.load_dataset()
    torch.manual_seed(41)
    history = common.train(common.Network(), dataset, EPOCHS)
    colors = np.array(["blue", "red"])[dataset.y[:, 0].int()]
    axis = torch.linspace(-1, 1, 100)
    mesh = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1)
    figure, axes = plt.subplots(figsize=(6, 6), dpi=120)

    @torch.no_grad()
    def update(frame):
        network = history.network(frame + 1)
        probability = network(mesh)[..., 0].numpy()
        axes.clear()
        axes.contourf(axis, axis, probability, levels=[0, 0.5, 1], colors=["#E0FEE0", "#F5E3F5"])
        axes.contour(axis, axis, probability, levels=[0.5], colors="black", linewidths=2)
        for line in dataset.plane.grid_lines(2):
            axes.plot(*line.T, color="black", linewidth=0.5)
        axes.scatter(*dataset.X.numpy().T, c=colors, s=16)
        axes.set(xlim=(-1, 1), ylim=(-1, 1), title=f"Epoch {frame + 1}")

    matplotlib.rcParams["animation.ffmpeg_path"] = find_ffmpeg()
    writer = FFMpegWriter(fps=20, extra_args=["-preset", "medium", "-crf", "23"])
    FuncAnimation(figure, update, frames=EPOCHS).save(film, writer=writer)


if __name__ == "__main__":
    matplotlib.use("agg")
    main(*sys.argv[1:])
