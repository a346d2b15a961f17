"""What a sample can't meet, and why.

Each says which findings it is about, as a pattern of `gate: finding`, and the reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass
class Excuse:
    """Findings that are no mistake of ours, or that are accepted."""

    pattern: str
    reason: str
    found: list[str] = field(default_factory=list)


EXCUSES = [
    Excuse(
        r"^.* without a partner: .*'(\d+|[a-z])\.'",
        "numbers of a list, which the program writes by itself",
    ),
    Excuse(
        r"letters aren't all there: (emoji|crate-awkward) ",
        "pdfium gives the parts of an emoji in another order, or twice",
    ),
    Excuse(
        r"^spaces slides .* has no tag",
        "pdfinfo leaves out what stands after a soft hyphen",
    ),
    Excuse(r"^LibreOffice: empty-deck", "a file without slides is printed as one empty page"),
]


def split(findings: list[str]) -> list[str]:
    """Gives each finding to its excuse; gives those without one."""
    left = []
    for finding in findings:
        excuse = next((one for one in EXCUSES if re.search(one.pattern, finding)), None)
        if excuse:
            excuse.found.append(finding)
        else:
            left.append(finding)
    return left
