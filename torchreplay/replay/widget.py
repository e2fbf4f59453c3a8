"""The page of a training as a live widget of a notebook."""

from torchreplay.errors import UserError

INSTALL = 'python -m pip install "torchreplay[notebook]"'


def widget_of(history_of, grows=False):
    """The PageWidget of the History that a function returns; see there.

    Raises UserError where anywidget is not installed.
    """
    try:
        from torchreplay.replay.page_widget import PageWidget
    except ModuleNotFoundError as fault:
        if fault.name != "anywidget":
            raise
        raise UserError(f"a widget needs anywidget: {INSTALL}") from None
    return PageWidget(history_of, grows)
