"""One thread for the libraries that are loaded from here on: small fits wait for each other."""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
