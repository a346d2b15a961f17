import { useQuery } from "@tanstack/react-query";
import { prompts } from "../../api/queries";
import type { Prompt } from "../../api/schema";
import { Disclosure } from "../../components/Disclosure";
import { promptAnchor } from "./anchors";
import styles from "./Card.module.css";
import { Library } from "./Library";
import { Tags } from "./Tags";

export function PromptLibrary() {
  return (
    <Library
      id="prompts-title"
      title="Deck prompts"
      lead="What a deck says and to whom: the instructions that Tellr follows."
      noun="deck prompts"
      query={useQuery(prompts)}
    >
      {(prompt) => <PromptCard key={prompt.id} prompt={prompt} />}
    </Library>
  );
}

function PromptCard({ prompt }: { prompt: Prompt }) {
  return (
    <li id={promptAnchor(prompt)} className={styles.card}>
      <div className={styles.body}>
        <Tags item={prompt} />
        <h3 className={styles.name}>{prompt.name}</h3>
        {prompt.description ? <p className={styles.description}>{prompt.description}</p> : null}
        <Disclosure label="Read the prompt" about={`“${prompt.name}”`} text={prompt.content} />
      </div>
    </li>
  );
}
