import styles from "./Brand.module.css";

/** The logo: a slide as a speech bubble. Same drawing as public/favicon.svg, in the theme's colours. */
export function Brand() {
  return (
    <span className={styles.brand}>
      <svg className={styles.mark} viewBox="0 0 32 32" aria-hidden="true">
        <path
          className={styles.bubble}
          d="M5 5h22a3 3 0 0 1 3 3v12.4a3 3 0 0 1-3 3H14.2L8 29v-5.6H5a3 3 0 0 1-3-3V8a3 3 0 0 1 3-3z"
        />
        <rect className={styles.words} x="7" y="10" width="11" height="2.6" rx="1.3" />
        <rect
          className={styles.words}
          x="7"
          y="15.4"
          width="7"
          height="2.6"
          rx="1.3"
          opacity="0.62"
        />
        <circle className={styles.pointer} cx="23" cy="14" r="3.2" />
      </svg>
      Tellr
    </span>
  );
}
