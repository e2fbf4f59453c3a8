"""Options of the record: a file to save it to, or a file to load it from instead of training."""

from pathlib import Path

from torchreplay.cli.options.parser import file_path

FIXED_BY_RECORD = ("data", "network", "training", "comparison", "search")


# fmt: off
def add(option, folder):
    """Add the options."""
    option("--save-record", "file to save the record of the training in", "none", type=file_path,
           metavar="FILE")
    option("--record", "show this record of a training by these scripts, and train nothing", "none",
           type=file_path, metavar="FILE")
# fmt: on


def contradictions(typed):
    """Yield what is wrong with options together."""
    if typed.save_record and typed.record:
        yield "--record is a record already: leave out --save-record"
    if typed.save_record and typed.compare:
        yield "--save-record is for one run: leave out --compare"
    if typed.save_record:
        target = Path(typed.save_record)
        if target.is_dir():
            yield f"--save-record {target} is a folder: name a file"
        elif not target.absolute().parent.is_dir():
            yield f"--save-record {target}: there is no folder {target.absolute().parent}"


def take_epochs(parser, arguments, typed):
    """Take the number of epochs from the record, if one is loaded.

    arguments: all words typed; none may be an option that a record fixes.
    """
    if not typed.record:
        return
    for flag in parser.flags(*FIXED_BY_RECORD):
        parser.leave_out(flag, arguments, "--record has its own data, network and training")
    from torchreplay.record.files import read_about  # it needs PyTorch

    about, epochs = read_about(typed.record)
    if about["every"] != 1:
        parser.error(f"--record {typed.record} is of every {about['every']} {about['label']}s")
    typed.epochs = epochs - 1
    if typed.epochs == 0:
        parser.error(f"--record {typed.record} has no epoch but the initialization")


def grouped(typed):
    """The file to load a record from, and the file to save one to."""
    return {"load_from": typed.record, "save_to": typed.save_record}
