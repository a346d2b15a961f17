import { useQuery } from "@tanstack/react-query";
import { lastChange } from "../api/sessions";
import { useEditor } from "./Editor";

/** Who changed the deck while it was edited here, for a sentence. Requested only after such a change. */
export function useWhoChanged(isChanged: boolean): string {
  const { id, role, snapshot } = useEditor();
  const { data } = useQuery({ ...lastChange(id, snapshot.version), enabled: isChanged });
  if (!data?.updated_by) return "another person";
  const isOwner = data.updated_by.id === data.owner.id;
  return isOwner && role === "owner" ? "you in another window" : data.updated_by.name;
}
