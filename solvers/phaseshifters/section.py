"""Cross-sections of phase shifters: bodies of silicon in oxide, implants, contacts.

x runs across the guide, y up from the buried oxide; µm. Walls are upright: one of 85 degrees leans by 19 nm over a
film of 220 nm, and no junction moves with it. Concentrations in cm^-3.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import erf

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.semiconductors import Silicon
from lingnan.solvers.trees import tree

Polarity = Literal["n", "p"]
SOLID = 5e22  #: atoms of silicon [cm^-3]
WAFER = 1e15  #: dopants that silicon has of its own, which slow nothing: where implants have fewer, see `slowness`
#: of oxide below and above silicon that fields reach into [µm]. Of a rib of 5e17 and 3e17 between contacts 1 µm aside,
#: at 2 V, 5 µm have 0.1 % more capacitance and as much V_pi L; 1 µm has 1.5 % less and 0.2 % more, 0.4 µm 9 and 0.9 %
OXIDE = 2.0


@tree
@dataclass(frozen=True)
class Implant:
    """Dopants in a box with blurred edges; None: it goes on as far as silicon does."""

    polarity: Polarity = field(metadata={"static": True})
    concentration: Any  #: far inside [cm^-3]
    left: Any = None  #: [µm]
    right: Any = None
    bottom: Any = None
    top: Any = None
    straggle: Any = 0.0  #: standard deviation of the edges across, from scatter and diffusion; 0: abrupt [µm]
    depth_straggle: Any = 0.0  #: the same of bottom and top [µm]
    slowness: tuple[Any, Any] = (1.0, 1.0)  #: Masetti's mobility over that of its carriers, in the core and elsewhere

    def __post_init__(self) -> None:
        if self.polarity not in ("n", "p"):
            raise ValueError(f"Implant: polarity = {self.polarity!r}: it is 'n' or 'p'.")
        check_no_less("Implant", "concentration", self.concentration, 0.0, "cm^-3", "A dose is no less than none.")
        most = float(np.max(self.concentration)) if known(self.concentration) else 0.0
        if not most < SOLID:
            raise ValueError(
                f"Implant: concentration = {most:g} cm^-3: it must be less than {SOLID:g} cm^-3, all atoms of silicon."
            )
        for name in ("straggle", "depth_straggle"):
            check_no_less("Implant", name, getattr(self, name), 0.0, "µm", "0 is an abrupt edge, 0.02 to 0.1 is usual.")
        for part, value in zip(("core", "slab"), self.slowness, strict=True):
            check_between("Implant", f"slowness in the {part}", value, 0.0, np.inf, "", "1 is Masetti's mobility.")
        for name in ("left", "right", "bottom", "top"):
            edge = getattr(self, name)
            if edge is not None and known(edge) and not np.isfinite(float(edge)):
                raise ValueError(f"Implant: {name} = {edge} µm: give a place, or None where it goes on.")
        for low, high in (("left", "right"), ("bottom", "top")):
            a, b = getattr(self, low), getattr(self, high)
            if a is not None and b is not None and known(a) and known(b) and not float(a) < float(b):
                raise ValueError(f"Implant: {low} = {a} µm is not below {high} = {b} µm: the window is empty.")

    def at(self, x: Array, y: Array) -> Array:
        """Concentration at the corners of cells between lines x (nx + 1,) and levels y (ny + 1,): (nx, ny, 4)."""
        across = _ends(x, self.left, self.right, self.straggle)
        up = _ends(y, self.bottom, self.top, self.depth_straggle)
        corners = across[:, None, :, None] * up[None, :, None, :]  # left bottom, left top, right bottom, right top
        return jnp.asarray(self.concentration, float) * corners.reshape(*corners.shape[:2], 4)


def _ends(lines: Array, low: Any, high: Any, straggle: Any) -> Array:
    """Share of a window at both ends of each interval, (n, 2); abrupt edges lie on lines, so the middle decides."""
    if known(straggle) and float(straggle) == 0.0:
        places = ((lines[1:] + lines[:-1]) / 2)[:, None] * jnp.ones(2)
        steps = (jnp.where(places > edge, 1.0, 0.0) for edge in (low, high) if edge is not None)
        found = [*steps]
    else:
        places = jnp.stack([lines[:-1], lines[1:]], axis=-1)
        root = np.sqrt(2.0) * jnp.asarray(straggle, float)
        found = [(1 + erf((places - edge) / root)) / 2 for edge in (low, high) if edge is not None]
    first = found[0] if low is not None else 1.0
    return first - (found[-1] if high is not None else 0.0) + 0 * places


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Body:
    """A box of silicon [µm]."""

    name: str = field(metadata={"static": True})
    left: Any
    right: Any
    bottom: Any
    top: Any
    goes_on: tuple[bool, bool] = field(default=(False, False), metadata={"static": True})  #: for light, left and right


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Contact:
    """What touches silicon: all nodes in a box, which may be a line [µm]."""

    name: str = field(metadata={"static": True})
    left: Any
    right: Any
    bottom: Any
    top: Any


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Section:
    """What light and carriers are solved in, with two contacts; made by `rib`, `capacitor` or from parts."""

    bodies: tuple[Body, ...]
    implants: tuple[Implant, ...]
    contacts: tuple[Contact, Contact]
    silicon: Silicon = field(default_factory=Silicon)
    oxide: Any = OXIDE  #: thickness below and above that fields of the junction reach into; 0: none do [µm]
    core: str = field(default="Si", metadata={"static": True})
    cladding: str = field(default="SiO2", metadata={"static": True})

    def doping(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Donors and acceptors at the corners of cells, (nx, ny, 4) each [cm^-3]."""
        none = jnp.zeros((x.shape[0] - 1, y.shape[0] - 1, 4))
        kinds: Mapping[str, list[Array]] = {"n": [none], "p": [none]}
        for one in self.implants:
            kinds[one.polarity].append(one.at(x, y))
        return sum(kinds["n"][1:], kinds["n"][0]), sum(kinds["p"][1:], kinds["p"][0])

    def slowness(self, x: Array, y: Array) -> tuple[Array, Array]:
        """How many times slower than by Masetti's law electrons are among donors, and holes among acceptors, at the
        corners of cells, (nx, ny, 4) each.

        Mobilities, 1/slowness, are means over the dopants of a place, `WAFER` of its own ones included: silicon with
        one implant has that implant's sheet resistance, and carriers beyond its edges run as in pure silicon.
        """
        middle, in_core = (x[1:] + x[:-1]) / 2, jnp.zeros(x.shape[0] - 1)
        for body in self.bodies:
            if body.name == "core":
                in_core = jnp.where((middle > body.left) & (middle < body.right), 1.0, in_core)
        share = in_core[:, None, None]
        own = WAFER * jnp.ones((x.shape[0] - 1, y.shape[0] - 1, 4))
        dopants, mobile = {"n": own, "p": own}, {"n": own, "p": own}
        for one in self.implants:
            here, (core, slab) = one.at(x, y), one.slowness
            dopants[one.polarity] = dopants[one.polarity] + here
            mobile[one.polarity] = mobile[one.polarity] + here * (share / core + (1 - share) / slab)
        return dopants["n"] / mobile["n"], dopants["p"] / mobile["p"]

    def moved(self, by: Mapping[str, Any]) -> "Section":
        """The same with other implants: name of a field of `Implant` -> what is added to it, in their order."""
        changed = [
            replace(one, **{name: getattr(one, name) + values[k] for name, values in by.items()})
            for k, one in enumerate(self.implants)
        ]
        return replace(self, implants=tuple(changed))


def known_all(values: Sequence[Any]) -> bool:
    """Whether all are numbers to look at."""
    return all(known(v) for v in values)


def _check_ends(where: str, width: Any, left: Any, right: Any) -> None:
    """Refuse contacts that stand on the core, which is about x = 0."""
    if not known(width):
        return
    for name, edge, outwards in (("left", left, -1), ("right", right, 1)):
        if known(edge) and float(width) / 2 < -outwards * float(edge):
            raise ValueError(
                f"{where}: contact {name} at x = {edge} µm stands on the other side of the core, whose middle is at 0. "
                "Exchange left and right."
            )
        if known(edge) and not outwards * float(edge) > float(width) / 2:
            raise ValueError(
                f"{where}: contact {name} at x = {edge} µm stands on the core, which reaches to {float(width) / 2:g} "
                "µm: metal there takes the light. Put it 0.3 µm or more beside the core (rule DOPC.S.WG)."
            )


def rib(
    implants: Sequence[Implant],
    *,
    width: Any = 0.5,
    film: Any = 0.22,
    slab: Any = 0.09,
    left: Any = -1.5,
    right: Any = 1.5,
    silicon: Silicon | None = None,
    oxide: Any = OXIDE,
) -> Section:
    """A rib whose slab ends at a contact on either side.

    Args:
        implants: that overlap as they are drawn.
        width: of the rib, about x = 0 [µm].
        film: thickness of the rib [µm].
        slab: what the etch leaves beside it [µm].
        left: where the slab ends at the contact "left" [µm].
        right: where it ends at the contact "right" [µm].
        silicon: its numbers.
        oxide: thickness below and above into which the junction's field reaches [µm]. The field there is no error of
            the mesh: a film between two half spaces in Fourier series has it, and DEVSIM. Of a rib of 5e17 and 3e17 it
            adds 30 % to the capacitance at 0 V and 46 % at 2 V, and takes 10 % off V_pi L: its charge sits on the
            film's faces, where there is less light.

    Raises:
        ValueError: a length that is none, a slab as thick as the film, a contact on the core.
    """
    for name, value in (("width", width), ("film", film), ("slab", slab)):
        check_between("rib", name, value, 0.0, 100.0, "µm", "Give it in µm, such as 0.22.")
    check_no_less("rib", "oxide", oxide, 0.0, "µm", "0 leaves the field outside of silicon out.")
    if known(slab) and known(film) and not float(slab) < float(film):
        raise ValueError(f"rib: slab = {slab} µm is not below the film's {film} µm. Give what the etch leaves.")
    _check_ends("rib", width, left, right)
    half = width / 2
    bodies = (Body("slab", left, right, 0.0, slab, (True, True)), Body("core", -half, half, slab, film))
    ends = (Contact("left", left, left, 0.0, slab), Contact("right", right, right, 0.0, slab))
    return Section(bodies, tuple(implants), ends, silicon or Silicon(), oxide)


def capacitor(
    implants: Sequence[Implant],
    *,
    width: Any = 0.5,
    lower: Any = 0.11,
    gate_oxide: Any = 0.005,
    upper: Any = 0.11,
    left: Any = -1.5,
    right: Any = 1.5,
    silicon: Silicon | None = None,
    oxide: Any = OXIDE,
) -> Section:
    """A metal-oxide-semiconductor capacitor of two layers of silicon that overlap over a thin oxide.

    The lower layer comes from the contact "left", the upper one from the contact "right"; where both are, light is.

    Args:
        implants: of both layers.
        width: of the overlap, about x = 0 [µm].
        lower: thickness of the lower layer [µm].
        gate_oxide: between the two [µm].
        upper: thickness of the upper layer [µm].
        left: where the lower one ends at its contact [µm].
        right: where the upper one ends at its contact [µm].
        silicon: numbers of both.
        oxide: below and above [µm].

    Raises:
        ValueError: a length that is none, a contact on the core.
    """
    for name, value in (("width", width), ("lower", lower), ("gate_oxide", gate_oxide), ("upper", upper)):
        check_between("capacitor", name, value, 0.0, 100.0, "µm", "Give it in µm, such as 0.005 for the oxide.")
    check_no_less("capacitor", "oxide", oxide, 0.0, "µm", "0 leaves the field outside of silicon out.")
    _check_ends("capacitor", width, left, right)
    half, gate = width / 2, lower + gate_oxide
    below = Body("lower", left, half, 0.0, lower, (True, False))
    above = Body("upper", -half, right, gate, gate + upper, (False, True))
    ends = (Contact("left", left, left, 0.0, lower), Contact("right", right, right, gate, gate + upper))
    return Section((below, above), tuple(implants), ends, silicon or Silicon(), oxide)
