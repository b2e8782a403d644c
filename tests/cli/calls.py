"""What the tests of the command line call it with: one spec, where it is written, and where payoff lies."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).parents[2] / "src"
BANK = SOURCE / "payoff" / "demonstration" / "bank.yaml"
Run = Callable[..., subprocess.CompletedProcess[str]]

SPEC: dict[str, Any] = {
    "decision": {"name": "Call", "unit": "EUR", "volume": "1000 per year", "actions": ["call", "skip"]},
    "data": {"path": "rows.csv", "outcome": "y", "id": "id"},
    "value": {"call": "(case when outcome then margin else 0 end) - 2", "skip": 0},
    "assumptions": {"margin": {"likely": 10, "low": 8, "high": 12}},
    "model": {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": 0.3}},
    "challengers": {"old": {"score": "q", "score_is": "probability", "policy": {"threshold": 0.4}}},
    "today": "everybody",
    "hurdles": [
        {"name": "pays", "gain": "10 per year", "over": "nobody", "needed_to_ship": True},
        {"name": "pays a lot", "gain": "90000 per year", "over": "nobody", "needed_to_ship": False},
    ],
}


def write(folder: Path, spec: dict[str, Any], name: str = "spec.yaml") -> None:
    (folder / name).write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
