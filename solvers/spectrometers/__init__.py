"""Spectrometers on a chip: what comes out of their guides, and the spectrum that goes in.

    guide        an index, linear in wavelength and temperature
    mouths       fields of guides where they meet a slab
    stars        slab couplers by Fourier optics
    diffraction  the same by Hankel functions, not paraxial: a second route
    fans         stars by eigenmodes, with tapers, gaps and neighbours: a third
    awg          arrayed-waveguide gratings: geometry, spectra, wavelengths of the channels
    channels     their loss, crosstalk and its floor
    phase_errors crosstalk where each arm errs by its own, and what causes it
    fourier      interferometers in an array, a spectrum by its Fourier transform
    filters      rings in a row, a line each
    reconstruct  from readings to spectra, by a matrix that was calibrated
    plots        pictures

    grid = awg.Awg(guide.Guide(2.4, 4.2), guide.Guide(2.83, 3.7), spacing=0.0016, order=40, channels=8, arms=61)
    awg.powers(grid, wavelengths), channels.crosstalk_floor_db(grid, phase_error=0.1)

    array = fourier.Interferometers.across(guide.Guide(2.4, 4.2), 1.548, 1.552, resolution=2e-4)
    seen = fourier.matrix(array, wavelengths)
    reconstruct.inverse(seen, strength=1e-2) @ readings

    arms = fans.seen(fans.Fan(8.11, 1.15, 40.0, 1.6, 1.4, 0.45, taper=10.0, count=8), 1.55, slices=48)
    fans.star(arms, arms).loss_db, fans.star(arms, arms).errors          # as `Awg` takes them

Slab couplers of gratings are paraxial; reflections, and guides that couple where they meet, are in `fans` alone.
There is no echelle grating here.

Lengths and wavelengths in µm, losses in dB and dB/cm, exp(-iωt). Import the module that is wanted: nothing is loaded
from here.
"""
