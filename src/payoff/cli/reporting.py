"""What `payoff report` writes: a result or a plan in the form that was asked for, and what was asked for beside it."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import typer

import payoff
from payoff.errors.usage import NotOfAPlan


class Form(StrEnum):
    """In which form a result is told; a plan is no model card, and has no estimates."""

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
TELLERS: Mapping[Form, Callable[[Any, str], str]] = {
    Form.html: lambda told, language: str(told.to_html(language=language)),
    Form.markdown: lambda told, language: str(told.to_markdown(language=language)),
    Form.text: lambda told, language: str(told.to_text(MAIL, language=language)),
    Form.card: lambda told, language: str(told.to_model_card(language=language)),
    Form.csv: lambda told, _: str(told.to_csv()),
}
PLAN_FILES: Mapping[Form, str] = {Form.html: "plan.html", Form.markdown: "plan.md", Form.text: "plan.txt"}


def told_again(path: Path, form: Form | None, reference: Path | None) -> Any:
    """Return the result or the plan in a file, the result beside a reference where one is named.

    Raises
    ------
    NotOfAPlan
        When it is a plan, and a form or a comparison was asked for that only a result has.
    """
    found = payoff.read(path)
    if isinstance(found, payoff.Result):
        return found if reference is None else found.since(payoff.read_result(reference))
    if form is not None and form not in PLAN_FILES:
        raise _not_of_a_plan("--as", form.value, "html, markdown or text of a plan")
    if reference is not None:
        raise _not_of_a_plan("--reference", "a result to compare with", "none beside a plan")
    return found


def _not_of_a_plan(where: str, found: str, expected: str) -> NotOfAPlan:
    return NotOfAPlan(
        where=where,
        found=f"{found}, and a stored plan",
        expected=expected,
        fix="evaluate the model once there is one, and report its result.json.",
    )


def target(told: Any, form: Form | None, out: Path | None) -> Path:
    """Return the file that a form is written to: the one named, or the one it is called by default."""
    files = FILES if isinstance(told, payoff.Result) else PLAN_FILES
    return out or Path(files[form or Form.html])


def write_form(told: Any, form: Form, out: Path | None, language: str) -> Path:
    """Write a result or a plan in one form and language and return where it stands; estimates are the same in all."""
    path = target(told, form, out)
    payoff.write_text(path, TELLERS[form](told, language))
    return path


def write_charts(told: Any, folder: Path | None, language: str, *, png: bool) -> list[Path]:
    """Write every chart of a result or plan, told in a language, into a folder, if one is named; return their paths.

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
