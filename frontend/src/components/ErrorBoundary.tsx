import { Component, type ReactNode } from "react";
import { Notice } from "./Notice";

/**
 * Keeps a mistake in one page from taking the header and the way out with it.
 *
 * React has no hook for this; a class is the only way.
 */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Notice tone="problem" title="This page stopped working">
        <p>
          That is a mistake in Tellr, not in what you did. Your data is not affected;{" "}
          <a href={window.location.pathname}>load the page again</a> to go on.
        </p>
      </Notice>
    );
  }
}
