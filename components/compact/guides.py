"""Index of a guide of the line as a function of wavelength, drawn width and temperature, for compact models.

Solved by `lingnan.solvers.waveguides` on the cross-section that `lingnan.pdk.optics` makes of the process, at
Chebyshev nodes of wavelength and 1/width; temperature enters by its exact first derivative at the corner's own
temperature. The fit is kept in `guides.json` beside this file with what it was made from: process and hash, corner,
version of lingnan, nodes, and the error found at points between the nodes. An entry is used as long as `digest` of
the process's optical numbers (stack, cross-section, corner, crystal; not its design rules) and the version are what
they were; else the guide is solved again, in memory. `python -m lingnan.components.compact.rebuild` writes the file
anew.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.pdk import optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process, load_process
from lingnan.solvers import waveguides

STORE = Path(__file__).with_name("guides.json")

#: Range of wavelengths of every fit [µm] and its nodes: six are right to 1e-6 of n_eff in a silicon wire.
BAND, WAVES = (1.26, 1.62), 6
#: Widths from 0.8 to 3 times the guide's own, and nodes in 1/width.
NARROW, WIDE, WIDTHS = 0.8, 3.0, 6

_solved: "dict[tuple[str, str, str], Guide]" = {}  #: by digest, cross-section and corner


@dataclass(frozen=True)
class Guide:
    """n_eff(wavelength, width, temperature) of the fundamental mode, and where it is from."""

    process: str
    hash: str  #: of the process that it was solved for
    digest: str  #: of those of its numbers that were used
    version: str  #: of lingnan
    corner: str
    cross_section: str
    width: float  #: the cross-section's own [µm]
    temperature: float  #: at which n_eff was solved [K]
    index: Surface  #: of wavelength and 1/width
    slope: Surface  #: dn_eff/dT [1/K]
    error: float  #: largest error of n_eff found between the nodes
    loss: float  #: of the straight guide, the process's number [dB/cm]

    def n_eff(self, wl: ArrayLike, width: ArrayLike | None = None, temperature: ArrayLike | None = None) -> Array:
        """Effective index, broadcast over wavelength [µm], drawn width [µm] and temperature [K].

        Raises:
            LingnanError: a wavelength or width outside the fit.
        """
        w = self.width if width is None else width
        what = f"{self.cross_section} (process {self.process}, corner {self.corner})"
        check_range(what, "wl", wl, self.index.x)
        check_range(what, "width", w, (1 / self.index.y[1], 1 / self.index.y[0]))
        u = 1 / jnp.asarray(w, float)
        warm = 0.0 if temperature is None else jnp.asarray(temperature, float) - self.temperature
        return self.index(wl, u) + warm * self.slope(wl, u)

    def n_g(self, wl: ArrayLike, width: ArrayLike | None = None, temperature: ArrayLike | None = None) -> Array:
        """Group index n - λ dn/dλ."""
        wl = jnp.asarray(wl, float)
        n, slope = jax.jvp(lambda v: self.n_eff(v, width, temperature), (wl,), (jnp.ones_like(wl),))
        return n - wl * slope

    def amplitude(self, wl: ArrayLike, length: ArrayLike, n_eff: ArrayLike) -> Array:
        """exp(i 2π n L / λ) with the loss of that length [µm]: what a guide does to a wave, exp(-iωt)."""
        loss = 10 ** (-self.loss * jnp.asarray(length) * 1e-4 / 20)
        return loss * jnp.exp(2j * jnp.pi / jnp.asarray(wl) * jnp.asarray(n_eff) * jnp.asarray(length))


def check_range(what: str, name: str, value: ArrayLike, limits: tuple[float, float]) -> None:
    """Refuse what lies outside of what was solved; a traced value goes unchecked.

    Raises:
        LingnanError: says which value, and the range.
    """
    if isinstance(value, jax.core.Tracer):
        return
    numbers = np.asarray(value, float)
    low, high = limits
    if not np.all((numbers >= low - 1e-9) & (numbers <= high + 1e-9)):
        worst = numbers.flat[int(np.argmax(np.maximum(low - numbers, numbers - high)))]
        raise LingnanError(
            f"model of {what}: {name} = {worst:g} µm lies outside {low:g} to {high:g} µm, for which it was solved. "
            f"Give {name} in µm, inside that range."
        )


def guide(process: Process | str, cross_section: str, corner: str = "nominal") -> Guide:
    """The guide of a process, from the store if that is of this process and version, else solved now and remembered."""
    line = load_process(process) if isinstance(process, str) else process
    used = digest(line, cross_section, corner)
    key = (used, cross_section, corner)
    if key not in _solved:
        entry = _read_store().get(f"{line.name}/{used}/{corner}/{cross_section}")
        kept = entry is not None and entry["version"] == __version__
        _solved[key] = _as_guide(entry) if kept else solve(line, cross_section, corner)
    return _solved[key]


def digest(process: Process, cross_section: str, corner: str = "nominal") -> str:
    """sha256 of all numbers of the process that a guide depends on, 12 hex digits: what `optics.geometry` reads."""
    line = optics.at_corner(process, corner)
    indices = {path: q for path, q in line.quantities.items() if path.startswith("optics.")}
    read = (line.levels, line.cross_sections.get(cross_section), line.corners[corner], line.crystal, indices)
    return hashlib.sha256(repr(read).encode()).hexdigest()[:12]


def solve(process: Process, cross_section: str, corner: str = "nominal") -> Guide:
    """Solve a guide at all nodes, and at points between them for the error."""
    data = process.cross_sections.get(cross_section)
    if data is None or data.kind != "optical":
        raise LingnanError(f"process {process.stamp}: no optical cross-section {cross_section!r}.")
    own = data.width.value
    kelvin = process.corners[corner].temperature
    inverse = (1 / (WIDE * own), 1 / (NARROW * own))
    waves, inverses = nodes(*BAND, WAVES), nodes(*inverse, WIDTHS)

    @jax.jit
    def index(wl: Array, width: Array) -> tuple[Array, Array]:
        def n(temperature: Array) -> Array:
            made = optics.geometry(process, cross_section, corner=corner, width=width, temperature=temperature)
            return waveguides.solve(made, wl, num_modes=1).n_eff[0].real

        return jax.jvp(n, (jnp.asarray(kelvin),), (jnp.asarray(1.0),))

    values = np.array([[index(jnp.asarray(w), jnp.asarray(1 / u)) for u in inverses] for w in waves])
    n_eff, slope = (Surface.through(BAND, inverse, values[..., k]) for k in (0, 1))
    between = [(1.31, own), (1.55, own), (1.4, 1.4 * own), (1.59, 2.1 * own)]
    error = max(abs(float(n_eff(w, 1 / b)) - float(index(jnp.asarray(w), jnp.asarray(b))[0])) for w, b in between)
    loss = 0.0 if data.loss is None else data.loss.value
    return Guide(
        process.name, process.hash, digest(process, cross_section, corner), __version__, corner, cross_section, own,
        kelvin, n_eff, slope, error, loss,
    )  # fmt: skip


@lru_cache(maxsize=1)
def _read_store() -> dict[str, dict[str, Any]]:
    return json.loads(STORE.read_text())["guides"] if STORE.is_file() else {}


def _as_guide(entry: dict[str, Any]) -> Guide:
    surfaces = {
        name: Surface(tuple(entry[name]["x"]), tuple(entry[name]["y"]), tuple(map(tuple, entry[name]["coefficients"])))
        for name in ("index", "slope")
    }
    return Guide(**{**entry, **surfaces})


def as_entry(made: Guide) -> tuple[str, dict[str, Any]]:
    """A guide as the store keeps it: its key and its numbers."""
    return f"{made.process}/{made.digest}/{made.corner}/{made.cross_section}", asdict(made)
