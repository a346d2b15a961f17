import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { ACTIONS } from "../actions";
import { shown } from "../actions/keys";
import { useEditor } from "../Editor";
import styles from "./KeysHelp.module.css";

/** Keys that aren't actions: what they do depends on where the focus is. */
const OTHERS: Record<string, readonly (readonly [string, string])[]> = {
  "While editing text": [
    ["Bold", "**text**"],
    ["Italic", "*text*"],
    ["Link", "[text](https://…)"],
    ["New item in a list", "Enter"],
    ["Indent an item", "Tab"],
    ["Next cell or text", "Tab"],
    ["Cell below", "Enter"],
    ["Finish", "Esc"],
  ],
  "In the list of slides": [
    ["Select", "↑ ↓"],
    ["Select several", "Shift+↑ ↓"],
  ],
  "While presenting": [
    ["Next, previous", "→ ←"],
    ["Notes in a second window", "N"],
    ["Black screen", "B"],
    ["End", "Esc"],
  ],
};

export function KeysHelp() {
  const editor = useEditor();
  const groups: Record<string, readonly (readonly [string, string])[]> = {};
  for (const { group, label, keys } of ACTIONS) {
    if (keys) groups[group] = [...(groups[group] ?? []), [label, shown(keys)]];
  }
  return (
    <Dialog title="Keyboard shortcuts" size="wide" onClose={() => editor.open(null)}>
      <div className={styles.groups}>
        {Object.entries({ ...groups, ...OTHERS }).map(([group, rows]) => (
          <section key={group} className={styles.group}>
            <h3 className={styles.heading}>{group}</h3>
            <dl>
              {rows.map(([label, keys]) => (
                <div key={label} className={styles.row}>
                  <dt>{label}</dt>
                  <dd>
                    <kbd>{keys}</kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Button onClick={() => editor.open(null)}>Close</Button>
    </Dialog>
  );
}
