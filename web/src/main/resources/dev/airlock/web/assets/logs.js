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
document.addEventListener("airlock:swapped", followLogs);
