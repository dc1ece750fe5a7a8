"""The physics: pure JAX on numbers and pytrees. It knows no layer, no cell and no foundry.

Time convention exp(-i omega t): lossy media have Im(n) > 0. Lengths in µm, angles in radians, frequencies in Hz.
"""
