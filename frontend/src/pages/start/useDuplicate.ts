import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LIBRARY_KEY } from "../../api/queries";
import { duplicateSession } from "../../api/sessions";

/** Duplicates a deck; the copy then appears in the list. */
export function useDuplicate() {
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: duplicateSession,
    onSettled: () => client.invalidateQueries({ queryKey: LIBRARY_KEY }),
  });
  return mutate;
}
