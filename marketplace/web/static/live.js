// Refreshes the live view in its place, and stops when it is paused or nobody looks.
// Without this script the page is as it was when it was opened.
"use strict";
(() => {
  const box = document.getElementById("live");
  const button = document.getElementById("live-pause");
  let isPaused = false;
  button.hidden = false;
  button.addEventListener("click", () => {
    isPaused = !isPaused;
    button.setAttribute("aria-pressed", String(isPaused));
  });
  const refresh = async () => {
    if (isPaused || document.hidden || box.contains(document.activeElement)) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      box.replaceChildren(...page.getElementById("live").childNodes);
    } catch {
      // The next round tries again.
    }
  };
  setInterval(refresh, 1000 * Number(box.dataset.live));
})();
