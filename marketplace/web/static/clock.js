// The clock of a phone without network: what is pressed is kept here and sent when the network is back.
// Without this script every button is a form, and the server's time counts.
"use strict";
(() => {
  const box = document.getElementById("clock");
  if (!box) return;
  const store = `setara:clock:${box.dataset.mine}`;
  const words = box.dataset;
  const state = document.getElementById("clock-state");
  const list = document.getElementById("clock-kept");
  const token = () => document.querySelector("[name=csrf_token]").value;
  const kept = () => JSON.parse(localStorage.getItem(store) || "[]");
  const keep = (taps) => localStorage.setItem(store, JSON.stringify(taps));
  // What may be pressed next on a clock that counts this.
  const NEXT = {
    booked: ["clock_in"],
    work: ["clock_out", "paid_break", "unpaid_break", "waiting", "outage"],
    waiting: ["work", "clock_out", "paid_break", "unpaid_break", "outage"],
    paid_break: ["work", "clock_out"],
    unpaid_break: ["work", "clock_out"],
    outage: ["work", "clock_out"],
    clock_out: [],
  };
  let busy = false;
  let cutOff = !navigator.onLine;

  const say = (sentence) => { state.textContent = sentence || ""; state.hidden = !sentence; };

  const show = () => {
    const taps = kept();
    const offline = cutOff || taps.length > 0;
    box.hidden = !offline && state.hidden;
    for (const part of document.querySelectorAll("[data-online]")) part.hidden = offline;
    list.replaceChildren(...taps.map((tap) => {
      const line = document.createElement("li");
      const at = new Date(tap.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
      line.textContent = `${tap.label}, ${at}`;
      return line;
    }));
    for (const booking of box.querySelectorAll("[data-booking]")) {
      booking.hidden = !offline;
      const last = taps.filter((tap) => tap.booking_id === booking.dataset.booking).at(-1);
      const now = last ? (last.press === "clock_in" ? "work" : last.press) : booking.dataset.state;
      const open = NEXT[now] || [];
      for (const button of booking.querySelectorAll("button")) {
        button.hidden = !open.includes(button.value);
        button.className = `btn btn-${button.value === open[0] ? "primary" : "outline-secondary"}`;
      }
    }
    if (taps.length) say(words.kept);
    else if (cutOff) say(words.offline);
  };

  const put = (press, booking, label) => {
    const tap = { id: crypto.randomUUID(), booking_id: booking, press, at: new Date().toISOString(), label };
    keep([...kept(), tap]);
  };

  const post = async (taps) => {
    const sent = taps.map(({ id, booking_id, press, at }) => ({ id, booking_id, press, at }));
    return fetch(words.send, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token(), Accept: "application/json" },
      body: JSON.stringify({ sent_at: new Date().toISOString(), taps: sent }),
      signal: AbortSignal.timeout(20000),
    });
  };

  // Sends what is kept. What was pressed meanwhile goes in the next round.
  const send = async () => {
    const taps = kept().slice(0, 100);
    if (busy || !taps.length) return;
    busy = true;
    try {
      const answer = await post(taps);
      cutOff = false;
      if (answer.redirected || !answer.ok) {
        say(words.signIn);
        return;
      }
      const { items } = await answer.json();
      const done = new Set(items.map((item) => item.id));
      keep(kept().filter((tap) => !done.has(tap.id)));
      const refused = items.filter((item) => item.outcome === "refused");
      if (refused.length) {
        sessionStorage.setItem(store, refused.map((item) => [item.title, item.detail, item.remedy].filter((each, at, all) => each && all.indexOf(each) === at).join(" ")).join(" "));
      }
      location.reload();
    } catch {
      cutOff = true;
      show();
    } finally {
      busy = false;
    }
  };

  // A press that finds no network is kept; one that finds it is the form that it stands on, at the server's time.
  const reaches = async () => {
    if (!navigator.onLine) return false;
    try {
      return (await fetch(words.probe, { cache: "no-store", signal: AbortSignal.timeout(8000) })).ok;
    } catch {
      return false;
    }
  };
  // Whoever leaves the page before that is known has pressed all the same: it is kept, and sent from the next page.
  let pending = null;
  addEventListener("pagehide", () => { pending?.(); pending = null; });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.press) return;
    event.preventDefault();
    if (form.dataset.pressed) return;
    form.dataset.pressed = "yes";
    pending = () => put(form.dataset.press, form.dataset.booking, form.querySelector("button").textContent.trim());
    if (await reaches()) {
      pending = null;
      form.submit();
      return;
    }
    delete form.dataset.pressed;
    cutOff = true;
    pending?.();
    pending = null;
    show();
    state.focus();
  });
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button[value]");
    if (!button) return;
    put(button.value, button.closest("[data-booking]").dataset.booking, button.textContent.trim());
    show();
    send();
  });
  window.addEventListener("online", () => { cutOff = false; show(); send(); });
  window.addEventListener("offline", () => { cutOff = true; show(); });
  setInterval(send, 15000);

  const refusedBefore = sessionStorage.getItem(store);
  if (refusedBefore) {
    sessionStorage.removeItem(store);
    say(`${words.refused} ${refusedBefore}`);
  }
  show();
  send();

  // The page itself is kept, so that it opens without network. Signing out throws it away.
  if (!navigator.serviceWorker) return;
  navigator.serviceWorker.register(words.worker, { scope: words.scope });
  navigator.serviceWorker.ready.then((ready) => {
    const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")];
    ready.active.postMessage({ keep: [words.scope, ...parts.map((part) => part.href || part.src)] });
  });
  for (const form of document.querySelectorAll("form[action*='sign-out'], form[action*='logout']")) {
    form.addEventListener("submit", () => navigator.serviceWorker.controller?.postMessage({ forget: true }));
  }
})();
