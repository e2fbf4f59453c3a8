"""What is checked before a training: whether it can be shown, and whether memory is enough."""

import itertools

from torchreplay.record.history import record_memory
from torchreplay.record.parameter_space import place_of
from torchreplay.replay.recorder import Recorder
from torchreplay.spaces.space import check_dimensions
from torchreplay.system.memory import check_memory
from torchreplay.training.search import search_memory


def check_runs(make_network, datasets, spaces, trainings, pictures=(), histories=None, plane=()):
    """Raise NetworkError if a network cannot be shown, TooLargeError if memory is short.

    make_network: makes the network for a Dataset from its settings.
    datasets: by the names of the runs.
    spaces: all that are to be shown.
    trainings: the settings of those that are to be trained, and `histories` those that are loaded.
    pictures: what these need of memory; see `check_memory`.
    plane: names of parameters that are to be shown.
    """
    networks = {name: history.network(0) for name, history in (histories or {}).items()}
    for name, one in trainings.items() if not networks else ():
        networks[name] = make_network(datasets[name], **one["network"])
    for (name, network), space in itertools.product(networks.items(), spaces):
        check_dimensions(space, network, datasets[name])
    for name, network in networks.items() if plane else ():
        history = Recorder(network, datasets[name]).history()
        for parameter in plane:
            place_of(history, parameter)
    epochs = [one["training"]["epochs"] for one in trainings.values()]
    needs = [*record_memory(networks.values(), epochs), *pictures]
    for name, one in trainings.items():
        if one.get("search"):
            needs += search_memory(networks[name], datasets[name], one["search"], max(epochs))
    check_memory(needs)
