"""Firefox, driven by its own protocol: Playwright drives only a Firefox of its own.

With `--marionette` Firefox listens on a port. A command is a list of 0, a number, a name and its
parameters in JSON, after its length in bytes and a colon. The commands are those of WebDriver.
"""

import base64
import contextlib
import itertools
import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

NAMES = ("firefox-esr", "firefox")
MISSING = "no Firefox: apt-get install firefox-esr"
PREFERENCES = {
    "marionette.port": 0,  # any that is free; a file of the profile says which
    "dom.w3c_touch_events.enabled": 1,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.shell.checkDefaultBrowser": False,
}
START_SECONDS, WAIT_SECONDS = 60, 20
KEYS = {
    "Shift": "\ue008", "Control": "\ue009", "Escape": "\ue00c", "Home": "\ue011", "End": "\ue010",
    "ArrowLeft": "\ue012", "ArrowRight": "\ue014", "Tab": "\ue004", "Space": " ",
}  # fmt: skip
SETTLED = "requestAnimationFrame(() => requestAnimationFrame(() => arguments[0]()))"


class Firefox:
    """A window of a headless Firefox with a profile of its own, in a folder."""

    def __init__(self, program, folder):
        self.folder, self.numbers, self.visits = Path(folder), itertools.count(1), itertools.count()
        settings = (
            f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in PREFERENCES.items()
        )
        (self.folder / "user.js").write_text("".join(settings))
        command = [program, "--headless", "--marionette", "--no-remote", "--profile", folder]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, **silent)
        self.socket = socket.create_connection(("127.0.0.1", self._port()), timeout=START_SECONDS)
        self._receive()  # it greets
        self.send("WebDriver:NewSession", capabilities={})

    def _port(self):
        path, end = self.folder / "MarionetteActivePort", time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError, ValueError):
                return int(path.read_text())
            time.sleep(0.05)
        self.process.kill()
        raise RuntimeError("Firefox does not start")

    def _receive(self):
        with self.socket.makefile("rb", buffering=0) as stream:
            digits = b"".join(iter(lambda: stream.read(1), b":"))
            found = b""
            while len(found) < int(digits):
                found += stream.read(int(digits) - len(found))
        return json.loads(found)

    def send(self, name, **parameters):
        """Send a command: its result."""
        text = json.dumps([0, next(self.numbers), name, parameters]).encode()
        self.socket.sendall(b"%d:%b" % (len(text), text))
        _, _, error, result = self._receive()
        if error:
            raise RuntimeError(f"{name}: {error['error']}: {error['message']}")
        return result

    def visit(self, document, fragment="", width=1280, height=800):
        """Open a document anew, in a window whose inside has some size."""
        rest = self.run("return [outerWidth - innerWidth, outerHeight - innerHeight]")
        size = {"width": width + rest[0], "height": height + rest[1]}
        self.send("WebDriver:SetWindowRect", x=0, y=0, **size)
        path = self.folder / "training.html"
        path.write_text(document, encoding="utf-8")
        visit = f"?{next(self.visits)}"
        self.send("WebDriver:Navigate", url=f"{path.as_uri()}{visit}{fragment}")
        self.wait_for("return location.search === arguments[0] && 'page' in window", visit)
        self.settle()

    def wait_for(self, script, *given):
        """Wait until a script returns what is true; meanwhile the document may be another one."""
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(RuntimeError):
                if self.run(script, *given):
                    return
            time.sleep(0.02)
        raise RuntimeError(f"never: {script}")

    def run(self, script, *given):
        """Run a script that returns what JSON knows; `arguments` are what is given."""
        found = self.send("WebDriver:ExecuteScript", script=script, args=list(given), sandbox=None)
        return found["value"]

    def settle(self):
        """Wait until what has changed is drawn."""
        self.send("WebDriver:ExecuteAsyncScript", script=SETTLED, args=[], sandbox=None)

    def text(self, selector):
        """The text of an element, as it is seen."""
        return self.run("return document.querySelector(arguments[0]).innerText", selector)

    def act(self, kind, actions, **parameters):
        """Perform actions of one input device, and wait until what they change is drawn."""
        device = {"type": kind, "id": f"{kind} {parameters}", "actions": actions}
        if parameters:
            device["parameters"] = parameters
        self.send("WebDriver:PerformActions", actions=[device])
        self.send("WebDriver:ReleaseActions")
        self.settle()

    def press(self, *names):
        """Press keys one after another; Shift+N stands for both at once."""
        for name in names:
            keys = [KEYS.get(key, key) for key in name.split("+")] if len(name) > 1 else [name]
            downs = [{"type": "keyDown", "value": key} for key in keys]
            ups = [{"type": "keyUp", "value": key} for key in reversed(keys)]
            self.act("key", downs + ups)

    def drag(self, start, *places, rest=0, pointer="mouse"):
        """Press at a place, rest for some milliseconds, go to other places and let go."""
        actions = [_move(start), {"type": "pointerDown", "button": 0}]
        actions += [{"type": "pause", "duration": rest}] * bool(rest)
        actions += [_move(place, 200) for place in places]
        self.act("pointer", [*actions, {"type": "pointerUp", "button": 0}], pointerType=pointer)

    def hover(self, place):
        """Move the mouse to a place."""
        self.act("pointer", [_move(place)], pointerType="mouse")

    def turn(self, place, pixels, *held):
        """Turn the wheel at a place, while keys are held."""
        x, y = map(round, place)
        turn = {"type": "scroll", "x": x, "y": y, "deltaX": 0, "deltaY": pixels, "duration": 0}
        keys = [{"type": "keyDown", "value": KEYS[key]} for key in held]
        wait = [{"type": "pause"}] * len(keys)
        devices = [
            {"type": "key", "id": "keys", "actions": keys},
            {"type": "wheel", "id": "wheel", "actions": [*wait, turn]},
        ]
        self.send("WebDriver:PerformActions", actions=devices)
        self.send("WebDriver:ReleaseActions")
        self.settle()

    def printed(self):
        """The page on paper: a PDF."""
        return base64.b64decode(self.send("WebDriver:Print")["value"])

    def close(self):
        """End the program."""
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            self.send("Marionette:Quit", flags=["eForceQuit"])
        self.socket.close()
        self.process.kill()
        self.process.wait()


def _move(place, duration=0):
    x, y = map(round, place)
    return {"type": "pointerMove", "x": x, "y": y, "duration": duration, "origin": "viewport"}


@pytest.fixture(scope="session")
def firefox(tmp_path_factory):
    """A Firefox; without it tests are skipped, but fail where CI is set."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    found = Firefox(program, tmp_path_factory.mktemp("firefox"))
    yield found
    found.close()
