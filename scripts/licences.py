"""Write docs/licences.md: the licence of everything that comes with payoff, each on the list of allowed ones.

``--check`` writes nothing and fails when the page is stale or a licence is not allowed.
Names and licences are compared, never versions: an upgrade under the same licence changes nothing here.
"""

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "runtime.txt"
PAGE = ROOT / "docs" / "licences.md"

# Permissive licences: using payoff obliges nobody to publish their own work.
ALLOWED = {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "PSF-2.0", "Zlib"}

# Older packages name their licence in words; these are the words met so far.
SPDX = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "isc license (iscl)": "ISC",
    "isc license": "ISC",
    "mit": "MIT",
    "mit license": "MIT",
    "python software foundation license": "PSF-2.0",
}

HEADER = """# Licences

What is installed with payoff, and under which licence. Written by `scripts/licences.py`, which
`make test` runs; it allows only permissive licences. payoff itself is under Apache-2.0.

| package | licence |
|---|---|
"""


def main(arguments: list[str]) -> int:
    """Write or check the page; return the exit code."""
    licences = {package.metadata["Name"].lower(): licence(package) for package in installed()}
    refused = {name: text for name, text in licences.items() if not allowed(text)}
    for name, text in refused.items():
        print(
            f"{name}: {text!r} is not on the list of allowed licences in scripts/licences.py", file=sys.stderr
        )
    page = HEADER + "".join(f"| {name} | {text} |\n" for name, text in sorted(licences.items()))
    if "--check" not in arguments:
        PAGE.write_text(page, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
        print("docs/licences.md is stale: run .venv/bin/python scripts/licences.py", file=sys.stderr)
        return 1
    return 1 if refused else 0


def installed() -> list[Distribution]:
    """Return the locked runtime packages that this platform uses.

    Raises
    ------
    SystemExit
        When one of them is not installed.
    """
    found = []
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if "==" not in line:
            continue
        requirement = Requirement(line.rstrip(" \\"))
        if requirement.marker and not requirement.marker.evaluate():
            continue
        try:
            found.append(distribution(requirement.name))
        except PackageNotFoundError:
            raise SystemExit(f"{requirement.name} is in {LOCK.name} but not installed") from None
    return found


def licence(package: Distribution) -> str:
    """Return the licence as an SPDX expression, or the package's own words where they are not known."""
    metadata = package.metadata
    expression = metadata.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [text for text in metadata.get_all("Classifier") or [] if text.startswith("License ::")]
    words = [text.split(" :: ")[-1] for text in classifiers] or [metadata.get("License") or "none stated"]
    return " AND ".join(SPDX.get(word.strip().lower(), word.strip().splitlines()[0]) for word in words)


def allowed(expression: str) -> bool:
    """Return whether every part of an SPDX expression without brackets, or an alternative, is allowed."""
    return all(
        any(choice.strip() in ALLOWED for choice in re.split(r"\s+OR\s+", part.strip()))
        for part in re.split(r"\s+AND\s+", expression)
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
