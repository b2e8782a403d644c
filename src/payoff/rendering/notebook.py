"""A small fragment for notebooks: verdict, gains and charts, no script, no style that leaks into the page."""

from payoff.record import Result
from payoff.rendering.charts.drawing import pictured
from payoff.rendering.charts.money import gain_over_baselines, hurdle_ladder
from payoff.rendering.charts.svg import Element, element
from payoff.rendering.charts.value import value_charts
from payoff.rendering.outline import verdict_line
from payoff.rendering.views import gain_views, hurdle_views, interval_text

_CELL = "text-align:left;padding:2px 16px 2px 0;vertical-align:top"


def to_notebook_html(result: Result) -> str:
    """Return the fragment that `_repr_html_` shows."""
    status, sentence = verdict_line(result)
    parts = [
        element(
            "p",
            element("strong", f"{status.sign} {status.word.capitalize()}. "),
            sentence,
            style="margin:0 0 8px",
        )
    ]
    gains = [
        (
            each.over + (" (today)" if each.is_today else ""),
            each.gain.text,
            interval_text(each.low, each.high) or "–",
        )
        for each in gain_views(result)
    ]
    hurdles = [
        (each.record.name, f"{each.status.sign} {each.status.word}", f"needs {each.required.text}")
        for each in hurdle_views(result)
    ]
    if gains:
        parts.append(_table(("Gain over", "Gain", "95% interval"), gains))
    if hurdles:
        parts.append(_table(("Hurdle", "Status", "Required"), hurdles))
    charts = (hurdle_ladder(result), gain_over_baselines(result), *value_charts(result)[:1])
    parts += [element("p", pictured(each), style="margin:0 0 10px") for each in charts if each is not None]
    return str(element("div", *parts, class_="payoff-note", style="max-width:720px;line-height:1.4"))


def _table(columns: tuple[str, ...], rows: list[tuple[str, str, str]]) -> Element:
    head = element("tr", *(element("th", column, scope="col", style=_CELL) for column in columns))
    body = [element("tr", *(element("td", cell, style=_CELL) for cell in row)) for row in rows]
    table_style = "border-collapse:collapse;margin:0 0 10px;font-variant-numeric:tabular-nums"
    return element("table", element("thead", head), element("tbody", *body), style=table_style)
