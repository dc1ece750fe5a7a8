"""Rotation: what light says about it in a coil and in a ring, how noisily, and what it says wrongly.

    sagnac    phase, splitting, and noise as an angle's random walk
    coil      interferometer: sensitivity, loss, best length
    ring      resonator: sensitivity, finesse, best coupling
    errors    scattering back, Kerr effect, temperature

    loop = coil.Coil(length=3.0, diameter=0.04, wavelength=1.55, loss_db_m=0.8)
    coil.random_walk(loop, coil.Readout(power=5e-3))     # °/√h

Lengths and diameters in m (a coil is no matter of µm), wavelengths in µm, rates in rad/s where the name says nothing
else. Import the module that is wanted: nothing is loaded from here.
"""
