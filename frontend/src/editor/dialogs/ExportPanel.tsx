/** Exports of the deck that is edited, and its slide as a picture. */
import { useState } from "react";
import { Button } from "../../components/Button";
import ExportDialog from "../../export/ExportDialog";
import { Row } from "../../export/Row";
import { useEditor } from "../Editor";
import { savedOf } from "../savedOf";
import { copyPicture, messageOf, savePicture } from "../slidePicture";
import styles from "./ExportPanel.module.css";

export default function ExportPanel() {
  const editor = useEditor();
  const { snapshot } = editor;
  const deck = {
    session: editor.id,
    slides: snapshot.deck.slides.length,
    version: snapshot.unsaved > 0 ? null : snapshot.version,
    saved: () => savedOf(editor.session),
  };
  return (
    <ExportDialog deck={deck} onClose={() => editor.open(null)}>
      {editor.slide ? <SlideRow /> : null}
    </ExportDialog>
  );
}

function SlideRow() {
  const editor = useEditor();
  const [outcome, setOutcome] = useState("");
  const [isBusy, setBusy] = useState(false);
  const number = editor.snapshot.deck.slides.findIndex(({ id }) => id === editor.slide?.id) + 1;
  const make = (how: typeof copyPicture) => async () => {
    if (isBusy) return;
    setBusy(true);
    setOutcome("");
    setOutcome(await how(editor).catch(messageOf));
    setBusy(false);
  };
  return (
    <Row
      icon="image"
      name="This slide"
      hint={`Slide ${number} as a picture`}
      action={
        <>
          <Button
            size="small"
            icon="copy"
            aria-label="Copy slide as picture"
            aria-disabled={isBusy}
            onClick={make(copyPicture)}
          >
            Copy
          </Button>
          <Button
            size="small"
            aria-label="Save slide as SVG"
            aria-disabled={isBusy}
            onClick={make(savePicture)}
          >
            SVG
          </Button>
        </>
      }
    >
      <p role="status" className={styles.outcome}>
        {outcome}
      </p>
    </Row>
  );
}
