"""What all tests share: property tests that neither depend on how busy a machine is nor on luck, and a browser."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

from browser import browser, visit  # noqa: F401  (fixtures; the path is known from here on)

# A time limit per example would make a busy machine a failure; a fixed seed makes a failure repeatable.
settings.register_profile("payoff", deadline=None, derandomize=True)
settings.load_profile("payoff")
