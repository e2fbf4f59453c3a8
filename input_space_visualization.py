"""Replay the training of a network in its input space.

The plane of the data stays as it is, and the decision boundary bends through it. Leaves a still of
the last epoch and a film of all of them in the output folder.
"""

from pathlib import Path

from torchreplay.command_line import faults_in_one_line, report, tell, tell_divergence
from torchreplay.options import parse_options
from torchreplay.spaces import Space

SPACE = Space(
    name="input_space",
    title="Input Space with Boundary",
    transform=lambda network: network.inputs,  # no layer: every point stays where it is
    axis_labels=(),  # the names of the features
    remedy="feature_space_visualization.py shows any number of features",
)


def main():
    """Train the network, then save a still of the last epoch and a film of all of them."""
    with faults_in_one_line():
        options = parse_options(__doc__, folder=Path(__file__).resolve().parent)
        import common  # only now: PyTorch takes two seconds to load
        from torchreplay import Film, OutputFolder, compose, default_style, one_thread, remarks

        with OutputFolder(SPACE.name, **options.output) as outputs, default_style(), one_thread():
            dataset = common.load_dataset(**options.data)  # datasets.txt
            common.check_runs(dataset, SPACE, options.runs)
            tell(*remarks(dataset, options.picture["palette"], options.max_points))
            tell(*outputs.remarks)
            histories = common.train_all(dataset, options.runs)  # one, for 200 epochs
            tell_divergence(histories, options.runs)
            runs = common.collect(histories, SPACE, options.epochs, options.max_points)
            picture = compose(runs, **options.picture)
            outputs.save_stills(picture)  # of epoch 200
            outputs.save_films(Film(picture, **options.film))  # of the epochs 1 to 200, as MP4
    report(histories, outputs)


if __name__ == "__main__":
    main()
