"""Electric fields, voltages and currents that light tells without a wire to it.

    electric   Pockels interferometer in a field: pickup, half-wave field, noise, band, drift of the bias
    current    light around a conductor, turned by its magnetic field: a reference model

    pickup = electric.Antenna(height=3e-3, capacitance=0.1e-12, load=0.2e-12)
    sensor = electric.Sensor(electric.half_wave_field(4.0, pickup), n_g=2.26, length=8.0)
    electric.field_noise(sensor, electric.Readout(power=1e-3), 50.0, pickup)         # V/m/√Hz

Fields in V/m, voltages in V, currents in A, frequencies in Hz, lengths in mm or m as their names' units say. Import the
module that is wanted: nothing is loaded from here.
"""
