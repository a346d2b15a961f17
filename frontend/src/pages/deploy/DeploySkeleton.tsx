import { Skeleton } from "../../components/Skeleton";
import styles from "./DeployPage.module.css";

/** The placeholder while the page's chunk is loading. */
export function DeploySkeleton() {
  return (
    <div className={styles.page}>
      <Skeleton label="Loading the deploy page" count={3} />
    </div>
  );
}
