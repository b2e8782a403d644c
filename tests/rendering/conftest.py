"""Makes `fakes` importable: tests are collected by importlib, which adds no folder to the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
