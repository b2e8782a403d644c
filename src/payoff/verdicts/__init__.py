"""Verdicts: gains against hurdles, metrics against guardrails, and what follows from both."""

from payoff.verdicts.guardrails import Measured, judge_guardrail
from payoff.verdicts.hurdles import Circumstances, judge_hurdle, judged_gain
from payoff.verdicts.ladder import conclude, overall_of, unlocked
from payoff.verdicts.rulings import GuardrailRecord, HurdleRecord, Overall, Status, Verdict

__all__ = [
    "Circumstances",
    "GuardrailRecord",
    "HurdleRecord",
    "Measured",
    "Overall",
    "Status",
    "Verdict",
    "conclude",
    "judge_guardrail",
    "judge_hurdle",
    "judged_gain",
    "overall_of",
    "unlocked",
]
