import { Component, type ReactNode } from "react";
import { Notice } from "./Notice";

/**
 * Keeps an error in one page from removing the header and the navigation.
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
          This is a bug in Tellr. Your data is not affected;{" "}
          <a href={window.location.pathname}>reload the page</a> to continue.
        </p>
      </Notice>
    );
  }
}
