"""Verdicts: gains against hurdles, metrics against guardrails, and what follows from both."""

from payoff.verdicts.costs import CostRecord
from payoff.verdicts.guardrails import Measured, judge_guardrail
from payoff.verdicts.hurdles import Circumstances, judge_hurdle, judged_gain, status_of, volume_unknown
from payoff.verdicts.ladder import conclude, overall_of
from payoff.verdicts.looks import (
    LooksRecord,
    guardrail_at_every_look,
    judged_again,
    looks_record,
    stricter_guardrails,
    stricter_hurdles,
)
from payoff.verdicts.rulings import GuardrailRecord, HurdleRecord, Overall, Status, Turn, Verdict, unlocked
from payoff.verdicts.sentence import Occasion, occasion_of

__all__ = [
    "Circumstances",
    "CostRecord",
    "GuardrailRecord",
    "HurdleRecord",
    "LooksRecord",
    "Measured",
    "Occasion",
    "Overall",
    "Status",
    "Turn",
    "Verdict",
    "conclude",
    "guardrail_at_every_look",
    "judge_guardrail",
    "judge_hurdle",
    "judged_again",
    "judged_gain",
    "looks_record",
    "occasion_of",
    "overall_of",
    "status_of",
    "stricter_guardrails",
    "stricter_hurdles",
    "unlocked",
    "volume_unknown",
]
