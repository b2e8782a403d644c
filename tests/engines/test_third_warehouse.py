"""The adapter that docs/engines.md shows for a third warehouse writes the SQL that the page shows."""

import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "engines.md"


def blocks(language: str) -> list[str]:
    text = PAGE.read_text(encoding="utf-8").partition("## A third warehouse costs one file")[2]
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_adapter_of_the_page_writes_the_sql_of_the_page() -> None:
    names: dict[str, Any] = {}
    exec(blocks("python")[0], names)
    asked, written = blocks("sql")[:2]
    query = " ".join(asked.split())
    assert " ".join(names["translate"](query, names["SNOWFLAKE"]).split()) == " ".join(written.split())


def test_the_adapter_is_about_one_screen() -> None:
    assert len(blocks("python")[0].splitlines()) <= 70
