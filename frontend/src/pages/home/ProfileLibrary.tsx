import { useQuery } from "@tanstack/react-query";
import { assistant, type Space } from "../../api/chat";
import { profiles, prompts, styles as stylesQuery } from "../../api/queries";
import type { Profile } from "../../api/schema";
import styles from "./Card.module.css";
import { ItemMenu } from "./ItemMenu";
import { type Does, Library } from "./Library";
import { ProfileForm } from "./ProfileForm";
import { Tags } from "./Tags";

export function ProfileLibrary() {
  return (
    <Library
      kind="profiles"
      id="profiles-title"
      title="Profiles"
      lead="What a deck is made with, under one name: prompt, style, model and data."
      noun="profiles"
      query={useQuery(profiles)}
      form={(props) => <ProfileForm {...props} />}
    >
      {(profile, does) => <ProfileCard key={profile.id} profile={profile} does={does} />}
    </Library>
  );
}

function ProfileCard({ profile, does }: { profile: Profile; does: Does<Profile> }) {
  const { data: allPrompts } = useQuery(prompts);
  const { data: allStyles } = useQuery(stylesQuery);
  const { data } = useQuery(assistant);
  const prompt = allPrompts?.find(({ id }) => id === profile.prompt_id);
  const style = allStyles?.find(({ id }) => id === profile.style_id);
  return (
    <li className={styles.card}>
      <div className={styles.body}>
        <div className={styles.top}>
          <Tags item={profile} isDefault={profile.is_default} />
          <ItemMenu item={profile} onAsk={does.ask} onMakeDefault={does.makeDefault} />
        </div>
        <h3 className={styles.name}>{profile.name}</h3>
        {profile.description ? <p className={styles.description}>{profile.description}</p> : null}
        <dl className={styles.uses}>
          <dt>Prompt</dt>
          <dd>{prompt?.name ?? "None"}</dd>
          <dt>Style</dt>
          <dd>{style?.name ?? "None"}</dd>
          {profile.options?.endpoint ? (
            <>
              <dt>Model</dt>
              <dd>{profile.options.endpoint}</dd>
            </>
          ) : null}
          {profile.options?.spaces ? (
            <>
              <dt>Data</dt>
              <dd>{spacesOf(profile.options.spaces, data?.spaces)}</dd>
            </>
          ) : null}
        </dl>
      </div>
    </li>
  );
}

/** A space that can't be listed any more has no title. */
function spacesOf(ids: readonly string[], spaces: readonly Space[] = []): string {
  if (ids.length === 0) return "None";
  return ids.map((id) => spaces.find((space) => space.id === id)?.title ?? "Unknown").join(", ");
}
