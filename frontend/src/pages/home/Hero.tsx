import { useQuery } from "@tanstack/react-query";
import { currentUser, profiles, prompts, styles as stylesQuery } from "../../api/queries";
import type { Profile, Prompt, Style } from "../../api/schema";
import { nameOf } from "../../components/Account";
import { PLAIN, paletteOf } from "../../slides/palette";
import { ChartSlide, CoverSlide, PointsSlide } from "../../slides/Slide";
import { promptAnchor, styleAnchor } from "./anchors";
import styles from "./Hero.module.css";
import type { ReadinessView } from "./useReadiness";

export function Hero({ readiness }: { readiness: ReadinessView }) {
  const { data: user } = useQuery(currentUser);
  const { profile, prompt, style } = useDefaults();
  const palette = (style && paletteOf(style.content)) ?? PLAIN;
  const [firstName] = user ? nameOf(user).split(/\s+/) : [];

  return (
    <section className={styles.hero} aria-labelledby="hero-title">
      <div className={styles.text}>
        <h1 id="hero-title" className={styles.title}>
          {headline(readiness.state === "ok" || readiness.state === "checking", firstName)}
        </h1>
        <p className={styles.lead}>
          Tellr turns a question about your data into a slide deck. It runs in your workspace, with
          your permissions, and stores decks in your Lakebase database.
        </p>
        {profile ? <ProfileLine profile={profile} prompt={prompt} style={style} /> : null}
      </div>
      <div className={styles.stage}>
        <div className={styles.points}>
          <PointsSlide palette={palette} />
        </div>
        <div className={styles.cover}>
          <CoverSlide
            palette={palette}
            title={prompt?.name ?? "Your next deck"}
            subtitle={prompt?.description ?? undefined}
          />
        </div>
        <div className={styles.chart}>
          <ChartSlide palette={palette} />
        </div>
      </div>
    </section>
  );
}

function ProfileLine({
  profile,
  prompt,
  style,
}: {
  profile: Profile;
  prompt: Prompt | undefined;
  style: Style | undefined;
}) {
  return (
    <dl className={styles.profile}>
      <div>
        <dt>Default profile</dt>
        <dd>{profile.name}</dd>
      </div>
      {prompt ? (
        <div>
          <dt>Tells</dt>
          <dd>
            <a href={`#${promptAnchor(prompt)}`}>{prompt.name}</a>
          </dd>
        </div>
      ) : null}
      {style ? (
        <div>
          <dt>Looks like</dt>
          <dd>
            <a href={`#${styleAnchor(style)}`}>{style.name}</a>
          </dd>
        </div>
      ) : null}
    </dl>
  );
}

function headline(well: boolean, firstName: string | undefined): string {
  const name = firstName ? `, ${firstName}` : "";
  return well ? `Welcome${name}` : "Connecting…";
}

/** The default profile with its prompt and style; the default style if the profile has none. */
function useDefaults() {
  const { data: allProfiles } = useQuery(profiles);
  const { data: allPrompts } = useQuery(prompts);
  const { data: allStyles } = useQuery(stylesQuery);
  const profile = allProfiles?.find((candidate) => candidate.is_default);
  return {
    profile,
    prompt: allPrompts?.find((candidate) => candidate.id === profile?.prompt_id),
    style:
      allStyles?.find((candidate) => candidate.id === profile?.style_id) ??
      allStyles?.find((candidate) => candidate.is_default),
  };
}
