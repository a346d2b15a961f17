"""The workspace's REST interface, with the credential that databricks-sdk finds.

Only authentication is the SDK's, so that the version installed on the platform is sufficient.
Requests are sent here: the deploy logic needs status, headers and body of a refusal, which the SDK
turns into exceptions.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tellr.secrets import blank, in_environment
from tellr.workspace import app_log, credentials, proxies, routes, trust
from tellr.workspace.address import AddressError, trimmed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import requests
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.config import Config
    from websockets.sync.client import ClientConnection

    from tellr.kernel.host import Answer

# The time limit of a single request; longer waits use polling.
ANSWER_SECONDS = 60.0
CONNECT_SECONDS = 4.0
REACH_SECONDS = 15.0
# The maximum size of an answer: a wheel of the maximum size, read back in base64.
LARGEST_ANSWER_BYTES = 16 * 1024 * 1024
# The headers that the deploy logic reads.
PASSED_ON = (
    "date",
    "retry-after",
    "x-databricks-org-id",
    "content-type",
    "location",
    "x-request-id",
)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_METADATA = "/.well-known/databricks-config"
_CHUNK_BYTES = 64 * 1024
# The close codes of a log's stream whose token is no longer accepted.
_TOKEN_REFUSED = (4401, 4403)


class NoAnswerError(Exception):
    """There was no answer; `kind` is the protocol's, and the text is for users."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class WorkspaceSession:
    """One workspace with one credential."""

    def __init__(
        self,
        client: WorkspaceClient | None = None,
        profile: str | None = None,
        found: credentials.Found | None = None,
    ) -> None:
        self._client = client
        self._chosen = found
        self._profile = profile
        self._signing_in = threading.Lock()
        self._signed_in: tuple[Config, str, requests.Session] | None = None

    def host(self) -> str | None:
        """Return the workspace; None if there is no credential."""
        try:
            return self._sign_in()[1]
        except NoAnswerError:
            return None

    def known_host(self) -> str | None:
        """Return the workspace, if it is already known."""
        signed_in = self._signed_in
        return signed_in[1] if signed_in else None

    def request(self, request: Mapping[str, Any]) -> Answer:
        """Forward a request of the deployer; the protocol's answer."""
        names = [name for name, _ in request.get("query") or ()]
        if not routes.allows(request["method"], request["path"], names):
            message = f"{request['method']} {request['path']} is not a request of the deployer"
            return {"error": {"kind": "refused", "message": message}}
        try:
            return {"response": self.send(**_sendable(request))}
        except NoAnswerError as error:
            return {"error": {"kind": error.kind, "message": str(error)}}

    def send(
        self,
        method: str,
        path: str,
        query: list[tuple[str, str]] | None = None,
        body: Any = None,  # noqa: ANN401 (JSON)
    ) -> dict[str, Any]:
        """Send any request to the workspace only; returns status, headers and body."""
        if not path.startswith("/api/") or ".." in path:
            message = f"`{path}` is not a path of the workspace's API"
            raise NoAnswerError("refused", message)
        config, host, session = self._sign_in()
        return self._exchange(config, session, method, host, path, query, body)

    def probe_app(self, url: str, path: str) -> dict[str, Any]:
        """Read `path` of the app at `url`, as returned by the workspace, with the same
        credential."""
        config, host, session = self._sign_in()
        return self._exchange(config, session, "GET", _app_origin(url, host), path)

    def app_log(self, url: str, since_ms: float | None = None) -> dict[str, Any]:
        """Read the last lines of the log of the app at `url`, with the same credential.

        `since_ms`: only lines that were written since then.
        """
        config, host, _ = self._sign_in()
        origin = _app_origin(url, host)
        headers = _authenticate(config)
        secrets = [value.rsplit(" ", 1)[-1] for name, value in headers.items() if _secret(name)]
        context = None
        if origin.startswith("https:"):
            context = _tls()
        try:
            status, lines = app_log.read(origin, headers, context, since_ms)
        except app_log.NoLogError as error:
            raise NoAnswerError("connection", str(error)) from None
        body = json.dumps({"lines": [blank(line, secrets) for line in lines]})
        return {"status": status, "headers": [], "body": body if status == HTTPStatus.OK else ""}

    @contextmanager
    def open_log(self, url: str, term: str) -> Iterator[LogStream]:
        """Open the log of the app at `url`, with the same credential."""
        config, host, _ = self._sign_in()
        origin = _app_origin(url, host)
        headers = _authenticate(config)
        secrets = [value.rsplit(" ", 1)[-1] for name, value in headers.items() if _secret(name)]
        context = _tls() if origin.startswith("https:") else None
        with app_log.opened(origin, headers, context, term) as stream:
            yield LogStream(stream, secrets)

    def app_url(self, url: str) -> str:
        """Return the address of the app at `url`, as returned by the workspace, for a browser.

        Raises:
            NoAnswerError: It isn't one.
        """
        return f"{_app_origin(url, self._sign_in()[1])}/"

    def has_personal_token(self) -> bool:
        """Check whether the credential is a personal access token."""
        headers = _authenticate(self._sign_in()[0])
        return any(value.rsplit(" ", 1)[-1].startswith("dapi") for value in headers.values())

    def is_local(self) -> bool:
        """Check whether the workspace is on this machine."""
        return urlsplit(self._sign_in()[1]).hostname in _LOOPBACK

    def _exchange(
        self,
        config: Config,
        session: requests.Session,
        method: str,
        host: str,
        path: str,
        query: list[tuple[str, str]] | None = None,
        body: Any = None,  # noqa: ANN401 (JSON)
    ) -> dict[str, Any]:
        headers = _authenticate(config)
        secrets = [value.rsplit(" ", 1)[-1] for name, value in headers.items() if _secret(name)]
        # The body is passed as bytes, so that no library prints or reinterprets it.
        data = None if body is None else json.dumps(body).encode()
        deadline = time.monotonic() + ANSWER_SECONDS
        with (
            _explained(host),
            session.request(
                method,
                host + path,
                params=query or None,
                data=data,
                headers={"accept": "application/json", "content-type": "application/json"},
                # A callable, because requests would otherwise prefer credentials from ~/.netrc.
                auth=lambda prepared: _signed(prepared, headers),
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                verify=_authorities(),
                proxies=proxies.for_requests(host),
                # A redirect would send the credential to another server.
                allow_redirects=False,
                stream=True,
            ) as answer,
        ):
            text = _text(answer, deadline)
            found = [(name, answer.headers[name]) for name in PASSED_ON if name in answer.headers]
            return {
                "status": answer.status_code,
                "headers": [[name, blank(value, secrets)] for name, value in found],
                "body": blank(text, secrets),
            }

    def _sign_in(self) -> tuple[Config, str, requests.Session]:
        with self._signing_in:
            if self._signed_in is None:
                self._signed_in = self._found()
            return self._signed_in

    def _found(self) -> tuple[Config, str, requests.Session]:
        session = _session()
        try:
            if self._client is not None:
                config = self._client.config
            else:
                found = self._chosen or credentials.current(self._profile)
                if found.host:
                    _reach(session, found.host)
                config = credentials.config(found)
            host = config.host
        except NoAnswerError:
            raise
        except Exception as error:
            raise NoAnswerError("credential", _first_line(error)) from None
        if not host:
            raise NoAnswerError("credential", "The credential names no workspace (no host)")
        try:
            return config, trimmed(host), session
        except AddressError as error:
            raise NoAnswerError("credential", f"The workspace's address {error}") from None


class LogStream:
    """An open log."""

    def __init__(self, stream: ClientConnection, secrets: list[str]) -> None:
        self._stream = stream
        self._secrets = secrets

    def receive(self, seconds: float) -> dict[str, Any] | None:
        """Wait for a line; None for another message.

        Raises:
            TimeoutError: None came in time.
            EOFError: The stream has ended.
            LogRefusedError: It was closed because the token is no longer accepted.
        """
        from websockets.exceptions import ConnectionClosed

        try:
            message = self._stream.recv(timeout=seconds)
        except ConnectionClosed as error:
            code = error.rcvd.code if error.rcvd else None
            if code in _TOKEN_REFUSED:
                raise app_log.LogRefusedError(code) from None
            raise EOFError from None
        line = app_log.frame_of(message)
        if line is not None:
            line["message"] = blank(line["message"], self._secrets)
        return line


def _session() -> requests.Session:
    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    # Cookies are never sent back, and without a cookie jar a session is thread-safe.
    session.cookies.set_policy(_no_cookies())
    session.mount("https://", HTTPAdapter(pool_maxsize=16))
    session.mount("http://", HTTPAdapter(pool_maxsize=16))
    session.headers["user-agent"] = "tellr-notebook"
    return session


def _reach(session: requests.Session, host: str) -> None:
    """Check that the host answers at all; databricks-sdk would retry silently for minutes."""
    with (
        _explained(host),
        session.get(
            host + _METADATA,
            timeout=(CONNECT_SECONDS, REACH_SECONDS),
            verify=_authorities(),
            proxies=proxies.for_requests(host),
            allow_redirects=False,
            stream=True,
        ),
    ):
        pass


def _authorities() -> str | bool:
    try:
        return trust.for_requests()
    except trust.TrustError as error:
        raise NoAnswerError("refused", str(error)) from None


def _tls() -> ssl.SSLContext:
    """Return the certificates that requests trusts."""
    import certifi

    found = _authorities()
    return ssl.create_default_context(cafile=found if isinstance(found, str) else certifi.where())


@contextmanager
def _explained(host: str) -> Iterator[None]:
    """Convert exceptions of requests to the protocol's errors."""
    import requests

    try:
        yield
    except requests.Timeout as error:
        connecting = isinstance(error, requests.ConnectTimeout)
        what = "can't be reached: no connection" if connecting else "did not answer"
        raise NoAnswerError("timeout", f"{host} {what} in time") from None
    except requests.exceptions.ProxyError as error:
        raise NoAnswerError("connection", f"No answer from the proxy: {_reason(error)}") from None
    except requests.exceptions.InvalidSchema as error:
        words = _first_line(error)
        if "SOCKS" in words:
            words = "A SOCKS proxy is set, and its support is missing: `pip install pysocks`"
        raise NoAnswerError("refused", words) from None
    except requests.RequestException as error:
        refused = (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader)
        kind = "refused" if isinstance(error, refused) else "connection"
        raise NoAnswerError(kind, f"No answer from {host}: {_reason(error)}") from None


def _app_origin(url: str, workspace: str) -> str:
    """Parse and rebuild the address of an app, if the credential may be sent there.

    It has to be https; with a workspace on this machine the app may be on this machine too.
    """
    parts = urlsplit(url if "://" in url else f"https://{url}")
    both_local = parts.hostname in _LOOPBACK and urlsplit(workspace).hostname in _LOOPBACK
    allowed = parts.scheme == "https" or (parts.scheme == "http" and both_local)
    if not parts.hostname or "@" in parts.netloc or not allowed:
        raise NoAnswerError("refused", "The workspace shows no address for the app")
    return f"{parts.scheme}://{parts.netloc}"


def _authenticate(config: Config) -> dict[str, str]:
    """Have the SDK create the headers, minting or renewing a token if needed."""
    try:
        headers = config.authenticate()
    except Exception as error:
        passing = any(part in type(error).__name__ for part in ("Connection", "Timeout"))
        kind = "connection" if passing else "credential"
        raise NoAnswerError(kind, _first_line(error)) from None
    # The libraries below would repeat the token in their errors.
    if any(not " " <= character <= "~" for value in headers.values() for character in value):
        message = (
            "The access token has a line break in it, or another character that no token has. "
            "Its value is not shown"
        )
        raise NoAnswerError("credential", message)
    return headers


def _signed(
    prepared: requests.PreparedRequest, headers: dict[str, str]
) -> requests.PreparedRequest:
    prepared.headers.update(headers)
    return prepared


def _secret(header: str) -> bool:
    return header.lower() == "authorization" or "token" in header.lower()


def _text(answer: requests.Response, deadline: float) -> str:
    content = bytearray()
    for chunk in answer.iter_content(_CHUNK_BYTES):
        content += chunk
        if len(content) > LARGEST_ANSWER_BYTES:
            most = LARGEST_ANSWER_BYTES // 1024 // 1024
            raise NoAnswerError("refused", f"The workspace's answer is larger than {most} MB")
        if time.monotonic() > deadline:
            message = f"The workspace's answer took longer than {ANSWER_SECONDS:.0f} s"
            raise NoAnswerError("timeout", message)
    # All answers that are parsed are JSON, which is UTF-8; others are only shown to users.
    return content.decode("utf-8", "replace")


def _sendable(request: Mapping[str, Any]) -> dict[str, Any]:
    return {name: request[name] for name in ("method", "path", "query", "body") if name in request}


def _no_cookies() -> Any:  # noqa: ANN401 (the standard library has no public name for it)
    from http.cookiejar import DefaultCookiePolicy

    return DefaultCookiePolicy(allowed_domains=[])


def _reason(error: BaseException) -> str:
    """Find the innermost cause: the system's message, without the request's details."""
    seen = {id(error)}
    while True:
        inner = [getattr(error, "reason", None), error.__cause__, error.__context__, *error.args]
        causes = [one for one in inner if isinstance(one, BaseException) and id(one) not in seen]
        if not causes:
            break
        error = causes[0]
        seen.add(id(error))
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return _shortened(words or type(error).__name__)


def _first_line(error: BaseException) -> str:
    return _shortened(str(error) or type(error).__name__)


def _shortened(text: str) -> str:
    line = text.strip().splitlines()[0] if text.strip() else ""
    return blank(line, in_environment())[:400]
