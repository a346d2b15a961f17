import { useQuery } from "@tanstack/react-query";
import { ApiError } from "../../api/client";
import { sessions } from "../../api/sessions";
import { hasDecks } from "../../engine/useEngine";
import { HomePage } from "../home/HomePage";
import { StartPage } from "./StartPage";

/** The first page: the decks, or the app's status where the server or the build has no decks yet. */
export function FrontPage() {
  const { error } = useQuery({ ...sessions(""), enabled: hasDecks });
  const isUnknown = error instanceof ApiError && error.status === 404;
  return hasDecks && !isUnknown ? <StartPage /> : <HomePage />;
}
