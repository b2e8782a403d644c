"""Who is measured: payoff, the bare scan, and the peers, each a command in an environment of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
PEERS = HERE / "peers"
SPEC = HERE / "workload.yaml"

# Where this is set, every run would compile every module of ours again.
UNCOMPILED = "PYTHONDONTWRITEBYTECODE"
# No peer calls home while it is measured.
QUIET = {"DO_NOT_TRACK": "1", "NML_DISABLE_USAGE_LOGGING": "1", "MLFLOW_DISABLE_TELEMETRY": "true"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One command to measure; ``told`` is where it says how long it took inside, if it does."""

    name: str
    command: tuple[str, ...]
    told: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another library: the folder of its script and lock, and what it computes here."""

    name: str
    folder: str
    gives: str


KNOWN = {
    peer.name: peer
    for peer in (
        Peer(
            name="scikit-learn",
            folder="sklearn",
            gives="every metric of two models and three baselines, curves, best thresholds, 120 slices; points only",
        ),
        Peer(
            name="Evidently",
            folder="evidently",
            gives="classification report of each of two models, HTML; no interval, value or slice",
        ),
        Peer(
            name="NannyML",
            folder="nannyml",
            gives="eight metrics and value of each of two models by day, realised and estimated, with bands; no slice",
        ),
        Peer(name="MLflow", folder="mlflow", gives="evaluate of one model's labels; no interval, no value"),
        Peer(
            name="dcurves", folder="dcurves", gives="net benefit of two models at 99 thresholds; no interval"
        ),
        Peer(name="empulse", folder="empulse", gives="cost, savings and profit of two models; no interval"),
        Peer(
            name="torchmetrics",
            folder="torchmetrics",
            gives="decision metrics, AUC, average precision, curves, calibration error of two models; no interval",
        ),
        Peer(
            name="confidenceinterval",
            folder="confidenceinterval",
            gives="AUC, precision, recall and F1 of two models with analytic intervals; no value, no slice",
        ),
        Peer(
            name="Fairlearn", folder="fairlearn", gives="six metrics of one model in 100 slices; no interval"
        ),
        Peer(name="Deepchecks", folder="deepchecks", gives="its evaluation suite, mostly on a sample; HTML"),
        Peer(name="skore", folder="skore", gives="estimator report of one model: metrics and three displays"),
    )
}
FIRST = ("scikit-learn", "Evidently", "NannyML")


def ours(data: Path, folder: Path, spec: Path = SPEC, name: str = "payoff") -> Contender:
    """Return payoff's command: JSON and report are written to ``folder``."""
    command = (
        sys.executable,
        "-m",
        "payoff",
        "evaluate",
        str(spec),
        "--data",
        str(data),
        "--out",
        str(folder),
    )
    return Contender(name=name, command=command)


def ours_inside(data: Path, folder: Path, spec: Path = SPEC) -> Contender:
    """Return payoff called from Python, which tells what it takes once it is imported."""
    told = folder / "inside" / "told.json"
    told.parent.mkdir(parents=True, exist_ok=True)
    command = (sys.executable, str(HERE / "ours.py"), str(data), str(told))
    return Contender(
        name="payoff from Python", command=command, told=told, environment={"PAYOFF_BENCH_SPEC": str(spec)}
    )


def scan(data: Path, folder: Path) -> Contender:
    """Return the bare scan of the columns that the question needs."""
    told = folder / "floor.json"
    return Contender(
        name="floor", command=(sys.executable, str(HERE / "floor.py"), str(data), str(told)), told=told
    )


def peer(name: str, data: Path, folder: Path) -> Contender:
    """Return a peer's script in the environment of its own."""
    place, told = PEERS / KNOWN[name].folder, folder / f"{KNOWN[name].folder}.json"
    python = place / ".venv" / "bin" / "python"
    command = (str(python), "-W", "ignore", str(place / "run.py"), str(data), str(told))
    return Contender(name=name, command=command, told=told)


def build(names: Sequence[str]) -> None:
    """Build the environments of peers that are not there yet."""
    build_folders([KNOWN[name].folder for name in names])


def build_folders(folders: Sequence[str]) -> None:
    """Build the environments of these folders."""
    subprocess.run(["bash", str(PEERS / "build.sh"), *folders], check=True)


def environment(of: Contender) -> dict[str, str]:
    """Return what a contender's process sees: this checkout's payoff and nobody called home.

    A peer's modules were compiled when it was installed; this checkout's are by the turn that warms the caches.
    """
    paths = os.pathsep.join((str(HERE.parent / "src"), str(HERE.parent)))
    kept = {name: value for name, value in os.environ.items() if name != UNCOMPILED}
    return {**kept, **QUIET, "PYTHONPATH": paths, **of.environment}
