"""What is asked: the spec file, read, checked and resolved.

``load_spec`` reads; ``lint`` says what is doubtful without looking at data; ``draft`` writes a first spec;
``json_schema`` publishes the format.
"""

from collections.abc import Mapping
from pathlib import Path

from payoff.spec.building import build
from payoff.spec.findings import Finding
from payoff.spec.linting import lint
from payoff.spec.model import Spec
from payoff.spec.reading import read
from payoff.spec.schema import json_schema
from payoff.spec.writing import Profile, draft

__all__ = ["Finding", "Profile", "Spec", "draft", "json_schema", "lint", "load_spec"]


def load_spec(source: str | Path | Mapping[str, object]) -> Spec:
    """Read a spec from a YAML, JSON or TOML file, or from a dict, and resolve it.

    Raises
    ------
    payoff.errors.SpecError
        With the place in the document; ``problems`` on the error holds every problem that was found.

    >>> spec = load_spec({
    ...     "decision": {"unit": "EUR"},
    ...     "data": {"outcome": "y"},
    ...     "value": {"act": "case when outcome then 10 else -1 end", "skip": 0},
    ...     "model": {"score": "p", "policy": {"threshold": 0.5}},
    ...     "today": "nobody",
    ... })
    >>> [candidate.name for candidate in spec.candidates]
    ['model', 'nobody', 'everybody']
    """
    return build(read(source))
