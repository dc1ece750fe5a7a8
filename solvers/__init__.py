"""The physics: pure JAX on numbers and pytrees. It knows no layer, no cell and no foundry.

Time convention exp(-i omega t): lossy media have Im(n) > 0. Lengths in µm, angles in radians, frequencies in Hz.
"""

import jax

# For all rooms, as soon as one is touched: 32 bits hold neither a phase of thousands of turns, nor what is left where
# Sellmeier terms or condensed blocks cancel.
jax.config.update("jax_enable_x64", True)
