"""Tests compile far more than they compute: half of the compiler's optimisation is left out here."""

import os

if "xla_backend_optimization_level" not in os.environ.get("XLA_FLAGS", ""):
    # read when JAX starts its backend, which is later than this
    os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_backend_optimization_level=0"
