"""The published JSON Schema of the format."""

from typing import Any

from payoff.spec.document import SpecDocument

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of spec files, for editors and for other programs that write specs.

    It knows keys and kinds; what names mean and how numbers must lie to each other, only ``load_spec`` knows.
    ``docs/reference/spec.schema.json`` holds the same.

    >>> json_schema()["required"]
    ['decision', 'data', 'value', 'model']
    """
    return {"$schema": DIALECT, **SpecDocument.model_json_schema(by_alias=True), "title": "A payoff spec"}
