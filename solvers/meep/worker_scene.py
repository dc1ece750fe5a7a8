"""Scenes as Meep's own objects, for what runs under the interpreter that has Meep."""

import json
import math
import time

import meep as mp
import numpy as np

mp.verbosity(0)


def say(done, doing):
    if mp.am_master():
        print("@lingnan " + json.dumps({"done": done, "doing": doing}), flush=True)


def progress(doing, least):
    """Says every two seconds how far the fields are on their way to the earliest end that they can have."""
    said = -math.inf

    def tell(sim):
        nonlocal said
        if time.monotonic() - said > 2.0:
            t, said = sim.meep_time(), time.monotonic()
            say(min(1.0, t / least), f"{doing}: t = {t:.0f} of {least:.0f} µm/c at least")

    return tell


def number(value):
    return complex(value["re"], value["im"]) if isinstance(value, dict) else value


def medium(index, frequency):
    """Meep has no complex epsilon: absorption is a conductivity at the centre frequency, eps (1 + i sigma / omega)."""
    index = complex(number(index))
    epsilon = index * index
    if abs(epsilon.imag) < 1e-15:
        return mp.Medium(epsilon=epsilon.real)
    return mp.Medium(epsilon=epsilon.real, D_conductivity=2 * math.pi * frequency * epsilon.imag / epsilon.real)


def volume(scene):
    flat = scene["dimension"] == 2
    low, high, pad = scene["lower"], scene["upper"], scene["absorber"]
    centre = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    size = [b - a + 2 * pad for a, b in zip(low, high, strict=True)]
    if flat:
        centre[2], size[2] = 0.0, 0.0
    return mp.Vector3(*centre), mp.Vector3(*size), flat


def geometry(scene, origin, flat):
    frequency = 1 / scene["wavelength"]
    shapes = []
    for slab in scene["slabs"]:
        height = mp.inf if flat else slab["z_max"] - slab["z_min"]
        z = 0.0 if flat else (slab["z_max"] + slab["z_min"]) / 2 - origin.z
        shapes.append(
            mp.Block(
                center=mp.Vector3(0, 0, z),
                size=mp.Vector3(mp.inf, mp.inf, height),
                material=medium(slab["index"], frequency),
            )
        )
    for prism in scene["prisms"]:
        z = -1e3 if flat else prism["z_min"] - origin.z
        height = 2e3 if flat else prism["z_max"] - prism["z_min"]
        points = [mp.Vector3(x - origin.x, y - origin.y, z) for x, y in prism["vertices"]]
        lean = 0.0 if flat else math.radians(90 - prism["sidewall_angle_deg"])
        shapes.append(mp.Prism(points, height, material=medium(prism["index"], frequency), sidewall_angle=lean))
    return shapes


class Plane:
    """A port as Meep sees it."""

    def __init__(self, port, origin, flat):
        self.name = port["name"]
        angle = round(port["angle_deg"]) % 360
        self.along = mp.X if angle in (0, 180) else mp.Y
        self.outward = 1 if angle in (0, 90) else -1
        height = 0.0 if flat else port["height"]
        width = port["width"]
        self.size = mp.Vector3(0, width, height) if self.along == mp.X else mp.Vector3(width, 0, height)
        x, y, z = port["center"]
        self.center = mp.Vector3(x - origin.x, y - origin.y, 0.0 if flat else z - origin.z)
        self.step = mp.Vector3(self.outward, 0, 0) if self.along == mp.X else mp.Vector3(0, self.outward, 0)
        self.mode = port["mode"]

    def k_guess(self):
        """Into the device."""
        return self.step.scale(-1)


def simulation(scene, extra=(), sources=()):
    origin, size, flat = volume(scene)
    # Meep integrates how much of a pixel lies under a leaning wall until it is sure to 1e-4, and asks every corner of
    # the outline each time: minutes or hours for a curve. Sure to 1e-2, permittivities beside walls scatter by 4e-4 of
    # the step (rms, a strip at 10 pixels per µm, against 1e-4), and it takes a thirtieth of the time
    leaning = not flat and any(prism["sidewall_angle_deg"] != 90 for prism in scene["prisms"])
    sim = mp.Simulation(
        cell_size=size,
        resolution=scene["resolution"],
        boundary_layers=[mp.PML(scene["absorber"])],
        geometry=geometry(scene, origin, flat) + list(extra),
        sources=list(sources),
        default_material=mp.Medium(index=1.0),
        eps_averaging=True,
        subpixel_tol=1e-2 if leaning else 1e-4,
        symmetries=[mp.Mirror(getattr(mp, axis.upper()), phase=phase) for axis, phase in mirrors(scene).items()],
    )
    return sim, origin, flat


def mirrors(scene):
    """Phase of a fundamental mode's fields under each mirror: an E across the plane turns round, one along it stays."""
    flips = {"y": "TE", "z": "TM"}
    return {axis: -1 if scene["polarization"] == flips[axis] else 1 for axis in scene.get("mirrors", "")}


def parity(scene, flat):
    """In two dimensions TE (E in the plane) is Hz-polarised. In three, guides have the parity of declared mirrors."""
    signs = mirrors(scene)
    if flat:
        signs["z"] = 1 if scene["polarization"] == "TE" else -1
    names = {("y", 1): mp.EVEN_Y, ("y", -1): mp.ODD_Y, ("z", 1): mp.EVEN_Z, ("z", -1): mp.ODD_Z}
    return sum(names[one] for one in signs.items()) or mp.NO_PARITY


def band(scene):
    """Frequencies, rising, at equal steps in wavelength: the middle of the band is a point of it, to round-off."""
    wavelength, reach = scene["wavelength"], scene["bandwidth"] / 2
    if scene["points"] == 1:
        return np.array([1 / wavelength])
    return 1 / np.linspace(wavelength + reach, wavelength - reach, scene["points"])


def crossing_time(scene):
    """Light's way along two sides of the volume. Until it is through, monitors stand still as if all were over."""
    index = max(abs(complex(number(one["index"]))) for one in scene["prisms"] + scene["slabs"])
    sides = sum(scene["upper"][axis] - scene["lower"][axis] for axis in (0, 1))
    return 1.5 * index * sides  # group indices are up to 1.3 of the material's


def eigensource(scene, plane, flat, distance, component_parity):
    frequency, width = 1 / scene["wavelength"], scene["bandwidth"] / scene["wavelength"] ** 2
    return mp.EigenModeSource(
        mp.GaussianSource(frequency, fwidth=1.5 * width + 0.05 * frequency),
        center=plane.center + plane.step.scale(distance),
        size=plane.size,
        direction=mp.NO_DIRECTION,
        eig_kpoint=plane.k_guess(),
        eig_band=plane.mode,
        eig_parity=component_parity,
        eig_match_freq=True,
    )
