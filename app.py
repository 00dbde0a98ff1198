"""Open the web app: `python app.py`, `python app.py --help`."""

import sys

from unlearn_core.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["app", *sys.argv[1:]]))
