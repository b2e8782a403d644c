"""The page of charts names every kind that there is, as the gallery says it."""

from pathlib import Path

from payoff.rendering.charts.gallery import KINDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "charts.md"


def test_the_page_lists_every_kind_of_chart_in_order() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    first = lines.index("| name | shows | needs |") + 2
    listed = lines[first : first + len(KINDS) + 1]
    assert listed == [*(f"| `{word}` | {kind.shows} | {kind.needs} |" for word, kind in KINDS.items()), ""]
