"""Linear algebra on columns of elements: condensation, block elimination, Arnoldi, implicit derivatives."""

import jax

jax.config.update("jax_enable_x64", True)
