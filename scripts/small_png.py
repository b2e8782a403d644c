"""PNG of at most 256 colours: pages are flat, so this costs nothing that is seen and most of the bytes."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

COLOURS = 256


def small_png(pixels: NDArray[np.uint8]) -> bytes:
    r"""Return a picture as PNG with a palette of its own colours; others become the nearest of them.

    Half of the palette are the most frequent ones, half those that would lose most by these: a mark in a colour of its
    own keeps it, however small.

    Parameters
    ----------
    pixels : height x width x 3, red, green and blue.

    >>> picture = small_png(np.zeros((2, 3, 3), dtype=np.uint8))
    >>> picture[:8], struct.unpack(">II", picture[16:24])
    (b'\x89PNG\r\n\x1a\n', (3, 2))
    """
    height, width, _ = pixels.shape
    seen, which, often = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    frequent = seen[np.argsort(-often, kind="stable")[: COLOURS // 2]]
    lost = often * np.array([_apart(frequent, colour).min() for colour in seen])
    others = seen[np.argsort(-lost, kind="stable")[: COLOURS - len(frequent)]]
    palette = np.unique(np.vstack([frequent, others]), axis=0)
    nearest = np.array([_apart(palette, colour).argmin() for colour in seen])
    indices = nearest[which.reshape(height, width)].astype(np.uint8)
    # Each line begins with the number of its filter: none.
    lines = np.hstack([np.zeros((height, 1), dtype=np.uint8), indices])
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [
        (b"IHDR", head),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _apart(palette: NDArray[np.uint8], colour: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the squared distance of every colour of a palette from one."""
    return np.asarray(np.square(palette.astype(np.int64) - colour).sum(axis=1))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
