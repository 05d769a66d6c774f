"""``python -m engine`` is the same as ``codp``."""

from engine.cli import main

if __name__ == "__main__":
    main()
