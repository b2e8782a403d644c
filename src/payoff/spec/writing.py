"""A first spec for a table that payoff has looked at: loadable as it stands, every line explained."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from payoff.formulas import literal, quote
from payoff.spec.asking import LONGEST_NAME
from payoff.spec.model import ScoreKind

OWNER, PLACEHOLDER = "placeholder", "placeholder: replace"
NAME, ROW = "Act on a row", "a row of the table"
MOST_COLUMNS = 40
MISSING = "OUTCOME_COLUMN"

_HEAD = """\
# A first spec, written by `payoff init`. Everything marked "placeholder" is invented: only those who know
# the decision can fill it in. `payoff check` says what is still doubtful, `payoff evaluate` judges.
payoff: 1                     # the version of this format
"""
_DECISION = f"""\
decision:                     # what is decided, again and again
  name: "{NAME}"        # placeholder: what is decided
  row: "{ROW}"   # placeholder: what one row is, such as "a customer who could be called"
  unit: EUR                   # placeholder: the one currency or unit of all values
  # volume: 45000 per year    # decisions per period in the world; without it hurdles are per decision
  actions: [act, skip]        # the first acts, the last does nothing
"""
_VALUE = """\
value:                        # what one row is worth under each action: an SQL expression over the columns,
                              # `outcome` (true where positive) and the assumptions below
  act: {act}   # placeholder
  skip: 0                     # doing nothing is the zero point: a miss costs what acting would have earned
assumptions:                  # low and high: the least and the most that the owner holds possible
"""
_VALUE_BY_CLASS = """\
value:                        # what one row is worth under each action: an SQL expression over the columns,
                              # `outcome` (one of the classes) and the assumptions below
  act: {act}   # placeholder: say what each class is worth; further actions may stand between these two
  skip: 0                     # doing nothing is the zero point: a miss costs what acting would have earned
assumptions:                  # low and high: the least and the most that the owner holds possible
"""
_HURDLES = """\
today: nobody                 # who decides now: nobody (always skip), everybody (always act), or a baseline
# baselines:                  # what else could be done, each judged beside the model
#   rule: {when: "a_column > 3", do: act, otherwise: skip}
hurdles:                      # the least gain worth having; the first is needed to ship
  - name: worth it            # how results call it
    gain: 0.1 per decision    # placeholder: in the unit, over what is done today
    over: today               # or another candidate: nobody, everybody, a baseline
    confidence: 0.95          # how sure one must be
    unlocks: a pilot          # placeholder: what clearing it allows
# guardrails: [{metric: recall, at_least: 0.4}]   # limits that must hold beside the hurdles
# slices: [a_column]          # columns whose values are looked at one by one
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a look at a table tells: its columns and a guess at what they mean, None where nothing fits.

    ``classes`` are the labels of an outcome that has three to twelve; ``probabilities`` the columns named after them.
    """

    path: str
    columns: tuple[str, ...]
    outcome: str | None
    positive: str | int | float | bool | None
    score: str | None
    score_is: ScoreKind | None
    id: str | None
    time: str | None
    cluster: str | None
    amount: str | None
    classes: tuple[str, ...] | tuple[float, ...] | None = None
    probabilities: tuple[str, ...] | None = None


def draft(profile: Profile) -> str:
    """Return a commented YAML spec that ``load_spec`` takes as it is.

    Money is invented and marked as a placeholder. Columns that no spec can name (control characters, blanks
    around the name) are left out.

    >>> profile = Profile(path="rows.csv", columns=("y", "p"), outcome="y", positive=1, score="p",
    ...     score_is="probability", id=None, time=None, cluster=None, amount=None)
    >>> [line for line in draft(profile).splitlines() if "outcome:" in line]
    ['  outcome: "y"                # what turned out to be true; is it this column?']
    """
    return "".join((_HEAD, _DECISION, *_data(profile), *_worth(profile), *_model(profile), _HURDLES))


def _data(profile: Profile) -> Iterator[str]:
    shown = [_quoted(column) for column in profile.columns[:MOST_COLUMNS]]
    more = len(profile.columns) - len(shown)
    yield "data:                         # where the rows are and what their columns mean\n"
    yield f"  # columns: {', '.join(shown)}{f' and {more} more' if more > 0 else ''}\n"
    yield _line("path", profile.path, "the file with the rows, seen from this spec")
    if _usable(profile.outcome):
        yield _line("outcome", profile.outcome, "what turned out to be true; is it this column?")
    else:
        yield _line("outcome", MISSING, "placeholder: no column looked like an outcome; name it")
    if profile.classes is not None:
        listed = ", ".join(_label(one) for one in profile.classes)
        yield f"  classes: [{listed}]   # every label of it; or `positive` with one label, if two are meant\n"
    elif profile.positive is not None:
        yield _line("positive", profile.positive, "the outcome that counts as positive")
    for key, column, note in (
        ("id", profile.id, "names a row; keeps groups the same when rows move"),
        ("time", profile.time, "when the decision is made"),
        ("cluster", profile.cluster, "rows with equal values belong together"),
    ):
        if _usable(column):
            yield _line(key, column, note)
    yield "  outcome_given: any action   # placeholder: or the action under which the outcomes were seen\n"


def _worth(profile: Profile) -> Iterator[str]:
    amount = profile.amount
    per_row = amount is not None and _usable(amount)
    worth = f"share_earned * {quote(amount)}" if amount is not None and per_row else "earned"
    is_it = "outcome" if profile.classes is None else f"outcome = {literal(profile.classes[-1])}"
    act = _quoted(f"(case when {is_it} then {worth} else 0 end) - cost_of_acting")
    yield (_VALUE if profile.classes is None else _VALUE_BY_CLASS).format(act=act)
    if per_row:
        yield _assumption("share_earned", "0.1", "0.05", "0.2", "of the amount, when acting was right")
    else:
        yield _assumption("earned", "20", "10", "30", "when acting was right")
    yield _assumption("cost_of_acting", "1", "0.5", "2", "for every row acted on")


def _assumption(name: str, likely: str, low: str, high: str, note: str) -> str:
    source = f'owner: "{OWNER}", source: "{PLACEHOLDER}"'
    return f"  {name}: {{likely: {likely}, low: {low}, high: {high}, {source}}}   # {note}\n"


def _model(profile: Profile) -> Iterator[str]:
    yield "model:                        # the one candidate that is judged\n"
    yield '  name: "model"               # how results call it\n'
    if profile.classes is not None and profile.probabilities is not None:
        labels: tuple[str | float, ...] = profile.classes
        pairs = zip(labels, profile.probabilities, strict=True)
        listed = ", ".join(f"{_label(one)}: {_quoted(column)}" for one, column in pairs)
        yield f"  scores: {{{listed}}}   # the probability of every class; they sum to one\n"
        yield "  policy: {maximise: expected value}   # the action that the values and probabilities call for\n"
        return
    if not _usable(profile.score):
        yield "  # score: a_column           # no column looked like a score; name it and use a threshold\n"
        yield "  policy: {always: act}       # placeholder: acts on every row until there is a score\n"
        return
    yield _line("score", profile.score, "the model's score; higher speaks for acting")
    if profile.score_is == "rank" and profile.classes is not None:
        yield "  score_is: rank              # only its order means something\n"
        yield "  policy: {threshold: 0.5}    # placeholder: act where score >= 0.5\n"
    elif profile.score_is == "rank":
        yield "  score_is: rank              # only its order means something\n"
        yield "  policy: {threshold: best}   # the threshold with the largest value, chosen honestly\n"
    else:
        yield "  score_is: probability       # or rank, when only its order means something\n"
        yield "  policy: {threshold: 0.5}    # act where score >= 0.5; or best, or from value\n"


def _usable(column: str | None) -> bool:
    """Say whether a spec can name that column."""
    return (
        column is not None
        and column == column.strip()
        and 0 < len(column) <= LONGEST_NAME
        and column.isprintable()
    )


def _line(key: str, value: str | int | float | bool | None, note: str) -> str:
    shown = _quoted(value) if isinstance(value, str) else json.dumps(value)
    return f"{f'  {key}: {shown}':<29} # {note}\n"


def _label(one: str | float) -> str:
    return _quoted(one) if isinstance(one, str) else f"{one:.15g}"


def _quoted(text: str) -> str:
    """Return text as a YAML string in double quotes, on one line whatever it holds."""
    return "".join(
        character if character.isprintable() else _escaped(character)
        for character in json.dumps(text, ensure_ascii=False)
    )


def _escaped(character: str) -> str:
    return f"\\U{ord(character):08x}"
