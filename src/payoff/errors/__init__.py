"""Every error payoff raises, as a tree.

```
PayoffError
├── UsageError    PAY1xx   a call or a command line that cannot be followed
├── SpecError     PAY2xx   the specification
├── DataError     PAY3xx   the rows
├── EngineError   PAY4xx   the engine that reads the rows
├── JudgingError  PAY5xx   the verdict and the gate
└── StoreError    PAY6xx   files written and read back
```

Each code is one class, one anchor in docs/reference/errors.md and one test.
A module below holds one family.
"""

from payoff.errors import classes, data, engine, formulas, judging, quantity, spec, store, usage
from payoff.errors.family import (
    DataError,
    EngineError,
    JudgingError,
    PayoffError,
    SpecError,
    StoreError,
    UsageError,
    codes,
    nearest,
)

__all__ = [
    "DataError",
    "EngineError",
    "JudgingError",
    "PayoffError",
    "SpecError",
    "StoreError",
    "UsageError",
    "classes",
    "codes",
    "data",
    "engine",
    "formulas",
    "judging",
    "nearest",
    "quantity",
    "spec",
    "store",
    "usage",
]
