import type { Origin, Prompt } from "../../api/schema";
import { Badge } from "../../components/Badge";
import styles from "./Card.module.css";

const ORIGINS: Record<Origin, string> = {
  seed: "Built in",
  databricks: "Databricks set",
  user: "Created here",
};

export function Tags({
  item,
  isDefault = false,
}: {
  item: Pick<Prompt, "category" | "origin">;
  isDefault?: boolean;
}) {
  return (
    <p className={styles.tags}>
      {isDefault ? <Badge tone="accent">Default</Badge> : null}
      {item.category ? <Badge>{item.category}</Badge> : null}
      <span className={styles.origin}>{ORIGINS[item.origin]}</span>
    </p>
  );
}
