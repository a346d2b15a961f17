import { useState } from "react";
import { Button } from "../../components/Button";
import { useEditor } from "../Editor";

/** Copies the deck's address. It opens the deck for those who have access. */
export function CopyLink() {
  const { id } = useEditor();
  const [isCopied, setCopied] = useState(false);
  const address = new URL(`/decks/${id}`, window.location.href).href;
  return (
    <>
      <Button
        size="small"
        icon={isCopied ? "check" : "copy"}
        onClick={() => {
          void navigator.clipboard?.writeText(address).then(() => setCopied(true));
        }}
      >
        {isCopied ? "Link copied" : "Copy link"}
      </Button>
      <span role="status" className="visually-hidden">
        {isCopied ? "Link copied" : ""}
      </span>
    </>
  );
}
