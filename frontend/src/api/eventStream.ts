/**
 * The event stream format of the HTML standard, read as it arrives: cut anywhere, with any line ending.
 */

export interface StreamEvent {
  /** The last id that was sent, also with an earlier event. */
  id: string;
  kind: string;
  data: string;
}

/** Larger events are none of ours. */
const MOST_CHARACTERS = 1024 * 1024;

export class EventStreamReader {
  private rest = "";
  private endedWithReturn = false;
  private id = "";
  private kind = "";
  private data: string[] = [];

  /** Takes the next piece of the stream; gives the events that it completes. */
  read(piece: string): StreamEvent[] {
    let text = piece;
    // `\r\n` may be cut between its two characters.
    if (this.endedWithReturn && text.startsWith("\n")) text = text.slice(1);
    if (piece !== "") this.endedWithReturn = piece.endsWith("\r");
    const lines = (this.rest + text).split(/\r\n|\r|\n/);
    this.rest = lines.pop() ?? "";
    if (this.rest.length > MOST_CHARACTERS) throw new Error("an event is too large");
    return lines.flatMap((line) => this.line(line));
  }

  private line(line: string): StreamEvent[] {
    if (line === "") return this.complete();
    const colon = line.indexOf(":");
    // A comment, as a sign of life.
    if (colon === 0) return [];
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.data.push(value);
    else if (field === "event") this.kind = value;
    else if (field === "id" && !value.includes("\0")) this.id = value;
    return [];
  }

  private complete(): StreamEvent[] {
    const { id, data } = this;
    const kind = this.kind || "message";
    this.kind = "";
    this.data = [];
    return data.length > 0 ? [{ id, kind, data: data.join("\n") }] : [];
  }
}
