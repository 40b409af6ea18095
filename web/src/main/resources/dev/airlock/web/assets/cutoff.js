// Moves the threshold of a page's evidence: confusion, costs and the marks on the curves follow the slider.
const count = n => n.toLocaleString("en");
const percent = (part, whole) => whole === 0 ? "–" : (100 * part / whole).toFixed(1) + " %";
const amount = n => n.toLocaleString("en", {minimumFractionDigits: 1, maximumFractionDigits: 1}).replace("-", "−");
const share = (part, whole) => whole === 0 ? 0 : part / whole;
const show = (within, name, text) => {
  const at = within.querySelector('[data-shows="' + name + '"]');
  if (at && at.textContent !== text) at.textContent = text;
};
const place = {
  "roc": ([tp, fp, tn, fn]) => [share(fp, fp + tn), share(tp, tp + fn)],
  "precision-recall": ([tp, fp, tn, fn]) => [share(tp, tp + fn), tp + fp === 0 ? 1 : tp / (tp + fp)],
  "gain": ([tp, fp, tn, fn]) => [share(tp + fp, tp + fp + tn + fn), share(tp, tp + fn)],
};
const read = text => { try { return JSON.parse(text); } catch { return null; } };
const move = section => {
  const slider = section.querySelector("input[type=range]");
  const rows = read(section.dataset.cutoff);
  if (!slider || !rows) return;
  section.querySelector("[data-slider]").hidden = false;
  const [threshold, ...counts] = rows[Number(slider.value)] || rows[0];
  const said = String(+threshold.toFixed(6));
  show(section, "threshold", said);
  slider.setAttribute("aria-valuetext", said);
  const costs = read(section.dataset.costs || "null");
  for (const table of section.querySelectorAll("[data-model]")) {
    const [tp, fp, tn, fn] = counts.slice(4 * table.dataset.model);
    for (const [name, n] of Object.entries({tp, fp, tn, fn})) show(table, name, count(n));
    show(table, "precision", percent(tp, tp + fp));
    show(table, "recall", percent(tp, tp + fn));
    show(table, "flagged", percent(tp + fp, tp + fp + tn + fn));
    if (costs) show(table, "cost", amount(1000 * (fp * costs[0] + fn * costs[1]) / (tp + fp + tn + fn)));
  }
  for (const mark of document.querySelectorAll("[data-mark]")) {
    const at = place[mark.dataset.mark];
    if (!at) continue;
    const [x, y] = at(counts);
    mark.setAttribute("cx", (36 + 254 * x).toFixed(1));
    mark.setAttribute("cy", (200 - 190 * y).toFixed(1));
  }
};
const all = () => document.querySelectorAll("[data-cutoff]").forEach(move);
document.addEventListener("input", event => {
  const section = event.target.closest("[data-cutoff]");
  if (section) move(section);
});
document.addEventListener("click", event => {
  if (!event.target.closest("[data-back]")) return;
  const section = event.target.closest("[data-cutoff]");
  const slider = section && section.querySelector("input[type=range]");
  if (!slider) return;
  slider.value = slider.dataset.chosen;
  move(section);
});
all();
document.addEventListener("airlock:swapped", all);
