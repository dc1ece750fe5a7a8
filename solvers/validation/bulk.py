"""Materials against the numbers in print."""

# ruff: noqa: E501 - sources stay whole

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lingnan.solvers import materials
from lingnan.solvers.validation.case import Case, Found, rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUP = "materials"
DATABASE = "refractiveindex.info, M. N. Polyanskiy, Sci. Data 11, 94 (2024), doi:10.1038/s41597-023-02898-2"


def _curves(
    names: Sequence[str], low: float, high: float, marks: Sequence[tuple[float, float]]
) -> "Callable[[Axes], None]":
    def draw(axes: "Axes") -> None:
        wave = np.linspace(low, high, 200)
        for name in names:
            material = materials.get(name)
            axes.plot(
                wave, np.real(np.asarray(material.n_o(wave))), label=f"{name}, ordinary" if material.uniaxial else name
            )
            if material.uniaxial:
                axes.plot(wave, np.real(np.asarray(material.n_e(wave))), label=f"{name}, extraordinary")
        axes.plot(*zip(*marks, strict=True), "ko", markersize=4, label="in print")
        axes.set_xlabel("wavelength (µm)")
        axes.set_ylabel("refractive index")
        axes.legend()

    return draw


def _silicon() -> Found:
    printed = ((1.30, 3.5016), (1.32, 3.4990), (1.55, 3.4757))
    wave, n = zip(*printed, strict=True)
    found = materials.get("Si").n(np.asarray(wave))
    return Found(rows([f"n at {w} µm" for w in wave], found, n, 1e-4), _curves(("Si",), 1.2, 2.0, printed))


def _silicon_drift() -> Found:
    wave = np.asarray([1.55, 1.30])
    slopes = 1e4 * materials.get("Si").dn_dt(wave, 300.0)
    return Found(rows([f"dn/dT at {w} µm" for w in wave], slopes, [1.84, 1.94], 0.006, "1e-4/K"))


def _glasses() -> Found:
    printed = {
        ("SiO2", 1.31): 1.446804, ("SiO2", 1.55): 1.444024, ("Si3N4", 1.31): 2.003130, ("Si3N4", 1.55): 1.996280,
    }  # fmt: skip
    found = [float(materials.index(name, wave)) for name, wave in printed]
    marks = [(wave, n) for (_, wave), n in printed.items()]
    names = [f"{name} at {wave} µm" for name, wave in printed]
    return Found(rows(names, found, list(printed.values()), 1e-6), _curves(("SiO2", "Si3N4"), 1.2, 1.7, marks))


def _niobate() -> Found:
    ln = materials.get("LiNbO3")
    wave = np.asarray([1.31, 1.55])
    found = [*np.asarray(ln.n_o(wave)), *np.asarray(ln.n_e(wave))]
    printed = [2.219967, 2.211111, 2.145121, 2.137560]
    marks = list(zip([*wave, *wave], printed, strict=True))
    names = [f"n_{axis} at {w} µm" for axis in "oe" for w in wave]
    return Found(rows(names, found, printed, 1e-6), _curves(("LiNbO3",), 1.2, 1.7, marks))


def _group() -> Found:
    printed = {("Si-Salzberg", 0): 3.605295, ("SiO2", 0): 1.462596, ("Si3N4", 0): 2.039573, ("LiNbO3", 0): 2.263675, ("LiNbO3", -1): 2.182319}  # fmt: skip
    found = [float(materials.get(name).n_g(1.55, axis=axis)) for name, axis in printed]
    names = [f"n_g of {name}{', e' if axis else ''}" for name, axis in printed]
    return Found(rows(names, found, list(printed.values()), 1e-6))


def _water() -> Found:
    water = materials.get("water")
    wave = np.linspace(1.2, 1.6, 200)

    def draw(axes: "Axes") -> None:
        axes.semilogy(wave, np.asarray(water.absorption(wave)))
        axes.plot([1.55], [12.10], "ko")
        axes.set_xlabel("wavelength (µm)")
        axes.set_ylabel("absorption (1/cm)")

    found = [water.n(1.31).real, water.n(1.55).real]
    first = rows(["n at 1.31 µm", "n at 1.55 µm"], found, [1.320050, 1.315354], 1e-6)
    return Found((*first, *rows(["absorption at 1.55 µm"], water.absorption(1.55), [12.10], 0.005, "1/cm")), draw)


def _carriers() -> Found:
    index = [
        materials.carrier_index(*carriers, wave) for wave in (1.55, 1.31) for carriers in ((1e18, 0.0), (0.0, 1e18))
    ]
    loss = [
        materials.carrier_absorption(*carriers, wave)
        for wave in (1.55, 1.31)
        for carriers in ((1e18, 0.0), (0.0, 1e18))
    ]
    names = [f"of 1e18 {kind} at {wave} µm" for wave in (1.55, 1.31) for kind in ("electrons", "holes")]

    def draw(axes: "Axes") -> None:
        n = np.logspace(16, 20, 100)
        for wave, style in ((1.55, "-"), (1.31, "--")):
            axes.loglog(
                n, -np.asarray(materials.carrier_index(n, 0.0, wave)), "C0" + style, label=f"electrons, {wave} µm"
            )
            axes.loglog(n, -np.asarray(materials.carrier_index(0.0, n, wave)), "C3" + style, label=f"holes, {wave} µm")
        axes.plot([1e18] * 4, [8.51910e-4, 1.85648e-3, 5.78384e-4, 1.33940e-3], "ko", markersize=4)
        axes.set_xlabel("concentration (cm$^{-3}$)")
        axes.set_ylabel("-Δn")
        axes.legend()

    return Found(
        (
            *rows(
                [f"Δn {n}" for n in names],
                1e3 * np.asarray(index),
                [-0.851910, -1.85648, -0.578384, -1.33940],
                1e-5,
                "1e-3",
            ),
            *rows([f"α {n}" for n in names], loss, [9.00353, 5.35073, 4.60871, 4.07944], 1e-5, "1/cm"),
        ),
        draw,
    )


CASES = (
    Case(
        "silicon by Li",
        GROUP,
        "H. H. Li, J. Phys. Chem. Ref. Data 9, 561 (1980), doi:10.1063/1.555624, table at 293 K",
        "his formula, which we evaluate, meets his rounded table to 1e-4",
        _silicon,
    ),
    Case(
        "silicon's thermo-optic coefficient",
        GROUP,
        "H. H. Li (1980), doi:10.1063/1.555624, at 300 K",
        "half of the last digit in print, and ours",
        _silicon_drift,
    ),
    Case(
        "silica and silicon nitride",
        GROUP,
        "I. H. Malitson, J. Opt. Soc. Am. 55, 1205 (1965), doi:10.1364/JOSA.55.001205; "
        f"K. Luke et al., Opt. Lett. 40, 4823 (2015), doi:10.1364/OL.40.004823; values of {DATABASE}",
        "digits given",
        _glasses,
    ),
    Case(
        "lithium niobate",
        GROUP,
        "D. E. Zelmon, D. L. Small, D. Jundt, J. Opt. Soc. Am. B 14, 3319 (1997), "
        f"doi:10.1364/JOSAB.14.003319; values of {DATABASE}",
        "digits given",
        _niobate,
    ),
    Case(
        "group indices of media",
        GROUP,
        f"closed derivatives of the Sellmeier formulas of {DATABASE}",
        "digits given",
        _group,
    ),
    Case(
        "water",
        GROUP,
        f"S. Kedenburg et al., Opt. Mater. Express 2, 1588 (2012), doi:10.1364/OME.2.001588; values of {DATABASE}",
        "digits given",
        _water,
    ),
    Case(
        "free carriers in silicon",
        GROUP,
        "M. Nedeljkovic, R. Soref, G. Z. Mashanovich, IEEE Photonics J. 3, 1171 (2011), "
        "doi:10.1109/JPHOT.2011.2171930, eq. 2 evaluated by hand",
        "digits given",
        _carriers,
    ),
)
