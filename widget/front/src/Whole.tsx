import { Component, type ReactNode } from "react";
import { Notice } from "../../../frontend/src/components/Notice";
import { Frame } from "../../../frontend/src/deploy";

/** An error boundary, so that a bug doesn't leave an empty place. React has no hook for this. */
export class Whole extends Component<
  { theme: "light" | "dark"; children: ReactNode },
  { failed: string | null }
> {
  override state = { failed: null };

  static getDerivedStateFromError(thrown: unknown) {
    return { failed: String(thrown) };
  }

  override render() {
    if (this.state.failed === null) return this.props.children;
    return (
      <Frame theme={this.props.theme}>
        <Notice tone="problem" title="The widget stopped working">
          <p>
            This is a bug in Tellr ({this.state.failed}). Run the cell again: an unfinished
            deployment can be resumed, and nothing is done twice.
          </p>
        </Notice>
      </Frame>
    );
  }
}
