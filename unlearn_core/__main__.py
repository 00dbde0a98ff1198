"""`python -m unlearn_core`."""

import sys

from unlearn_core.cli.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
