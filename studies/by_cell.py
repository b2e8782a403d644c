"""Studies by simulation, cell by cell: the command of each, and the file in which its figures are kept."""

# ruff: noqa: T201
import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results"


def run(
    measured: Callable[[int], Iterator[dict[str, Any]]],
    arguments: Sequence[str],
    *,
    module: str,
    about: str | None,
    draws: int,
    seed: int,
) -> None:
    """Do what ``python -m studies.MODULE [--draws N] [--write]`` asks: print every cell, and keep them with --write.

    Parameters
    ----------
    measured : yields the cells at so many draws.
    module, about : name and description of the study.
    draws : of each cell, where none are asked for.
    seed : told beside the figures.
    """
    parser = argparse.ArgumentParser(prog=f"python -m studies.{module}", description=about)
    parser.add_argument("--draws", type=int, default=draws)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(arguments)
    found = []
    for one in measured(asked.draws):
        print(json.dumps(one), flush=True)
        found.append(one)
    if asked.write:
        command = f"python -m studies.{module} --draws {asked.draws} --write"
        kept = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "command": command, "seed": seed, "cells": found}
        place = RESULTS / f"{module.replace('_', '-')}.json"
        place.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
