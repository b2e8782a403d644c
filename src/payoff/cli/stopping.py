"""Ctrl-C and a request to end (SIGTERM): everything is left as it was, within some two seconds, whatever is running."""

import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, NoReturn

from payoff.cli.telling import erase

CANNOT_JUDGE = 2
# What stops by itself does so sooner than this; after it, the process ends without being asked again.
PATIENCE = 2.0


class Stopping:
    """What happens on a signal: the first interrupts, those that follow change nothing."""

    def __init__(self) -> None:
        self._stopped = False

    def listen(self) -> None:
        """Take the signals over, but for those that the caller of the process wants ignored."""
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._interrupt)

    def _interrupt(self, *_: Any) -> None:
        if self._stopped:
            return
        self._stopped = True
        last = threading.Timer(PATIENCE, leave)
        last.daemon = True
        last.start()
        raise KeyboardInterrupt


def leave() -> NoReturn:
    """Say that nothing is left, and end the process, whatever still runs in it."""
    erase()
    sys.stderr.write("interrupted; nothing was half-written.\n")
    sys.stderr.flush()
    # A query that does not hear may still hold its folder.
    for folder in Path(tempfile.gettempdir()).glob(f"payoff-{os.getpid()}-*"):
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(CANNOT_JUDGE)
