import { memo, Suspense } from "react";
import type { Slide } from "../deck/model";
import { displayOf } from "../engine/displayOf";
import { useEngine } from "../engine/useEngine";
import { SlideView } from "./SlideView";
import styles from "./Thumbnail.module.css";

interface ThumbnailProps {
  slide: Slide | null | undefined;
  theme: string;
  number?: number;
  language?: string | undefined;
}

/** A slide in small. What it belongs to has its name. */
export const Thumbnail = memo(function Thumbnail(props: ThumbnailProps) {
  if (!props.slide) return <div className={styles.blank} />;
  return (
    <Suspense fallback={<div className={styles.blank} />}>
      <Drawn {...props} slide={props.slide} />
    </Suspense>
  );
});

function Drawn({ slide, theme, number = 1, language }: ThumbnailProps & { slide: Slide }) {
  return <SlideView small list={displayOf(useEngine(), slide, { theme, number, language })} />;
}
