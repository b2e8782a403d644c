"""Storage: results, plans and tables, written whole or not at all, and read back."""

from payoff.storage.files import read_record, read_stored, write_bytes, write_text, write_texts
from payoff.storage.tables import read_tables, write_tables

__all__ = [
    "read_record",
    "read_stored",
    "read_tables",
    "write_bytes",
    "write_tables",
    "write_text",
    "write_texts",
]
