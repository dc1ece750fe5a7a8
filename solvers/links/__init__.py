"""Transmission over a modulator, whatever it is made of."""

from lingnan.solvers.links.patterns import pam, prbs, qam
from lingnan.solvers.links.pulses import edges, matched, raised_cosine
from lingnan.solvers.links.transfers import BesselThomson, Cascade, OnePole, Tabulated, Transfer, filtered
from lingnan.solvers.links.waveform import Waveform

__all__ = [
    "BesselThomson",
    "Cascade",
    "OnePole",
    "Tabulated",
    "Transfer",
    "Waveform",
    "edges",
    "filtered",
    "matched",
    "pam",
    "prbs",
    "qam",
    "raised_cosine",
]
