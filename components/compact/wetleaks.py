"""What a guide in a window leaks into the substrate, over width, wavelength and the medium's index, for compact models.

By its tail in the buried oxide (`devices.leakage.wire_loss`); the logarithm is fitted, which falls about as the oxide's
thickness times the tail's decay. Strips of 0.33 µm in air lose 0.3 dB/cm at 1.63 µm and 5.2 at 1.68 through 2 µm of
oxide, those of the line's width less than 1e-5. The mesh leaves a few percent of it where light is nearly cut off.
"""

from dataclasses import asdict, dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import store, wetted
from lingnan.components.compact.chebyshev import nodes
from lingnan.components.compact.guides import digest
from lingnan.components.compact.volumes import Volume
from lingnan.pdk import optics
from lingnan.pdk.process import Process
from lingnan.solvers import materials, waveguides
from lingnan.solvers.devices import leakage
from lingnan.solvers.tracing import namespace
from lingnan.solvers.waveguides import Geometry, Modes

#: µm around the core's foot: walls twice as far move leakage by 3 % where it is strong, as a finer mesh does
WINDOW = (-2.5, 2.5, -1.9, 2.0)
WAVES, WIDTHS, MEDIA = 5, 8, 5  #: nodes of wavelength, 1/width and the medium's index
_LEVEL = -0.05  #: y of the line in the oxide from which the tail is followed [µm]
_SHARES = (0.0, 1.0)  #: of 1/width, from the widest guide to the narrowest
#: Where the error is looked for: shares of the band and of 1/width, and media, where most is lost
_BETWEEN = ((0.9, 0.97, 1.03), (0.7, 0.93, 1.3154), (0.95, 0.99, 1.33), (0.6, 0.9, 1.12))
_made: dict[str, Any] = {}  #: by key


@dataclass(frozen=True)
class Leak:
    """Loss of the fundamental TE mode into the substrate."""

    process: str
    hash: str
    version: str
    corner: str
    cross_section: str
    width: float  #: the cross-section's own [µm]
    logarithm: Volume  #: ln of the loss [dB/cm] of wavelength, the share of 1/width and the medium's index
    error: float  #: largest relative error of the loss found between the nodes

    def db_cm(self, wl: ArrayLike, n: ArrayLike, width: ArrayLike | None = None) -> Array:
        """Loss [dB/cm], broadcast; ranges are those of `wetted.Wet`, which checks them.

        Args:
            wl: wavelength [µm].
            n: index of the medium, its real part.
            width: of the core [µm]; the cross-section's own if not given.
        """
        xp = namespace(wl, n, width)
        wide, least = 1 / (wetted.WIDEST * self.width), 1 / (self.width * wetted.narrowest(n))
        inverse = 1 / xp.asarray(self.width if width is None else width, float)
        return xp.exp(self.logarithm(wl, (inverse - wide) / (least - wide), n))


def lost(process: Process, modes: Modes) -> Array:
    """What modes above the process's buried oxide leak into its substrate: (modes,) [dB/cm].

    Args:
        process: with levels `box` and `substrate`.
        modes: of a cross-section without the substrate, in a window down into the oxide.
    """
    below = materials.index(process.levels["substrate"].material, modes.wavelength)
    return leakage.wire_loss(modes, _LEVEL, process.levels["box"].thickness + _LEVEL, jnp.real(below))


def leak(process: Process, cross_section: str, corner: str = "nominal") -> Leak:
    """A guide in a window: from the store, else solved now and remembered."""
    key = key_of(process, cross_section, corner)
    if key not in _made:
        entry = store.recalled(process.name, key, lambda: asdict(solve(process, cross_section, corner)))
        filled: dict[str, Any] = {**entry, "logarithm": wetted.volume_of(entry["logarithm"])}
        _made[key] = Leak(**filled)
    return _made[key]


def key_of(process: Process, cross_section: str, corner: str) -> str:
    """Name of a guide's leakage in the store."""
    return f"wetleak {cross_section} {corner} {digest(process, cross_section, corner)}"


def solve(process: Process, cross_section: str, corner: str = "nominal") -> Leak:
    """Solve a guide in media of all indices at all nodes, and between them for the error."""
    own, line = process.cross_sections[cross_section].width.value, optics.at_corner(process, corner)
    waves, shares, media = nodes(*wetted.BAND, WAVES), nodes(*_SHARES, WIDTHS), nodes(*wetted.LIQUIDS, MEDIA)

    @jax.jit
    def of(made: Geometry, wl: Array) -> Array:
        modes = waveguides.solve(made, wl, 2)
        return jnp.log(lost(line, modes.taken(jnp.argmax(modes.te_fraction > 0.5)[None]))[0])

    def at(wl: float, share: float, n: float) -> float:
        inverse = 1 / wetted.WIDEST + share * (1 / wetted.narrowest(n) - 1 / wetted.WIDEST)
        width = jnp.asarray(float(own / inverse))
        made = optics.geometry(process, cross_section, corner=corner, width=width, cladding=float(n))
        return float(of(made.walled(*WINDOW), jnp.asarray(float(wl))))

    values = np.array([[[at(w, share, n) for n in media] for share in shares] for w in waves])
    fit = Volume.through(wetted.BAND, _SHARES, wetted.LIQUIDS, values)
    low, span = wetted.BAND[0], wetted.BAND[1] - wetted.BAND[0]
    between = [(low + a * span, share, n) for a, share, n in _BETWEEN]
    error = max(abs(float(np.exp(float(fit(*one)) - at(*one))) - 1) for one in between)
    return Leak(process.name, process.hash, __version__, corner, cross_section, own, fit, error)


def wanted(process: Process) -> list[tuple[str, Any]]:
    """What is kept: strips in windows, every corner."""
    return [
        (key_of(process, "strip", corner), lambda c=corner: asdict(solve(process, "strip", c)))
        for corner in process.corners
    ]
