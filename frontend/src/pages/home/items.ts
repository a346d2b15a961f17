/** What a section of the library asks: which item, and what is to be done with it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Item, type Kind, setDefault } from "../../api/library";
import { LIBRARY_KEY } from "../../api/queries";

/** What is open over a section: the form of a new item, of a copy, of an item; or the question before deleting. */
export type Asked<T> = { what: "create" } | { what: "copy" | "edit" | "delete"; item: T };

/** The name of one item of a kind, in lower case. */
export const NOUNS: Record<Kind, string> = {
  prompts: "prompt",
  styles: "style",
  profiles: "profile",
};

/** Whether the user may create shared items: those who may change a shared item may. */
export function canShare(items: readonly Item[]): boolean {
  return items.some((item) => item.shared && item.can_edit);
}

/** Loads the library again; resolves when it is loaded. */
export function useReload(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: LIBRARY_KEY });
}

export function useSetDefault(kind: Kind) {
  const reload = useReload();
  const { mutate, error } = useMutation({
    mutationFn: ({ item, everyone }: { item: Item; everyone: boolean }) =>
      setDefault(kind, item.id, everyone),
    onSettled: reload,
  });
  return { makeDefault: mutate, error };
}
