"""`python -m banjie` is the command `banjie`."""

import sys

from banjie.cli import main

if __name__ == "__main__":
    sys.exit(main())
