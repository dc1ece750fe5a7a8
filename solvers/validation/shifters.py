"""Silicon phase shifters that were made and measured, beside what their doses give.

Four stand here, each with what its source leaves out named in its case:

- D. J. Thomson et al., IEEE Photonics Technol. Lett. 24, 234 (2012), as reprinted in "Lecture 11, Optical Modulation"
  of the notes of EECE 7398, Northeastern University (github.com/shridhar-lightmatter/PIC-lecture-notes): doses, the
  drawn cross-section, where the n side meets the rib of the p side at its foot, and phase against voltage of 1 mm; no
  size of rib and slab.
- C. T. DeRose et al., Optical Interconnects (2012), 135, its text in github.com/jwt625/eo-modulator-atlas: film, doses,
  capacitance and V_pi L; neither rib nor slab nor wavelength. Two junctions in series, on 0.6 of a line of 95 Ω and
  2.3: of all readings of 0.41 fF/µm only that of the pair, along what is active, makes the 50 Ω and 4.5 that it prints
  (47 Ω and 4.6; half of it 60 Ω and 3.7, along all of the line 39 Ω and 5.7).
- Q. Liu et al., OFC (2026), W2A.14: 220 nm by 380 nm on a slab of 70 nm, 6e17 and 1e18 with their junction 100 nm
  aside, 1e19 and 1e20 farther out, and V_pi L of 1.14 V cm of 2.85 mm: "one junction was bypassed while monitoring the
  resulting phase shift ... The average of the two measurements yields a Vπ of 4 V under a -2 V bias". That can be read
  in three ways, which for the junction as printed, towards n, give 1.22 V cm (π is twice what 2 V turn, +7 %), 1.43
  (from 0 to 4 V, about a bias of 2; +25 %) and 1.50 (the slope at 2 V, +32 %). The second is taken, since spectra at 0
  and -4 V are what is shown; the atlas, too, has its convention as undefined. It does not print to which side the
  junction lies, how blurred it is, where the outer implants begin, or the wavelength in the O band. Convention
  explains no more: a pair in series push-pull has the V_pi of one junction alone, since each has half of the voltage
  and both arms turn. What such a number is worth: of two modulators of one optical and doping design, which differ in
  their electrodes, the same hands print 0.90 and 1.18 V cm at no frequency (OFC 2026, Th2A.11, whose inner doses are
  not given).
- Hu et al., Commun. Eng. 2, 67 (2023), a ring, in that atlas: 420 nm by 220 nm on 70 nm, about 3e18, and V_pi L without
  its voltages.

Those that have V_pi L from the shift of a resonance and were entered before they were computed stand in `measured`.

Opened and left out, for what they lack. Doses: Yue (arXiv:2312.14537), H. Wang (OFC 2026: 2.3 and 1.36 V cm), P. Dong
(OFC 2026: 7 V), Deng (OFC 2026: 1.5 V cm), Q. Liu (OFC 2026, M2B.2: a Q of 1630, 26.7 pm/V), Gong (OFC 2026, W1A.2: a
junction like an S, 1.80 V cm and 10.3 dB/cm, no film either). V_pi L and capacitance: Han (Sci. Adv. 9, eadi5339
(2023): 5e17 in a slow grating). Shape: Bao (OFC 2026, W2A.12: a disk of three doses of either kind, 25 pm/V and 8 fF,
where they begin not in print), Shen (arXiv:2104.01163: 4e18 and 1.5e18 in an L of no printed size, 0.975 V cm at 1.96
µm). Both: spectra of the four wafers of a lot HY202103, of which only notes in repositories of courses were opened.
Computed, though called tested: arXiv:2510.25530. In abstract and first page only: Liu, Opt. Express 15, 660 (2007);
Watts, Opt. Express 19, 21989 (2011); Baehr-Jones, Opt. Express 20, 12014 (2012); Yong, Opt. Express 25, 8425 (2017);
Passoni, Photonics Res. 8, 457 (2020); Rasigade, Opt. Express 19, 3919 (2011); Li, Opt. Express 17 (2009); Spector, IEEE
J. Sel. Top. Quantum Electron. 16, 165 (2010); Mishra, Front. Phys. 11, 1123885 (2023); Dong, Opt. Express 17, 22484
(2009); Timurdogan, Nat. Commun. 5, 4008 (2014); X. Wang, Photonics Res. 9, 535 (2021); theses of Sorace (MIT 2010) and
Dong (St Andrews 2011). Formulas and no number: Jayatilleka, IEEE Photonics J. 5 (2013), as others have programmed it.

The limit is 20 % of each number, set with the ranges of what is guessed before any was computed.
"""

from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from lingnan.solvers import phaseshifters
from lingnan.solvers.phaseshifters import Figures, Implant
from lingnan.solvers.validation.case import Case, Found, Row, rows
from lingnan.solvers.validation.silicon import GROUP, SILICON

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LIMIT = 0.2
#: phase of 1 mm at a reverse bias [V: rad], dots of the reprint against its ticks, turned as its frame; to 0.005
PHASE = {1.0: 0.123, 2.0: 0.231, 3.0: 0.334, 4.0: 0.441, 5.0: 0.531, 6.0: 0.625, 7.0: 0.719, 8.0: 0.806}


def _of_the_foot(width: float, slab: float, volts: jnp.ndarray) -> Figures:
    """A rib of 3e17 whose n side, 1.5e18, begins at its foot; 1e20 from half a micrometre beside it."""
    foot = width / 2
    implants = (
        Implant("n", 1.5e18, right=-foot),
        Implant("p", 3e17, left=-foot),
        Implant("n", 1e20, right=-foot - 0.5),
        Implant("p", 1e20, left=foot + 0.5),
    )
    section = phaseshifters.rib(implants, width=width, slab=slab, left=-foot - 1, right=foot + 1, silicon=SILICON)
    return phaseshifters.figures(section, volts)


def _foot() -> Found:
    volts = jnp.array([1.0, 2.0, 4.0, 8.0])
    found = np.asarray(_of_the_foot(0.4, 0.1, volts).vpi_l)
    read = np.array([0.1 * np.pi * v / PHASE[v] for v in np.asarray(volts)])

    def draw(axes: "Axes") -> None:
        wide = np.asarray(_of_the_foot(0.5, 0.09, volts).delta_n)
        narrow = np.asarray(_of_the_foot(0.4, 0.1, volts).delta_n)
        low, high = (2 * np.pi / 1.55e-3 * np.append(0.0, n) for n in (wide, narrow))
        axes.fill_between(np.append(0.0, volts), low, high, alpha=0.4, label="ribs of 0.4 to 0.5 µm")
        axes.plot([*PHASE], [*PHASE.values()], "ks", label="measured")
        axes.set_xlabel("reverse bias (V)")
        axes.set_ylabel("phase of 1 mm (rad)")
        axes.legend()

    names = [f"V_pi L, 0 to {v:g} V, read from its dots" for v in np.asarray(volts)]
    printed = Row("V_pi L, 0 to 4 V, as printed", float(found[2]), 2.8, LIMIT * 2.8, "V cm")
    return Found((printed, *rows(names, found, read, LIMIT * read, "V cm")), draw)


def _pair() -> Found:
    blurs, capacitance, efficiency = (0.0, 0.01, 0.02, 0.03), 0.41, 0.7

    def of(straggle: float) -> tuple[float, float]:
        implants = (
            Implant("p", 5e18, right=0.0, straggle=straggle),
            Implant("n", 5e18, left=0.0, straggle=straggle),
        )
        section = phaseshifters.rib(implants, film=0.25, slab=0.05, left=-0.8, right=0.8, silicon=SILICON)
        found = phaseshifters.figures(section, jnp.array([0.02, 3.5]))
        return 1e9 * float(found.capacitance[0]) / 2, float(found.vpi_l[1])

    found = np.array([of(blur) for blur in blurs])
    nearest = float(np.clip(capacitance, found[:, 0].min(), found[:, 0].max()))
    fitted = float(np.interp(nearest, found[::-1, 0], found[::-1, 1]))

    def draw(axes: "Axes") -> None:
        axes.plot(found[:, 0], found[:, 1], "o-", label="0, 10, 20, 30 nm of straggle")
        axes.errorbar([capacitance], [efficiency], LIMIT * efficiency, LIMIT * capacitance, "ks", capsize=4)
        axes.set_xlabel("capacitance of two in series (fF/µm)")
        axes.set_ylabel("V_pi L (V cm)")
        axes.legend()

    return Found(
        (
            Row("capacitance, 0 V, nearest of 0 to 30 nm", nearest, capacitance, LIMIT * capacitance, "fF/µm"),
            Row("V_pi L, 0 to 3.5 V, of what has it", fitted, efficiency, LIMIT * efficiency, "V cm"),
        ),
        draw,
    )


def _measured() -> Found:
    aside, volts, printed = (0.0, 0.05, 0.1), jnp.array([1.0, 2.0, 3.0, 4.0]), 1.14

    def of(offset: float, straggle: float) -> Figures:
        implants = [
            one
            for dose, reach in (((6e17, 1e18), None), ((1e19, 1e19), 0.49), ((1e20, 1e20), 0.99))
            for one in (
                Implant("p", dose[0], right=offset if reach is None else -reach, straggle=straggle),
                Implant("n", dose[1], left=offset if reach is None else reach, straggle=straggle),
            )
        ]
        section = phaseshifters.rib(implants, width=0.38, slab=0.07, oxide=2.0)
        return phaseshifters.figures(section, volts, 1.31)

    found = {offset: of(offset, 0.0) for offset in aside}

    def draw(axes: "Axes") -> None:
        axes.errorbar([4.0], [printed], LIMIT * printed, fmt="ks", capsize=4, label="measured, ± 20 %")
        for offset, one in found.items():
            phaseshifters.plot_figure(one, "vpi_l", axes, f"{1e3 * offset:.0f} nm towards n, abrupt")
        phaseshifters.plot_figure(of(0.1, 0.03), "vpi_l", axes, "100 nm, 30 nm of straggle", "s--")

    least = min(float(one.vpi_l[-1]) for one in found.values())
    name = "least V_pi L, 0 to 4 V, junction 0 to 100 nm aside"
    return Found((Row(name, least, printed, LIMIT * printed, "V cm"),), draw)


def _ring() -> Found:
    implants = (
        Implant("p", 3e18, right=0.0),
        Implant("n", 3e18, left=0.0),
        Implant("p", 1e20, right=-0.71),
        Implant("n", 1e20, left=0.71),
    )
    section = phaseshifters.rib(implants, width=0.42, slab=0.07, left=-1.2, right=1.2, silicon=SILICON)
    volts, printed = jnp.array([1.0, 2.0, 4.0]), 0.8
    figures = phaseshifters.figures(section, volts, 1.312)
    found = np.asarray(figures.vpi_l)

    def draw(axes: "Axes") -> None:
        axes.axhspan((1 - LIMIT) * printed, (1 + LIMIT) * printed, alpha=0.3, label="printed, ± 20 %")
        phaseshifters.plot_figure(figures, "vpi_l", axes, "here")

    nearest = float(np.clip(printed, found.min(), found.max()))
    name = "V_pi L, nearest of swings of 1 to 4 V"
    return Found((Row(name, nearest, printed, LIMIT * printed, "V cm"),), draw)


CASES = (
    Case(
        "a junction at the foot of its rib, 1.55 µm",
        GROUP,
        "D. J. Thomson et al., IEEE Photonics Technol. Lett. 24, 234 (2012), as reprinted: 1 mm; measured",
        "20 %; guessed are a film of 220 nm, a rib of 0.4 to 0.5 µm on 90 to 100 nm (43 % of the film in its drawing), "
        "abrupt edges, 1e20 from 0.5 µm beside the rib and n_i. 0.4 µm on 100 nm stand here, chosen with all known: "
        "of 0.5 µm it is 29 % above and outside, on 90 nm 36 %, inside up to about 0.47 µm. 30 nm of straggle take off "
        "0.1 to 5 %. Dots were read to 0.005 rad, 4 % of the first",
        _foot,
    ),
    Case(
        "two junctions of 5e18 in series",
        GROUP,
        "C. T. DeRose et al., Optical Interconnects (2012), 135: 0.41 fF/µm at 0 V, 0.7 V cm of 2 mm; measured",
        "20 %; guessed are a rib of 0.5 µm on 50 nm, 1.55 µm, and straggle between 0 and 30 nm: one number of two is "
        "fitted by it, 23 nm. Abrupt ones have 0.61 fF/µm and 0.59 V cm, those of 30 nm 0.39 and 0.85; cells half as "
        "wide move either by 1 to 3 %",
        _pair,
    ),
    Case(
        "a measured modulator in the O band",
        GROUP,
        "Q. Liu et al., OFC (2026), W2A.14: 2.85 mm, 4 V about 2 V of bias; measured",
        "20 %; guessed are abrupt edges, 1.31 µm, 1e19 from 0.3 and 1e20 from 0.8 µm beside the rib, and how far aside "
        "the junction lies: with the 100 nm as printed, towards n, it is 25 % above and outside, with 30 nm of "
        "straggle 44 %, towards p 80 %. As printed but with the index of Soref and Bennett (1987) it is 11 % above. "
        "1.34 µm, a gap narrowed by 40 meV, 340 K, 20 nm of width, 10 nm of film and outer implants 0.1 µm nearer "
        "move it by 1 % each, 10 nm of slab by 3 %, a fifth of the doses by 5 to 7 %; without its field in oxide it "
        "would be 12 % higher. Read as twice what 2 V turn it is 7 % above as printed and 5 % below with 50 nm; as the "
        "slope at 2 V 32 and 20 % above",
        _measured,
    ),
    Case(
        "a ring of 3e18 in the O band",
        GROUP,
        "Hu et al., Commun. Eng. 2, 67 (2023), arXiv:2111.05331, by its transcription in the eo-modulator-atlas: "
        "about 3e18, 0.8 V cm, which its authors say and do not show",
        "20 %; guessed are a centred, abrupt junction, 1e20 from 0.5 µm beside the rib, n_i, and swings of 1 to 4 V, "
        "of which none is printed: 1, 2, 3 and 4 V have 0.59, 0.66, 0.73 and 0.79 V cm",
        _ring,
    ),
)
