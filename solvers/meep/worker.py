"""Runs under the interpreter that has Meep, and nothing of lingnan: reads a task, writes numbers.

`worker.py FOLDER` reads task.json and input.npz there and writes result.npz. Progress goes to stdout as `@lingnan {…}`.
"""

import json
import os
import sys

from worker_scene import Plane, band, crossing_time, eigensource, mp, np, parity, progress, say, simulation


class Level:
    """A line or rectangle across which power and fields are recorded."""

    def __init__(self, level, origin, flat, sim, frequencies):
        center, size = (list(level[key]) for key in ("center", "size"))
        if flat:
            center[2], size[2] = origin.z, 0.0
        where = mp.Vector3(*center) - origin
        self.name, self.sim, self.origin, self.count = level["name"], sim, origin, len(frequencies)
        along = (mp.X, mp.Y, mp.Z)["xyz".index(level["normal"])]
        region = mp.FluxRegion(center=where, size=mp.Vector3(*size), direction=along)
        self.flux = sim.add_flux(frequencies, region)
        self.components = (mp.Ex, mp.Ey, mp.Ez, mp.Hx, mp.Hy, mp.Hz)
        self.fields = sim.add_dft_fields(list(self.components), frequencies, center=where, size=mp.Vector3(*size))

    def found(self, inward):
        """For an incoming wave of power one."""
        x, y, z, w = (np.atleast_1d(part) for part in self.sim.get_array_metadata(dft_cell=self.fields))
        shape = np.squeeze(w).shape
        values = np.zeros((6, self.count, *shape), complex)
        for row, component in enumerate(self.components):
            for k in range(self.count):
                values[row, k] = self.sim.get_dft_array(self.fields, component, k)
        values = values / inward.reshape(-1, *(1,) * len(shape))
        places = [part + shift for part, shift in zip((x, y, z), self.origin, strict=True)]
        parts = {"power": np.array(mp.get_fluxes(self.flux)) / np.abs(inward) ** 2, "fields": values}
        parts |= {"x": places[0], "y": places[1], "z": places[2], "weights": np.squeeze(w)}
        return {f"{self.name}/{key}": value for key, value in parts.items()}


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
    levels = [Level(level, origin, flat, sim, list(frequencies)) for level in scene["levels"]]
    say(0.0, f"laying the scene on {scene['resolution']:g} pixels per µm")
    sim.init_sim()
    sim.run(
        mp.at_every(1, progress(f"FDTD from {names[excited]}", sim.fields.last_source_time() + crossing_time(scene))),
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
    found = {"s": outward / inward[excited], "wavelength": 1 / frequencies, "time": np.array(sim.meep_time())}
    for level in levels:
        found.update(level.found(inward[excited]))
    return found


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
    """See `worker_adjoint`, which needs more than Meep alone."""
    from worker_adjoint import adjoint

    return adjoint(task, arrays)


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
    try:
        main(sys.argv[1])
    except Exception as error:
        with open(os.path.join(sys.argv[1], "failed.txt"), "w") as handle:  # mpirun may lose what is printed last
            handle.write(f"{type(error).__name__}: {error}")
        os._exit(1)  # at once: a process that ends in MPI's own way waits for the others, and they for it
