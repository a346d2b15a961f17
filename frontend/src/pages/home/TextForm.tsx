import type { TextFields } from "../../api/library";
import type { Prompt } from "../../api/schema";
import { InputField, TextAreaField } from "../../components/FormField";
import { PLAIN, paletteOf } from "../../slides/palette";
import { ChartSlide, CoverSlide, PointsSlide } from "../../slides/Slide";
import { type FormProps, ItemForm } from "./ItemForm";
import styles from "./ItemForm.module.css";

const BLANK: TextFields = { name: "", description: "", category: "General", content: "" };

const HINTS = {
  prompts: "What a deck says and to whom: audience, order, tone, what to leave out.",
  styles: "Colours as #RRGGBB, fonts, and how much goes on a slide.",
};

/** The form of a prompt or a style. `from`: what it starts with, for a copy. */
export function TextForm({
  kind,
  from,
  ...rest
}: FormProps & { kind: "prompts" | "styles"; from: Prompt | undefined }) {
  return (
    <ItemForm
      {...rest}
      kind={kind}
      start={fieldsOf(from, rest.item === undefined)}
      check={check}
      beside={({ fields, errors, set }) => (
        <InputField
          label="Category"
          name="category"
          maxLength={50}
          autoComplete="off"
          value={fields.category}
          error={errors.category}
          onChange={({ target }) => set({ category: target.value })}
        />
      )}
    >
      {({ fields, errors, set }) => (
        <>
          <TextAreaField
            label="Instructions"
            name="content"
            required
            rows={9}
            maxLength={50_000}
            hint={HINTS[kind]}
            value={fields.content}
            error={errors.content}
            onChange={({ target }) => set({ content: target.value })}
          />
          {kind === "styles" ? <Preview name={fields.name} content={fields.content} /> : null}
        </>
      )}
    </ItemForm>
  );
}

function Preview({ name, content }: { name: string; content: string }) {
  const palette = paletteOf(content) ?? PLAIN;
  return (
    <div className={styles.preview}>
      <p className={styles.previewLabel}>Preview in the colours of the text</p>
      <CoverSlide palette={palette} title={name || "New style"} />
      <PointsSlide palette={palette} />
      <ChartSlide palette={palette} />
    </div>
  );
}

function fieldsOf(from: Prompt | undefined, isCopy: boolean): TextFields {
  if (!from) return BLANK;
  return {
    name: isCopy ? copyName(from.name) : from.name,
    description: from.description ?? "",
    category: from.category ?? "General",
    content: from.content,
  };
}

/** The name of a copy, within the 100 characters that the server takes. */
export function copyName(name: string): string {
  return `${name.slice(0, 93)} (copy)`;
}

function check({ name, category, content }: TextFields) {
  return {
    ...(name.trim() === "" && { name: "Enter a name." }),
    ...(category.trim() === "" && { category: "Enter a category, for example General." }),
    ...(content.trim() === "" && { content: "Enter the instructions that Tellr should follow." }),
  };
}
