// Opens HTML files in Chromium without network, and says what came of each as a line of JSON:
// {"file", "errors", "requests", "slides": [text], "shown"}.
//
// usage: open.mjs CHROMIUM FILE...
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../browser/package.json", import.meta.url));
const { chromium } = require("@playwright/test");

const [executablePath, ...files] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({ offline: true, viewport: { width: 1280, height: 720 } });
for (const file of files) {
  const page = await context.newPage();
  const errors = [];
  const requests = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("data:") && !url.startsWith("file:") && !url.startsWith("blob:"))
      requests.push(url);
  });
  await page.goto(pathToFileURL(file).href);
  await page.evaluate(() => document.fonts.ready);
  // A slide is a picture of this size; what else a page draws, such as arrows of buttons, is smaller.
  const seen = await page.evaluate(() => {
    const slides = [...document.querySelectorAll("svg")].filter(
      (one) => one.getAttribute("viewBox") === "0 0 1280 720",
    );
    const isShown = (one) => one.checkVisibility() && one.getBoundingClientRect().width > 0;
    return {
      slides: slides.map((one) =>
        [...one.querySelectorAll("text")].map((text) => text.textContent).join("\n"),
      ),
      shown: slides.filter(isShown).length,
    };
  });
  // The keys of every presentation.
  await page.keyboard.press("ArrowRight");
  process.stdout.write(`${JSON.stringify({ file, errors, requests, ...seen })}\n`);
  await page.close();
}
await browser.close();
