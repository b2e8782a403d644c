"""Fetch the raw credit table out of the package that carries it, and verify it.

The package is Debian's ``r-cran-modeldata``; it is downloaded and unpacked, never installed, and R reads the one data
set in it. Run: ``python examples/credit/fetch.py`` (the result is committed, so this is only to check its origin).
"""

import gzip
import hashlib
import subprocess
import tempfile
from pathlib import Path

PACKAGE = "r-cran-modeldata"
LIBRARY = "usr/lib/R/site-library/modeldata/data/Rdata"
CSV_SHA256 = "9ba0c2326900ca6cc90cee6e43930bd691f07574f154d70807d5cb8f313e3217"
TARGET = Path(__file__).with_name("credit_data.csv.gz")
EXPORT = """
held <- new.env()
lazyLoad(commandArgs(TRUE)[1], envir = held)
write.csv(held$credit_data, commandArgs(TRUE)[2], row.names = FALSE, na = "")
"""


def main() -> None:
    """Download, unpack, export, verify."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["apt-get", "download", "--quiet", PACKAGE], cwd=folder, check=True)
        archive = next(folder.glob(f"{PACKAGE}_*.deb"))
        subprocess.run(["dpkg-deb", "-x", archive.name, "unpacked"], cwd=folder, check=True)
        (folder / "export.R").write_text(EXPORT)
        subprocess.run(["Rscript", "export.R", f"unpacked/{LIBRARY}", "credit.csv"], cwd=folder, check=True)
        content = (folder / "credit.csv").read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != CSV_SHA256:
        raise SystemExit(f"credit_data: sha256 {found}, expected {CSV_SHA256}")
    TARGET.write_bytes(gzip.compress(content, mtime=0))


if __name__ == "__main__":
    main()
