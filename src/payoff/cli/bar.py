"""One line on a terminal that says what is being done, how far it is, how fast, and how long it will yet take."""

import os
import unicodedata
from dataclasses import replace
from typing import Any, TextIO

ERASE = "\r\033[K"
WIDEST, NARROWEST = 30, 8
# Columns of a terminal that does not say how many it has.
UNKNOWN = 80
# Below this share, or after so few seconds, what is left is a guess.
EARLIEST_SHARE, EARLIEST_SECONDS = 0.02, 1.0
FULL, EMPTY = "█", "░"
PLAIN_FULL, PLAIN_EMPTY = "#", "."


class Bar:
    """Told of steps and of how far they are, it writes one line and takes it back with the next."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._share = 0.0
        self._last: Any = None

    def __call__(self, step: str) -> None:
        """Say that a step begins."""
        if self._last is None:
            self._write(f"{step} ...")
        else:
            self.reach(replace(self._last, step=step))

    def reach(self, reached: Any) -> None:
        """Say how far the evaluation is; never less than said before."""
        if reached.share is None:
            return
        self._last, self._share = reached, max(self._share, reached.share)
        numbers = f"{self._share:4.0%}"
        if reached.rate is not None and reached.rows:
            numbers += f"  {short(reached.rate)} rows/s"
        if self._share >= EARLIEST_SHARE and reached.seconds >= EARLIEST_SECONDS:
            numbers += f"  {clock(reached.seconds * (1 - self._share) / self._share)} left"
        room = self._room() - len(numbers) - 2
        wide = min(WIDEST, room - len(reached.step) - 2)
        if wide >= NARROWEST:
            numbers = f"{self._drawn(wide)} {numbers}"
            room -= wide + 1
        self._write(f"{numbers}  {cut(reached.step, room)}" if room > 1 else numbers)

    def _drawn(self, wide: int) -> str:
        full = round(self._share * wide)
        signs = (FULL, EMPTY) if self._speaks(FULL + EMPTY) else (PLAIN_FULL, PLAIN_EMPTY)
        return signs[0] * full + signs[1] * (wide - full)

    def _speaks(self, text: str) -> bool:
        try:
            text.encode(self._stream.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def _room(self) -> int:
        # The last column stays free: some terminals break the line there.
        try:
            columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(self._stream.fileno()).columns)
        except (OSError, ValueError):
            columns = 0
        return (columns if columns > 0 else UNKNOWN) - 1

    def _write(self, line: str) -> None:
        shown = cut(line, self._room())
        if not self._speaks(shown):
            shown = shown.encode("ascii", "replace").decode("ascii")
        self._stream.write(f"{ERASE}{shown}")
        self._stream.flush()


def cut(text: str, columns: int) -> str:
    r"""Return as much of ``text`` as fits into so many columns of a terminal; what steers one is left out.

    >>> cut("counting", 5), cut("日本語", 5), cut("a\x1b[2Jb", 9)
    ('count', '日本', 'a[2Jb')
    """
    out, used = [], 0
    for sign in text:
        kind = unicodedata.category(sign)
        if kind[0] in "CZ" and sign != " ":
            continue
        used += 0 if kind in ("Mn", "Me") else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if used > columns:
            break
        out.append(sign)
    return "".join(out)


def short(number: float) -> str:
    """Return a number in three digits.

    >>> short(1_234_567), short(950), short(12_345)
    ('1.23M', '950', '12.3k')
    """
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g}{sign}"
    return f"{number:.0f}"


def clock(seconds: float) -> str:
    """Return a duration as hours, minutes and seconds.

    >>> clock(75.2), clock(3700)
    ('1:15', '1:01:40')
    """
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
