"""Linear algebra on columns of elements: condensation, block elimination, Arnoldi, implicit derivatives."""
