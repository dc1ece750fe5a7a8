"""The circuit that a chip's layout is: what light goes through between fibre couplers, and the spectra of it."""
