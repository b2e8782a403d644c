"""What `payoff report` writes: the result in the form that was asked for, and what was asked for beside it."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import typer

import payoff


class Form(StrEnum):
    """In which form a result is told."""

    html = "html"
    markdown = "markdown"
    text = "text"
    card = "card"
    csv = "csv"


# Columns that any mail program shows without wrapping again, also in a reply.
MAIL = 72
FILES: Mapping[Form, str] = {
    Form.html: "report.html",
    Form.markdown: "summary.md",
    Form.text: "summary.txt",
    Form.card: "README.md",
    Form.csv: "estimates.csv",
}


def target(form: Form | None, out: Path | None) -> Path:
    """Return the file that a form is written to: the one named, or the one it is called by default."""
    return out or Path(FILES[form or Form.html])


def write_form(told: Any, form: Form, out: Path | None, language: str) -> Path:
    """Write a result in one form and language and return where it stands; estimates are the same in all."""
    tellers: Mapping[Form, Callable[[], str]] = {
        Form.html: partial(told.to_html, language=language),
        Form.markdown: partial(told.to_markdown, language=language),
        Form.text: partial(told.to_text, MAIL, language=language),
        Form.card: partial(told.to_model_card, language=language),
        Form.csv: told.to_csv,
    }
    path = target(form, out)
    payoff.write_text(path, tellers[form]())
    return path


def write_charts(told: Any, folder: Path | None, language: str, *, png: bool) -> list[Path]:
    """Write every chart of a result, told in a language, into a folder, if one is named, and return their paths.

    Raises
    ------
    BadParameter
        When pictures are asked for and no folder is named.
    """
    if folder is not None:
        return list(told.plot.in_language(language).save(folder, png=png))
    if png:
        raise typer.BadParameter("goes with --charts and a folder.", param_hint="--png")
    return []
