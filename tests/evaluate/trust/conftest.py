"""mpi-sppy is no dependency: what only serves its comparison is not looked into without it."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("mpisppy") else ["mpisppy_tiny.py"]
