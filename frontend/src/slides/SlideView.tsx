/**
 * Draws a display list as SVG elements. It decides nothing: every coordinate is in the list.
 */
import { memo, type ReactNode, type Ref } from "react";
import type { DisplayElement, DisplayList, Place } from "./display";
import { imageAddress } from "./imageAddress";
import { samePlace } from "./place";
import styles from "./SlideView.module.css";
import { SvgText } from "./SvgText";

interface SlideViewProps {
  list: DisplayList;
  /** What a screen reader calls the slide; absent: the slide is a decoration of something named. */
  label?: string;
  /** Whether the slide is shown so small that the small forms of images do. */
  small?: boolean;
  /** Whether links can be followed. */
  links?: boolean;
  /** The part that isn't drawn, because a field for it stands in its place. */
  hidden?: Place | null;
  ref?: Ref<SVGSVGElement>;
  /** Drawn over the slide, in its coordinates. */
  children?: ReactNode;
}

export function SlideView({
  list,
  label,
  small = false,
  links = false,
  hidden,
  ref,
  children,
}: SlideViewProps) {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it has a label, or is hidden; a title would be a tooltip
    <svg
      ref={ref}
      className={styles.slide}
      viewBox={`0 0 ${list.width} ${list.height}`}
      {...(label === undefined
        ? { "aria-hidden": true }
        : { role: "group", "aria-label": label, "aria-roledescription": "slide" })}
    >
      <rect width={list.width} height={list.height} fill={list.background} />
      <Elements list={list} small={small} links={links} hidden={hidden ?? null} />
      {children}
    </svg>
  );
}

const Elements = memo(function Elements({
  list,
  small,
  links,
  hidden,
}: {
  list: DisplayList;
  small: boolean;
  links: boolean;
  hidden: Place | null;
}) {
  const shown = hidden
    ? list.elements.filter(({ of, type }) => type !== "text" || !of || !samePlace(of, hidden))
    : list.elements;
  return keyed(shown).map(({ key, element }) => (
    <Drawn key={key} element={element} small={small} links={links} />
  ));
});

/** A key says what an element belongs to, so that React keeps its node while its text changes. */
function keyed(elements: readonly DisplayElement[]) {
  const counts = new Map<string, number>();
  return elements.map((element) => {
    const name = `${element.type} ${JSON.stringify(element.of ?? null)}`;
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return { key: `${name} ${count}`, element };
  });
}

function Drawn({
  element,
  small,
  links,
}: {
  element: DisplayElement;
  small: boolean;
  links: boolean;
}) {
  switch (element.type) {
    case "rect":
      return <rect {...element.bounds} rx={element.radius} {...painted(element)} />;
    case "ellipse": {
      const { x, y, width, height } = element.bounds;
      return (
        <ellipse
          cx={x + width / 2}
          cy={y + height / 2}
          rx={width / 2}
          ry={height / 2}
          {...painted(element)}
        />
      );
    }
    case "line":
      return (
        <line
          x1={element.from[0]}
          y1={element.from[1]}
          x2={element.to[0]}
          y2={element.to[1]}
          {...painted(element)}
        />
      );
    case "path":
      return <path d={element.path} {...painted(element)} />;
    case "image":
      return (
        <image
          href={imageAddress(element.image, small)}
          {...element.bounds}
          preserveAspectRatio={element.fit === "cover" ? "xMidYMid slice" : "xMidYMid meet"}
          aria-label={element.alt || undefined}
        />
      );
    case "text":
      return <SvgText text={element} links={links} />;
  }
}

type Painted = Extract<DisplayElement, { type: "rect" | "ellipse" | "line" | "path" }>;

function painted(shape: Painted) {
  return {
    fill: ("fill" in shape && shape.fill) || "none",
    opacity: "opacity" in shape ? shape.opacity : undefined,
    ...(shape.stroke && {
      stroke: shape.stroke.color,
      strokeWidth: shape.stroke.width,
      strokeDasharray: shape.stroke.dash?.join(" "),
      strokeLinejoin: "round" as const,
    }),
  };
}
