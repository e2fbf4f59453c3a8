"""A script run from the command line: every fault, signal and warning is printed in one line.

Nothing here imports torch or matplotlib, so that `--help` prints at once, and Ctrl-C works while
these two are being imported. Nothing but the signals is imported before they are handled.
"""

import contextlib
import sys

from torchreplay.cli.signals import Interruption, in_ipython


@contextlib.contextmanager
def script(description, file, space):
    """Run a script: its Options and Outputs. Whatever goes wrong ends in one line.

    description: for its help.
    file: the path of the script, beside which the default data set and the output folder are.
    space: the Space that it shows.
    """
    with faults_in_one_line(is_program=is_main(file)) as interruption:
        from pathlib import Path

        from torchreplay.cli.options import parse_options
        from torchreplay.cli.surroundings import load_libraries
        from torchreplay.system.terminal import quiet

        options = parse_options(description, Path(file).resolve().parent, space=space)
        load_libraries()
        from torchreplay.cli.outputs import Outputs  # PyTorch takes a second to load
        from torchreplay.pictures.picture import default_style
        from torchreplay.system.threads import one_thread

        interruption.end_at_once = None  # from now on there may be files to remove
        with quiet(options.quiet):
            with Outputs(space, options) as outputs, default_style(keeps_fonts=False), one_thread():
                yield options, outputs
            outputs.report()


def is_main(file):
    """Whether the file of a script is the program itself, and the process ends with it."""
    main = getattr(sys.modules["__main__"], "__file__", None)
    return file == main and not (in_ipython() or sys.flags.interactive)


@contextlib.contextmanager
def faults_in_one_line(is_program=False):
    """Run a script: a fault or signal that ends it is printed in one line.

    is_program: whether the process ends with it; then no signal interrupts its end, and a signal
        ends it at once while its Interruption, which this gives, says so.
    Exit codes: 1 a fault of training, disk or encoder, 2 an option or a data set that is refused,
    128 + n for signal n: 130 Ctrl-C, 143 SIGTERM.
    """
    interruption = Interruption()
    try:
        interruption.begin()
        from torchreplay.cli.ending import end_at_once  # while there is memory
        from torchreplay.cli.surroundings import prepare_surroundings, warnings_in_one_line

        interruption.end_at_once = end_at_once if is_program else None
        prepare_surroundings()
        with warnings_in_one_line():
            yield interruption
            interruption.over = True
    except BaseException as fault:
        from torchreplay.cli.ending import end_in_one_line  # a signal may have come before

        end_in_one_line(fault, interruption.signal)
        raise
    finally:
        from torchreplay.cli.ending import keep_exit_code

        interruption.end(is_program)
        keep_exit_code()
