"""Has the assistant make decks, and says how good they are as far as rules can tell.

usage: evaluate.py --app PROGRAM --workspace PROGRAM --pictures PROGRAM [--small] [--strict]

Asks `tellr-app` for the decks of `prompts.json`, on a throw-away PostgreSQL, and for the changes
that follow some of them. By default the local workspace has the model and the data. To ask another
endpoint, set `TELLR_SERVING_ENDPOINT`, and `TELLR_EVALUATE_HOST` with `TELLR_EVALUATE_TOKEN` or the
`DATABRICKS_*` variables that the app knows; `TELLR_GENIE_SPACES` names the spaces to ask.

Prints a table, and writes a report with a picture of each slide. A poor deck never fails the run:
what a model likes is no promise of the app's. With `--strict` it fails if a promise is broken: each
request has an answer, each deck is valid, and each number is one of its source or marked.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import checks
import report
from stand import ENDPOINT, Person, app, local_workspace, send_json
from throwaway import postgres

ROOT = Path(__file__).resolve().parents[2]
PROMPTS = Path(__file__).with_name("prompts.json")
OUTPUT = ROOT / ".cache" / "evaluate"
FIGURES = ROOT / ".cache" / "setup" / "figures" / "evaluation.txt"
# The app works on as many requests of one person at once.
AT_ONCE = 2
PERSON = "ada@example.com"


@dataclass
class Answer:
    """What came of one request: of a deck, or of a change of it."""

    name: str
    wanted: dict[str, Any]
    turn: dict[str, Any]
    deck: dict[str, Any]
    sources: list[dict[str, Any]]
    numbers: checks.Numbers = field(default_factory=checks.Numbers)
    lacks: list[str] = field(default_factory=list)
    # Filled in when the slides are drawn: by slide, what the lint found.
    findings: list[list[dict[str, Any]]] = field(default_factory=list)
    # Of a change: the deck before it.
    before: dict[str, Any] | None = None
    broken: list[str] = field(default_factory=list)

    @property
    def slides(self) -> int:
        """How many slides the deck has."""
        return len(self.deck["slides"])

    @property
    def has_count(self) -> bool:
        """Whether the deck has as many slides as were asked for."""
        return self.wanted.get("slides") in (None, self.slides)

    @property
    def language(self) -> str:
        """The language of the deck's words."""
        return checks.language(self.deck)

    @property
    def rules(self) -> Counter[str]:
        """How often each rule of the lint found something."""
        return Counter(one["rule"] for slide in self.findings for one in slide)

    @property
    def is_language(self) -> bool:
        """Whether the deck has the asked language, as far as its words tell."""
        return self.language in ("?", self.wanted["language"])

    @property
    def new(self) -> list[int]:
        """The numbers of the slides that aren't as they were before."""
        known = self.before["slides"] if self.before else []
        return [at for at, slide in enumerate(self.deck["slides"], 1) if slide not in known]

    @property
    def seconds(self) -> float:
        """From the request to the end."""
        return (self.turn["duration_ms"] or 0) / 1000

    @property
    def tokens(self) -> int:
        """Read and written."""
        return self.turn["usage"]["prompt_tokens"] + self.turn["usage"]["completion_tokens"]


@dataclass
class Stand:
    """What is asked: the app, and the workspace behind it."""

    person: Person
    endpoint: str
    workspace: str | None = None
    token: str = ""
    warehouse: str = ""


def arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--app", type=Path, required=True, help="tellr-app")
    parser.add_argument("--workspace", type=Path, required=True, help="local-workspace")
    parser.add_argument("--pictures", type=Path, required=True, help="the example of tellr-slides")
    parser.add_argument("--small", action="store_true", help="only some of the prompts")
    parser.add_argument("--only", help="only the prompts whose name contains this")
    parser.add_argument("--local", action="store_true", help="the local workspace, always")
    parser.add_argument("--strict", action="store_true", help="fail if a promise is broken")
    return parser.parse_args()


def elsewhere() -> dict[str, str]:
    """Gives the app's variables for an endpoint that the environment names; empty if it doesn't."""
    taken = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("DATABRICKS_")
        or name in ("TELLR_SERVING_ENDPOINT", "TELLR_GENIE_SPACES", "HOME")
    }
    for name in ("HOST", "TOKEN"):
        if value := os.environ.get(f"TELLR_EVALUATE_{name}"):
            taken[f"DATABRICKS_{name}"] = value
    # The app's own identity is that of the person at this machine.
    for name in ("DATABRICKS_APP_NAME", "DATABRICKS_APP_PORT"):
        taken.pop(name, None)
    has_host = {"DATABRICKS_HOST", "DATABRICKS_CONFIG_PROFILE"} & taken.keys()
    return taken if has_host and "TELLR_SERVING_ENDPOINT" in taken else {}


@contextmanager
def stand(options: argparse.Namespace, folder: Path) -> Iterator[Stand]:
    """Starts the app, and a workspace if none is named."""
    variables = {} if options.local else elsewhere()
    log = OUTPUT / "app.log"
    with postgres() as database:
        common = {"DATABASE_URL": database, "ENVIRONMENT": "development"}
        if variables:
            with app(options.app, {**variables, **common}, log) as (url, _):
                yield Stand(Person(url), variables["TELLR_SERVING_ENDPOINT"])
            return
        with local_workspace(options.workspace, "--dir", str(folder)) as workspace:
            host, token = workspace["host"], token_of(workspace, PERSON)
            of_workspace = {
                "DATABRICKS_HOST": host,
                "DATABRICKS_TOKEN": token,
                "TELLR_SERVING_ENDPOINT": ENDPOINT,
            }
            with app(options.app, {**of_workspace, **common}, log) as (url, _):
                warehouse = workspace_get(host, token, "/api/2.0/sql/warehouses")["warehouses"][0][
                    "id"
                ]
                yield Stand(Person(url), f"{ENDPOINT} (local)", host, token, warehouse)


def token_of(workspace: dict[str, Any], user: str) -> str:
    """Finds the token of a principal in what the workspace announces."""
    return next(one["token"] for one in workspace["principals"] if one["user_name"] == user)


def workspace_get(host: str, token: str, path: str) -> Any:  # noqa: ANN401
    """Reads from the workspace."""
    return Person(host, {"Authorization": f"Bearer {token}"}).get(path.removeprefix("/api"))


def evaluate(stand: Stand, prompt: dict[str, Any]) -> list[Answer]:
    """Asks for a deck and for its changes."""
    options = {} if prompt.get("data", True) else {"spaces": []}
    answers: list[Answer] = []
    session = None
    for number, wanted in enumerate([prompt, *prompt.get("changes", [])]):
        wanted = {"language": prompt["language"], **wanted}
        turn = stand.person.waits(stand.person.asks(wanted["request"], session, **options))
        session = turn["session_id"]
        name = prompt["name"] + (f"-{number}" if number else "")
        before = answers[-1].deck if answers else None
        answers.append(looked_at(stand, name, wanted, turn))
        answers[-1].before = before
        print(".", end="", file=sys.stderr, flush=True)
    return answers


def looked_at(stand: Stand, name: str, wanted: dict[str, Any], turn: dict[str, Any]) -> Answer:
    """Reads the deck and its sources, and compares them."""
    session = f"/sessions/{turn['session_id']}"
    deck = stand.person.get(f"{session}/deck")["deck"]
    found = stand.person.get(f"{session}/chat")["sources"]
    sources = [stand.person.get(f"{session}/sources/{source['id']}") for source in found]
    answer = Answer(name, wanted, turn, deck, sources)
    answer.numbers = checks.numbers(deck, sources, wanted["request"])
    answer.lacks = checks.structure(deck)
    answer.broken += answer.numbers.wrong
    if turn["state"] != "succeeded":
        error = turn["error"] or {}
        answer.broken.append(f"{turn['state']}: {error.get('code')}: {error.get('message')}")
    if stand.workspace:
        answer.broken += [
            f"the rows of {source['name']} are not those of the database"
            for source in sources
            if not is_in_database(stand, source)
        ]
    return answer


def is_in_database(stand: Stand, source: dict[str, Any]) -> bool:
    """Whether the rows of a source are what its query gives in the warehouse."""
    body = {
        "warehouse_id": stand.warehouse,
        "statement": source["sql"],
        "wait_timeout": "30s",
        "row_limit": 1000,
    }
    url = f"{stand.workspace}/api/2.0/sql/statements"
    executed = send_json(url, "POST", body, {"Authorization": f"Bearer {stand.token}"})
    rows = executed.get("result", {}).get("data_array", [])
    kept = [[of_cell(cell) for cell in row] for row in source["rows"]]
    return [[of_cell(cell) for cell in row] for row in rows][: len(kept)] == kept


def of_cell(cell: object) -> float | str | None:
    """Gives a cell, as a number if it is one in either form."""
    try:
        return float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None if cell is None else str(cell)


def draw(program: Path, answers: list[Answer], out: Path) -> None:
    """Draws all slides, and has the lint look at them."""
    files = []
    for answer in answers:
        path = out / f"{answer.name}.json"
        path.write_text(json.dumps(answer.deck))
        files.append(path)
        answer.findings = [[] for _ in range(answer.slides)]
    command = [program, "--own-theme", out, *files]
    drawn = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    by_name = {answer.name: answer for answer in answers}
    for line in drawn.stdout.splitlines():
        told = json.loads(line)
        answer = by_name[told["deck"]]
        if "invalid" in told:
            answer.broken.append(f"the deck is not valid: {told['invalid']}")
        else:
            answer.findings[told["number"] - 1] = told["findings"]


def table(answers: list[Answer]) -> str:
    """Gives the figures of each answer."""
    head = f"{'':26}  slides  lang  numbers   lint  lacks   seconds  tokens  calls  notices"
    lines = [head]
    for answer in answers:
        wanted = answer.wanted.get("slides") or "-"
        numbers = answer.numbers
        lines.append(
            f"{answer.name:26}  {answer.slides:>2}{'' if answer.has_count else '!'}/{wanted:<3}"
            f"  {answer.language:>3}{' ' if answer.is_language else '!'}"
            f"  {numbers.cells:>4}+{numbers.computed:<3}"
            f"  {sum(answer.rules.values()):>4}  {len(answer.lacks):>5}  {answer.seconds:>8.1f}"
            f"  {answer.tokens:>6}  {answer.turn['usage']['calls']:>5}"
            f"  {len(answer.turn['notices']):>7}" + ("  BROKEN" if answer.broken else "")
        )
    return "\n".join(lines)


def totals(answers: list[Answer]) -> dict[str, str]:
    """Gives the figures of all answers together."""

    def share(count: int, of: int) -> str:
        return f"{count} of {of}"

    counted = [answer for answer in answers if answer.wanted.get("slides")]
    slides = sum(answer.slides for answer in answers)
    rules = sum((answer.rules for answer in answers), Counter())
    found = sum(rules.values())
    most = ", ".join(f"{rule} {count}" for rule, count in rules.most_common(6))
    of_data = [answer for answer in answers if answer.sources]
    seconds = sorted(answer.seconds for answer in answers)
    return {
        "answers": share(sum(not answer.broken for answer in answers), len(answers))
        + " keep all promises",
        "true numbers": f"{sum(a.numbers.cells for a in answers)} are cells, "
        f"{sum(a.numbers.computed for a in answers)} follow from cells, "
        f"{sum(a.numbers.own for a in answers)} are marked, "
        f"{sum(len(a.numbers.wrong) for a in answers)} are wrong",
        "decks with data": share(len(of_data), len(answers)),
        "asked count of slides": share(sum(a.has_count for a in counted), len(counted)),
        "asked language": share(sum(a.is_language for a in answers), len(answers)),
        "lint": f"{found} findings on {slides} slides" + (f": {most}" if most else ""),
        "structure": f"{sum(len(a.lacks) for a in answers)} remarks",
        "median answer": f"{seconds[len(seconds) // 2]:.1f} s, "
        f"{sum(a.tokens for a in answers) // max(slides, 1)} tokens a slide",
    }


def main() -> int:
    """Evaluates; gives the exit status."""
    options = arguments()
    prompts = json.loads(PROMPTS.read_text())
    prompts = [one for one in prompts if not options.small or one.get("small")]
    prompts = [one for one in prompts if not options.only or options.only in one["name"]]
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tellr-evaluate-") as folder:
        with stand(options, Path(folder)) as asked, ThreadPoolExecutor(AT_ONCE) as pool:
            endpoint = asked.endpoint
            found = list(pool.map(lambda prompt: evaluate(asked, prompt), prompts))
        print(file=sys.stderr)
        answers = [answer for of_prompt in found for answer in of_prompt]
        drawn = Path(folder, "drawn")
        drawn.mkdir()
        draw(options.pictures.resolve(), answers, drawn)
        figures = totals(answers)
        written = report.write(OUTPUT, drawn, endpoint, answers, figures)
    print(table(answers))
    lines = "".join(f"  {name:22} {value}\n" for name, value in figures.items())
    print(f"\n{lines}")
    broken = [f"{answer.name}: {why}" for answer in answers for why in answer.broken]
    print("\n".join(broken))
    print(f"Report: {written}")
    if options.small:
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        FIGURES.write_text(lines)
    return 1 if broken and options.strict else 0


if __name__ == "__main__":
    sys.exit(main())
