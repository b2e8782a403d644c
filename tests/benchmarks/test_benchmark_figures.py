"""What the benchmarks make of figures: limits, pages and plots. Nothing here is timed."""

import os
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from benchmarks.contenders import UNCOMPILED, Contender, environment
from benchmarks.limits import limits, ratio
from benchmarks.processes import DONE, Bounds, ended, run

from benchmarks import documents, further, pages, plots, processes

MIB = 2**20


def took(cpu: float, state: str = DONE, peak: int = 100 * MIB) -> dict[str, Any]:
    runs = [{"cpu": cpu, "wall": cpu, "peak": peak, "state": state}]
    return {
        "cpu": cpu, "wall": cpu, "peak": peak, "state": state,
        "inside": None, "versions": {}, "runs": runs,
    }  # fmt: skip


@pytest.fixture
def good() -> dict[str, Any]:
    """A session in which every limit holds."""
    answer = {"rows": 10, "estimates": 813, "intervals": 727, "slices": 120, "curves": 10}
    middle = {"payoff": 2.0, "floor": 0.5, "Evidently": 60.0, "NannyML": 40.0, "scikit-learn": 9.0}
    laws = {"as asked": 2.0, "one metric": 1.5, "1,200 slices": 2.2}
    laws |= {f"further policies: {count}": 2.0 + 0.1 * count for count in (1, 5, 10)}
    begun = {"import payoff": 0.02, "payoff --help": 0.1, "a thousand rows": 1.0}
    return {
        "sizes": {
            "100000": {"found": {name: took(cpu / 9) for name, cpu in middle.items()}, "answer": answer},
            "10000000": {"found": {name: took(cpu) for name, cpu in middle.items()}, "answer": answer},
            "100000000": {"found": {"payoff": took(20.0), "floor": took(4.0)}, "answer": answer},
        },
        "start": {"found": {name: took(cpu) for name, cpu in begun.items()}, "imports": [("numpy", 60.0)]},
        "laws": {
            "rows": 10_000_000,
            "found": {name: took(cpu) for name, cpu in laws.items()},
            "answers": dict.fromkeys(laws, answer),
        },
        "further": {
            str(rows): {
                "found": {name: took(2.0 + 0.3 * place) for place, name in enumerate(further.variants())},
                "answers": dict.fromkeys(further.variants(), answer),
            }
            for rows in further.SIZES
        },
        "spark": {"times": 8.0, "double": 1.9, "told": "Spark took some time.", "found": {}},
    }


def broken(document: dict[str, Any]) -> list[str]:
    return [one.name for one in limits(document) if one.holds is False]


def test_every_limit_of_a_good_session_is_measured_and_holds(good: dict[str, Any]) -> None:
    assert {one.name: one.holds for one in limits(good)} == {one.name: True for one in limits(good)}


def test_nothing_measured_is_nothing_broken() -> None:
    assert {one.holds for one in limits({})} == {None}


@pytest.mark.parametrize(
    ("name", "cpu", "what"),
    [
        ("Evidently", 39.0, "times less CPU than Evidently, 1e7 rows"),
        ("NannyML", 29.0, "times less CPU than NannyML, 1e7 rows"),
        ("scikit-learn", 7.9, "times less CPU than scikit-learn, 1e7 rows"),
        ("floor", 0.16, "times the CPU of the bare scan, 1e7 rows"),
    ],
)
def test_a_limit_that_is_broken_is_named(good: dict[str, Any], name: str, cpu: float, what: str) -> None:
    good["sizes"]["10000000"]["found"][name] = took(cpu)
    assert broken(good) == [what]


def test_more_memory_than_allowed_at_the_largest_size_is_broken(good: dict[str, Any]) -> None:
    good["sizes"]["100000000"]["found"]["payoff"] = took(20.0, peak=2_049 * MIB)
    assert broken(good) == ["peak GiB at 1e8 rows"]


def test_too_few_intervals_are_broken_however_fast(good: dict[str, Any]) -> None:
    good["sizes"]["10000000"]["answer"] = {**good["sizes"]["10000000"]["answer"], "intervals": 12}
    assert broken(good) == ["intervals that came out at 10,000,000 rows"]


def test_metrics_slices_and_policies_that_cost_more_are_broken(good: dict[str, Any]) -> None:
    found = good["laws"]["found"]
    found["one metric"], found["1,200 slices"] = took(1.2), took(3.2)
    found["further policies: 10"] = took(4.2)
    assert len(broken(good)) == 3


def test_further_metrics_that_double_the_cost_are_broken(good: dict[str, Any]) -> None:
    measured = good["further"]["1000000"]["found"]
    measured["all further metrics, constant money"] = took(
        measured["default metrics, constant money"]["cpu"] * 2.1
    )
    assert broken(good) == ["times the CPU for all further metrics, 1,000,000 rows, constant money"]
    assert "## All further metrics, 1,000,000 rows" in pages.page(good, limits(good))


def test_a_peer_that_was_ended_counts_with_what_it_had_taken(good: dict[str, Any]) -> None:
    found = good["sizes"]["10000000"]["found"]
    found["Evidently"] = took(900.0, state="ended after 900 s")
    assert ratio(good, "10000000", "Evidently", "payoff") == 450
    found["Evidently"] = took(1.0, state="exit 1: MemoryError")
    assert ratio(good, "10000000", "Evidently", "payoff") is None
    found["payoff"] = took(1.0, state="exit 2: ...")
    assert ratio(good, "10000000", "NannyML", "payoff") is None


def test_the_page_says_how_a_peer_ended_and_what_was_not_measured(good: dict[str, Any]) -> None:
    good["sizes"]["10000000"]["found"]["Evidently"] = took(9.0, state="ended at 14 GiB")
    del good["spark"]
    text = pages.page(good, limits(good))
    assert "| Evidently (ended at 14 GiB) | 9.00 |" in text
    assert "| Evidently | classification report of each of two models" in text
    assert text.count("not measured") == 2


def test_a_size_measured_again_replaces_its_own_figures_only(good: dict[str, Any]) -> None:
    small = {"found": {"payoff": took(1.0)}, "answer": {}}
    both = documents.joined(good, {"sizes": {"1000": small}})
    assert list(both["sizes"]) == ["1000", "100000", "10000000", "100000000"]
    assert both["sizes"]["1000"] == small
    assert both["laws"] == good["laws"]


def test_commands_are_kept_in_order_and_once() -> None:
    given = documents.joined({"commands": ["a", "b"]}, {"commands": ["a"]})
    assert given["commands"] == ["b", "a"]


def test_figures_name_no_place_of_the_machine() -> None:
    told = str(documents.circumstances(["--rows", "1000"]))
    assert str(Path.home()) not in told
    assert os.uname().nodename not in told


def test_plots_are_svg_that_name_every_contender_and_are_small(
    good: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plots, "IMAGES", tmp_path)
    drawn = plots.draw(good)
    assert len(drawn) == 3
    for path in drawn:
        text = path.read_text()
        ET.fromstring(text)
        assert len(text) < 20_000
    assert all(name in drawn[0].read_text() for name in ("payoff", "floor", "NannyML", "scikit-learn"))


def test_a_peer_that_did_not_end_has_no_line(good: dict[str, Any]) -> None:
    assert "NannyML" in plots.lines_of(good, "cpu", 1.0)
    good["sizes"]["10000000"]["found"]["NannyML"] = took(9.0, state="signal 9")
    assert "NannyML" not in plots.lines_of(good, "cpu", 1.0)


def test_a_process_that_fails_is_recorded_with_its_last_line(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no room')"]
    assert run(command, dict(os.environ), tmp_path / "log").state == "exit 1: no room"


def test_how_a_process_ended_names_no_place_and_fits_a_cell() -> None:
    assert (
        ended(2, f"OSError: {processes.ROOT}/rows.parquet | gone") == "exit 2: OSError: ./rows.parquet / gone"
    )


def test_a_process_beyond_its_bounds_is_ended(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    found = run(command, dict(os.environ), tmp_path / "log", Bounds(seconds=0.2))
    assert found.state == "ended after 0 s"


@pytest.mark.skipif(sys.platform != "linux", reason="only there is resident memory read while it runs")
def test_a_process_that_takes_too_much_memory_is_ended(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; held = bytearray(200 << 20); time.sleep(60)"]
    found = run(command, dict(os.environ), tmp_path / "log", Bounds(resident=100 * MIB))
    assert found.state.startswith("ended at")


def test_a_measured_process_may_keep_its_compiled_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(UNCOMPILED, "1")
    seen = environment(Contender(name="one", command=("true",), environment={"MINE": "2"}))
    assert UNCOMPILED not in seen
    assert (seen["MINE"], seen["DO_NOT_TRACK"]) == ("2", "1")
