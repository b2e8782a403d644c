"""Makes `fakes` importable (tests are collected by importlib, which adds no folder to the path); what workers share."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder that all workers of a run see."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture
def demo(shared: Path) -> Path:
    """The page of the demonstration, beside its result.json."""
    from made import made, page_of  # noqa: PLC0415 - importable only now

    return page_of(made("demo", shared))
