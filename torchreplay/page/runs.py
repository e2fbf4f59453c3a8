"""The records of several runs as one: what they have in common is carried once."""

from torchreplay.errors import NetworkError
from torchreplay.page.colors import colors
from torchreplay.page.payload import page_record
from torchreplay.page.words import facts, hint, title_of


def records_of(runs, fps, evaluated=True, title=None):
    """The records of some runs on one page: a list.

    runs: by their names, SpaceReplays by the names of their spaces.
    fps, evaluated: see `page_record`.
    title: the title of the page, if it has one of its own.
    """
    runs = in_common_planes(runs)
    records = [page_record(spaces, fps, evaluated, len(runs)) for spaces in runs.values()]
    if len(records) == 1:
        return records
    for name, spaces, record in zip(runs, runs.values(), records, strict=True):
        history, points = (getattr(next(iter(spaces.values())), of) for of in ("history", "points"))
        words = facts(history, points, record)["facts"]
        heads = {"title": title or title_of(history), "facts": words}
        record |= {"name": name, **heads, "hint": hint(record, history.task)}
    align(records, [next(iter(spaces.values())).history.task for spaces in runs.values()])
    return records


def in_common_planes(runs):
    """The same runs with the planes that all of them have; raises NetworkError if none is."""
    common = set.intersection(*(set(spaces) for spaces in runs.values()))
    if not common:
        raise NetworkError("the runs have no plane in common that could be shown")
    return {
        name: {kind: space for kind, space in spaces.items() if kind in common}
        for name, spaces in runs.items()
    }


def align(records, tasks):
    """Give records of several runs the same colors, and curves of one name the same axis."""
    most = max(task.classes for task in tasks), max(task.areas for task in tasks)
    axes = {}
    for record in records:
        record["palettes"] = colors(*most)
        for curve in record["curves"]:
            axes.setdefault(curve["name"], []).append((curve["least"], curve["most"]))
    for record in records:
        for curve in record["curves"]:
            least, most = zip(*axes[curve["name"]], strict=True)
            if None not in most:
                curve |= {"least": min(least), "most": max(most)}


def joined(records):
    """Some records as one, made of types that JSON has: the first.

    Of several, `runs` has for each what is its `own`, and what is `like` that of a run before, by
    its number.
    """
    if len(records) == 1:
        return records[0]
    names = dict.fromkeys(name for record in records for name in record)
    runs = []
    for k, record in enumerate(records):
        run = {"own": {}, "like": {}}
        for name in names:
            value = record.get(name)
            j = next(j for j, other in enumerate(records) if other.get(name) == value)
            if 0 < j < k:
                run["like"][name] = j
            elif j == k > 0:
                run["own"][name] = difference(value, records[0].get(name))
        runs.append({kind: found for kind, found in run.items() if found})
    return records[0] | {"runs": runs}


def difference(value, first):
    """What a value has that the first one has not; of a dictionary None for what it lacks."""
    if not isinstance(value, dict) or not isinstance(first, dict):
        return value
    return {
        name: difference(value.get(name), first.get(name))
        for name in {**first, **value}
        if value.get(name) != first.get(name)
    }
