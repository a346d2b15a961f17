import { useState } from "react";
import { applyTheme, currentTheme, THEMES, type Theme } from "../theme/theme";
import styles from "./ThemeSwitch.module.css";

const LABELS: Record<Theme, string> = {
  system: "Theme of the system",
  light: "Light theme",
  dark: "Dark theme",
};

const ICONS: Record<Theme, string> = {
  system: "M3 4.5h14v9H3z M7.5 16.5h5 M10 13.5v3",
  light:
    "M10 6.5a3.5 3.5 0 1 0 .01 0z M10 2v1.6 M10 16.4V18 M2 10h1.6 M16.4 10H18 M4.3 4.3l1.2 1.2 M14.5 14.5l1.2 1.2 M4.3 15.7l1.2-1.2 M14.5 5.5l1.2-1.2",
  dark: "M16.5 11.8A6.8 6.8 0 0 1 8.2 3.5a6.8 6.8 0 1 0 8.3 8.3z",
};

export function ThemeSwitch() {
  const [theme, setTheme] = useState(currentTheme);
  const choose = (next: Theme) => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <fieldset className={styles.group}>
      <legend className="visually-hidden">Theme</legend>
      {THEMES.map((option) => (
        <label key={option} className={styles.option} title={LABELS[option]}>
          <input
            type="radio"
            name="theme"
            className={styles.radio}
            checked={theme === option}
            onChange={() => choose(option)}
            aria-label={LABELS[option]}
          />
          <svg className={styles.icon} viewBox="0 0 20 20" aria-hidden="true">
            <path
              d={ICONS[option]}
              fill="none"
              stroke="currentColor"
              strokeWidth="1.5"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          </svg>
        </label>
      ))}
    </fieldset>
  );
}
