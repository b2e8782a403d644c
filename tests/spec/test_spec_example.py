"""The example of the design document is a spec."""

from pathlib import Path

from payoff.spec import load_spec
from payoff.spec.model import Decided, Rule, Threshold

EXAMPLE = """\
payoff: 1
decision:
  name: Call customers about a term deposit
  row: a customer who could be called
  unit: EUR
  volume: 45000 per year
  actions: [call, skip]
data:
  path: predictions.parquet
  outcome: subscribed
  positive: "yes"
  id: contact_id
  time: contacted_on
  cluster: customer_id        # optional; also weight, label_known_on
value:
  call: (case when outcome then margin else 0 end) - call_cost
  skip: 0
assumptions:
  margin:    {likely: 60, low: 40, high: 90, owner: Retail finance, source: product P&L, date: 2010-05-01}
  call_cost: {likely: 5, low: 4, high: 7}
model:
  name: term-deposit-v3
  score: p_subscribe
  score_is: probability
  policy: {threshold: best}      # or a number, {capacity: 200 per day}, {maximise: expected value}
  costs: {running: 40000 per year, build: 120000 once}
baselines:
  rule:      {when: "poutcome = 'success'", do: call, otherwise: skip}
  agents:    {decided: agent_decision, as: {"1": call, "0": skip}}
  v2:        {score: p_v2, threshold: 0.2}
today: everybody
hurdles:
  - {name: pilot,    net_gain: 50000 per year,  over: today, confidence: 0.80, needed_to_ship: true,
     unlocks: one region for a month}
  - {name: roll-out, net_gain: 200000 per year, over: today, confidence: 0.95, unlocks: all regions}
guardrails:
  - {metric: recall, at_least: 0.40, in_every: [age_band]}
slices: [job, age_band, [job, age_band]]
"""


def test_the_example_of_the_design_loads_as_it_reads(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(EXAMPLE)
    spec = load_spec(path)
    assert [one.name for one in spec.candidates] == [
        "term-deposit-v3", "rule", "agents", "v2", "nobody", "everybody",
    ]  # fmt: skip
    assert [type(one.policy) for one in spec.candidates[:4]] == [Threshold, Rule, Decided, Threshold]
    assert [(one.over, one.needed_to_ship) for one in spec.hurdles] == [
        ("everybody", True),
        ("everybody", False),
    ]
    assert spec.slices == (("job",), ("age_band",), ("job", "age_band"))
    assert spec.guardrails[0].evidence == "not refuted"
    assert spec.text == EXAMPLE
