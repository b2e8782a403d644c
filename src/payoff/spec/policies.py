"""The one grammar of policies: exactly one form per candidate, with its own keys and no others."""

from collections.abc import Callable, Mapping
from itertools import pairwise

from payoff.errors.spec import InvalidPolicy
from payoff.spec.asking import Asked
from payoff.spec.capacities import capacity
from payoff.spec.document import PolicyDocument
from payoff.spec.model import Always, Decided, Maximise, Policy, Random, Rule, Threshold, Thresholds
from payoff.spec.places import Path
from payoff.spec.quantity import OF_QUANTITY, quantity_policy

FORMS: Mapping[str, frozenset[str]] = {
    "always": frozenset(),
    "when": frozenset({"do", "otherwise"}),
    "decided": frozenset({"as_"}),
    "random": frozenset({"do", "otherwise"}),
    "threshold": frozenset({"do", "otherwise"}),
    "thresholds": frozenset({"otherwise"}),
    "capacity": frozenset({"by", "carry_over", "do", "otherwise"}),
    "budget": frozenset({"by", "carry_over", "cost", "do", "otherwise"}),
    "maximise": frozenset(),
    "quantity": frozenset(),
    "naive": frozenset({"by", "season", "level", "otherwise"}),
}
"""Form -> the keys that may stand beside it."""

_CHOSEN = ("best", "from value")
MAXIMISED = "expected value"


def policy(asked: Asked, given: PolicyDocument, path: Path) -> Policy:
    """Return the policy that stands at a place.

    Raises
    ------
    InvalidPolicy
        None or several forms, keys of another form, or a policy that decides nothing.
    """
    form = _form(asked, given, path)
    if asked.of_quantity or form in OF_QUANTITY:
        return quantity_policy(asked, form, given, path)
    builders: Mapping[str, Callable[[Asked, PolicyDocument, Path], Policy]] = {
        "always": _always,
        "when": _rule,
        "decided": _decided,
        "random": _random,
        "threshold": _threshold,
        "capacity": _capacity,
        "budget": _capacity,
        "thresholds": _thresholds,
        "maximise": _maximise,
    }
    return builders[form](asked, given, path)


def _form(asked: Asked, given: PolicyDocument, path: Path) -> str:
    forms = [form for form in FORMS if getattr(given, form) is not None]
    if len(forms) != 1:
        raise InvalidPolicy(
            where=asked.text.at(path),
            found=" and ".join(forms) if forms else "no policy",
            expected=f"exactly one of {', '.join(FORMS)}",
            fix="keep the one that is meant." if forms else "add one, such as `threshold: 0.5`.",
        )
    strange = [
        key
        for key in ("as_", "by", "carry_over", "cost", "do", "otherwise", "season", "level")
        if getattr(given, key) is not None and key not in FORMS[forms[0]]
    ]
    if strange:
        key = strange[0].rstrip("_")
        raise InvalidPolicy(
            where=asked.text.at((*path, key)),
            found=f"`{key}` beside `{forms[0]}`, where it means nothing",
            expected=f"`{forms[0]}` with {_listed(FORMS[forms[0]])}",
            fix=f"remove `{key}`.",
        )
    return forms[0]


def _listed(keys: frozenset[str]) -> str:
    return " and ".join(sorted(key.rstrip("_") for key in keys)) or "nothing else"


def _branches(asked: Asked, given: PolicyDocument, path: Path) -> tuple[str, str]:
    """Return what is done and what is done otherwise; the two differ."""
    do = asked.actions[0] if given.do is None else asked.action(given.do, (*path, "do"))
    otherwise = asked.actions[-1]
    if given.otherwise is not None:
        otherwise = asked.action(str(given.otherwise), (*path, "otherwise"))
    if do == otherwise:
        raise InvalidPolicy(
            where=asked.text.at(path),
            found=f'"{do}" in both branches',
            expected="`do` and `otherwise` to differ (by default the first and the last action)",
            fix=f"name the other one too, or write {{always: {do}}}.",
        )
    return do, otherwise


def _always(asked: Asked, given: PolicyDocument, path: Path) -> Policy:
    return Always(asked.action(str(given.always), (*path, "always")))


def _rule(asked: Asked, given: PolicyDocument, path: Path) -> Policy:
    do, otherwise = _branches(asked, given, path)
    return Rule(
        when=asked.formula(str(given.when), (*path, "when"), outcome_allowed=False),
        do=do,
        otherwise=otherwise,
    )


def _decided(asked: Asked, given: PolicyDocument, path: Path) -> Policy:
    asked.label(str(given.decided), (*path, "decided"))
    if not given.as_:
        raise InvalidPolicy(
            where=asked.text.at(path),
            found=f"recorded decisions in {given.decided} without their meaning",
            expected="`as` with an action for each text in the column",
            fix=f'add as: {{"1": {asked.actions[0]}, "0": {asked.actions[-1]}}}.',
        )
    return Decided(
        column=str(given.decided),
        mapping={text: asked.action(action, (*path, "as", text)) for text, action in given.as_.items()},
    )


def _random(asked: Asked, given: PolicyDocument, path: Path) -> Policy:
    do, otherwise = _branches(asked, given, path)
    share = given.random if given.random is not None else 0
    asked.within(
        share,
        (*path, "random"),
        claim="a share strictly between 0 and 1 (0 and 1 are `always`)",
        holds=0 < share < 1,
    )
    return Random(share=float(share), do=do, otherwise=otherwise)


def _capacity(asked: Asked, given: PolicyDocument, path: Path) -> Policy:
    do, otherwise = _branches(asked, given, path)
    return capacity(asked, given, path, do=do, otherwise=otherwise)


def _threshold(asked: Asked, given: PolicyDocument, path: Path) -> Policy:
    do, otherwise = _branches(asked, given, path)
    match given.threshold:
        case "best" | "from value" as chosen:
            return Threshold(at=chosen, do=do, otherwise=otherwise)
        case int() | float() as number if asked.document.data.classes:
            return Thresholds(steps=((do, float(number)),), otherwise=otherwise)
        case int() | float() as number:
            return Threshold(at=float(number), do=do, otherwise=otherwise)
    raise InvalidPolicy(
        where=asked.text.at((*path, "threshold")),
        found=f'the threshold "{given.threshold}"',
        expected=f"a number, {' or '.join(_CHOSEN)}",
        fix="write a plain number without quotes, or one of the two words.",
    )


def _thresholds(asked: Asked, given: PolicyDocument, path: Path) -> Policy:
    """Return the ladder of thresholds, lowest first; each action stands on it once."""
    steps = given.thresholds or {}
    here = (*path, "thresholds")
    for action in steps:
        asked.action(action, (*here, action))
    otherwise = asked.actions[-1]
    if given.otherwise is not None:
        otherwise = asked.action(str(given.otherwise), (*path, "otherwise"))
    ladder = sorted(((action, float(at)) for action, at in steps.items()), key=lambda step: step[1])
    equal = [one for one, other in pairwise(at for _, at in ladder) if one == other]
    found = "no threshold" if not steps else f"the threshold {equal[0]:g} twice" if equal else None
    if otherwise in steps:
        found = f'"{otherwise}" at a threshold and below all of them'
    if found is not None:
        raise InvalidPolicy(
            where=asked.text.at(here),
            found=found,
            expected="one threshold for each action, all different, and another action below all of them",
            fix="write thresholds: {refer: 0.1, approve: 0.3}; the highest that a score reaches wins.",
        )
    return Thresholds(steps=tuple(ladder), otherwise=otherwise)


def _maximise(asked: Asked, given: PolicyDocument, path: Path) -> Policy:
    if given.maximise != MAXIMISED:
        raise InvalidPolicy(
            where=asked.text.at((*path, "maximise")),
            found=f'"{given.maximise}"',
            expected=f'"{MAXIMISED}", which is all that can be maximised',
            fix=f"write maximise: {MAXIMISED}.",
        )
    return Maximise()
