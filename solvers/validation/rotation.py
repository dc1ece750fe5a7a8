"""Gyroscopes against printed numbers. Of all three the abstract was read and not the paper; what it does not say stands
in each case, and where that is the power of the light, no more is compared than orders of magnitude."""

import jax
import numpy as np
from scipy import optimize

from lingnan.solvers.links.receiver import Receiver
from lingnan.solvers.rotation import coil, ring, sagnac
from lingnan.solvers.validation.case import Case, Found, Row, rows

GROUP = "rotation"
QUIET = Receiver(responsivity=0.9)


def _resonator() -> Found:
    """The coupler that makes the printed finesse of the printed loss; Q follows."""

    @jax.jit
    def loop(kappa2: float) -> ring.Loop:
        return ring.Loop(diameter=0.035, n_g=1.47, loss_db_m=1.2, kappa2=kappa2)

    kappa2 = optimize.root_scalar(lambda k: float(loop(k).finesse) - 150.0, bracket=(1e-4, 0.1), xtol=1e-9).root
    found = loop(kappa2)
    quality = sagnac.LIGHT / 1.55e-6 / float(found.fwhm)
    critical = 1 - float(found.around) ** 2
    return Found(
        (
            Row("quality factor", quality / 1e7, 1.54, 0.05, "1e7"),
            Row("coupling over critical coupling", kappa2 / critical, 0.5, 0.5),
        )
    )


def _four_layers() -> Found:
    wound = coil.Coil(length=2.08, diameter=0.059, loss_db_m=3.15 / 2.08)

    def walk(decades: float) -> float:
        return float(coil.random_walk(wound, coil.Readout(1e-3 * 10**decades, QUIET)))

    power = optimize.root_scalar(lambda x: walk(x) - 0.15, bracket=(-4.0, 4.0)).root
    return Found(rows(["power that shot noise asks for (lg of mW)"], [power], [0.0], 0.5))


def _kilometre() -> Found:
    wound = coil.Coil(length=1000.0, diameter=0.32, wavelength=1.3, fixed_db=14.0)
    shot = float(coil.random_walk(wound, coil.Readout(1e-3, QUIET)))
    return Found(rows(["measured over shot noise of 1 mW (lg)"], [np.log10(3.2e-4 / shot)], [0.5], 0.5))


CASES = (
    Case(
        "ring of nitride for a gyroscope: quality of a printed finesse", GROUP,
        "abstract of a paper on a resonant gyroscope with a Si3N4 ring of radius 17.5 mm, finesse 150, Q 1.54e7, 1.2 "
        "dB/m (supported by NSFC 61973019; vip.suzhouinfo.cn, article 7107861358; authors and journal not shown there)",
        "Q over finesse is the group index times the way around over the wavelength: the index is guessed, that of "
        "silica and a few hundredths of nitride in it, 1.45 to 1.49, and the finesse has two to three digits: 3 % "
        "together. The coupler must come out weaker than critical, for the loss alone allows 207.",
        _resonator,
    ),
    Case(
        "coil of nitride in four layers: random walk", GROUP,
        "abstract of a design of a Si3N4 coil in four layers, largest radius 30 mm, 2.08 m, 3.15 dB, 0.15 °/√h in "
        "theory (as cited by scite.ai beside doi:10.3390/photonics10040453; authors not shown there)",
        "The power is not in what was read: shot noise alone must ask for a power within a factor of three of one "
        "milliwatt. A factor of ten in scale factor, units or noise would be seen, and no less.",
        _four_layers,
    ),
    Case(
        "kilometre of fibre: random walk", GROUP,
        "Open-loop output and scale factor stability in a fiber-optic gyroscope (abstract): 1 km on a radius of 16 cm, "
        "14 dB, 3.2e-4 °/√h measured (authors not shown where it was read)",
        "Power and wavelength are not in what was read (1 mW and 1.3 µm are guessed): what was measured must lie above "
        "shot noise, and no more than ten times, for thermal light of some ten nanometres allows that.",
        _kilometre,
    ),
)  # fmt: skip
