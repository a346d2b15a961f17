"""Prints a trace as MLflow's own client reads it, as JSON.

usage: read_trace.py SERVER TRACE
"""

import json
import sys

from mlflow.entities import Trace
from mlflow.tracking import MlflowClient


def shown(trace: Trace) -> dict[str, object]:
    """Describe a trace: its state, its spans with the names of their parents, what people said."""
    spans = trace.data.spans
    names = {span.span_id: span.name for span in spans}
    return {
        "state": str(trace.info.state.value),
        "session": trace.info.trace_metadata.get("mlflow.trace.session"),
        "tokens": trace.info.token_usage,
        "spans": [
            {
                "name": span.name,
                "parent": names.get(span.parent_id, span.parent_id),
                "type": span.span_type,
                "inputs": span.inputs,
                "outputs": span.outputs,
                "model": span.get_attribute("gen_ai.request.model"),
            }
            for span in spans
        ],
        "assessments": [
            {
                "name": assessment.name,
                "value": assessment.value,
                "rationale": assessment.rationale,
                "source": assessment.source.source_type,
            }
            for assessment in trace.info.assessments
        ],
    }


def main() -> None:
    """Read it."""
    server, trace = sys.argv[1:]
    print(json.dumps(shown(MlflowClient(tracking_uri=server).get_trace(trace))))


if __name__ == "__main__":
    main()
