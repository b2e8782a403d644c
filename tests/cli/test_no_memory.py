"""Memory that runs out while libraries are loaded is told as such, whatever the library calls it."""

import errno
import os
from typing import Any

import pytest

from payoff.cli import running

ENDS: list[Exception] = [
    MemoryError(),
    OSError(errno.ENOMEM, os.strerror(errno.ENOMEM), "lib/html"),
    ImportError("libx.so: failed to map segment from shared object"),
]


def failing(problem: Exception) -> Any:
    def app(**_: object) -> None:
        raise problem

    return app


@pytest.mark.parametrize("problem", ENDS, ids=["numbers", "folder", "pages"])
def test_no_memory_is_told_with_its_remedy(
    problem: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(running, "app", failing(problem))
    with pytest.raises(SystemExit) as leaving:
        running.main()
    err = capsys.readouterr().err
    assert leaving.value.code == 2
    assert err.startswith("PAY403 at memory")
    assert "ulimit -v" in err


@pytest.mark.parametrize("problem", [OSError(errno.EIO, "broken"), ImportError("no module named x")])
def test_another_failure_of_the_same_kind_is_not_told_as_want_of_memory(
    problem: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(running, "app", failing(problem))
    with pytest.raises(SystemExit):
        running.main()
    assert capsys.readouterr().err.startswith("payoff failed: ")
