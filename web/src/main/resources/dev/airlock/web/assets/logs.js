// Follows what an attempt says: appends lines, and stays at the end only where one already is there. A stream that
// breaks off is begun again after the last line that came; a hidden page holds none.
const logs = new Map();
const soonest = 1000, latest = 30000;
const followLogs = () => {
  for (const [panel, log] of logs) {
    if (!panel.isConnected) {
      log.close();
      logs.delete(panel);
    }
  }
  for (const panel of document.querySelectorAll("[data-log-source]")) if (!logs.has(panel)) logs.set(panel, follow(panel));
};
const follow = panel => {
  const lines = panel.querySelector("[data-log-lines]");
  const filter = panel.querySelector("[data-log-filter]");
  const state = panel.querySelector("[data-log-state]");
  const most = 5000;
  const live = state ? state.textContent : "";
  const shown = [...lines.childNodes].map(line => line.cloneNode(true)), first = Number(panel.dataset.logLast);
  // What is wanted is kept apart from the stream that brings it: streams come and go.
  let stream, timer, retry, failures = 0, wanted = "", last = first, isWanted = Boolean(panel.dataset.log);
  const say = text => { if (state && state.textContent !== text) state.textContent = text; };
  const isAtEnd = () => lines.scrollHeight - lines.scrollTop - lines.clientHeight < 24;
  const add = line => {
    const stays = isAtEnd();
    const row = document.createElement("div");
    row.className = "line " + line.level;
    const time = Object.assign(document.createElement("time"), {dateTime: line.at});
    time.dataset.local = "log";
    row.append(time);
    for (const [tag, text] of [["b", line.level], ["span", line.text]]) {
      row.append(Object.assign(document.createElement(tag), {textContent: text}));
    }
    lines.append(row);
    time.dispatchEvent(new Event("airlock:time", {bubbles: true}));
    while (lines.childElementCount > most) lines.firstElementChild.remove();
    lines.hidden = false;
    const plain = panel.querySelector("[data-log-plain]");
    if (plain) plain.remove();
    if (stays) lines.scrollTop = lines.scrollHeight;
  };
  const close = () => {
    clearTimeout(retry);
    if (stream) stream.close();
    stream = undefined;
  };
  const open = () => {
    close();
    if (!isWanted || document.hidden || !panel.isConnected) return;
    stream = new EventSource(panel.dataset.logSource + "&after=" + last + (wanted ? "&q=" + encodeURIComponent(wanted) : ""));
    stream.onopen = () => {
      failures = 0;
      say(live);
    };
    stream.addEventListener("line", event => {
      const line = JSON.parse(event.data);
      last = line.number;
      add(line);
    });
    // What was said is here, or the session is over.
    for (const word of ["end", "signed-out"]) {
      stream.addEventListener(word, () => {
        close();
        isWanted = false;
        say("");
      });
    }
    // A browser gives up for good where it is refused, and else tries again at once: both are ours to do.
    stream.onerror = () => {
      close();
      say("· interrupted, tried again");
      retry = setTimeout(open, Math.min(latest, soonest * 2 ** failures++) * (0.5 + Math.random() / 2));
    };
  };
  const search = () => {
    wanted = filter.value.trim();
    lines.replaceChildren(...(wanted ? [] : shown.map(line => line.cloneNode(true))));
    for (const time of lines.querySelectorAll("time")) time.dispatchEvent(new Event("airlock:time", {bubbles: true}));
    last = wanted ? 0 : first;
    isWanted = true;
    open();
  };
  filter.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 250);
  });
  lines.scrollTop = lines.scrollHeight;
  open();
  return {close, open};
};
followLogs();
document.addEventListener("airlock:swapped", followLogs);
document.addEventListener("visibilitychange", () => {
  for (const log of logs.values()) document.hidden ? log.close() : log.open();
});
addEventListener("pagehide", () => logs.forEach(log => log.close()));
addEventListener("pageshow", event => { if (event.persisted) logs.forEach(log => log.open()); });
