// Starts the service worker (sw.js) once the page is there, and carries a few words between it and the app (src/offline.rs):
// events on the window, in both directions. What is not supported or not allowed is left alone: the site then needs a network.
const workers = navigator.serviceWorker;
const root = document.documentElement;

async function start() {
  const registration = await workers.register("/sw.js");
  await workers.ready;

  // What came with the page was not asked for, so the worker has not seen it pass.
  const first = document.getElementById("first");
  if (first) registration.active?.postMessage({ seen: first.dataset.of, language: root.lang, body: first.textContent });

  // A newer version waits until it is asked to take over: a form may be half filled in.
  const tell = () => {
    if (registration.waiting && workers.controller) {
      root.dataset.update = "waiting";
      dispatchEvent(new Event("shanhai:update"));
    }
  };
  tell();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", tell));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") registration.update().catch(() => {});
  });
  let asked = false;
  addEventListener("shanhai:take-update", () => {
    asked = true;
    registration.waiting?.postMessage({ take: "over" });
  });
  workers.addEventListener("controllerchange", () => asked && location.reload());
}

// Whoever sits here next is not to find what was looked at before.
addEventListener("shanhai:forget", async () => {
  for (const name of await caches.keys()) if (name.startsWith("seen-")) await caches.delete(name);
});

// After the page, whose own files come first.
const soon = () => setTimeout(() => start().catch(() => {}), 1500);
if (workers) {
  if (document.readyState === "complete") soon();
  else addEventListener("load", soon);
}
