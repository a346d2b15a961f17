import { Skeleton } from "../../components/Skeleton";
import styles from "./DeployPage.module.css";

/** Stands in the page's place for the moment that its chunk takes. */
export function DeploySkeleton() {
  return (
    <div className={styles.page}>
      <Skeleton label="Loading the deploy page" count={3} />
    </div>
  );
}
