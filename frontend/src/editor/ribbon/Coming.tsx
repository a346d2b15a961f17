import { memo } from "react";
import type { TurnSlide } from "../../api/chat";
import { Icon } from "../../components/Icon";
import styles from "./Ribbon.module.css";

/** A slide that isn't written yet. The assistant's list of slides tells the same to screen readers. */
export const Coming = memo(function Coming({ slide }: { slide: TurnSlide }) {
  return (
    <div className={styles.item} data-coming={slide.state} aria-hidden="true" title={slide.title}>
      <span className={styles.number} />
      <div className={styles.picture}>
        <span className={styles.coming}>
          {slide.state === "writing" ? <Icon name="turn" turning /> : null}
          <span className={styles.comingTitle}>{slide.title}</span>
        </span>
      </div>
    </div>
  );
});
