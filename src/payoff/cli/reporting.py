"""What `payoff report` writes: the result in the form that was asked for, and what was asked for beside it."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import payoff


class Form(StrEnum):
    """In which form a result is told."""

    html = "html"
    markdown = "markdown"
    text = "text"
    card = "card"
    csv = "csv"


FILES: Mapping[Form, str] = {
    Form.html: "report.html",
    Form.markdown: "summary.md",
    Form.text: "summary.txt",
    Form.card: "README.md",
    Form.csv: "estimates.csv",
}


def write_form(told: Any, form: Form, out: Path | None) -> Path:
    """Write a result in one form and return where it stands."""
    tellers: Mapping[Form, Callable[[], str]] = {
        Form.html: told.to_html,
        Form.markdown: told.to_markdown,
        Form.text: told.to_text,
        Form.card: told.to_model_card,
        Form.csv: told.to_csv,
    }
    path = out or Path(FILES[form])
    payoff.write_text(path, tellers[form]())
    return path
