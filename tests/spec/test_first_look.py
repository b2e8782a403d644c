"""What `payoff init` finds in a table that nobody has described."""

from pathlib import Path

import pytest
import yaml

import payoff

HEADS = {
    "a score that begins with p_": ("customer,p_churn,churned", "1,0.2,no", "2,0.7,yes", "3,0.4,no"),
    "a lone column of 0 and 1": ("flight,minutes,p_late,late", "1,30,0.2,0", "2,40,0.7,1", "3,35,0.4,1"),
    "a lone column of true and false": ("flight,score,late", "1,0.2,true", "2,0.7,false", "3,0.4,false"),
    "two columns of 0 and 1": ("flight,score,late,early", "1,0.2,1,0", "2,0.7,0,1", "3,0.4,0,0"),
    "a column of two other numbers": ("flight,score,gate", "1,0.2,1", "2,0.7,2", "3,0.4,1"),
}
FOUND = {
    "a score that begins with p_": ("churned", "p_churn"),
    "a lone column of 0 and 1": ("late", "p_late"),
    "a lone column of true and false": ("late", "score"),
    "two columns of 0 and 1": ("OUTCOME_COLUMN", "score"),
    "a column of two other numbers": ("OUTCOME_COLUMN", "score"),
}


@pytest.mark.parametrize("table", HEADS)
def test_outcome_and_score_are_found_by_name_or_by_what_they_hold(table: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(HEADS[table]) + "\n", encoding="utf-8")
    drafted = yaml.safe_load(payoff.init(path))
    assert (drafted["data"]["outcome"], drafted["model"]["score"]) == FOUND[table]
