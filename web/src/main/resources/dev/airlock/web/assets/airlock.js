// What pages do by themselves: follow a run, count seconds, keep the theme. No inline script: see the
// Content-Security-Policy.
(() => {
  "use strict";

  // Swaps in what changed and leaves the rest alone, so that nothing flickers, loses focus or scrolls.
  const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");
  const morph = (from, to) => {
    if (from.nodeType !== Node.ELEMENT_NODE) {
      if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
      return;
    }
    if (from.isEqualNode(to)) return;
    // What lives by itself is left alone as long as it is the same thing.
    if (from.dataset.keep && from.dataset.keep === to.dataset.keep) return;
    for (const {name} of [...from.attributes]) if (!to.hasAttribute(name) && !(name === "open" && from.matches("details"))) from.removeAttribute(name);
    for (const {name, value} of [...to.attributes]) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
    if (from.matches("input, textarea, select")) return;
    let old = from.firstChild;
    for (const fresh of [...to.childNodes]) {
      if (old && same(old, fresh)) {
        const next = old.nextSibling;
        morph(old, fresh);
        old = next;
      } else {
        from.insertBefore(fresh, old);
      }
    }
    while (old) {
      const next = old.nextSibling;
      old.remove();
      old = next;
    }
  };

  document.addEventListener("htmx:configRequest", event => {
    const token = document.querySelector("meta[name=csrf-token]");
    if (token && token.content) event.detail.headers["X-CSRF-Token"] = token.content;
  });
  if (window.htmx) {
    htmx.defineExtension("calm", {
      isInlineSwap: style => style === "calm",
      handleSwap: (style, target, fragment) => {
        if (style !== "calm") return false;
        const fresh = fragment.nodeType === Node.DOCUMENT_FRAGMENT_NODE ? fragment.firstElementChild : fragment;
        if (fresh) morph(target, fresh);
        tick();
        followLogs();
        return [target];
      },
    });
  }

  // Follows the events of a run: each asks for the page anew, at most three times a second.
  const followed = document.querySelector("[data-events]");
  if (followed && window.EventSource) {
    const lost = document.getElementById("lost");
    let due = false;
    const refresh = () => {
      if (due) return;
      due = true;
      setTimeout(() => {
        due = false;
        document.body.dispatchEvent(new Event("airlock:changed"));
      }, 300);
    };
    let silent;
    const source = new EventSource(followed.dataset.events);
    let wasLost = false;
    source.onopen = () => {
      clearTimeout(silent);
      if (lost) lost.hidden = true;
      if (wasLost) refresh();
      wasLost = false;
    };
    source.onerror = () => {
      wasLost = true;
      clearTimeout(silent);
      silent = setTimeout(() => { if (lost) lost.hidden = false; }, 1500);
    };
    source.addEventListener("stage", refresh);
    source.addEventListener("run", event => {
      refresh();
      if (["succeeded", "failed", "cancelled"].includes(JSON.parse(event.data).state)) source.close();
    });
  }

  // Looks again and again as long as something on the page is under way; not while nobody sees it.
  const due = () => document.querySelector("[data-poll]");
  const lostNow = isLost => {
    const lost = document.getElementById("lost");
    if (lost && !followed) lost.hidden = !isLost;
  };
  if (due()) {
    document.addEventListener("htmx:afterRequest", event => lostNow(!event.detail.successful));
    const look = () => {
      const poll = due();
      if (!poll) return;
      if (!document.hidden) document.body.dispatchEvent(new Event("airlock:changed"));
      setTimeout(look, Number(poll.dataset.poll));
    };
    setTimeout(look, Number(due().dataset.poll));
  }

  // Follows what an attempt says: appends lines, and stays at the end only where one already is there.
  const logs = new Map();
  const followLogs = () => {
    for (const [panel, log] of logs) {
      if (!panel.isConnected || panel.dataset.keep !== log.key) {
        log.close();
        logs.delete(panel);
      }
    }
    for (const panel of document.querySelectorAll("[data-log-source]")) if (!logs.has(panel)) logs.set(panel, follow(panel));
  };
  const follow = panel => {
    const lines = panel.querySelector("[data-log-lines]");
    const filter = panel.querySelector("[data-log-filter]");
    const says = panel.querySelector("[data-log-state]");
    const most = 5000;
    let stream, timer, last = Number(panel.dataset.logLast);
    const shown = lines.innerHTML, first = last;
    const isAtEnd = () => lines.scrollHeight - lines.scrollTop - lines.clientHeight < 24;
    const clock = at => new Date(at).toISOString().slice(11, 23);
    const add = line => {
      const stays = isAtEnd();
      const row = document.createElement("div");
      row.className = "line " + line.level;
      for (const [tag, text] of [["time", clock(line.at)], ["b", line.level], ["span", line.text]]) {
        row.append(Object.assign(document.createElement(tag), {textContent: text}));
      }
      lines.append(row);
      while (lines.childElementCount > most) lines.firstElementChild.remove();
      lines.hidden = false;
      const plain = panel.querySelector("[data-log-plain]");
      if (plain) plain.remove();
      if (stays) lines.scrollTop = lines.scrollHeight;
    };
    const open = (after, text) => {
      if (stream) stream.close();
      const url = panel.dataset.logSource + "&after=" + after + (text ? "&q=" + encodeURIComponent(text) : "");
      stream = new EventSource(url);
      stream.addEventListener("line", event => {
        const line = JSON.parse(event.data);
        last = line.number;
        add(line);
      });
      stream.addEventListener("end", () => {
        stream.close();
        if (says) says.textContent = "";
      });
    };
    const search = () => {
      const text = filter.value.trim();
      lines.replaceChildren();
      if (text) {
        open(0, text);
      } else {
        lines.innerHTML = shown;
        open(first, "");
      }
    };
    filter.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(search, 250);
    });
    lines.scrollTop = lines.scrollHeight;
    if (panel.dataset.log) open(last, "");
    return {key: panel.dataset.keep, close: () => stream && stream.close()};
  };
  followLogs();

  // Counts the seconds of what is under way.
  const two = n => String(n).padStart(2, "0");
  const words = ms => {
    const s = Math.max(0, Math.round(ms / 1000));
    if (s < 60) return s + " s";
    if (s < 3600) return Math.floor(s / 60) + " m " + two(s % 60) + " s";
    if (s < 86400) return Math.floor(s / 3600) + " h " + two(Math.floor(s % 3600 / 60)) + " m";
    return Math.floor(s / 86400) + " d " + Math.floor(s % 86400 / 3600) + " h";
  };
  const tick = () => {
    for (const at of document.querySelectorAll("[data-since]")) {
      at.textContent = (at.dataset.prefix || "") + words(Date.now() - Date.parse(at.dataset.since));
    }
  };
  tick();
  setInterval(tick, 1000);

  // Keeps the theme.
  const root = document.documentElement;
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const toggle = document.getElementById("theme");
  const name = () => { if (toggle) toggle.textContent = isDark() ? "Light theme" : "Dark theme"; };
  name();
  if (toggle) {
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      document.cookie = "airlock_theme=" + root.dataset.theme + "; path=/; max-age=31536000; samesite=lax";
      name();
    });
  }

  // Asks again before what can't be undone.
  document.addEventListener("submit", event => {
    const question = event.target.dataset.confirm;
    if (question && !confirm(question)) event.preventDefault();
  });
})();
