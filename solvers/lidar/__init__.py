"""LiDAR: phased arrays that steer light, chirps that range, and whether a target is seen; cameras and light curtains.

    apertures      positions and amplitudes      farfield       what an array sends where
    lobes          widths, levels, directivity   imperfections  what errors do on the average
    antenna        gratings that emit            calibration    phases from measured far fields
    chirp          sweeps, targets, Doppler      coherent       hybrid, balanced pairs, noise
    tones          frequencies and their bounds  correction     sweeps made straight by a reference
    doppler        distance and velocity         detection      seen, or falsely seen
    link, air      how much light comes back     ranging        all of these as one
    flight         pulses instead of chirps      plots          pictures
    sun, safety    ambient light, the eye        climate        the vehicle's temperatures
    vision         cameras that know depth       curtain        light curtains
    views          second beams in the field    eye            light in the beam, aperture that receives

    array = farfield.Line(apertures.regular(256, 1.8), apertures.taylor(256, 25.0), 1.55).steered(farfield.cosine(10.0))
    lobes.beam_width_deg(array, farfield.cosine(10.0)), lobes.side_lobe_db(array)
    sweep = chirp.Sweep(chirp.Chirp(bandwidth=1e9, duration=10e-6))

Lengths on the chip in µm, distances to targets in m, frequencies in Hz, angles in radians where the name says nothing
else; exp(-iωt). Import the module that is wanted: nothing is loaded from here.
"""
