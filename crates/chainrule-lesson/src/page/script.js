"use strict";
// Marks the numbers that the number under the pointer, or in focus, was computed from.
const cellsOf = (word, i, j) => {
  const [where, name] = word.split("@");
  const table = document.getElementById(name);
  if (!table) return [];
  const [r, c] = [...where].map(s => s === "i" ? i : s === "j" ? j : s === "0" ? 0 : null);
  return [...table.rows].flatMap((row, y) =>
    r !== null && r !== y ? [] : [...row.cells].filter((_, x) => c === null || c === x));
};
const clear = () => document.querySelectorAll(".at, .from").forEach(cell => cell.classList.remove("at", "from"));
const show = cell => {
  clear();
  const from = cell.closest("table").dataset.from;
  cell.classList.add("at");
  if (!from) return;
  const [i, j] = [cell.parentElement.rowIndex, cell.cellIndex];
  for (const word of from.split(" ")) cellsOf(word, i, j).forEach(one => one.classList.add("from"));
};
const cellOf = target => target.closest && target.closest("table[id] td");
document.addEventListener("pointerover", event => { const cell = cellOf(event.target); if (cell) show(cell); });
document.addEventListener("pointerout", event => { if (cellOf(event.target)) clear(); });
document.addEventListener("focusin", event => { const cell = cellOf(event.target); if (cell) show(cell); else clear(); });
// The first number of each table is in the order of the keyboard; the arrows lead to the others.
document.querySelectorAll("table[id]").forEach(table => { if (table.rows[0]) table.rows[0].cells[0].tabIndex = 0; });
document.addEventListener("keydown", event => {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  const cell = step && cellOf(event.target);
  if (!cell) return;
  const row = cell.closest("table").rows[cell.parentElement.rowIndex + step[0]];
  const next = row && row.cells[cell.cellIndex + step[1]];
  if (!next) return;
  event.preventDefault();
  next.tabIndex = -1;
  next.focus();
});
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(one => { one.open = true; }));
