"""Every method that a result names can be looked up."""

import re
from pathlib import Path

import pytest

import payoff
from payoff.spec.names import FURTHER, GUARDED

ROOT = Path(__file__).resolve().parents[2]
HEADING = re.compile(r"^### (.+)$", re.MULTILINE)

STRANGER = (ROOT / "examples" / "stranger" / "ship.yaml").read_text(encoding="utf-8")
CLUSTERED = STRANGER.replace("positive: 1}", "positive: 1, cluster: customer}")


def headings() -> set[str]:
    pages = sorted((ROOT / "docs" / "methods").glob("*.md"))
    return {name for page in pages for name in HEADING.findall(page.read_text(encoding="utf-8"))}


def results(room: Path) -> list[payoff.Result]:
    spec = room / "clustered.yaml"
    spec.write_text(CLUSTERED, encoding="utf-8")
    by_name = room / "by_name.yaml"
    by_name.write_text(f"{STRANGER}\nmetrics: [{', '.join(FURTHER)}]\n", encoding="utf-8")
    orders = ROOT / "examples" / "stranger" / "orders.csv"
    header, *rows = orders.read_text(encoding="utf-8").splitlines()
    customers = room / "customers.csv"
    lines = [f"{header},customer", *(f"{row},c{number // 4}" for number, row in enumerate(rows))]
    customers.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [
        payoff.evaluate(None, payoff.demo_folder() / "bank.yaml"),
        payoff.evaluate(orders, ROOT / "examples" / "stranger" / "ship.yaml"),
        payoff.evaluate(customers, spec),
        payoff.evaluate(orders, by_name),
    ]


def test_every_method_of_a_result_is_a_heading_of_the_methods(tmp_path: Path) -> None:
    known = headings()
    named = {one.method for result in results(tmp_path) for one in result.estimates}
    # A method's name may go on: by cluster, widened, over so many groups.
    missing = {name for name in named if not any(name.startswith(one) for one in known)}
    assert len(named) > len(known) // 3
    assert not missing


def test_every_heading_is_written_once() -> None:
    pages = sorted((ROOT / "docs" / "methods").glob("*.md"))
    found = [name for page in pages for name in HEADING.findall(page.read_text(encoding="utf-8"))]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("metric", dict.fromkeys([*GUARDED, *FURTHER]))
def test_every_metric_that_a_spec_may_name_has_its_line(metric: str) -> None:
    page = (ROOT / "docs" / "methods" / "metrics.md").read_text(encoding="utf-8")
    assert f"`{metric}`" in page
