"""Derivatives by Meep's adjoint, for the worker."""

import meep as mp
import numpy as np
from worker_scene import Plane, band, eigensource, medium, parity, say, simulation, volume


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
