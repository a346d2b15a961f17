"""`python -m tellr`: the command, where its script is not on the path."""

from __future__ import annotations

from tellr.command import main

if __name__ == "__main__":
    main()
