"""Runs under the interpreter that has Meep, and nothing of lingnan: reads a task, writes numbers.

`worker.py FOLDER` reads task.json and input.npz there and writes result.npz. Progress goes to stdout as `@lingnan {…}`.
"""

import json
import math
import os
import sys
import warnings

warnings.filterwarnings("ignore")
import meep as mp  # noqa: E402
import numpy as np  # noqa: E402

mp.verbosity(0)


def say(done, doing):
    if mp.am_master():
        print("@lingnan " + json.dumps({"done": done, "doing": doing}), flush=True)


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
    sim = mp.Simulation(
        cell_size=size,
        resolution=scene["resolution"],
        boundary_layers=[mp.PML(scene["absorber"])],
        geometry=geometry(scene, origin, flat) + list(extra),
        sources=list(sources),
        default_material=mp.Medium(index=1.0),
        eps_averaging=True,
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


def sparameters(task, arrays):
    """All S-parameters of one excitation: S[out, in] at the port planes, exp(-i omega t)."""
    scene = task["scene"]
    names = [port["name"] for port in scene["ports"]]
    excited = names.index(task["excite"])
    sim, origin, flat = simulation(scene)
    planes = [Plane(port, origin, flat) for port in scene["ports"]]
    same = parity(scene, flat)
    frequencies = band(scene)
    points = len(frequencies)
    sim.change_sources([eigensource(scene, planes[excited], flat, task["source_distance"], same)])
    monitors = [
        sim.add_mode_monitor(list(frequencies), mp.ModeRegion(center=p.center, size=p.size, direction=p.along))
        for p in planes
    ]
    sim.init_sim()
    sim.run(
        mp.at_every(20, lambda s: say(task["share"], f"FDTD from {names[excited]}: t = {s.meep_time():.0f}")),
        until_after_sources=mp.stop_when_dft_decayed(
            tol=scene["decay"], minimum_run_time=crossing_time(scene), maximum_run_time=task["maximum_time"]
        ),
    )
    outward = np.zeros((len(planes), points), complex)
    inward = np.zeros((len(planes), points), complex)
    for row, (plane, monitor) in enumerate(zip(planes, monitors, strict=True)):
        # Each wave by the mode that runs its way, coefficient 0. Coefficient 1 of the mode that runs the other way is
        # the same wave too, but off by up to 15 % at 20 pixels where the plane lies on whole pixels: Meep weighs the
        # fields within one pixel of it, and there the phase of that mode turns against the wave's.
        for waves, step in ((outward, plane.step), (inward, plane.k_guess())):
            found = sim.get_eigenmode_coefficients(
                monitor, [plane.mode], eig_parity=same, direction=mp.NO_DIRECTION, kpoint_func=lambda f, n, k=step: k
            )
            waves[row] = found.alpha[0, :, 0]
    return {"s": outward / inward[excited], "wavelength": 1 / frequencies, "time": np.array(sim.meep_time())}


def modes(task, arrays):
    """Modes of a cross-section by MPB at a given frequency: n_eff, n_g."""
    from meep import mpb

    section = task["section"]
    shapes = [
        mp.Block(
            center=mp.Vector3(0, block["y"], block["z"]),
            size=mp.Vector3(
                mp.inf,
                mp.inf if block["width"] is None else block["width"],
                mp.inf if block["height"] is None else block["height"],
            ),
            material=mp.Medium(epsilon=float(block["index"]) ** 2),
        )
        for block in section["blocks"]
    ]
    for prism in section["prisms"]:  # drawn in the y-z plane, extruded along x
        points = [mp.Vector3(0, y, z) for y, z in prism["vertices"]]
        shapes.append(
            mp.Prism(
                points,
                mp.inf,
                axis=mp.Vector3(1),
                center=mp.Vector3(),
                material=mp.Medium(epsilon=float(prism["index"]) ** 2),
            )
        )
    solver = mpb.ModeSolver(
        geometry_lattice=mp.Lattice(size=mp.Vector3(0, section["width"], section["height"])),
        geometry=shapes,
        default_material=mp.Medium(epsilon=float(section["background"]) ** 2),
        resolution=section["resolution"],
        num_bands=section["num_modes"],
    )
    solver.verbose = False
    frequency = 1 / section["wavelength"]
    guess = section["guess"] * frequency
    ks = solver.find_k(
        mp.NO_PARITY,
        frequency,
        1,
        section["num_modes"],
        mp.Vector3(1),
        1e-7,
        guess,
        section["background"] * frequency * 0.8,
        section["highest"] * frequency,
    )
    n_eff = np.array(ks) / frequency
    velocities = []
    for band_index, k in enumerate(ks):
        solver.k_points = [mp.Vector3(k)]
        solver.num_bands = band_index + 1
        solver.run()
        velocities.append(solver.compute_one_group_velocity_component(mp.Vector3(1), band_index + 1))
    return {"n_eff": n_eff, "n_g": 1 / np.array(velocities)}


def adjoint(task, arrays):
    """Power transmitted between ports and its derivative with respect to the density of a design region."""
    import meep.adjoint as mpa
    from autograd import numpy as npa

    scene, region = task["scene"], task["region"]
    origin, _, flat = volume(scene)
    density = arrays["density"]
    nx, ny = density.shape
    low, high = (medium(region[key], 1 / scene["wavelength"]) for key in ("low", "high"))
    grid = mp.MaterialGrid(mp.Vector3(nx, ny), low, high, weights=np.ones((nx, ny)), do_averaging=False)
    centre = mp.Vector3(
        (region["x_min"] + region["x_max"]) / 2 - origin.x, (region["y_min"] + region["y_max"]) / 2 - origin.y
    )
    z_size = mp.inf if flat else region["z_max"] - region["z_min"]
    if not flat:
        centre = centre + mp.Vector3(0, 0, (region["z_max"] + region["z_min"]) / 2 - origin.z)
    extent = mp.Vector3(region["x_max"] - region["x_min"], region["y_max"] - region["y_min"], 0 if flat else z_size)
    design = mpa.DesignRegion(grid, volume=mp.Volume(center=centre, size=extent))
    block = mp.Block(center=centre, size=mp.Vector3(extent.x, extent.y, z_size), material=grid)
    sim, _, _ = simulation(scene, extra=[block])
    planes = {port["name"]: Plane(port, origin, flat) for port in scene["ports"]}
    same = parity(scene, flat)
    source = planes[task["excite"]]
    sim.change_sources([eigensource(scene, source, flat, task["source_distance"], same)])
    frequencies = band(scene)

    def coefficient(plane, forward):
        direction = plane.step.scale(1 if forward else -1)  # coefficient 0 is the wave that runs along k
        return mpa.EigenmodeCoefficient(
            sim,
            mp.Volume(center=plane.center, size=plane.size),
            mode=plane.mode,
            forward=forward,
            eig_parity=same,
            kpoint_func=lambda f, n, d=direction: d,
            kpoint_func_overlap_idx=0,
        )

    outputs = [coefficient(planes[name], True) for name in task["receive"]]
    incoming = coefficient(source, False)

    values, gradients = [], []
    for row in range(len(outputs)):

        def power(inward, *outs, row=row):
            return npa.abs(outs[row]) ** 2 / npa.abs(inward) ** 2

        problem = mpa.OptimizationProblem(
            simulation=sim,
            objective_functions=[power],
            objective_arguments=[incoming, *outputs],
            design_regions=[design],
            frequencies=list(frequencies),
            # the gradient is a product of two decayed fields: at the decay of an S-matrix it is 6 % off, here 1.5 %
            decay_by=1e-4 * scene["decay"],
            maximum_run_time=task["maximum_time"],
        )
        say(row / len(outputs), "adjoint FDTD for " + task["receive"][row])
        value, gradient = problem([density.flatten()], need_gradient=task["gradient"])
        values.append(np.atleast_1d(np.squeeze(value)))
        if task["gradient"]:
            gradients.append(np.asarray(gradient).reshape(nx, ny, -1))
    result = {"power": np.array(values), "wavelength": 1 / frequencies}
    if task["gradient"]:
        result["gradient"] = np.array(gradients)
    return result


KINDS = {"sparameters": sparameters, "modes": modes, "adjoint": adjoint}


def main(folder):
    with open(os.path.join(folder, "task.json")) as handle:
        task = json.load(handle)
    with np.load(os.path.join(folder, "input.npz")) as stored:
        arrays = dict(stored)
    result = KINDS[task["kind"]](task, arrays)
    if mp.am_master():
        np.savez(os.path.join(folder, "part.npz"), **result)
        os.replace(os.path.join(folder, "part.npz"), os.path.join(folder, "result.npz"))


if __name__ == "__main__":
    main(sys.argv[1])
