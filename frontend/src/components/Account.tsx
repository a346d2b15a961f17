import { useQuery } from "@tanstack/react-query";
import { currentUser } from "../api/queries";
import type { CurrentUser } from "../api/schema";
import styles from "./Account.module.css";
import { Initials } from "./Initials";

/** The signed-in user, as passed by the Databricks Apps proxy. */
export function Account() {
  const { data: user, isError } = useQuery(currentUser);
  if (isError) return <p className={styles.mail}>Not signed in</p>;
  if (!user) return null;
  const name = nameOf(user);
  return (
    <div className={styles.account}>
      <Initials name={name} />
      <p className={styles.who}>
        <span className="visually-hidden">Signed in as </span>
        <span className={styles.name}>{name}</span>
        <span className={styles.mail}>
          {user.source === "local" ? "Local development user" : (user.email ?? user.user_name)}
        </span>
      </p>
    </div>
  );
}

/** The display name, else the part of the user name before the @. */
export function nameOf(user: CurrentUser): string {
  const name = user.display_name?.trim();
  if (name) return name;
  const [local = user.user_name] = user.user_name.split("@");
  return local.charAt(0).toUpperCase() + local.slice(1);
}
