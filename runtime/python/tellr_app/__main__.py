"""``python -m tellr_app …`` is the command ``tellr-app …``."""

from tellr_app.run import command

if __name__ == "__main__":
    command()
