"""A chirped lidar of the line's cells on the sensors' chain: from drawn sizes and the film to reach and error of range.

    light, moved = lidarlight.engine(heating=20.0), rangefinder.by_film()
    finder = rangefinder.Finder(chain, Chirp(1e9, 1e-3), light, allowed=10e-3, moved=moved)
    jax.grad(lambda length: finder.ranging(length=length).reach_m(0.9, 1e-3))(150.0)
    jax.vmap(lambda d: finder.ranging(thicker=d[0], deeper=d[1]).reach_m(0.9, 1e-3))(drawn)

Two equal arrays, one that sends and one that receives, whose grooves may deepen and whose distances may grow as those
of `phased_array` do. Antennas' strength is that of `emission`, moved by film and etch as the grating solver has it for
a grating across everything (`by_film`), of drawn periods. The laser of each chip is set so that what is allowed leaves
it, and is tuned so that the beam stays. Left out: what film and etch do to splitters, tap and hybrid, which are those
of `light`, and to the guide's lateral profile.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.compact.couplers import layers_at
from lingnan.components.compact.guides import digest
from lingnan.components.soi import antennas, emission
from lingnan.components.soi.lidarlight import Light
from lingnan.components.soi.phasedarrays import positions
from lingnan.pdk import active_process
from lingnan.solvers import materials
from lingnan.solvers.checks import check_between
from lingnan.solvers.lidar import antenna as gratings
from lingnan.solvers.lidar import eye
from lingnan.solvers.lidar.chirp import Chirp
from lingnan.solvers.lidar.coherent import Engine
from lingnan.solvers.lidar.farfield import Line
from lingnan.solvers.lidar.grooves import Grooved
from lingnan.solvers.lidar.link import Link
from lingnan.solvers.lidar.ranging import Ranging
from lingnan.solvers.sensors.chain import Chain

REACH = 0.012  #: of deviations of film and of etch [µm]: four of the film's from wafer to wafer
COUNT = 3  #: nodes in each
CELLS = 100  #: of a grating along its length: what it sends is right to their number squared
FILL = 0.5  #: of the gratings


@dataclass(frozen=True)
class ByFilm:
    """What film and etch do to a grating; x is how much thicker the film is, y how much deeper the etch [µm]."""

    logarithm: Surface  #: ln of the decay over the nominal one
    upwards: Surface  #: share of what leaves that goes up, over the nominal one
    sine: Surface  #: direction cosine, less the nominal one
    error: float  #: of the logarithm between the nodes


def by_film(wavelength: float = 1.55, sine: float = 0.1736) -> ByFilm:
    """Of gratings of the active process that send to `sine` where they are nominal; solved at its first call."""
    return _by_film(digest(active_process(), "strip"), wavelength, round(sine, 6))


@lru_cache(maxsize=8)
def _by_film(_: str, wavelength: float, sine: float) -> ByFilm:
    process, wave = active_process(), jnp.asarray(wavelength)
    kelvin = jnp.asarray(process.corners["nominal"].temperature)
    layers = layers_at(process, {"WG"}, {"WG", "SHALLOW"}, 0.0, wave, kelvin)

    @jax.jit
    def solved(thicker: Array, deeper: Array, period: Array) -> Array:
        film, cover = layers.film + thicker, layers.cover - thicker
        made = replace(layers, film=film, etch=layers.etch + deeper, cover=cover)
        found = gratings.solved(made, period, FILL, wave, periods=emission.PERIODS)
        return jnp.stack([jnp.log(found.antenna.decay), found.antenna.upwards, found.by_equation])

    kept = emission.emission(FILL)
    index = FILL * kept.film(wavelength, 0.5) + (1 - FILL) * kept.etched(wavelength, 0.5)
    period, still = jnp.asarray(wavelength / (float(index) - sine)), jnp.zeros(())
    nominal = np.asarray(solved(still, still, period))

    def moved(thicker: float, deeper: float) -> np.ndarray:
        found = np.asarray(solved(jnp.asarray(thicker), jnp.asarray(deeper), period))
        return np.array([found[0] - nominal[0], found[1] / nominal[1], found[2] - nominal[2]])

    box, at = (-REACH, REACH), nodes(-REACH, REACH, COUNT)
    values = np.array([[moved(x, y) for y in at] for x in at])
    logarithm, upwards, turned = (Surface.through(box, box, values[..., k]) for k in range(3))
    between = REACH / 2, -REACH / 3
    return ByFilm(logarithm, upwards, turned, abs(float(logarithm(*between)) - moved(*between)[0]))


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Finder:
    """Everything of a lidar but the sizes of its antennas."""

    chain: Chain  #: its laser's power is that of each chip, not this one
    chirp: Chirp  #: straight
    light: Light  #: what the engine does to light
    tree: Any = 1.0  #: share of an array's light that its splitters and guides bring to the gratings
    allowed: Any = 10e-3  #: power that may leave the chip, of `solvers.lidar.safety` [W]
    reflectivity: Any = 0.1
    antennas: int = field(default=16, metadata={"static": True})
    angle_deg: float = field(default=10.0, metadata={"static": True})  #: of the beam, along the antennas
    moved: ByFilm | None = field(default=None, metadata={"static": True})  #: None: film and etch are nominal

    def ranging(
        self, *, length: ArrayLike = 150.0, bite: ArrayLike = 0.2, bite_end: ArrayLike | None = None,
        pitch: ArrayLike = 1.95, pitch_end: ArrayLike | None = None, pitch_power: ArrayLike = 1.0,
        width: ArrayLike = 1.2, thicker: ArrayLike = 0.0, deeper: ArrayLike = 0.0, wider: ArrayLike = 0.0,
    ) -> Ranging:  # fmt: skip
        """The whole, by sizes of its arrays that may be traced; at the carrier's wavelength, which is a number.

        Args:
            length: of each grating [µm].
            bite: how far its grooves reach in from either side [µm].
            bite_end: the same at its end [µm]; None: as everywhere.
            pitch: of the antennas [µm].
            pitch_end: the same at the ends of the row [µm]; None: as everywhere.
            pitch_power: how distances grow.
            width: of the guides in the gratings [µm].
            thicker: film than nominal [µm].
            deeper: shallow etch than nominal [µm].
            wider: guides than drawn [µm]; grooves reach farther in by half of it.

        Raises:
            ValueError: a deviation beyond what was solved.
        """
        most = REACH if self.moved else 1e-12
        for name, value in (("thicker", thicker), ("deeper", deeper)):
            check_between("Finder", name, value, -most, most, "µm", "`moved` of `by_film` has solved as much.")
        wave, sine = float(self.chirp.wavelength), float(np.sin(np.deg2rad(self.angle_deg)))
        kept, ratios = emission.emission(FILL), (0.0, 1.0)
        if self.moved:
            ratios = self.moved.logarithm(thicker, deeper), self.moved.upwards(thicker, deeper)
        process = active_process()
        kelvin = process.corners["nominal"].temperature
        around = materials.get(process.levels["cladding"].material).n(wave, kelvin).real
        last = bite if bite_end is None else bite_end
        grown = antennas.sizes(CELLS, (1.0, 1.0), (bite, last), jnp)[1] + jnp.asarray(wider, float) / 2

        def grooved(one: Array) -> Grooved:
            return Grooved(jnp.asarray(width, float) + wider, one, kept.film(wave, 0.5), around, wave)

        decay = jnp.exp(kept.logarithm(wave, sine) + ratios[0])
        gone = decay * jax.vmap(lambda one: grooved(one).strength(sine))(grown) * length / CELLS
        cells = jnp.exp(gone - jnp.cumsum(gone)) * -jnp.expm1(-gone)  # share of the light that leaves in each
        sent = jnp.sum(cells) * kept.upwards(wave, sine) * ratios[1]
        outwards = jnp.square(jnp.abs(self.light.out)) * self.tree * sent
        laser = replace(self.chain.laser, power=self.allowed / outwards)
        place = positions(self.antennas, pitch, pitch if pitch_end is None else pitch_end, pitch_power, jnp)
        few = grown[:: CELLS // 9]
        seen = eye.across(
            Line(place, jnp.ones(self.antennas), wave),
            lambda u: jnp.mean(jax.vmap(lambda one: grooved(one).element(u))(few), axis=0),
        )
        along = eye.along(Line(jnp.zeros(CELLS), jnp.sqrt(cells), wave), length / CELLS * jnp.ones(CELLS))
        aperture = 1e-12 * along * seen.width * np.sqrt(1 - sine**2)
        path = Link(self.allowed * seen.share, aperture, self.reflectivity, efficiency=self.tree * sent)
        return Ranging(path, Engine(replace(self.chain, laser=laser), self.light.receiver), self.chirp)
