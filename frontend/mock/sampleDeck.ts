/** The decks of the invented server. */
import type { Deck } from "../src/deck/model";

export const sampleDeck: Deck = {
  format: 1,
  title: "How Tellr works",
  language: "en",
  theme: "clear",
  slides: [
    {
      id: "s1",
      layout: "cover",
      blocks: [
        { type: "title", id: "s1t", text: "This deck explains itself" },
        {
          type: "subtitle",
          id: "s1s",
          text: "Two minutes with Tellr: change anything, nothing breaks",
        },
      ],
      notes: "Welcome. Click the title to change it.",
    },
    {
      id: "s2",
      layout: "title_and_text",
      blocks: [
        { type: "title", id: "s2t", text: "Click a text to edit it" },
        {
          type: "bullets",
          id: "s2b",
          items: [
            { text: "**Click** selects, a **second click** or Enter edits" },
            { text: "Write `**bold**` and `*italic*`" },
            { text: "Enter adds an item, Tab makes it a second level", level: 2 },
            { text: "Ctrl+Z takes any change back" },
          ],
        },
      ],
      notes: "Every change is saved by itself.",
    },
    {
      id: "s3",
      layout: "chart_and_takeaway",
      blocks: [
        { type: "title", id: "s3t", text: "Europe grew 18 % and now leads" },
        {
          type: "chart",
          id: "s3c",
          kind: "bar",
          categories: ["EMEA", "APAC", "AMER", "LATAM"],
          series: [{ id: "a", name: "Revenue", values: [4.2, 3.1, 3.9, 1.2] }],
          unit: "M€",
          highlight: "EMEA",
          source: { label: "Finance, Q3 close" },
        },
        {
          type: "callout",
          id: "s3k",
          text: "Select the chart: its numbers open in a grid",
          meaning: "positive",
        },
      ],
    },
    {
      id: "s4",
      layout: "metrics",
      blocks: [
        { type: "title", id: "s4t", text: "Three numbers say how the quarter went" },
        {
          type: "metric",
          id: "s4a",
          value: 12.4,
          unit: "M€",
          label: "Revenue",
          change: { value: 18, unit: "%", meaning: "positive" },
        },
        {
          type: "metric",
          id: "s4b",
          value: 3.1,
          unit: "%",
          label: "Churn",
          change: { value: -0.4, unit: "pp", meaning: "positive" },
        },
        { type: "metric", id: "s4c", value: 47, label: "New customers" },
      ],
      sources: [{ label: "Finance, Q3 close" }],
    },
    {
      id: "s5",
      layout: "table",
      blocks: [
        { type: "title", id: "s5t", text: "Every region beat its plan but LATAM" },
        {
          type: "table",
          id: "s5b",
          columns: [
            { title: "Region" },
            { title: "Plan", unit: "M€" },
            { title: "Actual", unit: "M€" },
          ],
          rows: [
            ["EMEA", 3.8, 4.2],
            ["APAC", 3, 3.1],
            ["AMER", 3.7, 3.9],
            ["LATAM", 1.4, 1.2],
          ],
          source: { label: "Finance, Q3 close" },
        },
      ],
    },
    {
      id: "s6",
      layout: "steps",
      blocks: [
        { type: "title", id: "s6t", text: "From here it takes three steps" },
        {
          type: "steps",
          id: "s6b",
          kind: "process",
          steps: [
            { title: "Choose a theme", when: "First", text: "The whole deck follows" },
            { title: "Present", when: "Then", text: "F5, with notes in a second window" },
            { title: "Share", when: "Last", text: "With people and groups of the workspace" },
          ],
        },
      ],
    },
    {
      id: "s7",
      layout: "closing",
      blocks: [
        { type: "title", id: "s7t", text: "Now make one of your own" },
        { type: "subtitle", id: "s7s", text: "Press Ctrl+K to see everything that can be done" },
      ],
    },
  ],
};

export const reviewDeck: Deck = {
  format: 1,
  title: "Quarterly business review",
  language: "en",
  theme: "lakehouse",
  slides: [
    {
      id: "q1",
      layout: "cover",
      blocks: [
        { type: "title", id: "q1t", text: "Q3 was our best quarter" },
        { type: "subtitle", id: "q1s", text: "Business review for the board, 4 October" },
      ],
    },
    ...sampleDeck.slides.slice(2, 5),
  ],
};

export const planDeck: Deck = {
  format: 1,
  title: "Plan for the data platform",
  theme: "ink",
  slides: [
    {
      id: "p1",
      layout: "cover",
      blocks: [
        { type: "title", id: "p1t", text: "One platform, three teams, two years" },
        { type: "subtitle", id: "p1s", text: "Plan for the data platform" },
      ],
    },
  ],
};

export const blankDeck = (title: string): Deck => ({
  format: 1,
  title,
  language: "en",
  theme: "clear",
  slides: [
    {
      id: "cover",
      layout: "cover",
      blocks: [
        { type: "title", id: "cover-title", text: "" },
        { type: "subtitle", id: "cover-subtitle", text: "" },
      ],
    },
  ],
});
