// A channel that only its members read. Everything that leaves this page was encrypted in it, with the browser's own
// WebCrypto: each member has a key pair (ECDH, P-256), whose private half is kept by the service under a passphrase that
// is never sent; each epoch of the channel has one key (AES-GCM, 256 bits), sealed for every member by whoever let them in.
"use strict";
(() => {
  const box = document.getElementById("channel");
  if (!box) return;
  const words = box.dataset;
  const ROUNDS = Number(words.rounds);
  const LEAST = 14;
  // Words are filled up to a multiple of this, so that their length says little.
  const STEP = 256;
  const PAUSE = 15000;
  const CURVE = { name: "ECDH", namedCurve: "P-256" };
  const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
  const POINT = 65;
  const store = `setara:channel:${words.mine}:${words.company}`;
  const state = document.getElementById("channel-state");
  const part = (name) => box.querySelector(`[data-part="${name}"]`);
  const value = (id) => document.getElementById(id).value;
  const say = (sentence, kind = "info") => {
    state.textContent = sentence || "";
    state.className = `alert alert-${kind}`;
    state.hidden = !sentence;
    if (kind === "danger") state.focus();
  };
  if (!window.isSecureContext || !window.crypto?.subtle) {
    say(words.unable, "danger");
    return;
  }
  const subtle = crypto.subtle;

  // --- bytes ---
  const bytes = (text) => new TextEncoder().encode(text);
  const text = (given) => new TextDecoder().decode(given);
  const joined = (...given) => new Uint8Array(given.flatMap((each) => [...new Uint8Array(each)]));
  const random = (count) => crypto.getRandomValues(new Uint8Array(count));
  const base64 = (given) => btoa(Array.from(new Uint8Array(given), (each) => String.fromCharCode(each)).join(""));
  const raw = (given) => Uint8Array.from(atob(given), (each) => each.charCodeAt(0));
  const digest = async (given) => new Uint8Array(await subtle.digest("SHA-256", given));
  const same = (one, other) => base64(one) === base64(other);
  // What a sealed thing is bound to: moved anywhere else, it does not open.
  const bound = (...to) => bytes(["setara-channel-1", words.company, ...to].join("|"));
  const numbers = (given) => Array.from({ length: 6 }, (_, at) => String((given[2 * at] * 256 + given[2 * at + 1]) % 10000).padStart(4, "0")).join(" ");

  const seal = async (key, given, to) => {
    const iv = random(12);
    return joined(iv, await subtle.encrypt({ name: "AES-GCM", iv, additionalData: to }, key, given));
  };
  const open = async (key, given, to) =>
    new Uint8Array(await subtle.decrypt({ name: "AES-GCM", iv: given.slice(0, 12), additionalData: to }, key, given.slice(12)));
  const keyOf = async (given) => ({ raw: given, key: await subtle.importKey("raw", given, "AES-GCM", false, ["encrypt", "decrypt"]) });

  // --- one's own key pair ---
  const lock = async (passphrase, salt, rounds) => {
    const typed = await subtle.importKey("raw", bytes(passphrase.normalize("NFKC").trim()), "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
    return subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  };
  const makeOwn = async (passphrase) => {
    const pair = await subtle.generateKey(CURVE, true, ["deriveBits"]);
    const publicKey = base64(await subtle.exportKey("raw", pair.publicKey));
    const salt = random(16);
    const kept = await seal(await lock(passphrase, salt, ROUNDS), await subtle.exportKey("pkcs8", pair.privateKey), bound("own", publicKey));
    return { own: pair.privateKey, kept: { public_key: publicKey, sealed_key: base64(joined(salt, kept)), rounds: ROUNDS } };
  };
  const openOwn = async (passphrase, me) => {
    const kept = raw(me.sealed_key);
    const opened = await open(await lock(passphrase, kept.slice(0, 16), me.rounds), kept.slice(16), bound("own", me.public_key));
    return subtle.importKey("pkcs8", opened, CURVE, false, ["deriveBits"]);
  };

  // --- the key of an epoch, sealed for one member: under a pair that is made for it alone ---
  const between = async (mine, theirs, to) => {
    const point = await subtle.importKey("raw", theirs, CURVE, false, []);
    const shared = await subtle.importKey("raw", await subtle.deriveBits({ name: "ECDH", public: point }, mine, 256), "HKDF", false, ["deriveKey"]);
    const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: to };
    return subtle.deriveKey(how, shared, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  };
  const wrapped = async (member, epoch, key) => {
    const pair = await subtle.generateKey(CURVE, true, ["deriveBits"]);
    const point = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
    const to = bound("key", epoch, member.id, base64(point), member.public_key);
    const sealed = await seal(await between(pair.privateKey, raw(member.public_key), to), key.raw, to);
    // The proof says, under the key itself, that somebody who has it let this member with this public key in.
    const proof = await seal(key.key, await digest(raw(member.public_key)), bound("in", epoch, member.id));
    return { member_id: member.id, wrapped: base64(joined(point, sealed)), proof: base64(proof) };
  };
  const unwrapped = async (mine, me, epoch, given) => {
    const sealed = raw(given);
    const point = sealed.slice(0, POINT);
    const to = bound("key", epoch, me.id, base64(point), me.public_key);
    return keyOf(await open(await between(mine, point, to), sealed.slice(POINT), to));
  };
  const isProven = async (member, epoch, key) => {
    try {
      return same(await open(key.key, raw(member.proof), bound("in", epoch, member.id)), await digest(raw(member.public_key)));
    } catch {
      return false;
    }
  };
  const nameOf = (epoch, key) => digest(joined(bound("name", epoch), key.raw));
  const linked = async (before, epoch, key) => base64(await seal(before.key, await nameOf(epoch, key), bound("link", epoch)));
  const isLinked = async (before, epoch, key, link) => {
    try {
      return same(await open(before.key, raw(link), bound("link", epoch)), await nameOf(epoch, key));
    } catch {
      return false;
    }
  };
  const codeOf = async (epoch, key) => numbers(await digest(joined(bound("code", epoch), key.raw)));

  // --- the service ---
  class Refused extends Error {
    constructor(code, sentence) {
      super(sentence);
      this.code = code;
    }
  }
  const call = async (path, body) => {
    const token = document.querySelector("[name=csrf_token]").value;
    const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token };
    let answer;
    try {
      answer = await fetch(words.base + path, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers, cache: "no-store" });
    } catch {
      throw new Refused("offline", words.offline);
    }
    if (answer.redirected) throw new Refused("not_signed_in", words.signIn);
    const told = await answer.json();
    if (!answer.ok) throw new Refused(told.code, [told.title, told.remedy].filter(Boolean).join(" "));
    return told.done;
  };

  // --- what this device remembers: which key was compared, and whom its owner hid. Never words, never a key. ---
  const kept = (what, otherwise) => JSON.parse(localStorage.getItem(`${store}:${what}`) || "null") ?? otherwise;
  const keep = (what, given) => localStorage.setItem(`${store}:${what}`, JSON.stringify(given));

  let inside = null;
  let own = null;
  let trusted = false;
  let busy = false;
  let running = Promise.resolve();
  let shownLast = null;
  const keys = new Map();

  const show = (name) => {
    for (const each of ["join", "unlock", "wait", "talk"]) part(each).hidden = each !== name;
  };
  const fill = (name, ...nodes) => {
    for (const each of box.querySelectorAll(`[data-fills="${name}"]`)) each.replaceChildren(...nodes);
  };
  const made = (tag, className, content) => {
    const node = document.createElement(tag);
    node.className = className;
    if (content !== undefined) node.textContent = content;
    return node;
  };
  const button = (label, act, kind = "outline-secondary") => {
    const node = made("button", `btn btn-sm btn-${kind}`, label);
    node.type = "button";
    node.addEventListener("click", () => doing(act));
    return node;
  };

  const remember = async () => {
    trusted = true;
    keep("compared", { epoch: inside.epoch, code: await codeOf(inside.epoch, keys.get(inside.epoch)) });
  };

  // Whether the present key follows, link by link, from the one that was compared on this device or made by it.
  const follows = async (compared) => {
    const first = keys.get(compared.epoch);
    if (!first || compared.epoch > inside.epoch || (await codeOf(compared.epoch, first)) !== compared.code) return false;
    for (let epoch = compared.epoch + 1; epoch <= inside.epoch; epoch += 1) {
      const link = inside.epochs.find((each) => each.epoch === epoch)?.link;
      if (!link || !keys.has(epoch) || !(await isLinked(keys.get(epoch - 1), epoch, keys.get(epoch), link))) return false;
    }
    return true;
  };

  const begin = async (anew) => {
    const epoch = inside.epoch + 1;
    const before = anew ? null : keys.get(inside.epoch);
    const key = await keyOf(random(32));
    const sealedFor = [];
    for (const member of inside.members) {
      const isMe = member.id === inside.me.id;
      if (isMe || (before && member.is_in && (await isProven(member, inside.epoch, before)))) sealedFor.push(await wrapped(member, epoch, key));
    }
    const link = before ? await linked(before, epoch, key) : null;
    inside = await call("/epochs", { epoch, link, keys: sealedFor });
    keys.set(epoch, key);
    if (anew || trusted) await remember();
  };

  const load = async () => {
    inside = await call("/inside");
    if (!inside) return show("join");
    if (!own) return show("unlock");
    for (const each of inside.keys) {
      if (!keys.has(each.epoch)) keys.set(each.epoch, await unwrapped(own, inside.me, each.epoch, each.wrapped));
    }
    if (inside.epoch === 0) await begin(true);
    if (!inside.members.find((each) => each.id === inside.me.id)?.is_in) return wait();
    const compared = kept("compared", null);
    trusted = compared !== null && (await follows(compared));
    if (trusted) await remember();
    // Somebody has left who knows the key. Where it is not known whose the key is, that is for others to mend.
    if (inside.is_due && (trusted || compared === null)) await begin(false);
    await talk(compared);
  };

  const wait = async () => {
    fill("mine", numbers(await digest(raw(inside.me.public_key))));
    part("anew").hidden = !inside.may_begin_anew;
    show("wait");
  };

  const talk = async (compared) => {
    const code = await codeOf(inside.epoch, keys.get(inside.epoch));
    fill("code", code);
    part("changed").hidden = trusted || compared === null;
    part("compare").hidden = trusted;
    part("compared").hidden = !trusted;
    box.querySelector("form[data-does=say]").hidden = !trusted && compared !== null;
    box.querySelector("[data-does=mute]").textContent = inside.me.is_muted ? words.unmute : words.mute;
    await showMembers();
    await showWords();
    show("talk");
  };

  // What stands there already is left alone: whoever reads it with a screen reader, or stands on a button, stays there.
  const shown = new Map();
  const isShown = (name, ...what) => {
    const now = JSON.stringify(what);
    if (shown.get(name) === now) return true;
    shown.set(name, now);
    return false;
  };

  const showMembers = async () => {
    const hidden = kept("hidden", []);
    if (isShown("members", inside.epoch, inside.members, hidden)) return;
    const key = keys.get(inside.epoch);
    const doors = [];
    const lines = [];
    for (const member of inside.members) {
      const isMe = member.id === inside.me.id;
      const line = made("li", "tile");
      line.append(made("strong", "", member.name + (isMe ? ` (${words.you})` : "")), " ");
      line.append(made("span", "", member.is_in ? words.isIn : words.waits));
      line.append(made("p", "secret mb-1", numbers(await digest(raw(member.public_key)))));
      if (member.is_in && !(await isProven(member, inside.epoch, key))) line.append(made("p", "alert alert-danger", words.unproven));
      if (!isMe) {
        const isHidden = hidden.includes(member.id);
        line.append(button(isHidden ? words.show : words.hide, async () => {
          keep("hidden", isHidden ? hidden.filter((each) => each !== member.id) : [...hidden, member.id]);
          await talk(kept("compared", null));
        }));
      }
      lines.push(line);
      if (!member.is_in) {
        const door = made("div", "tile mb-3");
        door.append(made("strong", "", member.name), ` ${words.waits}. `, made("p", "secret mb-1", numbers(await digest(raw(member.public_key)))));
        door.append(button(words.letIn, async () => {
          inside = await call("/keys", { epoch: inside.epoch, ...(await wrapped(member, inside.epoch, keys.get(inside.epoch))) });
          await load();
        }, "primary"));
        doors.push(door);
      }
    }
    fill("members", ...lines);
    fill("doors", ...doors);
  };

  const read = async (each) => {
    const key = keys.get(each.epoch);
    if (!key) return [words.sealed, false];
    try {
      const opened = await open(key.key, raw(each.sealed), bound("words", each.epoch, each.member_id, each.mark));
      return [JSON.parse(text(opened)).words, true];
    } catch {
      return [words.broken, false];
    }
  };

  const showWords = async () => {
    const found = await call("/words");
    const hidden = kept("hidden", []);
    if (isShown("words", [...keys.keys()], found.items.map((each) => each.id), hidden)) return;
    const lines = [];
    for (const each of found.items.slice().reverse()) {
      const line = made("li", "tile");
      const isMe = each.member_id === inside.me.id;
      const at = new Date(each.said_at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
      line.append(made("strong", "", isMe ? words.you : each.name), " ", made("span", "small text-body-secondary", at), made("br", ""));
      const [said, isRead] = hidden.includes(each.member_id) ? [words.hidden, false] : await read(each);
      line.append(made("span", isRead ? "description" : "text-body-secondary", said), " ");
      if (isMe) {
        line.append(button(words.takeBack, async () => {
          await call(`/words/${each.id}/take-back`, {});
          await showWords();
        }));
      }
      lines.push(line);
    }
    fill("words", ...(lines.length ? lines : [made("li", "empty", words.nothing)]));
    const last = found.items[0]?.id || null;
    if (last && last !== shownLast) {
      shownLast = last;
      await call("/change", { has_looked: true });
    }
  };

  const ACTS = {
    join: async () => {
      const passphrase = value("channel-new");
      if (passphrase !== value("channel-again")) throw new Refused("differ", words.differ);
      if (passphrase.normalize("NFKC").trim().length < LEAST) throw new Refused("short", words.short);
      const mine = await makeOwn(passphrase);
      await call("/join", { name: value("channel-name").trim().replace(/\s+/g, " "), ...mine.kept });
      own = mine.own;
      part("join").querySelector("form").reset();
      document.getElementById("channel-made").textContent = "";
      await load();
    },
    invent: async () => {
      // Drawn evenly: what does not fit the alphabet is drawn again. Twenty of 31 letters are 99 bits.
      let letters = "";
      while (letters.length < 20) {
        const drawn = random(1)[0];
        if (drawn < 8 * ALPHABET.length) letters += ALPHABET[drawn % ALPHABET.length];
      }
      const passphrase = letters.match(/.{4}/g).join("-");
      for (const id of ["channel-new", "channel-again"]) document.getElementById(id).value = passphrase;
      document.getElementById("channel-made").textContent = passphrase;
      say(words.made);
      return "said";
    },
    unlock: async () => {
      try {
        own = await openOwn(value("channel-pass"), inside.me);
      } catch {
        throw new Refused("wrong_passphrase", words.wrong);
      }
      part("unlock").querySelector("form").reset();
      await load();
    },
    anew: async () => {
      await begin(true);
      await load();
    },
    look: load,
    same: async () => {
      await remember();
      await load();
    },
    say: async () => {
      const field = document.getElementById("channel-say");
      if (!field.value.trim()) return;
      const mark = crypto.randomUUID();
      const plain = bytes(JSON.stringify({ words: field.value.trim() }));
      const filled = new Uint8Array(Math.ceil(plain.length / STEP) * STEP).fill(32);
      filled.set(plain);
      const epoch = inside.epoch;
      const sealed = await seal(keys.get(epoch).key, filled, bound("words", epoch, inside.me.id, mark));
      await call("/words", { mark, epoch, sealed: base64(sealed) });
      field.value = "";
      await showWords();
    },
    mute: async () => {
      inside = await call("/change", { is_muted: !inside.me.is_muted });
      await talk(kept("compared", null));
    },
    leave: async () => {
      await call("/leave", {});
      for (const each of ["compared", "hidden"]) localStorage.removeItem(`${store}:${each}`);
      location.assign(words.list);
    },
  };
  // After these the service and this page no longer agree on the key; the page looks again and what was typed stays.
  const ANEW = ["channel_key_changed", "channel_key_due", "channel_key_missing", "channel_key_good", "channel_not_joined"];

  // One thing after the other: what is pressed while something runs is done after it, and is not lost.
  const doing = (act) => {
    running = running.then(() => done(act));
    return running;
  };
  const done = async (act) => {
    busy = true;
    box.setAttribute("aria-busy", "true");
    say(words.working);
    try {
      if ((await act()) !== "said") say("");
    } catch (problem) {
      const known = problem instanceof Refused;
      say(known ? problem.message : words.broke, "danger");
      if (known && ANEW.includes(problem.code)) await load().catch(() => {});
      if (!known) console.error(problem);
    } finally {
      busy = false;
      box.removeAttribute("aria-busy");
    }
  };

  for (const form of box.querySelectorAll("form[data-does]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      doing(ACTS[form.dataset.does]);
    });
  }
  for (const each of box.querySelectorAll("button[data-does]")) {
    each.addEventListener("click", () => doing(ACTS[each.dataset.does]));
  }
  const lookAround = async () => {
    if (busy || document.hidden || !own || !inside) return;
    // The network comes back, or the next press says what is wrong.
    await load().catch(() => {});
  };
  setInterval(() => { running = running.then(lookAround); }, PAUSE);
  doing(load);
})();
