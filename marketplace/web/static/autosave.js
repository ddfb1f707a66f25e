// Saves each item of a test as it is answered, and keeps what could not be sent until the network is back.
// Without this script everything is sent when the test is handed in.
"use strict";
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const state = document.getElementById("saving");
  const store = `setara:${form.dataset.autosave}`;
  const kept = () => JSON.parse(localStorage.getItem(store) || "{}");
  const keep = (waiting) => localStorage.setItem(store, JSON.stringify(waiting));
  let busy = false;

  const say = (word) => { state.textContent = state.dataset[word]; };

  const collect = (item) => {
    const fields = new URLSearchParams();
    for (const field of item.querySelectorAll("input, select, textarea")) {
      if ((field.type === "radio" || field.type === "checkbox") && !field.checked) continue;
      fields.append(field.name, field.value);
    }
    return fields.toString();
  };

  const send = async () => {
    if (busy) return;
    busy = true;
    try {
      for (const [url, fields] of Object.entries(kept())) {
        const token = form.querySelector("[name=csrf_token]").value;
        const body = new URLSearchParams(fields);
        body.append("csrf_token", token);
        const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
        const waiting = kept();
        // What was typed meanwhile is sent in the next round.
        if (waiting[url] === fields) delete waiting[url];
        keep(waiting);
        if (!answer.ok) { say("refused"); return; }
      }
      say("saved");
    } catch {
      say("waiting");
    } finally {
      busy = false;
      if (Object.keys(kept()).length) setTimeout(send, 3000);
    }
  };

  form.addEventListener("change", (event) => {
    const item = event.target.closest("[data-item]");
    if (!item) return;
    keep({ ...kept(), [item.dataset.item]: collect(item) });
    send();
  });
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) { localStorage.removeItem(store); return; }
    event.preventDefault();
    say("waiting");
  });
  window.addEventListener("online", send);
  if (Object.keys(kept()).length) send().then(() => { if (!Object.keys(kept()).length) location.reload(); });
})();
