"""Statistics: plain functions from tables or arrays to small frozen records. Nothing here knows a spec."""
