"""``python -m tellr_app …`` is the command ``tellr-app …``."""

import sys

from tellr_app.run import execute

if __name__ == "__main__":
    execute(*sys.argv[1:])
