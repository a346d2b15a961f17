import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { styles as stylesQuery } from "../../api/queries";
import type { Style } from "../../api/schema";
import { Button } from "../../components/Button";
import { Disclosure } from "../../components/Disclosure";
import { hasDecks } from "../../engine/useEngine";
import { coloursIn, PLAIN, paletteOf } from "../../slides/palette";
import { ChartSlide, CoverSlide, PointsSlide } from "../../slides/Slide";
import { styleAnchor } from "./anchors";
import styles from "./Card.module.css";
import { ItemMenu } from "./ItemMenu";
import { type Does, Library } from "./Library";
import { StyleFile } from "./StyleFile";
import { StyleNotes, StyleSlides } from "./StyleSlides";
import { Tags } from "./Tags";
import { TextForm } from "./TextForm";

export function StyleLibrary() {
  const [isReading, setReading] = useState(false);
  const query = useQuery(stylesQuery);
  return (
    <Library
      kind="styles"
      id="styles-title"
      title="Slide styles"
      lead="How a deck looks. The previews use the colours of each style."
      noun="slide styles"
      cards="wide"
      query={query}
      form={(props) => <TextForm kind="styles" {...props} />}
      beside={({ canShare, say }) => (
        <>
          <Button size="small" icon="file" onClick={() => setReading(true)}>
            New style from a PowerPoint file
          </Button>
          {isReading ? (
            <StyleFile
              canShare={canShare}
              onClose={(said) => {
                setReading(false);
                if (said) say(said);
              }}
            />
          ) : null}
        </>
      )}
    >
      {(style, does) => <StyleCard key={style.id} style={style} does={does} />}
    </Library>
  );
}

function StyleCard({ style, does }: { style: Style; does: Does<Style> }) {
  const palette = paletteOf(style.content) ?? PLAIN;
  return (
    <li id={styleAnchor(style)} className={styles.card}>
      <div className={styles.spread}>
        {style.theme && hasDecks ? (
          <div className={styles.drawn}>
            <StyleSlides theme={style.theme} name={style.name} />
          </div>
        ) : (
          <div className={styles.preview}>
            <div className={styles.cover}>
              <CoverSlide palette={palette} title={style.name} />
            </div>
            <PointsSlide palette={palette} />
            <ChartSlide palette={palette} />
          </div>
        )}
        <div className={styles.body}>
          <div className={styles.top}>
            <Tags item={style} isDefault={style.is_default} />
            <ItemMenu item={style} onAsk={does.ask} onMakeDefault={does.makeDefault} />
          </div>
          <h3 className={styles.name}>{style.name}</h3>
          {style.description ? <p className={styles.description}>{style.description}</p> : null}
          <StyleNotes style={style} />
          <Swatches colours={coloursIn(style.content)} />
          <Disclosure label="Read the style" about={`“${style.name}”`} text={style.content} />
        </div>
      </div>
    </li>
  );
}

function Swatches({ colours }: { colours: readonly string[] }) {
  if (colours.length === 0) return null;
  return (
    <ul className={styles.swatches} aria-label="Colours">
      {colours.map((colour) => (
        <li key={colour} className={styles.swatch}>
          <svg className={styles.chip} viewBox="0 0 12 12" aria-hidden="true">
            <rect width="12" height="12" rx="3" fill={colour} />
          </svg>
          {colour}
        </li>
      ))}
    </ul>
  );
}
