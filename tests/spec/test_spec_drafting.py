"""Drafts load as they stand, whatever the columns are called; the published schema is the one in use."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payoff.spec import Profile, Spec, draft, json_schema, lint, load_spec

ROOT = Path(__file__).parents[2]

NAMES = st.one_of(
    st.none(), st.text(min_size=1, max_size=30), st.sampled_from(["no", "null", "a: b", "#x", '"', "{}"])
)
PROFILES = st.builds(
    Profile,
    path=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30),
    columns=st.lists(st.text(max_size=10), max_size=60).map(tuple),
    outcome=NAMES,
    positive=st.one_of(
        st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["yes", "no", "1", "~"])
    ),
    score=NAMES,
    score_is=st.sampled_from(["probability", "rank", None]),
    id=NAMES,
    time=NAMES,
    cluster=NAMES,
    amount=NAMES,
)


def loaded(text: str) -> Spec:
    """Return the spec of a draft, read from a file as users do."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.yaml"
        path.write_text(text, encoding="utf-8")
        return load_spec(path)


@given(PROFILES)
def test_every_draft_loads_and_keeps_the_names(profile: Profile) -> None:
    spec = loaded(draft(profile))
    assert spec.data.path == profile.path
    assert spec.data.positive == profile.positive
    assert spec.data.id in (profile.id, None)
    assert spec.model.score in (profile.score, None)


def test_a_draft_names_what_was_found_and_marks_what_was_invented() -> None:
    profile = Profile(
        path="rows.csv", columns=("y", "p", "sum"), outcome="y", positive="no", score="p", score_is="rank",
        id="k", time="t", cluster="c", amount='total "net"',
    )  # fmt: skip
    text = draft(profile)
    spec = loaded(text)
    assert (spec.data.outcome, spec.data.positive, spec.data.id, spec.data.cluster) == ("y", "no", "k", "c")
    assert spec.value["act"].columns == {'total "net"'}
    assert all(one.source == "placeholder: replace" for one in spec.assumptions.values())
    assert (spec.today, len(spec.hurdles)) == ("nobody", 1)
    assert {finding.code for finding in lint(spec)} == {"PAY241", "PAY278"}


def test_every_line_of_a_draft_that_states_something_is_explained() -> None:
    profile = Profile(
        path="r.csv", columns=("y",), outcome=None, positive=None, score=None, score_is=None,
        id=None, time=None, cluster=None, amount=None,
    )  # fmt: skip
    assert [line for line in draft(profile).splitlines() if "#" not in line] == []


@pytest.mark.parametrize("name", ["a\nb", " padded ", "tab\there", "x" * 300])
def test_a_column_that_no_spec_can_name_is_left_out(name: str) -> None:
    profile = Profile(
        path="r.csv", columns=(name,), outcome=name, positive=None, score=name, score_is="probability",
        id=name, time=name, cluster=name, amount=name,
    )  # fmt: skip
    spec = loaded(draft(profile))
    assert (spec.data.id, spec.data.time, spec.data.cluster, spec.model.score) == (None, None, None, None)


def test_the_published_schema_is_the_schema_in_use() -> None:
    published = (ROOT / "docs/reference/spec.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == json.loads(json.dumps(json_schema()))


def test_the_schema_takes_no_unknown_key_at_the_top() -> None:
    assert json_schema()["additionalProperties"] is False


def test_what_a_draft_made_up_is_remarked_until_it_is_replaced() -> None:
    profile = Profile(
        path="rows.csv", columns=("y", "p"), outcome="y", positive=1, score="p", score_is="probability", id=None,
        time=None, cluster=None, amount=None,
    )  # fmt: skip
    text = draft(profile)
    (left,) = (one for one in lint(loaded(text)) if one.code == "PAY278")
    places = ("decision.name", "decision.row", "assumptions.earned", "assumptions.cost_of_acting")
    assert left.severity == "warning"
    assert f"still at {', '.join(places)}: the money is nobody's estimate" in left.found
    named = text.replace('"Act on a row"', '"Call"').replace('"a row of the table"', '"a customer"')
    owned = named.replace('owner: "placeholder"', 'owner: "sales"')
    assert any(one.code == "PAY278" for one in lint(loaded(owned)))
    whole = owned.replace('source: "placeholder: replace"', 'source: "the ledger"')
    assert not any(one.code == "PAY278" for one in lint(loaded(whole)))
