import { useEffect, useEffectEvent } from "react";
import type { Editor } from "./Editor";
import { insertImage } from "./images";

/** Inserts an image that is pasted while no text is edited. */
export function usePaste(editor: Editor) {
  const paste = useEffectEvent((event: ClipboardEvent) => {
    const inField = event.target instanceof Element && event.target.closest("input, textarea");
    const image = [...(event.clipboardData?.files ?? [])].find(({ type }) =>
      type.startsWith("image/"),
    );
    if (inField || !image || !editor.canEdit || !editor.slide) return;
    event.preventDefault();
    void insertImage(editor, image);
  });
  useEffect(() => {
    const listener = (event: ClipboardEvent) => paste(event);
    document.addEventListener("paste", listener);
    return () => document.removeEventListener("paste", listener);
  }, []);
}
