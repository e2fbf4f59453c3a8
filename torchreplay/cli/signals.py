"""Signals that stop a script. This is imported first and loads little, so few come earlier."""

import signal
import sys


class Interruption:
    """Turns the first Ctrl-C, SIGTERM or SIGHUP into a KeyboardInterrupt; later ones do nothing.

    They must not interrupt the cleaning up after the first one. A signal that is ignored when the
    run begins, as with nohup, stays ignored.

    signal: the number of the first one, None before it.
    lost: the number of the first one, if its exception could not be raised.
    over: whether the run is over, so that no signal may interrupt the rest.
    end_at_once: a function of the number of a signal that ends the program in place of the
        exception, while there is nothing to clean up; None to raise it.
    """

    def __init__(self):
        self.signal, self.lost, self.over, self.handlers = None, None, False, {}
        self.end_at_once = None
        self.hook = sys.unraisablehook

    def begin(self):
        """Handle signals from now on."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            signum = getattr(signal, name, None)  # Windows has no SIGHUP
            if signum is not None and signal.getsignal(signum) != signal.SIG_IGN:
                self.handlers[signum] = signal.getsignal(signum)
                signal.signal(signum, self.stop)
        self.hook, sys.unraisablehook = sys.unraisablehook, self.repeat

    def repeat(self, lost):
        """Repeat a signal that came where no exception can be raised, as in `__del__`."""
        if self.signal is None or not issubclass(lost.exc_type, KeyboardInterrupt):
            return self.hook(lost)
        from threading import Timer  # it is loaded already

        self.lost, self.signal = self.signal, None
        Timer(0.01, raise_in_main_thread, [self.lost]).start()

    def stop(self, signum, frame):
        """Handle a signal."""
        if self.signal is None and not self.over:
            self.signal = self.lost or signum
            if self.end_at_once:
                self.end_at_once(signum)
            raise KeyboardInterrupt

    def end(self, is_program=False):
        """Restore the handlers of signals, or, if the program ends with the run, ignore them."""
        self.over = True
        sys.unraisablehook = self.hook
        if is_program:
            self.ignore()
        else:
            for signum, handler in self.handlers.items():
                signal.signal(signum, handler)

    def ignore(self):
        """Ignore signals for good. One that has just come goes to `stop`, which does nothing."""
        for handler in (self.stop, signal.SIG_IGN):
            for signum in self.handlers:
                signal.signal(signum, handler)


def raise_in_main_thread(signum):
    """Send a signal to the main thread, so that it interrupts any wait."""
    import threading

    if hasattr(signal, "pthread_kill"):  # Windows has none
        signal.pthread_kill(threading.main_thread().ident, signum)
    else:
        signal.raise_signal(signum)


def in_ipython():
    """Whether this runs in IPython or a notebook, which goes on after a script."""
    ipython = sys.modules.get("IPython")
    return bool(ipython and ipython.get_ipython())
