"""Mechanics of what light senses by: plates, air in narrow gaps, masses on beams, strain.

    plates        clamped circles and rectangles with residual stress: deflection, resonances, buckling, strain
    shapes        the polynomials behind them
    squeeze       air that is pressed out of a gap: damping and spring
    masses        a mass on beams: stiffness, resonance, cross-axis, noise in acceleration and in pressure
    photoelastic  what strain does to a permittivity, and through the mode to a line
    strain        what a line says of it: fibres, rosettes, bonds, torque, force, arrays
    mounting      how well mounted gauges tell strains and temperature

    film = plates.Film(young=70e9, poisson=0.17, density=2200.0, stress=50e6)
    membrane = plates.Circle(film, thickness=2.0, radius=150.0)
    plates.deflection(membrane, 1000.0)                  # µm, in the middle
    plates.resonances(membrane, 3)                       # Hz

Lengths in µm, pressures and stresses in Pa (tension is positive), densities in kg/m³, frequencies in Hz. Import the
module that is wanted: nothing is loaded from here.
"""
