"""The command ``payoff``, which ``python -m payoff`` is too."""

import gc
import os
import signal
from importlib import import_module
from typing import Any

# Objects to be made between two searches for unreachable ones. Loading makes hundreds of thousands that all stay; at
# Python's own 700 a tenth of a short run goes into looking through them.
BETWEEN_SEARCHES = 200_000


def main() -> None:
    """Load the command line and run it; to be stopped meanwhile is no error to be traced."""
    gc.set_threshold(BETWEEN_SEARCHES)
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
