"""Real results and pages, made by the real command line from real and made-up rows, once for all workers of a run."""

import csv
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hostile_strings import SIXTY

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SECONDS = 120
PARTS, ROWS = 200, 40_000

MANY = """payoff: 1
decision: {name: Review a claim, row: a claim, unit: EUR, volume: 40000 per year, actions: [review, pay]}
data: {path: many.csv, outcome: wrong, positive: 1, id: id}
value:
  review: (case when outcome then recovered * amount else 0 end) - cost
  pay: 0
assumptions:
  recovered: {likely: 0.6, low: 0.4, high: 0.8, owner: Claims, source: closed files of 2025, date: 2026-01-31}
  cost: {likely: 18, low: 14, high: 25, owner: Operations}
model: {name: trees, score: p_trees, score_is: probability, policy: {threshold: best}}
challengers:
  linear: {score: p_linear, score_is: probability, policy: {threshold: best}}
baselines:
  large: {when: amount > 300, do: review, otherwise: pay}
today: large
hurdles:
  - {name: pilot, gain: 20000 per year, over: today, confidence: 0.8, needed_to_ship: true, unlocks: one office}
  - {name: roll-out, gain: 60000 per year, over: today, confidence: 0.95, unlocks: all offices}
guardrails:
  - {metric: recall, at_least: 0.2, in_every: [kind]}
slices: [office, kind]
"""


def made(name: str, shared: Path) -> Path:
    """Return the folder of the result ``name`` under ``shared``, made at the first call of any worker."""
    done = shared / f"made-{name}"
    if not done.exists():
        work = Path(f"{done}.{random.Random().randrange(10**9)}")
        work.mkdir(parents=True)
        MAKERS[name](work)
        try:
            work.rename(done)
        except OSError:  # another worker was first
            shutil.rmtree(work)
    return done


def page_of(folder: Path) -> Path:
    """Return the page that was made."""
    return next(path for path in (folder / "out").iterdir() if path.suffix == ".html")


def run(*arguments: str, at: Path, code: int = 0) -> None:
    """Run payoff's command line as a user would."""
    command = [sys.executable, "-m", "payoff", *arguments]
    found = subprocess.run(command, cwd=at, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert found.returncode == code, found.stderr


def _demo(work: Path) -> None:
    run("demo", "--out", "out", at=work)


def _german(work: Path) -> None:
    run("demo", "--out", "out", at=work)
    run("report", "out/result.json", "--language", "de", "--out", "out/report.html", at=work)


def _example(folder: str, spec: str, code: int = 0) -> Callable[[Path], None]:
    def make(work: Path) -> None:
        run("evaluate", str(EXAMPLES / folder / spec), "--out", "out", at=work, code=code)

    return make


def _capacity(work: Path) -> None:
    for each in ("make.py", "capacity.yaml"):
        shutil.copy(EXAMPLES / "capacity-bank" / each, work)
    rows = ROOT / "src" / "payoff" / "demonstration" / "bank.parquet"
    text = (
        (work / "make.py")
        .read_text()
        .replace(
            'HERE.parents[1] / "src" / "payoff" / "demonstration" / "bank.parquet"', f"Path({str(rows)!r})"
        )
    )
    (work / "make.py").write_text(text)
    subprocess.run([sys.executable, "make.py"], cwd=work, check=True, timeout=SECONDS)
    run("evaluate", "capacity.yaml", "--out", "out", at=work)


def _many(work: Path) -> None:
    """Two models, two hundred offices: some good, some bad, each with rows enough to be told."""
    draw = random.Random(20261126)
    lines = ["id,office,kind,amount,wrong,p_trees,p_linear"]
    for row in range(ROWS):
        office, kind = row % PARTS, draw.choice(("motor", "home", "travel"))
        hidden = draw.gauss(-2.2, 1.0) + 0.004 * (office - 100)
        wrong = int(draw.gauss(0.0, 0.6) + hidden > -1.3)
        chance = [
            1 / (1 + 2.718281828 ** -(hidden * 1.6 + 1.9 + draw.gauss(0, noise))) for noise in (0.5, 0.9)
        ]
        amount = round(draw.lognormvariate(5.0, 0.8), 2)
        lines.append(f"{row},office {office:03d},{kind},{amount},{wrong},{chance[0]:.4f},{chance[1]:.4f}")
    (work / "many.csv").write_text("\n".join(lines) + "\n")
    (work / "many.yaml").write_text(MANY)
    run("evaluate", "many.yaml", "--out", "out", at=work)


def _unjudged(work: Path) -> None:
    for each in ("ship.yaml", "orders.csv"):
        shutil.copy(EXAMPLES / "stranger" / each, work)
    spec = [line for line in (work / "ship.yaml").read_text().splitlines() if not line.startswith("hurdles")]
    (work / "ship.yaml").write_text("\n".join(spec))
    run("evaluate", "ship.yaml", "--out", "out", at=work)


def _plan(work: Path) -> None:
    run("plan", str(ROOT / "src" / "payoff" / "demonstration" / "bank.yaml"), "--out", "out", at=work)


def _named(name: str, labels: list[str]) -> Callable[[Path], None]:
    """Return what makes a result whose every name is ``name`` and a number, and whose slices are ``labels``."""

    def make(work: Path) -> None:
        draw = random.Random(1)
        with (work / "rows.csv").open("w", encoding="utf-8", newline="") as file:
            write = csv.writer(file).writerow
            write([f"{name} id", f"{name} label", "y", "score", "amount"])
            for row in range(40 * len(labels)):
                score = draw.random()
                y = int(draw.random() < score / 2) if row % 50 else ""
                write(
                    [f"{name} {row}", labels[row % len(labels)], y, f"{score:.3f}", draw.randrange(10, 200)]
                )
        (work / "spec.json").write_text(json.dumps(_spec_named(name)))
        run("evaluate", "spec.json", "--out", "out", at=work)

    return make


def _spec_named(name: str) -> dict[str, Any]:
    said = {"owner": f"{name} owner", "source": f"{name} source", "date": "2026-01-31"}
    hurdle = {"over": "today", "confidence": 0.8}
    return {
        "payoff": 1,
        "decision": {
            "name": name,
            "row": name,
            "unit": "EUR",
            "volume": "9000 per year",
            "actions": ["act", "skip"],
        },
        "data": {"path": "rows.csv", "outcome": "y", "positive": 1, "id": f"{name} id"},
        "value": {"act": "(case when outcome then worth * amount else 0 end) - cost", "skip": 0},
        "assumptions": {
            "worth": {"likely": 0.5, "low": 0.2, "high": 0.8, **said},
            "cost": {"likely": 10, "low": 5, "high": 20, **said},
        },
        "model": {
            "name": f"{name} model",
            "score": "score",
            "score_is": "probability",
            "policy": {"threshold": 0.3},
        },
        "challengers": {
            f"{name} rival": {"score": "score", "score_is": "rank", "policy": {"threshold": 0.6}}
        },
        "baselines": {f"{name} rule": {"when": "amount > 100", "do": "act", "otherwise": "skip"}},
        "today": f"{name} rule",
        "hurdles": [
            {"name": f"{name} first", "gain": "1000 per year", "unlocks": name, **hurdle},
            {"name": f"{name} second", "gain": "90000 per year", "unlocks": name, **hurdle},
        ],
        "guardrails": [{"metric": "recall", "at_least": 0.1, "in_every": [f"{name} label"]}],
        "slices": [f"{name} label"],
    }


MAKERS: dict[str, Callable[[Path], None]] = {
    "demo": _demo,
    "german": _german,
    "many": _many,
    "capacity": _capacity,
    "flights": _example("flights", "flights.yaml"),
    "credit": _example("credit", "credit.yaml"),
    "ship": _example("stranger", "ship.yaml"),
    "reject": _example("stranger", "reject.yaml"),
    "hold": _example("stranger", "hold.yaml"),
    "partial": _example("stranger", "broken.yaml", code=2),
    "unjudged": _unjudged,
    "plan": _plan,
    "hostile": _named("'\"><img src=x onerror=alert(1)>", [each.replace("\x00", "") for each in SIXTY]),
    "harmless": _named("plain words", [f"part {number:02d}" for number in range(len(SIXTY))]),
}
