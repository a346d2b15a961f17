/** A deck on the whole screen, for the audience. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { type Session, session } from "../../api/sessions";
import { IconButton } from "../../components/IconButton";
import { nameOfSlide } from "../../deck/find";
import { displayOf } from "../../engine/displayOf";
import { useEngine } from "../../engine/useEngine";
import { SlideView } from "../../slides/SlideView";
import { NotOpened } from "../editor/EditorPage";
import { Opening } from "../Opening";
import styles from "./PresentPage.module.css";
import { usePresentation } from "./usePresentation";
import { usePresentKeys } from "./usePresentKeys";

const QUIET_MS = 2_500;

export function PresentPage() {
  const { id = "" } = useParams();
  const { data, error } = useQuery(session(id));
  if (data) return <Screen id={id} deck={data.deck} />;
  return error ? <NotOpened message={error.message} /> : <Opening />;
}

function Screen({ id, deck }: { id: string; deck: Session["deck"] }) {
  const engine = useEngine();
  const navigate = useNavigate();
  const screen = useRef<HTMLElement>(null);
  const isActive = useActivity();
  const count = deck.slides.length;
  const show = usePresentation(id, count);
  const end = () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    void navigate(`/decks/${id}`);
  };
  const notes = () => {
    window.open(
      `/decks/${id}/notes?slide=${show.slide + 1}`,
      `notes-${id}`,
      "popup,width=1100,height=720",
    );
  };
  const fullScreen = () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void screen.current?.requestFullscreen?.().catch(() => undefined);
  };
  usePresentKeys(show, { end, notes, fullScreen, count });
  useEffect(() => {
    // Refused without a click or key just before; F does it then.
    void screen.current?.requestFullscreen?.().catch(() => undefined);
    screen.current?.focus();
  }, []);

  const slide = deck.slides[show.slide];
  if (!slide) return <NotOpened message="The deck has no slides." />;
  const look = { theme: deck.theme, number: show.slide + 1, language: deck.language };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the whole page
    <main
      ref={screen}
      className={styles.screen}
      data-active={isActive}
      tabIndex={-1}
      aria-label="Presentation"
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest("a, button")) return;
        show.next();
      }}
    >
      <div className={show.isBlack ? `${styles.slide} ${styles.black}` : styles.slide}>
        <SlideView
          list={displayOf(engine, slide, look)}
          label={`Slide ${show.slide + 1} of ${count}: ${nameOfSlide(slide)}`}
          links
        />
      </div>
      <p role="status" className="visually-hidden">
        Slide {show.slide + 1} of {count}: {nameOfSlide(slide)}
      </p>
      <div className={styles.controls}>
        <IconButton icon="back" label="Previous slide" onClick={show.previous} />
        <span className={styles.place}>
          {show.slide + 1} / {count}
        </span>
        <IconButton icon="chevron" label="Next slide" onClick={show.next} />
        <IconButton icon="notes" label="Notes in a second window" keys="N" onClick={notes} />
        <IconButton icon="screen" label="Full screen" keys="F" onClick={fullScreen} />
        <IconButton icon="cross" label="End" keys="Esc" onClick={end} />
      </div>
    </main>
  );
}

/** Whether the pointer moved just now: then the pointer and the controls are shown. */
function useActivity(): boolean {
  const [isActive, setActive] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const move = () => {
      setActive(true);
      clearTimeout(timer);
      timer = setTimeout(() => setActive(false), QUIET_MS);
    };
    document.addEventListener("pointermove", move);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointermove", move);
    };
  }, []);
  return isActive;
}
