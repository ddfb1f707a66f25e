// Lets this browser take notifications: asks the person, subscribes, and hands what the browser says in with the form.
(() => {
  "use strict";
  const form = document.getElementById("push-form");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const bytes = (text) => {
    const padded = text.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat((4 - (text.length % 4)) % 4);
    return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
  };
  const refused = document.getElementById("push-refused");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const worker = await navigator.serviceWorker.register(form.dataset.worker);
      const options = { userVisibleOnly: true, applicationServerKey: bytes(form.dataset.key) };
      const known = await worker.pushManager.getSubscription();
      if (known) await known.unsubscribe();
      const made = (await worker.pushManager.subscribe(options)).toJSON();
      form.elements.namedItem("endpoint").value = made.endpoint;
      form.elements.namedItem("keys.p256dh").value = made.keys.p256dh;
      form.elements.namedItem("keys.auth").value = made.keys.auth;
      form.submit();
    } catch {
      refused.hidden = false;
    }
  });
})();
