"""What the technical part says: every estimate, thresholds, slices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from payoff.record import Disagreement, Flip, PolicyRecord, Result
from payoff.rendering import numbers
from payoff.rendering.charts.slices import FEWEST_EVENTS, is_small, money_by_slice
from payoff.rendering.views import Shown, headline_unit, interval_text, metric_shown, plain_estimates
from payoff.rendering.wording import METRICS, metric_title, part_text
from payoff.stats.estimates import Estimate

MOST_PARTS = 60
MOST_NAMED = 12
BESIDE = ("gain_difference", "gain_shrunken", "mix_effect", "performance_effect", "gain_reweighted")


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateView:
    """One estimate, ready to tell."""

    estimate: Estimate
    title: str
    meaning: str
    place: str
    value: Shown
    interval: str
    adjusted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdView:
    """What one policy's threshold claims and what it honestly is worth."""

    policy: PolicyRecord
    threshold: Shown
    over_groups: str
    flat: str
    honest: EstimateView | None
    claimed: EstimateView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceView:
    """One slice entry: money by part, worst first, and other metrics. ``left_out`` counts parts not shown.

    ``rest`` and ``shrunken`` stand beside ``money``: the gain less that of all other rows, and the gain drawn to the
    mean of all parts; so do ``mix`` and ``performance``, which add up to ``rest``, and ``reweighted``, the gain at the
    outcomes of all other rows, where they were asked for. ``small`` are parts of too few deciding events to be told by
    a number.
    """

    title: str
    over: str | None
    money: tuple[EstimateView, ...]
    rest: tuple[EstimateView | None, ...]
    shrunken: tuple[EstimateView | None, ...]
    mix: tuple[EstimateView | None, ...]
    performance: tuple[EstimateView | None, ...]
    reweighted: tuple[EstimateView | None, ...]
    small: tuple[EstimateView, ...]
    metrics: tuple[str, ...]
    grid: tuple[tuple[str, tuple[EstimateView | None, ...]], ...]
    left_out: int

    @property
    def is_split(self) -> bool:
        """Return whether it was asked why parts differ from the rest."""
        return any(self.mix)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipView:
    """Rows of one outcome that two policies decide differently in one way, ready to tell."""

    flip: Flip
    share: Shown
    interval: str
    money: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class DisagreementView:
    """What two policies decide differently, ready to tell."""

    record: Disagreement
    share: Shown
    interval: str
    money: Shown
    flips: tuple[FlipView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonView:
    """One policy against another by one metric: in its first unit, in ``others``, and which method it is by."""

    first: EstimateView
    others: tuple[EstimateView, ...]
    method: int


def metric_tables(result: Result) -> tuple[tuple[PolicyRecord, tuple[EstimateView, ...]], ...]:
    """Return every plain estimate of the model and each challenger, in the catalogue's order."""
    judged = [policy for policy in result.policies if policy.role != "baseline"]
    tables = ((policy, _ordered(plain_estimates(result, policy.name))) for policy in judged)
    return tuple((policy, views) for policy, views in tables if views)


def comparison_views(result: Result) -> tuple[tuple[ComparisonView, ...], tuple[tuple[str, str], ...]]:
    """Return every paired comparison over all rows, and their methods with a note each, in the order of first use.

    What differs by its unit alone is one comparison, told for the longest period first.
    """
    found: dict[tuple[object, ...], list[Estimate]] = {}
    for each in result.estimates:
        if each.over is not None and each.slice is None:
            same = (each.of, each.over, metric_title(each.metric, each.at), each.rows, each.events, each.tier)
            found.setdefault((*same, each.method, each.note), []).append(each)
    methods = list(dict.fromkeys((str(key[-2]), str(key[-1] or "")) for key in found))
    views = []
    for key, alike in found.items():
        first, *others = sorted(alike, key=lambda one: one.unit.endswith(" per decision"))
        views.append(
            ComparisonView(
                first=view(first),
                others=tuple(view(each) for each in others),
                method=methods.index((str(key[-2]), str(key[-1] or ""))) + 1,
            )
        )
    return tuple(views), tuple(methods)


def disagreement_views(result: Result) -> tuple[DisagreementView, ...]:
    """Return what the model decides differently from every other policy, that of today first."""
    found = sorted(result.disagreements, key=lambda each: each.over != result.today)
    return tuple(_disagreement(each) for each in found)


def _disagreement(record: Disagreement) -> DisagreementView:
    share, *ends = _percents(record)
    beside = [record.money, *(each.money for each in record.flips)]
    return DisagreementView(
        record=record,
        share=share,
        interval=interval_text(*ends),
        money=Shown(record.money, numbers.money(record.money, record.unit, beside=beside)),
        flips=tuple(_flip(each, record.unit, beside) for each in record.flips),
    )


def _flip(flip: Flip, unit: str, beside: Sequence[float]) -> FlipView:
    share, *ends = _percents(flip)
    money = Shown(flip.money, numbers.money(flip.money, unit, beside=beside))
    return FlipView(flip=flip, share=share, interval=interval_text(*ends), money=money)


def _percents(one: Disagreement | Flip) -> tuple[Shown, Shown, Shown]:
    ends = (one.share, one.low, one.high)
    value, low, high = (Shown(end, numbers.percent(end, beside=ends)) for end in ends)
    return value, low, high


def policy_values(
    result: Result,
) -> tuple[tuple[PolicyRecord, EstimateView | None, EstimateView | None], ...]:
    """Return every policy with its value (per period where there is one) and its act rate."""
    return tuple(
        (policy, _one(result, policy.name, "value"), _one(result, policy.name, "act_rate"))
        for policy in result.policies
    )


def threshold_views(result: Result) -> tuple[ThresholdView, ...]:
    """Return the thresholds in use: range over groups, flat region, claimed beside honest value."""
    return tuple(
        ThresholdView(
            policy=policy,
            threshold=Shown(policy.threshold, numbers.number(policy.threshold)),
            over_groups=_range(policy.threshold_low, policy.threshold_high),
            flat=_range(policy.flat_low, policy.flat_high),
            honest=_one(result, policy.name, "value"),
            claimed=_one(result, policy.name, "claimed_value"),
        )
        for policy in result.policies
        if policy.threshold is not None
    )


def slice_views(result: Result) -> tuple[SliceView, ...]:
    """Return one view per slice entry, in the order of the result."""
    money = money_by_slice(result)
    model = next((policy.name for policy in result.policies if policy.role == "model"), None)
    entries: dict[tuple[str, ...], dict[str, dict[str, Estimate]]] = {key: {} for key in money}
    for each in result.estimates:
        if each.slice is not None and each.of == model and each.over is None and each.unit == "1":
            parts = entries.setdefault(tuple(each.slice), {})
            parts.setdefault(part_text(each.slice, alone=True), {})[metric_title(each.metric, each.at)] = each
    beside = _beside(result, model)
    return tuple(_slice(columns, money.get(columns, []), parts, beside) for columns, parts in entries.items())


def small_text(small: Sequence[EstimateView]) -> str:
    """Return the slices that are too small, with their rows, in a sentence; nothing where there are none."""
    if not small:
        return ""
    rows = numbers.count(sum(each.estimate.rows for each in small))
    named = ", ".join(f"{each.place} ({numbers.count(each.estimate.rows)})" for each in small[:MOST_NAMED])
    more = f" and {numbers.count(len(small) - MOST_NAMED)} more" if len(small) > MOST_NAMED else ""
    return (
        f"Fewer than {FEWEST_EVENTS} deciding events, so not told by a number: {named}{more}; "
        f"{numbers.count(len(small))} in all, with {rows} rows"
    )


def view(estimate: Estimate) -> EstimateView:
    """Return one estimate, ready to tell."""
    value, *ends_shown = metric_shown(estimate)
    known = METRICS.get(estimate.metric)
    adjusted = ""
    if estimate.low_adjusted is not None and estimate.high_adjusted is not None:
        ends = (estimate.low_adjusted, estimate.high_adjusted)
        low, high = (Shown(each, _told(each, estimate.unit, ends)) for each in ends)
        adjusted = interval_text(low, high)
    return EstimateView(
        estimate=estimate,
        title=metric_title(estimate.metric, estimate.at),
        meaning=known.meaning if known else "",
        place=part_text(estimate.slice, alone=True),
        value=value,
        interval="declared" if estimate.method == "declared" else interval_text(*ends_shown),
        adjusted=adjusted,
    )


def _told(value: float, unit: str, beside: tuple[float, float]) -> str:
    return numbers.ratio(value, beside=beside) if unit == "1" else numbers.money(value, unit, beside=beside)


def _ordered(estimates: Sequence[Estimate]) -> tuple[EstimateView, ...]:
    order = {name: index for index, name in enumerate(METRICS)}
    return tuple(
        view(each) for each in sorted(estimates, key=lambda each: order.get(each.metric, len(order)))
    )


def _one(result: Result, of: str, metric: str) -> EstimateView | None:
    """Return one plain estimate; money in the unit of the headline, else per period rather than per decision."""
    found = [each for each in plain_estimates(result, of) if each.metric == metric]
    unit = headline_unit(result)
    found.sort(key=lambda each: (each.unit != unit, each.unit.endswith("per decision")))
    return view(found[0]) if found else None


def _beside(result: Result, model: str | None) -> dict[tuple[str, str], Estimate]:
    """Return what stands beside a slice's gain, by metric and slice."""
    return {
        (each.metric, _key(each)): each
        for each in result.estimates
        if each.metric in BESIDE and each.of == model
    }


def _key(estimate: Estimate) -> str:
    return repr((estimate.over, estimate.slice))


def _slice(
    columns: tuple[str, ...],
    money: Sequence[Estimate],
    parts: Mapping[str, Mapping[str, Estimate]],
    beside: Mapping[tuple[str, str], Estimate],
) -> SliceView:
    metrics = tuple(dict.fromkeys(name for found in parts.values() for name in found))
    grid = tuple(
        (part, tuple(view(found[name]) if name in found else None for name in metrics))
        for part, found in list(parts.items())[:MOST_PARTS]
    )
    told = [each for each in money if not is_small(each)]
    shown = told[:MOST_PARTS]
    rest, shrunken, mix, performance, reweighted = (
        tuple(
            None if one is None else view(one) for one in (beside.get((name, _key(each))) for each in shown)
        )
        for name in BESIDE
    )
    return SliceView(
        title=" × ".join(columns),
        over=money[0].over if money else None,
        money=tuple(view(each) for each in shown),
        rest=rest,
        shrunken=shrunken,
        mix=mix,
        performance=performance,
        reweighted=reweighted,
        small=tuple(view(each) for each in money if is_small(each)),
        metrics=metrics,
        grid=grid,
        left_out=max(len(told), len(parts)) - min(max(len(told), len(parts)), MOST_PARTS),
    )


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return " to ".join(numbers.number(each, beside=(low, high)) for each in (low, high))
