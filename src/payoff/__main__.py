"""The command ``payoff``, which ``python -m payoff`` is too."""

import os
import signal
from importlib import import_module
from typing import Any


def main() -> None:
    """Load the command line and run it; to be stopped meanwhile is no error to be traced."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)
    import_module("payoff.cli").main()


def _leave(*_: Any) -> None:
    # Nothing is open yet, and modules are half loaded.
    os.write(2, b"interrupted; nothing was half-written.\n")
    os._exit(2)


if __name__ == "__main__":
    main()
