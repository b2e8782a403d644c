"""A plan in Markdown, for a proposal or a ticket: the answer first, then what it rests on and what it takes."""

from payoff.rendering.languages import ENGLISH, Language
from payoff.rendering.languages.own import voice_of_plan
from payoff.rendering.languages.plain import told_section
from payoff.rendering.markdown import LONGEST_SENTENCE, escape, fitted, table
from payoff.rendering.outline import Section
from payoff.rendering.plan_text import STANDS, headline, needed_hurdle, plan_sections
from payoff.verdicts.plans import Plan

NO_MEASUREMENT = "A plan is arithmetic on what was stated, not a measurement of any model."


def plan_to_markdown(plan: Plan, language: Language = ENGLISH) -> str:
    """Return the plan as Markdown of at most 60 kB, in a language; strings of the user are no markup in it."""
    voice = voice_of_plan(plan, language)
    status, meaning = STANDS[needed_hurdle(plan).status]
    head = f"## {status.sign} {voice(status.word.capitalize())}: {escape(str(plan.decision['name']))}"
    sentence = f"**{escape(voice(headline(plan)), LONGEST_SENTENCE)}**"
    parts = (_part(told_section(one, voice)) for one in plan_sections(plan))
    told = [head, sentence, voice(meaning), *parts, voice(NO_MEASUREMENT)]
    return fitted("\n\n".join(told) + "\n", voice)


def _part(section: Section) -> str:
    """Return a section under its heading: its table, then its lines as points."""
    blocks = [f"### {escape(section.title)}"]
    if section.rows:
        rows = (map(escape, row) for row in section.rows)
        blocks.append(table(tuple(map(escape, section.columns)), [tuple(row) for row in rows]))
    if section.lines:
        blocks.append("\n".join(f"- {escape(line)}" for line in section.lines))
    return "\n\n".join(blocks)
