"""One self-contained page: decision note, technical part, register.

What a page may hold and run is said in ``page.py``; here is what this page holds.
"""

from typing import Any

from payoff.record import Result
from payoff.rendering import (
    best_of,
    costs,
    detail,
    doubt,
    forecasts,
    limits,
    register,
    room,
    sensitivity,
    views,
    what_if,
)
from payoff.rendering.asking import asks, worth_title
from payoff.rendering.charts.gallery import PLACES, gallery, placed
from payoff.rendering.confusion import confusion_views
from payoff.rendering.estimates import estimate_table
from payoff.rendering.languages import ENGLISH, Language
from payoff.rendering.languages.own import voice_of
from payoff.rendering.page import SCRIPTS, content_policy, environment, scripts_of, style_sheet, trusted
from payoff.rendering.undrawn import lacks_sums, undrawn_curves
from payoff.rendering.unsettled import best_figure_lines, notes_for_owners, unsettled_lines
from payoff.rendering.wording import OVERALL, TIERS


def to_html(result: Result, reference: Result | None = None, language: Language = ENGLISH) -> str:
    """Return the report as one HTML document, beside the stored result ``reference`` where there is one."""
    style = style_sheet(str(result.decision.get("name", "payoff report")))
    scripts, voice = scripts_of(SCRIPTS), voice_of(result, language, reference)
    bench = what_if.bench(result, voice)
    estimates = estimate_table(result, voice)
    context = {
        **_context(result),
        **register.register_parts(result, reference),
        "bench": bench,
        "bench_data": None if bench is None else trusted(bench.data),
        "lacks_sums": lacks_sums(result),
        "undrawn": undrawn_curves(result),
        "estimates": estimates,
        "estimates_data": trusted(estimates.data),
        "style": trusted(style),
        "scripts": [trusted(script) for script in scripts],
        "policy": content_policy(style, scripts),
    }
    return environment(voice).get_template("report.html.j2").render(**context).strip() + "\n"


def _context(result: Result) -> dict[str, Any]:
    """Return everything the template names; charts that cannot be drawn are left out."""
    charts, (comparisons, methods) = gallery(result), detail.comparison_views(result)
    return {
        "charts": {place: placed(charts, place) for place in PLACES},
        "result": result,
        "overall": OVERALL[result.verdict.overall],
        "headline": next(
            (each for each in views.hurdle_views(result) if each.record == views.headline_hurdle(result)),
            None,
        ),
        "asks": asks(result),
        "best_figure": best_figure_lines(result),
        "unsettled": unsettled_lines(result),
        "notes_for_owners": notes_for_owners(result),
        "limits": limits.note_limits(result),
        "limits_grouped": limits.grouped(result),
        "worth_title": worth_title(result),
        "definitions": {policy.name: policy.definition for policy in result.policies},
        "hurdles": views.hurdle_views(result),
        "gains": views.gain_views(result),
        "rails": views.rail_views(result),
        "flips": views.flip_views(result),
        "room_lines": room.room_lines(result),
        "doubt_tables": doubt.doubt_tables(result),
        "scenarios": doubt.scenario_table(result),
        "metric_tables": detail.metric_tables(result),
        "comparisons": comparisons,
        "comparison_methods": methods,
        "disagreements": detail.disagreement_views(result),
        "confusions": confusion_views(result),
        "policies": detail.policy_values(result),
        "costs": costs.cost_views(result),
        "cost_lines": costs.cost_lines(result),
        "latency_title": costs.latency_title(result),
        "thresholds": detail.threshold_views(result),
        "slices": detail.slice_views(result),
        "small_text": detail.small_text,
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
