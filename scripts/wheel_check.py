"""Evaluate a tiny table with the installed package: run by scripts/wheel.sh, far from the source."""

import sys
import tempfile
from pathlib import Path

import payoff

SPEC = """\
payoff: 1
decision: {name: Stop payments, row: a payment, unit: EUR, actions: [stop, pass]}
data: {path: rows.csv, outcome: y}
value: {stop: case when outcome then amount else -2 end, pass: 0}
model: {name: tiny, score: score, policy: {threshold: 0.5}}
today: nobody
hurdles: [{name: pay, net_gain: 0.1 per decision, over: today, confidence: 0.8}]
"""


def rows() -> str:
    """Return 200 payments; the score finds most of the frauds, and an amount is between 10 and 59."""
    lines = ["y,score,amount"]
    for row in range(200):
        fraud = row % 4 == 0
        found = row % 5 != 0
        lines.append(f"{int(fraud)},{0.9 if fraud == found else 0.1},{10 + row % 50}")
    return "\n".join(lines) + "\n"


def main(repo: str) -> None:
    """Evaluate, and make sure that the package under test is the installed one."""
    if Path(payoff.__file__).is_relative_to(repo):
        raise SystemExit("the source was imported, not the wheel")
    if not Path(payoff.__file__).with_name("py.typed").exists():
        raise SystemExit("the wheel does not carry py.typed")
    with tempfile.TemporaryDirectory() as room:
        spec, data = Path(room, "spec.yaml"), Path(room, "rows.csv")
        spec.write_text(SPEC)
        data.write_text(rows())
        result = payoff.evaluate(data, spec)
    if result.verdict.overall not in {"ship", "hold", "reject"}:
        raise SystemExit(f"no verdict from the wheel: {result.verdict}")
    print(f"wheel: payoff {payoff.__version__} says {result.verdict.overall}")


if __name__ == "__main__":
    main(sys.argv[1])
