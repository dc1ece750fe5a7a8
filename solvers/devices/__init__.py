"""Devices by waveguide theory: multilayers, gratings, tapers, splitters, couplers, joints, and what they lose.

    multilayer   plane waves on a stack, exact             bragg      gratings in a guide, exact and by coupled modes
    planar, eme  modes of layers, eigenmode expansion      vectorial  the same with full-vector modes
    grading      elements that shrink towards corners      bending    how bent guides couple
    effective    a film seen from above                    coupler    directional couplers, bends included
    propagation  waves in a plane, with absorbing walls    grating    grating couplers into a tilted fibre
    overlap      joints, offsets, tilts, fibres            roughness, leakage   loss of a straight guide

Lengths in µm, angles in radians, exp(-iωt), S[out, in]. Import the module that is wanted: nothing is loaded from here.
"""
