"""hp finite elements on body-fitted columns: mesh, spaces and the operators that every 2-D physics shares."""

import jax

# Condensed blocks lose digits in float32: the fourth digit of n_eff would already be noise.
jax.config.update("jax_enable_x64", True)
