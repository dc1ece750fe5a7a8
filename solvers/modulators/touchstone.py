"""Lines and modulators as Touchstone files, in which time goes as exp(+jωt)."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from lingnan.solvers.modulators.checks import check_frequencies, check_impedance
from lingnan.solvers.modulators.network import Element
from lingnan.solvers.modulators.rows import scattering
from lingnan.solvers.modulators.travelling import Modulator, response


def write_touchstone(
    path: str | Path, what: tuple[Element, ...] | Modulator, frequency: ArrayLike, reference: float = 50.0
) -> Path:
    """S-parameters as a file: two ports of a row of elements, or one of a modulator with its termination.

    Args:
        path: ending in .s2p for elements, .s1p for a modulator; the file is there whole, or an older one as it was.
        what: elements between both ports, or a modulator seen from where its source stands.
        frequency: [Hz], (F,), rising.
        reference: impedance of the ports [Ω], real.

    Returns:
        the path.

    Raises:
        ValueError: another ending, or what `response` and `scattering` refuse.
        OSError: the place cannot be written.
    """
    path = check_path(path, 1 if isinstance(what, Modulator) else 2)
    check_frequencies("write_touchstone", frequency)
    check_impedance("write_touchstone: reference", reference, real=True)
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    if isinstance(what, Modulator):
        z = response(what, f).input_impedance
        s = ((z - reference) / (z + reference))[:, None, None]
    else:
        s = scattering(what, f, reference)
    return write_scattering(path, f, s, reference)


def write_scattering(path: str | Path, frequency: ArrayLike, s: ArrayLike, reference: float = 50.0) -> Path:
    """S-parameters (F, ports, ports) of this package's exp(-iωt) as a file; the rest is as of `write_touchstone`."""
    import skrf

    path = check_path(path, np.shape(s)[-1])
    known = skrf.Frequency.from_f(np.atleast_1d(np.asarray(frequency, float)), unit="Hz")
    network = skrf.Network(frequency=known, s=np.conj(np.asarray(s)), z0=reference, name=path.stem)
    text = str(network.write_touchstone(filename=path.name, return_string=True, form="ri"))
    handle, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(part, 0o644)
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(part)
        raise
    return path


def check_path(path: str | Path, ports: int) -> Path:
    """The path, if a file of so many ports may have it: asked before a line is solved, for that takes a while."""
    path = Path(path)
    if path.suffix.lower() != f".s{ports}p":
        raise ValueError(
            f"write_touchstone: {path.name} ends in {path.suffix!r}: {ports} port(s) need .s{ports}p. Rename the file."
        )
    if not path.parent.is_dir():
        raise ValueError(f"write_touchstone: there is no folder {path.parent} for {path.name}. Make it first.")
    return path
