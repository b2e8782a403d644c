"""Rows whose parts differ in outcomes and in gains, and their split by loops over rows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from payoff.stats.part_sums import ClusterSums, PartSums

Floats = NDArray[np.float64]
Columns = dict[str, np.ndarray]
VALUE = {"act": "(case when outcome then amount else 0 end) - 8", "skip": "0"}
NAMES = ("reweighted", "mix", "performance")


def rows_of(seed: int, n: int = 900) -> Columns:
    """Return rows of three months with fewer positives, and smaller amounts, from one to the next."""
    rng = np.random.default_rng(seed)
    month = rng.choice(["01", "02", "03"], n, p=[0.5, 0.35, 0.15])
    late = (month == "02") + 2 * (month == "03")
    p = rng.beta(2, 2 + late).round(2)
    return {
        "id": np.arange(n),
        "y": (rng.random(n) < p).astype(np.int64),
        "p": p,
        "amount": rng.integers(4, 200, n) / 4 / (1 + 0.3 * late),
        "month": month,
        "w": rng.integers(1, 5, n) / 2,
        "person": rng.integers(0, n // 5, n),
    }


def spec_of(**data: Any) -> dict[str, Any]:
    """Return a spec over ``rows_of`` that asks for the split by month."""
    return {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id", **data},
        "value": VALUE,
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.4}},
        "today": "everybody",
        "slices": ["month"],
        "metrics": ["recall", "shift_effects"],
    }


def gains(rows: Columns) -> Floats:
    """Return what every row gains over acting on everybody."""
    return np.where(rows["p"] >= 0.4, 0.0, 8 - np.where(rows["y"] == 1, rows["amount"], 0.0))


def split(x: Floats, y: np.ndarray, w: Floats, here: np.ndarray) -> dict[str, float]:
    """Return the three numbers of the part ``here``, outcome by outcome."""
    weighted, rest = 0.0, w[~here].sum()
    for c in np.unique(y[~here]):
        weighted += (
            w[~here & (y == c)].sum() / rest * np.average(x[here & (y == c)], weights=w[here & (y == c)])
        )
    own, theirs = (np.average(x[one], weights=w[one]) for one in (here, ~here))
    return {"reweighted": weighted, "mix": own - weighted, "performance": weighted - theirs}


def influences(x: Floats, y: np.ndarray, w: Floats, here: np.ndarray) -> dict[str, Floats]:
    """Return the derivative of each number by the weight of every row, times that weight, row by row."""
    made = split(x, y, w, here)
    out = {name: np.zeros(len(x)) for name in NAMES}
    own, theirs = made["mix"] + made["reweighted"], made["reweighted"] - made["performance"]
    for i in range(len(x)):
        mean = np.average(x[here & (y == y[i])], weights=w[here & (y == y[i])])
        if here[i]:
            ours, others = (w[one & (y == y[i])].sum() / w[one].sum() for one in (here, ~here))
            moved = w[i] / w[here].sum() * others / ours * (x[i] - mean)
            by = (moved, w[i] / w[here].sum() * (x[i] - own) - moved, moved)
        else:
            scale = w[i] / w[~here].sum()
            moved = scale * (mean - made["reweighted"])
            by = (moved, -moved, moved - scale * (x[i] - theirs))
        for name, one in zip(NAMES, by, strict=True):
            out[name][i] = one
    return out


def bends(y: np.ndarray, w: Floats, x: Floats, here: np.ndarray) -> list[tuple[Floats, Floats]]:
    """Return, for every outcome, the influences whose product R_s moves by to the second order, row by row.

    The first is that of the share in the rest less p_rc / p_sc times that of the share in the part, the second that of
    the mean in the part.
    """
    out = []
    for c in np.unique(y):
        ours, others = (w[one & (y == c)].sum() / w[one].sum() for one in (here, ~here))
        of_share = np.where(
            here,
            -others / ours * w * ((y == c) - ours) / w[here].sum(),
            w * ((y == c) - others) / w[~here].sum(),
        )
        cell = here & (y == c)
        out.append(
            (of_share, np.where(cell, w * (x - np.average(x[cell], weights=w[cell])) / w[cell].sum(), 0.0))
        )
    return out


def lean(psi: Floats, name: str, bent: list[tuple[Floats, Floats]], unit: np.ndarray | None = None) -> float:
    """Return the third moment of a number's influence with what its curve adds at 1.96 standard errors."""
    grouped = (lambda one: one) if unit is None else (lambda one: np.bincount(unit, one))
    along = grouped(psi)
    curve = sum((along @ grouped(one)) * (along @ grouped(other)) for one, other in bent)
    # Third moment S and curvature C move a bound by S (2 x^2 + 1) / 6 and by C (x^2 + 1).
    added = 6 * (1.96**2 + 1) / (2 * 1.96**2 + 1) * curve
    return float((along**3).sum() + (-added if name == "mix" else added))


def sums_by(
    x: Floats,
    y: np.ndarray,
    w: Floats,
    part: np.ndarray,
    cluster: np.ndarray | None = None,
    decides: np.ndarray | None = None,
) -> PartSums:
    """Return the sums that shift_effects takes, by plain sums over rows; all of them decide unless it is said which."""
    classes, size = int(y.max()) + 1, (int(part.max()) + 1) * (int(y.max()) + 1)
    code, d = part * classes + y, x - float(np.average(x, weights=w))
    decides = np.ones(len(x), dtype=np.bool_) if decides is None else decides

    def summed(*columns: Any) -> Floats:
        return np.stack([np.bincount(code, one, size) for one in columns], axis=1)

    possible = summed(*(y == c for c in range(classes))).astype(np.int64)
    deciding = summed(*((y == c) & decides for c in range(classes))).astype(np.int64)
    by_cluster = None
    if cluster is not None:
        units = int(cluster.max()) + 1
        pairs, at = np.unique(code * units + cluster, return_inverse=True)
        outside = np.zeros_like(deciding)
        for number in range(size):
            c = number % classes
            deciding[number, c] = len(np.unique(cluster[(code == number) & decides]))
            outside[number, c] = len(np.unique(cluster[(y == c) & (code != number) & decides]))
        by_cluster = ClusterSums(
            part=pairs // units,
            cluster=pairs % units,
            first=np.bincount(at, w * d),
            weight=np.bincount(at, w),
            all_first=np.bincount(cluster, w * d, units),
            all_weight=np.bincount(cluster, w, units),
            outside=outside,
        )
    return PartSums(
        centre=float(np.average(x, weights=w)),
        rows=np.bincount(code, minlength=size).astype(np.int64),
        weights=summed(np.ones(len(x)), w, w**2, w**3),
        first=summed(w * d, w**2 * d, w**3 * d),
        second=summed(w**2 * d**2, w**3 * d**2),
        third=summed(w**3 * d**3)[:, 0],
        deciding=deciding,
        possible=possible,
        by_cluster=by_cluster,
    )
