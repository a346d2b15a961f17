import clear from "../../../runtime/slides/themes/clear.json" with { type: "json" };
import ink from "../../../runtime/slides/themes/ink.json" with { type: "json" };
import lakehouse from "../../../runtime/slides/themes/lakehouse.json" with { type: "json" };
import paper from "../../../runtime/slides/themes/paper.json" with { type: "json" };
import signal from "../../../runtime/slides/themes/signal.json" with { type: "json" };
import type { Theme } from "../../src/deck/theme";

export const themes = [clear, ink, paper, signal, lakehouse] as Theme[];
