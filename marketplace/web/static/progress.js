// Reads anew how far a job is, and opens the page again once it is done. Without this script one loads the page oneself.
"use strict";
(() => {
  const box = document.getElementById("progress");
  const refresh = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.getElementById("progress");
      if (now) box.replaceChildren(...now.childNodes);
      else location.reload();
    } catch {
      // The next round tries again.
    }
  };
  setInterval(refresh, 2000);
})();
