"""Files that are read: regular ones only, because a pipe may never end, or never begin."""

import errno
import stat
from pathlib import Path


def open_regular(path):
    """Open a regular file to read its bytes. Raises OSError for anything else."""
    path = Path(path)
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # `open` refuses a folder
        raise OSError(errno.EINVAL, "it is no regular file: copy it to one", str(path))
    return path.open("rb")
