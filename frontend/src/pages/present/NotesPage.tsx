/** The speaker's window: this slide, the next one, the notes, the time. */
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { type Session, session } from "../../api/sessions";
import { IconButton } from "../../components/IconButton";
import { Thumbnail } from "../../slides/Thumbnail";
import { NotOpened } from "../editor/EditorPage";
import { Opening } from "../Opening";
import styles from "./NotesPage.module.css";
import { Timer } from "./Timer";
import { usePresentation } from "./usePresentation";
import { usePresentKeys } from "./usePresentKeys";

export function NotesPage() {
  const { id = "" } = useParams();
  const { data, error } = useQuery(session(id));
  if (data) return <Notes id={id} deck={data.deck} />;
  return error ? <NotOpened message={error.message} /> : <Opening />;
}

function Notes({ id, deck }: { id: string; deck: Session["deck"] }) {
  const count = deck.slides.length;
  const show = usePresentation(id, count);
  usePresentKeys(show, { end: () => window.close(), count });
  const slide = deck.slides[show.slide];
  const next = deck.slides[show.slide + 1];
  const { theme, language } = deck;
  return (
    <main className={styles.page}>
      <header className={styles.bar}>
        <h1 className="visually-hidden">Speaker notes of {deck.title}</h1>
        <Timer />
        <div className={styles.controls}>
          <IconButton icon="back" label="Previous slide" onClick={show.previous} />
          <span role="status">
            Slide {show.slide + 1} of {count}
          </span>
          <IconButton icon="chevron" label="Next slide" onClick={show.next} />
          <IconButton
            icon="screen"
            label="Black screen"
            keys="B"
            aria-pressed={show.isBlack}
            onClick={show.blacken}
          />
        </div>
      </header>
      <section className={styles.column} aria-label="This slide">
        <p className={styles.label}>Now</p>
        <div className={styles.picture}>
          <Thumbnail slide={slide} theme={theme} language={language} number={show.slide + 1} />
        </div>
      </section>
      <section className={styles.column} aria-label="Next slide">
        <p className={styles.label}>{next ? "Next" : "This is the last slide"}</p>
        {next ? (
          <div className={styles.picture}>
            <Thumbnail slide={next} theme={theme} language={language} number={show.slide + 2} />
          </div>
        ) : null}
      </section>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable, so it has to be focusable */}
      <section className={styles.notes} aria-label="Notes" tabIndex={0}>
        {slide?.notes || <span className={styles.none}>No notes for this slide.</span>}
      </section>
    </main>
  );
}
