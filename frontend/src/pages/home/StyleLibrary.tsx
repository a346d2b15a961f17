import { useQuery } from "@tanstack/react-query";
import { styles as stylesQuery } from "../../api/queries";
import type { Style } from "../../api/schema";
import { Disclosure } from "../../components/Disclosure";
import { coloursIn, PLAIN, paletteOf } from "../../slides/palette";
import { ChartSlide, CoverSlide, PointsSlide } from "../../slides/Slide";
import { styleAnchor } from "./anchors";
import styles from "./Card.module.css";
import { Library } from "./Library";
import { Tags } from "./Tags";

export function StyleLibrary() {
  return (
    <Library
      id="styles-title"
      title="Slide styles"
      lead="How a deck looks. The previews use the colours of each style."
      noun="slide styles"
      cards="wide"
      query={useQuery(stylesQuery)}
    >
      {(style) => <StyleCard key={style.id} style={style} />}
    </Library>
  );
}

function StyleCard({ style }: { style: Style }) {
  const palette = paletteOf(style.content) ?? PLAIN;
  return (
    <li id={styleAnchor(style)} className={styles.card}>
      <div className={styles.spread}>
        <div className={styles.preview}>
          <div className={styles.cover}>
            <CoverSlide palette={palette} title={style.name} />
          </div>
          <PointsSlide palette={palette} />
          <ChartSlide palette={palette} />
        </div>
        <div className={styles.body}>
          <Tags item={style} isDefault={style.is_default} />
          <h3 className={styles.name}>{style.name}</h3>
          {style.description ? <p className={styles.description}>{style.description}</p> : null}
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
