// Follows what an attempt says: appends lines, and stays at the end only where one already is there. A stream that
// breaks off is begun again after the last line that came; a hidden page holds none. The page that is asked for anew
// says which attempt is shown: where that is another one, it is followed from then on, through the same filter.
const logs = new Map();
const soonest = 1000, latest = 30000, steadyAfter = 5000, longestSilence = 30000, most = 5000;
const followLogs = () => {
  for (const [panel, log] of logs) {
    if (!panel.isConnected || !panel.dataset.logSource) {
      log.close();
      logs.delete(panel);
    }
  }
  for (const panel of document.querySelectorAll("[data-log-source]")) {
    if (logs.has(panel)) logs.get(panel).look();
    else logs.set(panel, follow(panel));
  }
};
const follow = panel => {
  const part = name => panel.querySelector("[data-log-" + name + "]");
  const filter = part("filter");
  // What is wanted is kept apart from the stream that brings it: streams come and go.
  let key, lines, shown, first, earlier, wanted, last, isWanted, isOut = false;
  let stream, openedAt, heardAt, typing, steady, retry, failures = 0, coming = [], drawing;
  const say = text => {
    const state = part("state");
    if (state && state.textContent !== text) state.textContent = text;
  };
  const none = text => {
    const place = part("none");
    if (place && place.textContent !== text) place.textContent = text;
  };
  const local = time => time.dispatchEvent(new Event("airlock:time", {bubbles: true}));
  const tidy = () => {
    const more = part("more"), plain = part("plain");
    if (more) {
      more.hidden = earlier === 0;
      if (earlier) more.textContent = earlier + " earlier lines are in the whole log.";
    }
    if (plain && lines.childElementCount) plain.remove();
  };
  const rowOf = line => {
    const row = document.createElement("div");
    row.className = "line " + line.level;
    const time = Object.assign(document.createElement("time"), {dateTime: line.at});
    time.dataset.local = "log";
    row.append(time);
    for (const [tag, text] of [["b", line.level], ["span", line.text]]) {
      row.append(Object.assign(document.createElement(tag), {textContent: text}));
    }
    return row;
  };
  // Whatever comes between two pictures is drawn as one: a place in a long list is dear to measure.
  const draw = () => {
    cancelAnimationFrame(drawing);
    drawing = undefined;
    if (!coming.length) return;
    const stays = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 24;
    const rows = coming.slice(-most).map(rowOf);
    earlier += coming.length - rows.length;
    coming = [];
    lines.append(...rows);
    for (const row of rows) local(row.firstChild);
    while (lines.childElementCount > most) {
      lines.firstElementChild.remove();
      earlier++;
    }
    lines.hidden = false;
    none("");
    tidy();
    if (stays) lines.scrollTop = lines.scrollHeight;
  };
  const close = () => {
    clearTimeout(retry);
    clearTimeout(steady);
    if (stream) stream.close();
    stream = openedAt = retry = undefined;
  };
  const well = () => {
    say("· live");
    if (wanted && !lines.childElementCount && !coming.length) none("No line holds “" + wanted + "” so far.");
  };
  // What opens and is closed at once is as good as refused: each time it is tried again later.
  const again = () => {
    if (openedAt && Date.now() - openedAt > steadyAfter) failures = 0;
    close();
    say("· interrupted, tried again");
    retry = setTimeout(open, Math.min(latest, soonest * 2 ** failures++) * (0.5 + Math.random() / 2));
  };
  const open = () => {
    close();
    if (!isWanted || isOut || document.hidden || !panel.isConnected) return;
    stream = new EventSource(panel.dataset.logSource + "&after=" + last + (wanted ? "&q=" + encodeURIComponent(wanted) : ""));
    heardAt = Date.now();
    stream.onopen = () => {
      openedAt = heardAt = Date.now();
      steady = setTimeout(well, 1000);
    };
    stream.addEventListener("beat", () => heardAt = Date.now());
    stream.addEventListener("line", event => {
      const line = JSON.parse(event.data);
      heardAt = Date.now();
      last = line.number;
      failures = 0;
      say("· live");
      coming.push(line);
      drawing ||= requestAnimationFrame(draw);
    });
    stream.addEventListener("end", () => {
      close();
      isWanted = false;
      say("");
      draw();
      if (wanted && !lines.childElementCount) none("No line holds “" + wanted + "”.");
    });
    // Whoever has signed in again gets the page anew, and the lines with it.
    stream.addEventListener("signed-out", () => {
      close();
      isOut = true;
      say("");
    });
    // A browser gives up for good where it is refused, and else tries again at once: both are ours to do.
    stream.onerror = again;
  };
  const begin = () => {
    key = panel.dataset.logKey;
    lines = part("lines");
    shown = [...lines.childNodes].map(line => line.cloneNode(true));
    first = Number(panel.dataset.logLast);
    isWanted = Boolean(panel.dataset.log);
    failures = 0;
    say("· live");
    if (filter && filter.value.trim()) {
      search();
      return;
    }
    start("", first);
    lines.scrollTop = lines.scrollHeight;
  };
  const start = (text, after) => {
    coming = [];
    wanted = text;
    last = after;
    earlier = text ? 0 : Number(part("more").dataset.logMore);
    none("");
    tidy();
    open();
  };
  const search = () => {
    const text = filter.value.trim();
    lines.replaceChildren(...(text ? [] : shown.map(line => line.cloneNode(true))));
    lines.querySelectorAll("time").forEach(local);
    isWanted = true;
    start(text, text ? 0 : first);
  };
  const look = () => {
    if (panel.dataset.logKey !== key) {
      begin();
      return;
    }
    tidy();
    if (isOut) {
      isOut = false;
      open();
    }
  };
  if (filter) filter.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(search, 700);
  });
  begin();
  return {close, open, look, hear: () => { if (stream && Date.now() - heardAt > longestSilence) again(); }};
};
followLogs();
document.addEventListener("airlock:swapped", followLogs);
setInterval(() => logs.forEach(log => log.hear()), 5000);
document.addEventListener("visibilitychange", () => {
  for (const log of logs.values()) document.hidden ? log.close() : log.open();
});
addEventListener("pagehide", () => logs.forEach(log => log.close()));
addEventListener("pageshow", event => { if (event.persisted) logs.forEach(log => log.open()); });
