"""Test patterns and the symbols made of them: pseudo-random bits, PAM levels and QAM points, Gray coded."""

import numpy as np
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_count

#: feedback taps of patterns of 2^n - 1 bits: ITU-T O.150 (7: IEEE 802.3; 13: its clause 94), x^n + ... + 1
TAPS = {7: (7, 6), 9: (9, 5), 11: (11, 9), 13: (13, 12, 2, 1), 15: (15, 14), 20: (20, 3), 23: (23, 18), 31: (31, 28)}


def prbs(order: int, length: int | None = None, seed: int = 1) -> np.ndarray:
    """Pseudo-random bits 0 and 1.

    Args:
        order: 7, 9, 11, 13, 15, 20, 23 or 31.
        length: number of bits; None: the whole period of 2^order - 1.
        seed: what the register holds at first, from 1 to 2^order - 1.

    Returns:
        (length,), int8.

    Raises:
        ValueError: no such order, an empty register, or more bits than anybody holds in memory.
    """
    if order not in TAPS:
        raise ValueError(f"prbs: order {order}: known are {', '.join(map(str, TAPS))}. Take one of them.")
    check_count("prbs", "seed", seed, 0, "It is what the register holds at first.")
    if length is not None:
        check_count("prbs", "length", length, 1, "It is a number of bits.")
    if not 0 < seed < 2**order:
        raise ValueError(f"prbs: seed {seed}: it must lie between 1 and {2**order - 1}, or nothing ever comes out.")
    count = 2**order - 1 if length is None else length
    if not 0 < count <= 2**26:
        raise ValueError(f"prbs: {count} bits: between 1 and {2**26} can be held. Give a shorter `length`.")
    bits = np.empty(order + count, np.int8)
    bits[:order] = [(seed >> k) & 1 for k in range(order)][::-1]
    taps = TAPS[order]
    # as many bits at a time as the shortest tap allows
    at, stride = order, min(taps)
    while at < order + count:
        n = min(stride, order + count - at)
        new = np.zeros(n, np.int8)
        for tap in taps:
            new ^= bits[at - tap : at - tap + n]
        bits[at : at + n] = new
        at += n
    return bits[order:]


def pam(bits: ArrayLike, levels: int = 2) -> np.ndarray:
    """Symbols of -1 to 1 in equal steps, neighbours one bit apart (Gray): 2 levels are NRZ, 4 are PAM4.

    Args:
        bits: 0 and 1; what does not fill a symbol at the end is left out.
        levels: 2, 4, 8 or 16.
    """
    if levels not in (2, 4, 8, 16):
        raise ValueError(f"pam: {levels} levels: 2, 4, 8 or 16 are known.")
    each = levels.bit_length() - 1
    array = np.asarray(bits)
    if array.ndim != 1 or array.size < each or not np.isin(array, (0, 1)).all():
        raise ValueError(f"pam: bits of shape {array.shape}: give 0 and 1 in a row, {each} or more.")
    words = array[: array.size // each * each].reshape(-1, each).astype(int)
    binary = np.bitwise_xor.accumulate(words, axis=1)  # from Gray code to place
    place = binary @ (1 << np.arange(each)[::-1])
    return 2 * place / (levels - 1) - 1.0


def side_of(where: str, points: int) -> int:
    """Points along a side of a square constellation; ValueError where it is none."""
    if points not in (4, 16, 64, 256):
        raise ValueError(f"{where}: {points} points: 4, 16, 64 or 256 are known. Take a square.")
    return round(points**0.5)


def qam(bits: ArrayLike, points: int = 16) -> np.ndarray:
    """Complex symbols on a square, each side as of `pam`: in phase first, then in quadrature.

    Args:
        bits: 0 and 1.
        points: 4, 16, 64 or 256.
    """
    side = side_of("qam", points)
    each = side.bit_length() - 1
    array = np.asarray(bits)
    if array.ndim != 1 or array.size < 2 * each:
        raise ValueError(f"qam: bits of shape {array.shape}: give 0 and 1 in a row, {2 * each} or more.")
    words = array[: array.size // (2 * each) * 2 * each].reshape(-1, 2, each)
    return pam(words[:, 0].ravel(), side) + 1j * pam(words[:, 1].ravel(), side)
