"""A plan as a document: the round trip through JSON, and a checksum, so that no number is changed by hand unseen."""

import json
from collections.abc import Mapping
from typing import Any

from payoff.errors.store import UnreadablePlan
from payoff.record.written import digest, plain, structured
from payoff.verdicts.plans import PLAN_SCHEMA, Plan

# What no other document of payoff's holds.
MARKS = ("circumstance", "accuracies")


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return the plan as plain JSON types, floats to ten significant digits, with its checksum."""
    body: dict[str, Any] = plain(plan)
    return {**body, "checksum": digest(body)}


def plan_to_json(plan: Plan) -> str:
    """Return the plan as JSON: sorted keys, ten significant digits, a final newline."""
    document = plan_document(plan)
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def is_plan(document: Mapping[str, Any]) -> bool:
    """Return whether a document is a plan rather than a result, of whatever schema."""
    return all(name in document for name in MARKS) and "verdict" not in document


def plan_from_document(document: Mapping[str, Any], where: str = "plan") -> Plan:
    """Return the plan that ``document`` describes; ``where`` it is from, for the error.

    Raises
    ------
    UnreadablePlan
        When it is none, of another schema, or its checksum does not fit its content.
    """
    try:
        body = dict(document)
        schema, checksum = body["schema"], body.pop("checksum", None)
        if schema != PLAN_SCHEMA:
            raise _unreadable(where, f"schema {schema!r}")
        if checksum is None:
            raise _unreadable(
                where, "a plan without a checksum, as payoff wrote them before it told them again"
            )
        plan: Plan = structured(Plan, body)
        rebuilt = plan_document(plan)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
        raise _unreadable(where, "something else, or a part of a plan") from problem
    if rebuilt["checksum"] != checksum:
        raise _unreadable(where, "a checksum that does not fit the content: something was changed by hand")
    return plan


def _unreadable(where: str, found: str) -> UnreadablePlan:
    return UnreadablePlan(
        where=where,
        found=found,
        expected=f"a plan of schema {PLAN_SCHEMA}, unchanged since payoff wrote it",
        fix="make it again with this version of payoff: payoff plan SPEC --out DIR.",
    )
