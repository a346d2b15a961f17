import { useMutation } from "@tanstack/react-query";
import { testAssistant } from "../../api/chat";
import { Button } from "../../components/Button";
import { Prose } from "../../components/Prose";
import styles from "./TestButton.module.css";

/** Asks an endpoint or a data space once, and says what came of it. */
export function TestButton({
  about,
  what,
}: {
  /** Its name, for screen readers. */
  about: string;
  /** `null`: there is nothing to test. */
  what: Parameters<typeof testAssistant>[0] | null;
}) {
  const { mutate, data, error, isPending } = useMutation({ mutationFn: testAssistant });
  const isFine = data?.ok === true;
  const said = error?.message ?? data?.message;
  return (
    <>
      <Button
        size="small"
        disabled={what === null || isPending}
        aria-label={`Test ${about}`}
        onClick={() => what && mutate(what)}
      >
        {isPending ? "Testing…" : "Test"}
      </Button>
      <p role="status" className={styles.outcome} data-outcome={isFine ? "fine" : "failed"}>
        {isPending || !said ? null : (
          <Prose text={isFine ? `${said} (${data.duration_ms} ms)` : said} />
        )}
      </p>
    </>
  );
}
