"""A plan as one self-contained page, in the look of the report: no request leaves it, and it runs nothing."""

from payoff.rendering import numbers
from payoff.rendering.charts.frontier import frontier_charts
from payoff.rendering.languages import ENGLISH, Language
from payoff.rendering.languages.own import voice_of_plan
from payoff.rendering.page import content_policy, environment, style_sheet, trusted
from payoff.rendering.plan_text import STANDS, headline, needed_hurdle, plan_sections
from payoff.verdicts.plans import Plan, PlannedHurdle


def plan_to_html(plan: Plan, language: Language = ENGLISH) -> str:
    """Return the plan's report as one HTML document, in a language."""
    style = style_sheet(str(plan.decision["name"]))
    needed = needed_hurdle(plan)
    status, meaning = STANDS[needed.status]
    context = {
        "plan": plan,
        "style": trusted(style),
        "policy": content_policy(style),
        "status": status,
        "meaning": meaning,
        "sentence": headline(plan),
        "facts": _facts(plan, needed),
        "charts": frontier_charts(plan),
        "sections": plan_sections(plan),
    }
    page = environment(voice_of_plan(plan, language))
    return page.get_template("plan.html.j2").render(**context).strip() + "\n"


def _facts(plan: Plan, needed: PlannedHurdle) -> list[tuple[str, str, str]]:
    """Return the few numbers that matter: what they are, the number, and what to know of it."""
    at = plan.circumstance
    rows = [
        f"{numbers.count(each.rows)} at AUC {numbers.ratio(each.auc)}" for each in needed.rows if each.rows
    ]
    facts = [
        (f"Needed for {needed.name}", numbers.money(needed.required, needed.unit), f"over {needed.over}"),
        ("Perfect predictions gain", numbers.money(needed.most, needed.unit), f"over {needed.over}"),
    ]
    if needed.status == "reachable":
        facts.append(("Least AUC", numbers.ratio(needed.least_auc), "if scores are binormal"))
        facts.append(
            ("Labelled rows to show it", rows[0] if rows else "no number", f"{needed.power:.0%} power")
        )
    if at.break_even_precision is not None:
        facts.append(
            ("Acting pays from", numbers.percent(at.break_even_precision), "precision, at break-even")
        )
    return facts[:4]
