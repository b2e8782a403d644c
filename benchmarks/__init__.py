"""Speed and memory, as figures beside a peer's; see ``python -m benchmarks --help``."""
