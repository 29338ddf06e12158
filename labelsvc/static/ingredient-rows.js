// One more empty row of ingredients at a click. Without this file saving the form gives more rows.

for (const more of document.querySelectorAll("[data-more-rows]")) {
  const rows = more.closest("fieldset").querySelector("[data-rows]");
  more.hidden = false;
  more.addEventListener("click", () => {
    const row = rows.lastElementChild.cloneNode(true);
    for (const input of row.querySelectorAll("input, select")) input.value = "";
    rows.append(row);
    row.querySelector("input").focus();
  });
}
