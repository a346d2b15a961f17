"""What schemathesis can't know from the document."""

from __future__ import annotations

from typing import Any

import schemathesis
from requests import Session

PATCHES = "/api/sessions/{id}/patches"
ALWAYS = {"x-content-type-options": "nosniff", "x-frame-options": "DENY"}
direct = Session()
direct.trust_env = False


@schemathesis.hook
def before_call(_: schemathesis.HookContext, case: schemathesis.Case, __: dict[str, Any]) -> None:
    """Give patches the version that the deck has; else nearly all would be conflicts."""
    body = case.body
    if case.operation.path != PATCHES or not isinstance(body, dict):
        return
    version = body.get("version")
    # For JSON Schema 7.0 is an integer; the app takes 7 only.
    is_integer = type(version) is int or (type(version) is float and version.is_integer())
    if not is_integer:
        return
    deck = f"{case.operation.base_url.rstrip('/')}/api/sessions/{case.path_parameters['id']}"
    answer = direct.get(deck, headers=dict(case.headers))
    body["version"] = answer.json()["version"] if answer.ok else 1


OFFICE = "application/vnd.openxmlformats-officedocument.presentationml"


@schemathesis.serializer(f"{OFFICE}.presentation", f"{OFFICE}.template")
def as_bytes(_: schemathesis.SerializationContext, value: Any) -> bytes:  # noqa: ANN401
    """Send what was made up for a PowerPoint file as it is."""
    content = getattr(value, "data", value)
    return content if isinstance(content, bytes) else str(content).encode(errors="replace")


@schemathesis.check
def protects_browsers(
    _: schemathesis.CheckContext, response: schemathesis.Response, __: schemathesis.Case
) -> None:
    """No answer runs anything in a browser, whatever was asked."""
    headers = {name: values[0] for name, values in response.headers.items()}
    for name, value in ALWAYS.items():
        assert headers.get(name) == value, f"{name}: {headers.get(name)}"
    policy = headers.get("content-security-policy", "")
    assert policy.startswith("default-src 'none'"), f"content-security-policy: {policy}"
    assert "unsafe" not in policy, f"content-security-policy: {policy}"
    kind = headers.get("content-type", "")
    assert not kind.startswith(("text/html", "image/svg", "text/xml")), f"content-type: {kind}"
