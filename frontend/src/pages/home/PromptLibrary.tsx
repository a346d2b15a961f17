import { useQuery } from "@tanstack/react-query";
import { prompts } from "../../api/queries";
import type { Prompt } from "../../api/schema";
import { Disclosure } from "../../components/Disclosure";
import { promptAnchor } from "./anchors";
import styles from "./Card.module.css";
import { ItemMenu } from "./ItemMenu";
import { type Does, Library } from "./Library";
import { Tags } from "./Tags";
import { TextForm } from "./TextForm";

export function PromptLibrary() {
  return (
    <Library
      kind="prompts"
      id="prompts-title"
      title="Deck prompts"
      lead="What a deck says and to whom: the instructions that Tellr follows."
      noun="deck prompts"
      query={useQuery(prompts)}
      form={(props) => <TextForm kind="prompts" {...props} />}
    >
      {(prompt, does) => <PromptCard key={prompt.id} prompt={prompt} does={does} />}
    </Library>
  );
}

function PromptCard({ prompt, does }: { prompt: Prompt; does: Does<Prompt> }) {
  return (
    <li id={promptAnchor(prompt)} className={styles.card}>
      <div className={styles.body}>
        <div className={styles.top}>
          <Tags item={prompt} />
          <ItemMenu item={prompt} onAsk={does.ask} />
        </div>
        <h3 className={styles.name}>{prompt.name}</h3>
        {prompt.description ? <p className={styles.description}>{prompt.description}</p> : null}
        <Disclosure label="Read the prompt" about={`“${prompt.name}”`} text={prompt.content} />
      </div>
    </li>
  );
}
