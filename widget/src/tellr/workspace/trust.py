"""Selects the trusted certificates."""

from __future__ import annotations

import os
import ssl
import tempfile
from functools import lru_cache
from pathlib import Path

# In the order of precedence; the first that is set is used.
COMPANY_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


class TrustError(Exception):
    """A file of certificates that the environment names can't be used."""


def for_requests() -> str | bool:
    """Return the file of certificate authorities for HTTPS; True for the default ones."""
    for name in COMPANY_VARIABLES:
        if path := os.environ.get(name):
            return _file(name, path)
    return True


def for_database() -> str:
    """Return the file of certificate authorities for a database.

    The library in psycopg's wheel has none of its own. `system` are this machine's.
    """
    path = os.environ.get("PGSSLROOTCERT")
    if not path:
        import certifi

        return certifi.where()
    return _system() if path == "system" else _file("PGSSLROOTCERT", path)


def _file(name: str, path: str) -> str:
    if not Path(path).exists():
        message = f"`{name}` is `{path}`, and there is no such file"
        raise TrustError(message)
    return path


@lru_cache(maxsize=1)
def _system() -> str:
    place = ssl.get_default_verify_paths()
    if place.cafile and Path(place.cafile).is_file():
        return place.cafile
    # macOS and Windows don't keep them in a file.
    context = ssl.create_default_context()
    found = context.get_ca_certs(binary_form=True)
    if not found:
        message = "`PGSSLROOTCERT` is `system`, and this machine has no certificates of its own"
        raise TrustError(message)
    handle, name = tempfile.mkstemp(prefix="tellr-authorities-", suffix=".pem")
    with os.fdopen(handle, "w") as file:
        file.writelines(ssl.DER_cert_to_PEM_cert(one) for one in found)
    return name
