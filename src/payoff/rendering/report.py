"""One self-contained page: decision note, technical part, register.

No request leaves it, it runs no script, and its policy says so. Every string of the user is escaped by the
template engine; only the style sheet and the charts (which escape by making) are marked safe, in one place.
"""

import base64
import hashlib
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from payoff.record import Result
from payoff.rendering import best_of, costs, detail, doubt, forecasts, numbers, room, sensitivity, views
from payoff.rendering.charts import checks, curves, decision_curves, duels, money
from payoff.rendering.charts import doubt as doubt_charts
from payoff.rendering.charts.room import room_charts
from payoff.rendering.charts.svg import Chart
from payoff.rendering.confusion import confusion_views
from payoff.rendering.literal import literal
from payoff.rendering.wording import OVERALL, TIERS, reason_text


def to_html(result: Result) -> str:
    """Return the report as one HTML document."""
    style = style_sheet()
    return environment().get_template("report.html.j2").render(**_context(result, style)).strip() + "\n"


def style_sheet() -> str:
    """Return the one style sheet of reports."""
    return files("payoff.rendering").joinpath("templates/report.css").read_text(encoding="utf-8")


def content_policy(style: str) -> str:
    """Return the page's policy: nothing loads or runs but the style sheet of this hash and inline images."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def environment() -> Environment:
    """Return the templates, with what they call."""
    found = Environment(
        loader=PackageLoader("payoff.rendering", "templates"),
        autoescape=True,
        # A template is rendered once: folding its constants takes longer than it saves.
        optimized=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_final,
    )
    found.filters |= {"count": numbers.count, "exact": _exact, "reason": reason_text, "svg": _svg}
    found.globals |= {"number": numbers.number, "money": numbers.money}
    return found


def _context(result: Result, style: str) -> dict[str, Any]:
    """Return everything the template names; charts that cannot be drawn are left out."""
    return {
        "result": result,
        "style": trusted(style),
        "policy": content_policy(style),
        "overall": OVERALL[result.verdict.overall],
        "headline": next(
            (each for each in views.hurdle_views(result) if each.record == views.headline_hurdle(result)),
            None,
        ),
        "hurdles": views.hurdle_views(result),
        "gains": views.gain_views(result),
        "rails": views.rail_views(result),
        "flips": views.flip_views(result),
        "decision_charts": _there(money.hurdle_ladder(result), money.gain_over_baselines(result)),
        "curve_charts": _there(
            *curves.value_charts(result),
            curves.roc(result),
            curves.precision_recall(result),
            *checks.calibration_charts(result),
            *decision_curves.decision_curve_charts(result),
            *duels.duel_charts(result),
            doubt_charts.prevalence_chart(result),
        ),
        "room_charts": room_charts(result),
        "room_lines": room.room_lines(result),
        "slice_charts": money.slice_charts(result),
        "stability_charts": checks.stability_charts(result),
        "tornado": money.tornado(result),
        "doubt_tables": doubt.doubt_tables(result),
        "pair_charts": doubt_charts.pair_charts(result),
        "scenarios": doubt.scenario_table(result),
        "metric_tables": detail.metric_tables(result),
        "comparisons": detail.comparison_views(result),
        "disagreements": detail.disagreement_views(result),
        "confusions": confusion_views(result),
        "policies": detail.policy_values(result),
        "costs": costs.cost_views(result),
        "cost_lines": costs.cost_lines(result),
        "latency_title": costs.latency_title(result),
        "thresholds": detail.threshold_views(result),
        "slices": detail.slice_views(result),
        "small_text": detail.small_text,
        "provenance": detail.provenance(result),
        "spec_text": detail.spec_text(result),
        "wins": forecasts.win_lines(result),
        "of_quantity": "quantity" in result.decision,
        "sensitivity": [
            (title, lines)
            for title, lines in (
                (best_of.HEAD, best_of.best_of_lines(result)),
                (sensitivity.HEAD, sensitivity.wrong_label_lines(result)),
                (sensitivity.BOUNDS, sensitivity.bound_lines(result)),
            )
            if lines
        ],
        "tiers": TIERS,
        "unclear": [
            each for each in views.gain_views(result) if each.estimate.tier == "C" or each.estimate.note
        ],
    }


def _there(*charts: Chart | None) -> tuple[Chart, ...]:
    return tuple(chart for chart in charts if chart is not None)


def _svg(chart: Chart) -> Markup:
    return trusted(chart.svg)


def trusted(text: str) -> Markup:
    """Mark as safe what payoff itself wrote: the style sheet, and charts, escaped by `charts.svg`."""
    return Markup(text)  # noqa: S704 - the one place; see the docstring


def _exact(value: float) -> str:
    """Return a number as the result's JSON holds it."""
    return str(value) if isinstance(value, int) else repr(float(f"{value:.10g}"))


def _final(value: Any) -> Any:
    """Spell out control and direction characters in every string on its way into the page."""
    return literal(value) if isinstance(value, str) and not isinstance(value, Markup) else value
