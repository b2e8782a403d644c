"""The result as a model card: the sections of the Hugging Face template, filled with what was judged.

Mitchell et al. (2019), Model Cards for Model Reporting. https://doi.org/10.1145/3287560.3287596
The layout is that of the template of huggingface_hub, so that a README.md of a model can be begun from it. payoff
knows the decision and its evaluation; what it cannot know is left open in the template's own words.
"""

import json
import re
from collections.abc import Iterator, Sequence

from payoff.record import Result
from payoff.rendering import numbers
from payoff.rendering.detail import slice_views
from payoff.rendering.languages import ENGLISH, Language
from payoff.rendering.languages.own import voice_of
from payoff.rendering.languages.plain import told_markdown
from payoff.rendering.markdown import (
    PARTIAL,
    escape,
    gains_table,
    guardrails_table,
    hurdles_table,
    table,
)
from payoff.rendering.sensitivity import bound_lines, wrong_label_lines
from payoff.rendering.views import (
    candidate,
    flip_views,
    gain_views,
    interval_text,
    key_estimates,
    metric_shown,
)
from payoff.rendering.wording import OVERALL, metric_title, part_text
from payoff.stats.estimates import Estimate

OPEN = "[More Information Needed]"
SHOWN_SLICES = 5
_WHOLE = re.compile(r"\d+(?![\d.,])")

# What payoff cannot know, in the template's own order and words; it marks some of it as optional.
_DEVELOPED = (
    "Developed by",
    "Funded by [optional]",
    "Shared by [optional]",
    "Model type",
    "Language(s) (NLP)",
    "License",
    "Finetuned from model [optional]",
)
_SOURCES = ("Repository", "Paper [optional]", "Demo [optional]")
_EMISSIONS = ("Hardware Type", "Hours used", "Cloud Provider", "Compute Region", "Carbon Emitted")


def _blanks(titles: Sequence[str]) -> str:
    return "\n".join(f"- **{title}:** {OPEN}" for title in titles)


_DETAILS = f"{_blanks(_DEVELOPED)}\n\n### Model Sources [optional]\n\n{_blanks(_SOURCES)}"
_DOWNSTREAM = f"### Downstream Use [optional]\n\n{OPEN}"
_STARTED = f"""## How to Get Started with the Model

Use the code below to get started with the model.

{OPEN}"""
_TRAINING = f"""## Training Details

### Training Data

{OPEN}

### Training Procedure

#### Preprocessing [optional]

{OPEN}

#### Training Hyperparameters

{_blanks(("Training regime",))}

#### Speeds, Sizes, Times [optional]

{OPEN}"""
_REST = f"""## Model Examination [optional]

{OPEN}

## Environmental Impact

{_blanks(_EMISSIONS)}

## Technical Specifications [optional]

### Model Architecture and Objective

{OPEN}

### Compute Infrastructure

{OPEN}

#### Hardware

{OPEN}

#### Software

{OPEN}

## Citation [optional]

**BibTeX:**

{OPEN}

**APA:**

{OPEN}

## Glossary [optional]

{OPEN}

## More Information [optional]

{OPEN}

## Model Card Authors [optional]

{OPEN}

## Model Card Contact

{OPEN}"""
_FILLED = """## Model Details
### Model Description
## Uses
### Direct Use
### Out-of-Scope Use
## Bias, Risks, and Limitations
### Recommendations
## Evaluation
### Testing Data, Factors & Metrics
#### Testing Data
#### Factors
#### Metrics
### Results
#### Summary"""
TEMPLATE = frozenset(
    line for part in (_DETAILS, _DOWNSTREAM, _STARTED, _TRAINING, _REST, _FILLED) for line in part.split("\n")
)
"""Lines of a card that are the template's own, the same in every language: the hub and its readers look for them."""


def to_model_card(result: Result, language: Language = ENGLISH) -> str:
    """Return the card of the model that was judged: YAML for the hub, then Markdown, at most some 20 kB.

    Only what payoff says is told in the language: what is the template's stays as it is.
    """
    name = candidate(result) or "model"
    parts = [
        f"---\n{_metadata(result, name)}---",
        f"# Model Card for {escape(name)}",
        escape(result.verdict.sentence),
        *_details(result, name),
        *_uses(result),
        *_limits(result),
        _STARTED,
        _TRAINING,
        *_evaluation(result, name),
        _REST,
    ]
    told = "\n\n".join(part for part in parts if part) + "\n"
    return told_markdown(told, voice_of(result, language), escape, TEMPLATE)


def _metadata(result: Result, name: str) -> str:
    """Return the front matter; JSON strings are YAML strings, so nothing in a name can end one."""
    measured = [
        (one.metric, metric_title(one.metric, one.at), one.value) for one in _key_estimates(result, name)
    ]
    # A hub keeps one value of a kind: that of the gain is the headline's, over today's policy where there is one.
    gained = [
        (one.estimate.metric, f"{one.title} over {one.over}, {one.estimate.unit}", one.gain.value)
        for one in gain_views(result)[:1]
    ]
    metrics = "".join(
        f"    - type: {metric}\n      name: {_quoted(title)}\n      value: {_number(value)}\n"
        for metric, title, value in (*gained, *measured)
        if value is not None
    )
    head = f"tags:\n- payoff\nmodel-index:\n- name: {_quoted(name)}\n"
    if not metrics:
        return f"{head}  results: []\n"
    dataset = f"data {result.data.hash[:12]}"
    kind = "tabular-classification" if _quantity(result) is None else "tabular-regression"
    return (
        f"{head}  results:\n  - task:\n      type: {kind}\n"
        f"      name: {_quoted(str(result.decision.get('name', '')))}\n"
        f"    dataset:\n      type: private\n      name: {_quoted(dataset)}\n    metrics:\n{metrics}"
    )


def _number(value: float) -> str:
    """Return a number to six digits that every reader of YAML takes for one: a power of ten needs a point before it."""
    text = repr(float(f"{value:.6g}"))
    return text if "e" not in text or "." in text else text.replace("e", ".0e")


def _details(result: Result, name: str) -> Iterator[str]:
    policy = next((one for one in result.policies if one.name == name), None)
    yield "## Model Details"
    lines = [f"- **Decision:** {escape(str(result.decision.get('name', '')))}"]
    lines.append(f"- **One row is:** {escape(str(result.decision.get('row', 'a row')))}")
    if policy is not None:
        lines.append(f"- **Policy:** {escape(policy.definition)}")
        if policy.threshold is not None:
            lines.append(f"- **Threshold in use:** {policy.threshold:.6g}")
    yield "### Model Description\n\n" + "\n".join(lines)
    yield _DETAILS


def _uses(result: Result) -> Iterator[str]:
    actions = ", ".join(str(one) for one in result.decision.get("actions", ()))
    quantity = _quantity(result)
    what = f"choose between {actions}" if quantity is None else f"decide a quantity of {quantity}"
    volume = result.decision.get("volume")
    often = f", {_WHOLE.sub(lambda digits: numbers.count(int(digits[0])), str(volume))}" if volume else ""
    yield "## Uses"
    yield f"### Direct Use\n\nTo {escape(what)} for each row{escape(often)}."
    yield _DOWNSTREAM
    cleared = [one for one in result.verdict.hurdles if one.status == "cleared"]
    unlocked = [one.unlocks for one in cleared if one.unlocks]
    names = "; ".join(unlocked or [one.name for one in cleared])
    said = "What was cleared allows" if unlocked else "Cleared, without a word on what that allows"
    allowed = f"{said}: {names}." if cleared else "Nothing is cleared yet."
    yield (
        f"### Out-of-Scope Use\n\n{escape(allowed)} Other decisions, prices, populations and periods were not judged."
    )


def _limits(result: Result) -> Iterator[str]:
    lines = [*result.notes, *wrong_label_lines(result), *bound_lines(result)]
    lines += [
        f"{one.code} ({one.severity}) {one.where}: {one.found}"
        for one in result.data.checks
        if one.severity != "note"
    ]
    yield "## Bias, Risks, and Limitations"
    yield "\n".join(f"- {escape(line)}" for line in lines)
    views = flip_views(result)
    if views:
        rows = (
            (
                escape(each.record.name),
                escape(each.likely.text),
                escape(interval_text(each.low, each.high)) or "no range given",
                "nowhere" if each.at.value is None else escape(each.at.text),
                escape(each.record.owner or "no owner"),
            )
            for each in views
        )
        columns = ("Assumption", "Likely", "Range", "Gain just meets the hurdle at", "Owner")
        yield f"### Recommendations\n\nWatch these inputs.\n\n{table(columns, rows)}"


def _evaluation(result: Result, name: str) -> Iterator[str]:
    data = result.data
    window = f", {data.window[0]} to {data.window[1]}" if data.window else ""
    pending = f", {numbers.count(data.pending)} without an outcome yet" if data.pending else ""
    yield "## Evaluation"
    yield "### Testing Data, Factors & Metrics"
    yield f"#### Testing Data\n\n{numbers.count(data.rows)} rows{escape(window)}{pending}; data hash {data.hash[:12]}."
    yield from _factors(result)
    rows = (
        (escape(metric_title(one.metric, one.at)), *(escape(shown.text) for shown in metric_shown(one)))
        for one in _key_estimates(result, name)
    )
    yield "#### Metrics\n\n" + table(("Metric", "Value", "95% low", "95% high"), rows)
    status, meaning = OVERALL[result.verdict.overall]
    yield f"### Results\n\n**{status.word.capitalize()}.** {PARTIAL if result.partial else meaning}"
    for part in (hurdles_table(result), gains_table(result), guardrails_table(result)):
        # Headings of a card are the template's alone.
        yield re.sub(r"\A### (.*)", r"**\1**", part)
    yield (
        f"#### Summary\n\n{escape(result.verdict.sentence)} Judged by payoff {escape(result.payoff_version)}, "
        f"spec {result.spec_hash[:12]}, result {result.hash[:12]}."
    )


def _factors(result: Result) -> Iterator[str]:
    """Yield the slices that gain least, by every entry."""
    rows = [
        (
            escape(part_text(view.estimate.slice)),
            numbers.count(view.estimate.rows),
            escape(view.value.text),
            escape(view.interval),
        )
        for each in slice_views(result)
        for view in each.money[:SHOWN_SLICES]
    ]
    if rows:
        words = "Slices that gain least, of each kind."
        yield f"#### Factors\n\n{words}\n\n{table(('Slice', 'Rows', 'Gain', '95% interval'), rows)}"


def _key_estimates(result: Result, name: str) -> list[Estimate]:
    """Return the metrics of the card; of several classes those over all of them, not those of one."""
    return [one for one in key_estimates(result, name) if one.over is None]


def _quantity(result: Result) -> str | None:
    """Return the unit of the quantity that is decided; None where an action is."""
    found = result.decision.get("quantity")
    return None if found is None else str(found)


def _quoted(text: str) -> str:
    # A build system looks for ##[ anywhere in a line.
    return json.dumps(text, ensure_ascii=True).replace("##", "#\\u0023")
