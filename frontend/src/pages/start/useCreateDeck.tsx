import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { ApiError } from "../../api/client";
import { LIBRARY_KEY } from "../../api/queries";
import { createSession } from "../../api/sessions";
import { Notice } from "../../components/Notice";

/** Creates a deck and opens it. */
export function useCreateDeck() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: createSession,
    onSuccess: ({ id }) => {
      void client.invalidateQueries({ queryKey: LIBRARY_KEY });
      void navigate(`/decks/${id}`);
    },
  });
  return {
    create: mutate,
    isCreating: isPending,
    problem: error ? <NotCreated error={error} /> : null,
  };
}

function NotCreated({ error }: { error: Error }) {
  const problems = error instanceof ApiError ? error.details.problems : undefined;
  const listed = Array.isArray(problems) ? (problems as { path: string; message: string }[]) : [];
  return (
    <Notice tone="problem" title="The deck wasn’t created">
      <p>{error.message}</p>
      <ul>
        {listed.slice(0, 5).map(({ path, message }) => (
          <li key={path}>
            <code>{path}</code>: {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
