// Shows a notification and opens its page. It keeps nothing and answers no request, so that pages stay what they are.
"use strict";
self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  const shown = { body: told.body, icon: "/static/setara.svg", data: { url: told.url }, tag: told.url };
  event.waitUntil(self.registration.showNotification(told.title || "Setara", shown));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url || "/inbox"));
});
