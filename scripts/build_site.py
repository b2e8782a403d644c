"""Build the documentation site: python scripts/build_site.py [FOLDER], by default build/site.

The folder is emptied. Into it go the pages of docs/ as they are, the live reports of the examples, made by the command
line as a user would make them, and the files of the repository that pages link to; then zensical makes the site of them
in FOLDER/site. A warning of the generator ends the build. What is built asks the network for nothing.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from site_pages import ROOT, gather


@dataclass(frozen=True, slots=True)
class Example:
    """A live page of the site: what it is called, and the command that makes it in a folder."""

    name: str
    command: tuple[str, ...]
    page: str = "report.html"


DEMONSTRATION = "src/payoff/demonstration/bank.yaml"
EXAMPLES = (
    Example("bank", ("demo",)),
    Example("capacity-bank", ("evaluate", "examples/capacity-bank/capacity.yaml")),
    Example("credit", ("evaluate", "examples/credit/credit.yaml")),
    Example("flights", ("evaluate", "examples/flights/flights.yaml")),
    Example("plan", ("plan", DEMONSTRATION), "plan.html"),
)


def main(arguments: list[str]) -> int:
    """Build the site; return the exit code."""
    folder = Path(arguments[0] if arguments else ROOT / "build" / "site").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    docs = folder / "docs"
    reports = make_examples(folder / "examples", docs)
    gather(docs, {"report": reports, "figure": {}})
    # The generator looks for what it builds beside its configuration.
    shutil.copyfile(ROOT / "mkdocs.yml", folder / "mkdocs.yml")
    run([sys.executable, "-m", "zensical", "build", "--strict", "--clean"], folder)
    print(folder / "site" / "index.html")
    return 0


def make_examples(folder: Path, docs: Path) -> dict[str, str]:
    """Make every live page by its command; return where each stands on the site."""
    run([sys.executable, "examples/capacity-bank/make.py"], ROOT)
    places = {}
    for example in EXAMPLES:
        made = folder / example.name
        run([sys.executable, "-m", "payoff", *example.command, "--out", str(made)], ROOT)
        places[example.name] = f"reports/{example.name}.html"
        target = docs / places[example.name]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made / example.page, target)
    return places


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
