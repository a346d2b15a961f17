import type { Origin } from "../../api/schema";
import { Badge } from "../../components/Badge";
import styles from "./Card.module.css";

const ORIGINS: Record<Origin, string> = {
  seed: "Built in",
  databricks: "Databricks set",
  user: "Shared",
};

export function Tags({
  item,
  isDefault = false,
}: {
  item: {
    category?: string | null | undefined;
    origin?: Origin;
    shared: boolean;
  };
  isDefault?: boolean;
}) {
  return (
    <p className={styles.tags}>
      {isDefault ? <Badge tone="accent">Default</Badge> : null}
      {item.category ? <Badge>{item.category}</Badge> : null}
      <span className={styles.origin}>
        {item.shared ? ORIGINS[item.origin ?? "user"] : "Yours"}
      </span>
    </p>
  );
}
