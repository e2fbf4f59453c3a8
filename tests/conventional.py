"""The film as such films are usually made, for the benchmark to compare with.

Each frame clears the axes and draws everything anew: class regions and decision boundary by
matplotlib's contour functions from a 100 × 100 mesh, the points by scatter. FuncAnimation draws the
frames and FFMpegWriter hands them to ffmpeg, with the encoder settings of the project.

    python tests/conventional.py input_space film.mp4
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
from torchreplay.encoder import find_ffmpeg
from torchreplay.forms import mp4

EPOCHS, LIMITS = 200, {"input_space": (-1, 1), "feature_space": (0, 1)}


def main(name, film):
    """Train the default network and film one of the two spaces."""
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
        see = network.features if name == "feature_space" else torch.nn.Identity()
        x, y = np.moveaxis(see(mesh).numpy(), -1, 0)
        probability = network(mesh)[..., 0].numpy()
        axes.clear()
        axes.contourf(x, y, probability, levels=[0, 0.5, 1], colors=["#E0FEE0", "#F5E3F5"])
        axes.contour(x, y, probability, levels=[0.5], colors="black", linewidths=2)
        for line in see(torch.from_numpy(dataset.plane.grid_lines(21))).numpy():
            axes.plot(*line.T, color="black", linewidth=0.5)
        axes.scatter(*see(dataset.X).numpy().T, c=colors, s=16)
        axes.set(xlim=LIMITS[name], ylim=LIMITS[name], title=f"Epoch {frame + 1}")

    matplotlib.rcParams["animation.ffmpeg_path"] = find_ffmpeg()
    writer = FFMpegWriter(fps=20, extra_args=mp4.settings(title="conventional"))
    FuncAnimation(figure, update, frames=EPOCHS).save(film, writer=writer)


if __name__ == "__main__":
    matplotlib.use("agg")
    main(*sys.argv[1:])
