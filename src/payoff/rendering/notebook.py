"""A small fragment for notebooks: verdict, gains and charts, no script, no style that leaks into the page."""

from payoff.record import Result
from payoff.rendering.charts.drawing import pictured
from payoff.rendering.charts.money import gain_over_baselines, hurdle_ladder
from payoff.rendering.charts.spoken import spoken
from payoff.rendering.charts.style import PLAIN
from payoff.rendering.charts.svg import Element, element
from payoff.rendering.charts.value import value_charts
from payoff.rendering.languages import ENGLISH, Language
from payoff.rendering.languages.own import voice_of
from payoff.rendering.outline import verdict_line
from payoff.rendering.views import gain_views, hurdle_views, interval_text

_CELL = "text-align:left;padding:2px 16px 2px 0;vertical-align:top"


def to_notebook_html(result: Result, language: Language = ENGLISH) -> str:
    """Return the fragment that `_repr_html_` shows, in a language."""
    status, sentence = verdict_line(result)
    voice = voice_of(result, language)
    parts = [
        element(
            "p",
            element("strong", f"{status.sign} {voice(status.word.capitalize())}. "),
            voice(sentence),
            style="margin:0 0 8px",
        )
    ]
    gains = [
        (
            voice(each.over + (" (today)" if each.is_today else "")),
            voice(each.gain.text),
            voice(interval_text(each.low, each.high) or "–"),
        )
        for each in gain_views(result)
    ]
    hurdles = [
        (
            each.record.name,
            f"{each.status.sign} {voice(each.status.word)}",
            voice(f"needs {each.required.text}"),
        )
        for each in hurdle_views(result)
    ]
    if gains:
        parts.append(_table(tuple(map(voice, ("Gain over", "Gain", "95% interval"))), gains))
    if hurdles:
        parts.append(_table(tuple(map(voice, ("Hurdle", "Status", "Required"))), hurdles))
    charts = (hurdle_ladder(result), gain_over_baselines(result), *value_charts(result)[:1])
    parts += [
        element("p", pictured(*spoken(each, PLAIN, voice)), style="margin:0 0 10px")
        for each in charts
        if each is not None
    ]
    said = {} if voice.is_english else {"lang": language.code}
    return str(element("div", *parts, class_="payoff-note", style="max-width:720px;line-height:1.4", **said))


def _table(columns: tuple[str, ...], rows: list[tuple[str, str, str]]) -> Element:
    head = element("tr", *(element("th", column, scope="col", style=_CELL) for column in columns))
    body = [element("tr", *(element("td", cell, style=_CELL) for cell in row)) for row in rows]
    table_style = "border-collapse:collapse;margin:0 0 10px;font-variant-numeric:tabular-nums"
    return element("table", element("thead", head), element("tbody", *body), style=table_style)
