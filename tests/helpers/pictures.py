"""Pictures of replays in any size."""


def picture_of(replay, views=(), size=None, **looks):
    """The Picture of a SpaceReplay, by default in its own size."""
    shown = replay if size is None else replay.showing(replay.epochs, size)
    return shown.picture(views, **looks)
