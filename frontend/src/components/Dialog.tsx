import { type ReactNode, useEffect, useId, useRef } from "react";
import styles from "./Dialog.module.css";
import { IconButton } from "./IconButton";
import { useStable } from "./useStable";

interface DialogProps {
  title: string;
  /** `form`: for a text of several lines. */
  size?: "regular" | "form" | "wide";
  onClose: () => void;
  /** What gets the focus back if what had it is gone. */
  returnTo?: () => HTMLElement | null;
  children: ReactNode;
}

/**
 * A modal dialog, open as long as it is rendered. The browser keeps the focus inside and closes it on Escape.
 * Its first field has the focus, or what has `data-first`.
 */
export function Dialog({ title, size = "regular", onClose, returnTo, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const fallback = useStable(() => returnTo?.() ?? null);
  useEffect(() => {
    const dialog = ref.current;
    const opener = openerOf(document.activeElement);
    if (dialog && !dialog.open) dialog.showModal();
    // The browser would choose the first button, which closes the dialog.
    const first = dialog?.querySelector<HTMLElement>("[data-first]");
    (first ?? dialog?.querySelector<HTMLElement>("input, select, textarea"))?.focus();
    return () => {
      dialog?.close();
      const next = opener?.isConnected ? opener : fallback();
      next?.focus();
    };
  }, [fallback]);
  return (
    <dialog
      ref={ref}
      className={styles.dialog}
      data-size={size}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <header className={styles.header}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        <IconButton icon="cross" label="Close" onClick={onClose} />
      </header>
      <div className={styles.body}>{children}</div>
    </dialog>
  );
}

/** What gets the focus back: what had it, or the button of the menu that had it and is gone by then. */
function openerOf(focused: Element | null): HTMLElement | null {
  const button = focused?.closest('[role="menu"]')?.getAttribute("aria-labelledby");
  const opener = button ? document.getElementById(button) : focused;
  return opener instanceof HTMLElement ? opener : null;
}
