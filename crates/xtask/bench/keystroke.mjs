// Types into the search box of a slowed-down Chromium and measures each keystroke's way to the screen, without the pause in which
// the app waits for the next one: from the moment its question leaves until the first frame that shows the answer.
//
// node keystroke.mjs <folder of node modules> <chromium> <address>; prints tenths of milliseconds, one a keystroke, as JSON.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, chromium, address] = process.argv.slice(2);
const puppeteer = await import(pathToFileURL(createRequire(`${modules}/`).resolve("puppeteer-core")));
const SLOWER = 4;
/** Longer than the pause of the app, so that every keystroke asks. */
const BETWEEN = 450;
const WORDS = ["qingyuan huagu", "longquan", "kaihua longding", "changshan huyou", "xianggu", "suichang", "stcy", "jinyun"];

const browser = await puppeteer.launch({
  executablePath: chromium,
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--disable-background-networking"],
});
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 375, height: 812, isMobile: true, hasTouch: true });
  await page.goto(`${address}/products`);
  await page.waitForSelector("#main .shelf .card a");
  await page.waitForFunction(() => !document.getElementById("frame"));
  await page.emulateCPUThrottling(SLOWER);
  await page.evaluate(watch);
  await page.focus("#q");
  for (const words of WORDS) {
    for (const letter of words) {
      await page.keyboard.type(letter);
      await pause(BETWEEN);
    }
    for (const _ of words) await page.keyboard.press("Backspace");
    await pause(BETWEEN);
  }
  console.log(JSON.stringify(await page.evaluate(measured)));
} finally {
  await browser.close();
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** In the page: notes when the list that was asked for is there, drawn anew or found to be the same, and when it has been painted. */
function watch() {
  window.drawn = [];
  performance.clearResourceTimings();
  performance.setResourceTimingBufferSize(1000);
  let waits = false;
  new MutationObserver(() => {
    if (waits) return;
    waits = true;
    const at = performance.now();
    if (document.querySelector(".res").getAttribute("aria-busy") !== "false") {
      waits = false;
      return;
    }
    requestAnimationFrame(() => {
      // The frame is painted when its callbacks have run; the next message comes after that.
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        waits = false;
        window.drawn.push({ at, painted: performance.now() });
      };
      channel.port2.postMessage("");
    });
  }).observe(document.querySelector("#main"), {
    childList: true,
    subtree: true,
    characterData: true,
    // An answer that changes nothing ends the waiting all the same.
    attributeFilter: ["aria-busy"],
  });
}

/** In the page: for each question to the list, the time from its start to the first paint of its answer. A list seen before is shown
    while it is asked for again, and so before the answer. */
function measured() {
  const questions = performance.getEntriesByType("resource").filter(
    (entry) => entry.name.includes("/api/v1/products?") && entry.responseEnd > 0,
  );
  return questions.flatMap((question) => {
    const shown = window.drawn.find((it) => it.at >= question.startTime);
    return shown ? [Math.round((shown.painted - question.startTime) * 10)] : [];
  });
}
