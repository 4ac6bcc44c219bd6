"""``python -m outfold``."""

import sys

from outfold.cli import main

if __name__ == "__main__":
    sys.exit(main())
