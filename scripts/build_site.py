"""Build the documentation site: python scripts/build_site.py [FOLDER], by default build/site.

The folder is emptied. Into it go the pages of docs/ as they are, the live reports of the examples, made by the command
line as a user would make them, and the files of the repository that pages link to; then zensical makes the site of them
in FOLDER/site. A warning of the generator ends the build. What is built asks the network for nothing.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from site_pages import ROOT, Marks, gather


@dataclass(frozen=True, slots=True)
class Example:
    """A live page of the site: what it is called, and the command that makes it in a folder."""

    name: str
    command: tuple[str, ...]
    page: str = "report.html"


BANK = "src/payoff/demonstration/bank"
# The bank's spec with a metric that only who asks for it gets; its charts are shown, its report is the bank's.
NET_BENEFIT = Path("net-benefit.yaml")
EXAMPLES = (
    Example("bank", ("demo",)),
    Example("capacity-bank", ("evaluate", "examples/capacity-bank/capacity.yaml")),
    Example("credit", ("evaluate", "examples/credit/credit.yaml")),
    Example("flights", ("evaluate", "examples/flights/flights.yaml")),
    Example("plan", ("plan", f"{BANK}.yaml"), "plan.html"),
)


def main(arguments: list[str]) -> int:
    """Build the site; return the exit code."""
    folder = Path(arguments[0] if arguments else ROOT / "build" / "site").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    docs = folder / "docs"
    docs.mkdir(parents=True)
    gather(docs, make_examples(folder / "examples", docs))
    # The generator looks for what it builds beside its configuration.
    shutil.copyfile(ROOT / "mkdocs.yml", folder / "mkdocs.yml")
    run([sys.executable, "-m", "zensical", "build", "--strict", "--clean"], folder)
    print(folder / "site" / "index.html")
    return 0


def make_examples(folder: Path, docs: Path) -> Marks:
    """Make every live page and every chart by its command; return what marks in pages stand for."""
    run([sys.executable, "examples/capacity-bank/make.py"], ROOT)
    reports, figures = {}, {}
    for example in (*EXAMPLES, with_net_benefit(folder)):
        made = folder / example.name
        payoff(*example.command, "--out", str(made))
        place = f"reports/{example.name}.html"
        reports[example.name] = ("Open the live report", place)
        (docs / place).parent.mkdir(exist_ok=True)
        shutil.copyfile(made / example.page, docs / place)
        if (made / "result.json").exists():
            charts = docs / "figures" / example.name
            payoff("report", str(made / "result.json"), "--charts", str(charts))
            figures |= {f"{example.name}/{name}": found for name, found in figures_in(charts, docs).items()}
    return {"report": reports, "figure": figures}


def with_net_benefit(folder: Path) -> Example:
    """Write the bank's spec with net benefit among its metrics; return its example."""
    folder.mkdir(parents=True)
    spec = (ROOT / f"{BANK}.yaml").read_text(encoding="utf-8")
    (folder / NET_BENEFIT).write_text(f"{spec}metrics: [gain, value, net_benefit]\n", encoding="utf-8")
    command = ("evaluate", str(folder / NET_BENEFIT), "--data", f"{BANK}.parquet")
    return Example("net-benefit", command)


def figures_in(charts: Path, docs: Path) -> dict[str, tuple[str, str]]:
    """Return each kind of chart in a folder, the first of those that come in several: its words, its place."""
    found = {}
    for path in sorted(charts.glob("*.svg")):
        said = [
            re.search(rf"<{tag}[^>]*>([^<]*)", path.read_text(encoding="utf-8")) for tag in ("title", "desc")
        ]
        words = ". ".join(unescape(one[1]) for one in said if one is not None)
        kind = re.sub(r"-\d+$", "", path.stem)
        found.setdefault(kind, (re.sub(r"[\[\]]", "", words), path.relative_to(docs).as_posix()))
    return found


def payoff(*command: str) -> None:
    """Run a command of payoff as a user would."""
    run([sys.executable, "-m", "payoff", *command], ROOT)


def run(command: list[str], folder: Path) -> None:
    """Run a command in a folder; what it says is told only when it fails."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        sys.exit(f"failed: {' '.join(command)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
