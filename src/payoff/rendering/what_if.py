"""The part of the report in which numbers can be moved: its sliders, and the data that the scripts compute from."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from payoff.doubt.revaluing import BEYOND_CAP, NO_INTERVAL, Dial, Revaluing
from payoff.quantities import LARGEST_AMOUNT, LEAST_VOLUME, PERIODS
from payoff.record import Result
from payoff.rendering.languages.voice import Voice
from payoff.rendering.numbers import number
from payoff.rendering.provenance import command
from payoff.rendering.wording import OVERALL, REASONS, STATUSES, Status, metric_title
from payoff.spec.names import VOLUME
from payoff.spec.rewriting import Slot, cut
from payoff.verdicts import rails_then, what_if
from payoff.verdicts.then import room_curve

RAIL = ("name", "slice", "status", "reason", "value", "low", "high", "confidence", "evidence")
THRESHOLD, CAPACITY = "model.threshold", "model.capacity"

# What the scripts say. A placeholder in braces is filled with a number or a name.
WORDS: Mapping[str, str] = {
    "as_judged": "As judged. Move a slider, or type a number.",
    "first": "{at}, as judged",
    "then": "At these settings: {overall}.",
    "then_open": "At these settings the answer as a whole hangs on guardrails that are not revalued.",
    "hurdle": "{name}: {status}, {chance} confident, {asked} asked.",
    "hurdle_open": "{name}: {status}.",
    "asked": "asked {asked}",
    "remark": "Over {over}: {remark}.",
    "gain": "{metric} over {over}: {value}.",
    "interval": "95%: {low} to {high}",
    "withdrawn": "no interval",
    "unknown": "not revalued",
    "held": "Held as they are, though they rest on {name}: {policies}.",
    "outside": "{name} lies outside the range that its owner gave.",
    "same_share": "The share of rows acted on is held: a capacity is taken to grow with the volume.",
    "moved_cut": "Another threshold, chosen on these rows. Intervals are from sums of 20 groups, as if it had been "
    "fixed beforehand; hurdles count the error once for each of the {cuts} cuts on offer.",
    "exact": "Exact at the policy in use: intervals and confidence by the method that judged it, with the tail that "
    "contributions have at the likely assumptions.",
    "point": "a point, in sample",
    "retuned": "If retuned: acting from {threshold} on would be worth most on these rows at these numbers. Points "
    "without an interval: chosen by the rows that they are told of.",
    "open_rails": "Guardrails that are not revalued: {names}.",
    "rail": "Guardrail {name}: {now}, as judged.",
    "rail_moved": "Guardrail {name}: {now} (as judged: {before}).",
    "rails_stand": "Guardrails that no setting touches stand as judged.",
    "left": "Not taken from the address: {parts}.",
    "left_name": "{part} (there is no such number here)",
    "left_text": "{part} (not a number)",
    "left_range": "{part} (a number that is not on offer here)",
    "refused": "Not taken: the figures are of {at}. A number, {most} at most on either side of zero.",
    "refused_volume": "Not taken: the figures are of {at}. A number from {least} to {most}.",
    "refused_grouped": "Not taken: the figures are of {at}. Thousands are not set apart here, and “{decimal}” is the "
    "decimal sign: write {example}.",
    "copied": "Copied. It is also shown below.",
    "copy_by_hand": "Select the text below and copy it.",
    "by_room": what_if.BY_ROOM,
    "by_groups": what_if.BY_GROUPS,
    "no_interval": NO_INTERVAL,
    "another_room": what_if.ANOTHER_ROOM,
    "point_apart": what_if.POINT_APART,
    "tail_held": rails_then.TAIL_HELD,
    "cancelled": rails_then.CANCELLED,
    "beyond_cap": BEYOND_CAP,
    "few_events": what_if.FEW_EVENTS,
    "chosen_here": what_if.CHOSEN_HERE,
    "not_revalued": rails_then.NOT_REVALUED,
    "not_elsewhere": rails_then.NOT_ELSEWHERE,
    "picked_share": rails_then.PICKED_SHARE,
    "apart": "the point lies outside its interval: go by the interval",
    "copy_head": "The spec that was evaluated, with other numbers in it: tried in the page of its report.",
    "copy_as_judged": "The spec that was evaluated: nothing was moved.",
    "copy_moved": "Moved: {name} to {at}",
    "copy_shown": "The page showed: {says}",
    "copy_owner": "Numbers that were tried are nobody's estimate: correct owner, source and date before you rely on "
    "them.",
    "copy_anew": "The page held all decisions; an evaluation takes them anew at these numbers for {policies}, so that "
    "figures, confidence and verdict may differ from the page.",
    "copy_room": "The page showed a point for another capacity, at the likely assumptions alone; an evaluation judges "
    "it with its interval. Rows are whole: a fraction is rounded down.",
    "copy_same": "No decision rests on what was moved: an evaluation on the same rows says the same, but for the tail "
    "of the contributions, which it takes at these numbers.",
    "copy_held": "The threshold that the page held. Write it into the policy only to judge it on rows that did not "
    "choose it: on these a number reads as if it had been fixed beforehand, surer than it is.",
    "copy_cut": "The threshold was moved to one looked up on these rows, so the policy stays as it was and an "
    "evaluation does not show what the page showed. Write it into the policy only to judge it on rows that did not "
    "choose it:",
    "copy_unplaced": "The spec has no place for {name}: set it to {at} by hand.",
    "copy_no_text": "The spec is too long to be copied whole: change these numbers in it where they stand, as a key "
    "that stands twice is refused.",
    "copy_run": "Save it as YAML beside the spec and run: {command}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """One control. ``stops`` are the values of its positions where it has steps, else it runs between its ends.

    ``ticks`` are positions that are marked: what the owner holds possible, and what is likely.
    """

    key: str
    title: str
    hint: str
    least: float
    most: float
    at: float
    stops: tuple[float, ...]
    ticks: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """All that the template names: the sliders, the rows of the tables, and the data of the scripts as JSON."""

    sliders: tuple[Slider, ...]
    hurdles: tuple[str, ...]
    gains: tuple[tuple[str, str], ...]
    retunes: bool
    data: str


def bench(result: Result, voice: Voice) -> Bench | None:
    """Return the part in which numbers can be moved; None where the result keeps nothing to revalue."""
    held = result.revaluing
    if held is None:
        return None
    sliders = (*_dials(result, held, voice), *_steps(result, held, voice))
    if not sliders:
        return None
    return Bench(
        sliders=sliders,
        hurdles=tuple(one.name for one in result.verdict.hurdles),
        gains=tuple(
            (gain.over, metric_title(metric))
            for gain in held.gains
            for metric in ("gain", "net_gain")
            if metric == "gain" or gain.cost is not None
        ),
        retunes=held.cuts is not None,
        data=_json(_data(result, held, sliders, voice)),
    )


def _dials(result: Result, held: Revaluing, voice: Voice) -> Iterator[Slider]:
    owners = {one.name: one.owner for one in result.assumptions}
    for dial in held.dials:
        is_volume = dial.name == VOLUME
        title = "Volume, decisions per year" if is_volume else dial.name
        if dial.stops:
            ends = [dial.stops.index(one) for one in dial.stops]
            yield Slider(
                key=dial.name,
                title=title,
                hint=_hint(dial, owners.get(dial.name), "bound to rows, known at these stops alone", voice),
                least=0.0,
                most=float(len(ends) - 1),
                at=float(dial.stops.index(dial.likely)),
                stops=dial.stops,
                ticks=tuple(map(float, ends)),
            )
            continue
        least, most = _reach(dial)
        ranged = dial.low is not None and dial.high is not None and dial.low < dial.high
        yield Slider(
            key=dial.name,
            title=title,
            hint=_hint(dial, owners.get(dial.name), "" if ranged else "no range given", voice),
            least=least,
            most=most,
            at=dial.likely,
            stops=(),
            ticks=tuple(sorted({one for one in (dial.low, dial.likely, dial.high) if one is not None})),
        )


def _reach(dial: Dial) -> tuple[float, float]:
    """Return the ends of a slider: half a range beyond the owner's, on the same side of zero; without one 0.5 to 2."""
    if dial.low is None or dial.high is None or dial.low >= dial.high:
        if dial.likely == 0.0:
            return -1.0, 1.0
        ends = sorted((dial.likely / 2.0, dial.likely * 2.0))
        return ends[0], ends[1]
    beyond = (dial.high - dial.low) / 2.0
    least, most = dial.low - beyond, dial.high + beyond
    if dial.low >= 0.0:
        # A volume is never none.
        least = max(least, dial.low / 10.0 if dial.name == VOLUME else 0.0)
    return least, min(most, 0.0) if dial.high <= 0.0 else most


def _hint(dial: Dial, owner: str | None, more: str, voice: Voice) -> str:
    beside = [one for one in (dial.low, dial.high) if one is not None]
    told = [f"taken as {number(dial.likely, beside=beside)}"]
    if dial.low is not None and dial.high is not None:
        low, high = number(dial.low, beside=[dial.high]), number(dial.high, beside=[dial.low])
        told.append(f"{owner or 'its owner'} holds {low} to {high} possible")
    return "; ".join(map(voice, (*told, more) if more else told))


def _steps(result: Result, held: Revaluing, voice: Voice) -> Iterator[Slider]:
    """Yield the threshold by its published cuts, and the capacity by its published steps."""
    if held.cuts is not None and held.cuts.in_use is not None and len(held.cuts.cuts) > 1:
        cuts, place = held.cuts.cuts, float(held.cuts.in_use)
        yield _stepped(
            THRESHOLD,
            f"Threshold of {held.of}",
            "; ".join(
                map(voice, (f"in use: {number(cuts[held.cuts.in_use])}", f"{len(cuts)} published cuts"))
            ),
            cuts,
            place,
        )
    curve = room_curve(held, result.curves)
    if curve is not None:
        rooms = tuple(float(one) for one in curve.points["room"] if one is not None)
        told = (f"in use: {curve.note}", "published steps") if curve.note else ("published steps",)
        hint = "; ".join(map(voice, told))
        yield _stepped(CAPACITY, f"Capacity of {held.of}", hint, rooms, float(len(rooms) // 2))


def _stepped(key: str, title: str, hint: str, stops: Sequence[float], at: float) -> Slider:
    return Slider(
        key=key,
        title=title,
        hint=hint,
        least=0.0,
        most=float(len(stops) - 1),
        at=at,
        stops=tuple(stops),
        ticks=(at,),
    )


def _data(result: Result, held: Revaluing, sliders: Sequence[Slider], voice: Voice) -> dict[str, Any]:
    curve = room_curve(held, result.curves)
    hurdle = (
        "name",
        "needed_to_ship",
        "over",
        "metric",
        "required",
        "unit",
        "confidence",
        "probability",
        "reason",
    )
    return {
        "revaluing": _told(asdict(held), voice),
        "hurdles": [{name: getattr(one, name) for name in hurdle} for one in result.verdict.hurdles],
        "guardrails": [
            {**{name: getattr(one, name) for name in RAIL}, "name": voice(one.name)}
            for one in result.verdict.guardrails
        ],
        "limits_of": {"money": [], "shares": []} if result.limits is None else asdict(result.limits),
        "rooms": None if curve is None else {name: list(curve.points[name]) for name in ("room", "value")},
        "spec": _spec(result, held),
        "today": result.today,
        "limits": {"largest": LARGEST_AMOUNT, "least_volume": LEAST_VOLUME},
        "language": {
            "code": voice.language.code,
            "decimal": voice.language.decimal,
            "unit_first": voice.language.unit_first,
            "percent": voice.language.percent,
            "periods": {per: voice(f"per {per}") for per in PERIODS},
        },
        "words": {
            **{name: voice(text) for name, text in WORDS.items()},
            "metrics": {metric: voice(metric_title(metric)) for metric in ("gain", "net_gain")},
            "statuses": {name: _status(status, voice) for name, status in STATUSES.items()},
            "overalls": {str(name): _status(told[0], voice) for name, told in OVERALL.items()},
            "reasons": {name: voice(text) for name, text in REASONS.items()},
            "titles": {slider.key: voice(slider.title) for slider in sliders},
        },
    }


def _spec(result: Result, held: Revaluing) -> dict[str, Any]:
    """Return what a copied setting is made of: the text in pieces, and what is not in the text."""
    assumed, other = result.overrides.get("assume") or {}, result.overrides.get("model")
    pieces = [
        # Judged is another than the model of the text: what was moved is not that one's capacity.
        piece.was if isinstance(piece, Slot) and other and piece.name.startswith(CAPACITY) else piece
        for piece in cut(result.spec_text)
    ]
    return {
        "pieces": [asdict(piece) if isinstance(piece, Slot) else piece for piece in pieces],
        "assumed": [[dial.name, dial.likely] for dial in held.dials if dial.name in assumed],
        "tuned": [{"name": one.name, "threshold": one.threshold} for one in result.policies if one.in_sample],
        "command": command(result, "what-if.yaml", assumed=False),
    }


def _told(held: dict[str, Any], voice: Voice) -> dict[str, Any]:
    """Tell what the record says in words; numbers and names stay."""
    for gain in (*held["gains"], *held["looked"]):
        gain["by_period"] = gain["method"].endswith("by period")
        gain |= {name: gain[name] and voice(gain[name]) for name in ("method", "note", "elsewhere")}
    return held


def _status(status: Status, voice: Voice) -> dict[str, str]:
    return {"word": voice(status.word), "sign": status.sign, "tone": status.tone}


def _json(data: Mapping[str, Any]) -> str:
    """Return JSON that ends no script element, whatever the strings of the user hold."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
