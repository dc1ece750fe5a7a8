"""Index of a guide of the line as a function of wavelength, drawn width and temperature, for compact models.

Solved by `lingnan.solvers.waveguides` on the cross-section that `lingnan.pdk.optics` makes of the process, at
Chebyshev nodes of wavelength and 1/width; temperature enters by its exact first derivative at the corner's own
temperature, and by a second and a third from that derivative 65 K below and 100 K above, or as near to that as the
media were measured. The fundamental TE mode: the fastest of the two highest whose field lies mainly in the plane. The
fit is kept (`store`) with what it was made from: process and hash, corner, version of lingnan, nodes, and the error
found at points between the nodes. An entry is used as long as `digest` of the process's optical numbers (stack,
cross-section, corner, crystal; not its design rules) and the version are what they were.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.pdk import optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import CrossSectionData, Process, load_process
from lingnan.solvers import materials, waveguides
from lingnan.solvers.tracing import literal, marked, namespace
from lingnan.solvers.waveguides.media import temperatures

#: Range of wavelengths of every fit [µm] and its nodes: six are right to 1e-6 of n_eff in a silicon wire. In a crystal
#: film TE and TM cross in the O band and mix in every bend, so that there is one mode to model in the C band only.
BANDS, WAVES = {"soi": (1.26, 1.62), "tfln": (1.46, 1.62)}, {"soi": 6, "tfln": 4}
#: Widths from 0.8 to 3 times the guide's own, and nodes in 1/width.
NARROW, WIDE, WIDTHS = 0.8, 3.0, 6
#: How far from the corner's own temperature slopes are solved beside it [K], and nodes in wavelength and 1/width of
#: what they add.
ABROAD, CURVED = (-65.0, 100.0), (2, 3)
WIDTHS_OVER = 9  #: nodes under a medium of its own: in air an index bends more, and six leave 9e-5

_solved: "dict[str, Guide]" = {}  #: by key


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
    bend: Surface  #: d²n_eff/dT² [1/K²]
    twist: Surface  #: d³n_eff/dT³ [1/K³]
    error: float  #: largest error of n_eff found between the nodes
    loss: float  #: of the straight guide, the process's number [dB/cm]
    direction: float = 0.0  #: of the light's path from the layout's x axis, for crystals [deg]
    cladding: str = ""  #: medium around the core in place of the process's; empty: the process's
    temperatures: tuple[float, float] = (0.0, float("inf"))  #: at which all its media were measured [K]

    def n_eff(self, wl: ArrayLike, width: ArrayLike | None = None, temperature: ArrayLike | None = None) -> Array:
        """Effective index, broadcast over wavelength [µm], drawn width [µm] and temperature [K].

        Raises:
            LingnanError: a wavelength or width outside the fit, or a temperature at which a medium was not measured.
        """
        w = self.width if width is None else width
        wl = in_range(self.what, "wl", wl, self.index.x)
        w = in_range(self.what, "width", w, (1 / self.index.y[1], 1 / self.index.y[0]))
        if temperature is not None:
            said = "its media were measured"
            temperature = in_range(self.what, "temperature", temperature, self.temperatures, "K", said)
        xp = namespace(w, temperature)
        u = 1 / xp.asarray(w, float)
        warm = 0.0 if temperature is None else xp.asarray(temperature, float) - self.temperature
        more = self.slope(wl, u) + warm / 2 * (self.bend(wl, u) + warm / 3 * self.twist(wl, u))
        return self.index(wl, u) + warm * more

    @property
    def what(self) -> str:
        """The guide, for messages."""
        return f"{self.cross_section} (process {self.process}, corner {self.corner})"

    def n_g(self, wl: ArrayLike, width: ArrayLike | None = None, temperature: ArrayLike | None = None) -> Array:
        """Group index n - λ dn/dλ; arguments and refusals are those of `n_eff`."""
        if not isinstance(wl, jax.core.Tracer):
            in_range(self.what, "wl", wl, self.index.x)  # refused here: the slope only marks it
        wl = jnp.asarray(wl, float)
        n, slope = jax.jvp(lambda v: self.n_eff(v, width, temperature), (wl,), (jnp.ones_like(wl),))
        return n - wl * slope

    def amplitude(self, wl: ArrayLike, length: ArrayLike, n_eff: ArrayLike) -> Array:
        """exp(i 2π n L / λ) with the loss of that length [µm]: what a guide does to a wave, exp(-iωt).

        Raises:
            LingnanError: a length below 0, or none.
        """
        length = in_range(self.what, "length", length, (0.0, np.inf), because="a guide can be drawn")
        xp = namespace(wl, length, n_eff)
        long = xp.asarray(length)
        return 10 ** (-self.loss * long * 1e-4 / 20) * xp.exp(2j * np.pi / xp.asarray(wl) * xp.asarray(n_eff) * long)


def in_range(
    what: str,
    name: str,
    value: ArrayLike,
    limits: tuple[float, float],
    unit: str = "µm",
    because: str = "it was solved",
) -> Any:
    """The value as given, inside of what was solved; a traced one outside is NaN with a warning (`solvers.tracing`).

    Raises:
        LingnanError: says which value, and the range.
    """
    low, high = limits
    end = (
        f" {unit} lies outside {low:g} to {high:g} {unit}, for which {because}. "
        f"Give {name} in {unit}, inside that range."
    )
    said = literal(f"model of {what}: {name} = ") + "{value:g}" + literal(end)
    if isinstance(value, jax.core.Tracer):
        traced: Any = value
        return traced * marked((traced >= low - 1e-9) & (traced <= high + 1e-9), said, value=traced)
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "iuf":
        raise LingnanError(f"model of {what}: {name} = {value!r} is no real number. Give it in {unit}.")
    if not np.all((numbers >= low - 1e-9) & (numbers <= high + 1e-9)):
        worst = numbers.flat[int(np.argmax(np.maximum(low - numbers, numbers - high)))]
        raise LingnanError(said.format(value=worst))
    return value


def guide(
    process: Process | str, cross_section: str, corner: str = "nominal", *, direction: float = 0.0, cladding: str = ""
) -> Guide:
    """The guide of a process, from the store if that is of this process and version, else solved now and remembered.

    Args:
        process: or its name.
        cross_section: an optical one.
        corner: of the process.
        direction: of the light's path from the layout's x axis, for crystals [deg].
        cladding: medium around the core in place of the process's; empty: the process's.
    """
    line = load_process(process) if isinstance(process, str) else process
    key = key_of(line, cross_section, corner, direction, cladding)
    if key not in _solved:
        _optical(line, cross_section)
        entry = store.recalled(
            line.name, key, lambda: as_entry(solve(line, cross_section, corner, direction=direction, cladding=cladding))
        )
        _solved[key] = replace(_as_guide(entry), temperatures=measured(line, cross_section, corner, cladding))
    return _solved[key]


def measured(process: Process, cross_section: str, corner: str = "nominal", cladding: str = "") -> tuple[float, float]:
    """Temperatures at which all media of a guide were measured [K]."""
    return temperatures(optics.geometry(process, cross_section, corner=corner, cladding=cladding or None).media)


def _optical(process: Process, name: str) -> CrossSectionData:
    data = process.cross_sections.get(name)
    if data is None or data.kind != "optical":
        raise LingnanError(f"process {process.stamp}: no optical cross-section {name!r}.")
    return data


def key_of(process: Process, cross_section: str, corner: str, direction: float = 0.0, cladding: str = "") -> str:
    """Name of a guide in the store."""
    turned = f"@{direction:g}" if direction else ""
    return f"guide {cross_section}{turned}{'/' if cladding else ''}{cladding} {corner} " + digest(
        process, cross_section, corner
    )


def digest(process: Process, cross_section: str, corner: str = "nominal") -> str:
    """sha256 of all numbers of the process that a guide depends on, 12 hex digits: what `optics.geometry` reads."""
    line = optics.at_corner(process, corner)
    indices = {path: q for path, q in line.quantities.items() if path.startswith("optics.")}
    read = (line.levels, line.cross_sections.get(cross_section), line.corners[corner], line.crystal, indices)
    return hashlib.sha256(repr(read).encode()).hexdigest()[:12]


def turns(process: Process) -> bool:
    """Whether an index depends on the way light runs: a film is cut from a uniaxial crystal."""
    return any(materials.get(one.material).uniaxial for one in process.levels.values() if one.kind == "film")


@jax.jit
def fastest_te(made: waveguides.Geometry, wl: Array) -> tuple[Array, Array]:
    """n_eff of the fundamental TE mode and its derivative by temperature; one compilation for all alike guides."""
    kelvin = jnp.asarray(made.temperature)
    return jax.jvp(lambda warm: index_te(replace(made, temperature=warm), wl), (kelvin,), (jnp.ones_like(kelvin),))


@jax.jit
def index_te(made: waveguides.Geometry, wl: Array) -> Array:
    """n_eff of the fundamental TE mode; one compilation for all alike guides."""
    modes = waveguides.solve(made, wl, num_modes=2)
    return modes.n_eff[jnp.argmax(modes.te_fraction > 0.5)].real


def solve(
    process: Process, cross_section: str, corner: str = "nominal", *, direction: float = 0.0, cladding: str = ""
) -> Guide:
    """Solve a guide at all nodes, and at points between them for the error."""
    data = _optical(process, cross_section)
    own = data.width.value
    band, count = BANDS[process.platform], WAVES[process.platform]
    inverse = (1 / (WIDE * own), 1 / (NARROW * own))
    waves, inverses = nodes(*band, count), nodes(*inverse, WIDTHS_OVER if cladding else WIDTHS)

    @jax.jit
    def geometry(width: Array) -> waveguides.Geometry:
        return optics.geometry(
            process, cross_section, corner=corner, width=width, cladding=cladding or None, angle_deg=direction
        )

    kelvin, limits = process.corners[corner].temperature, measured(process, cross_section, corner, cladding)
    cold, hot = (float(np.clip(kelvin + by, *limits)) for by in ABROAD)

    def index(wl: float, width: float, at: float = kelvin) -> tuple[Array, Array]:
        return fastest_te(replace(geometry(jnp.asarray(width)), temperature=jnp.asarray(at)), jnp.asarray(wl))

    values = np.array([[index(w, 1 / u) for u in inverses] for w in waves])
    n_eff, slope = (Surface.through(band, inverse, values[..., k]) for k in (0, 1))

    def curved(wl: float, width: float) -> tuple[float, float]:
        """Second and third derivative, of a parabola through three slopes."""
        low, high = (float(index(wl, width, at)[1]) for at in (cold, hot))
        middle = float(slope(wl, 1 / width))
        below, above = (middle - low) / (kelvin - cold), (high - middle) / (hot - kelvin)
        twist = 2 * (above - below) / (hot - cold)
        return above - twist / 2 * (hot - kelvin), twist

    few = [[curved(w, 1 / u) for u in nodes(*inverse, CURVED[1])] for w in nodes(*band, CURVED[0])]
    bend, twist = (Surface.through(band, inverse, np.array(few)[..., k]) for k in (0, 1))
    low, span = band[0], band[1] - band[0]
    between = [(low + 0.15 * span, own), (low + 0.81 * span, own), (low + 0.39 * span, 1.4 * own)]
    error = max(abs(float(n_eff(w, 1 / b)) - float(index(w, b)[0])) for w, b in between)
    loss = 0.0 if data.loss is None else data.loss.value
    return Guide(
        process.name, process.hash, digest(process, cross_section, corner), __version__, corner, cross_section, own,
        kelvin, n_eff, slope, bend, twist, error, loss, direction, cladding,
    )  # fmt: skip


def as_entry(made: Guide) -> dict[str, Any]:
    """A guide as the store keeps it."""
    return {name: value for name, value in asdict(made).items() if name != "temperatures"}


def _as_guide(entry: Mapping[str, Any]) -> Guide:
    surfaces: dict[str, Any] = {name: store.as_surface(entry[name]) for name in ("index", "slope", "bend", "twist")}
    return Guide(**{**entry, **surfaces})
