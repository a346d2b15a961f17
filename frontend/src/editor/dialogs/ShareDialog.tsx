/** Who may see and change the deck. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useId, useState } from "react";
import { type Principal, principals, type Share, share, shares, unshare } from "../../api/sessions";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { IconButton } from "../../components/IconButton";
import { Initials } from "../../components/Initials";
import { useEditor } from "../Editor";
import { CopyLink } from "./CopyLink";
import styles from "./ShareDialog.module.css";

export function ShareDialog() {
  const editor = useEditor();
  const heading = useId();
  const client = useQueryClient();
  const { queryKey, ...query } = shares(editor.id);
  const { data, error: unread } = useQuery({ queryKey, ...query });
  const isOwner = editor.role === "owner";
  const { mutate: set, error } = useMutation({
    mutationFn: ({ who, access }: { who: Principal; access: Share["access"] | null }) =>
      access === null ? unshare(editor.id, who) : share(editor.id, who, access),
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  const problem = error ?? unread;
  return (
    <Dialog title="Share" onClose={() => editor.open(null)}>
      {isOwner ? (
        <Search taken={data ?? []} onChoose={(who) => set({ who, access: "view" })} />
      ) : (
        <p className={styles.hint}>Only the owner can change who has access.</p>
      )}
      {problem ? (
        <p role="alert" className={styles.problem}>
          {problem.message}
        </p>
      ) : null}
      <h3 id={heading} className={styles.heading}>
        People with access
      </h3>
      <ul className={styles.list} aria-labelledby={heading}>
        <li className={styles.row}>
          <Who principal={{ kind: "user", ...editor.owner }} />
          <span className={styles.role}>Owner</span>
        </li>
        {data?.map(({ principal, access }) => (
          <li key={`${principal.kind} ${principal.id}`} className={styles.row}>
            <Who principal={principal} />
            <select
              className={styles.select}
              aria-label={`Access of ${principal.name}`}
              value={access}
              disabled={!isOwner}
              onChange={({ target }) =>
                set({ who: principal, access: target.value as Share["access"] })
              }
            >
              <option value="view">Can view</option>
              <option value="edit">Can edit</option>
            </select>
            {isOwner ? (
              <IconButton
                icon="cross"
                label={`Remove ${principal.name}`}
                onClick={() => set({ who: principal, access: null })}
              />
            ) : null}
          </li>
        ))}
      </ul>
      {data?.length === 0 ? <p className={styles.hint}>The deck isn’t shared yet.</p> : null}
      <div className={styles.foot}>
        <CopyLink />
      </div>
    </Dialog>
  );
}

function Who({ principal: { kind, name } }: { principal: Principal }) {
  return (
    <>
      <Initials name={name} size="small" tone={kind === "user" ? "other" : "group"} />
      <span className={styles.name}>
        {name}
        {kind === "group" ? <span className={styles.kind}> Group</span> : null}
      </span>
    </>
  );
}

function Search({
  taken,
  onChoose,
}: {
  taken: readonly Share[];
  onChoose: (who: Principal) => void;
}) {
  const id = useId();
  const [search, setSearch] = useState("");
  const asked = useDeferredValue(search.trim());
  const { data, error } = useQuery(principals(asked));
  const found = data?.filter(
    (one) => !taken.some(({ principal }) => principal.kind === one.kind && principal.id === one.id),
  );
  return (
    <div>
      <label htmlFor={id} className={styles.label}>
        Add people and groups
      </label>
      <input
        id={id}
        className={styles.input}
        placeholder="Name or e-mail"
        value={search}
        onChange={({ target }) => setSearch(target.value)}
      />
      {error ? <p className={styles.problem}>{error.message}</p> : null}
      {asked && found ? (
        <ul className={styles.list} aria-label="Found">
          {found.slice(0, 8).map((one) => (
            <li key={`${one.kind} ${one.id}`} className={styles.row}>
              <Who principal={one} />
              <Button
                size="small"
                aria-label={`Share with ${one.name}`}
                onClick={() => {
                  onChoose(one);
                  setSearch("");
                }}
              >
                Add
              </Button>
            </li>
          ))}
          {found.length === 0 ? <li className={styles.hint}>Nobody found for “{asked}”.</li> : null}
        </ul>
      ) : null}
    </div>
  );
}
