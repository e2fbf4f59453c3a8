"""Check the types of what Python users hold, with pyright, as their editors see them.

    python tests/typed.py

prints each name that is exported by `torchreplay`, or is a member of what is, whose type is not
known, and ends with 1 if there is one. Inner helpers need no types.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
COMMAND = ("-m", "pyright", "--verifytypes", "torchreplay", "--ignoreexternal", "--outputjson")


def main():
    """Print what has no type."""
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    command = [sys.executable, *COMMAND, "--pythonpath", sys.executable]
    report = subprocess.run(command, env=environment, capture_output=True, text=True).stdout
    sys.path.append(str(PROJECT))
    import torchreplay

    face = [f"torchreplay.{home}.{name}" for name, home in torchreplay._HOMES.items()]
    symbols = json.loads(report)["typeCompleteness"]["symbols"]
    known = {symbol["name"]: symbol["isTypeKnown"] for symbol in symbols}
    unknown = [f"{name}: pyright does not find it" for name in face if name not in known]
    for name in (name for name in known if not known[name]):
        if any(name == one or name.startswith(f"{one}.") for one in face):
            unknown.append(name)
    print(*unknown or [f"all {len(face)} exported names are typed"], sep="\n")
    sys.exit(bool(unknown))


if __name__ == "__main__":
    main()
