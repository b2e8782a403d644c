"""Which baselines of a result do as well as its candidate or better."""

from payoff.record import Result
from payoff.verdicts.rivals import Rival, rivals_among, scored_by


def rivals_in(result: Result) -> list[Rival]:
    """Return what the candidate gains over every baseline."""
    model = next((one for one in result.policies if one.role == "model"), None)
    if model is None:
        return []
    scored = {
        one.name: scored_by(one.model, model.model) for one in result.policies if one.role == "baseline"
    }
    return rivals_among(result.estimates, model.name, scored)
