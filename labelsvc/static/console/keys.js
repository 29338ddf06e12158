// "/" goes to the search box from anywhere on a page, but not out of a field in which somebody types.

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  const box = document.getElementById("find");
  if (typing || !(box instanceof HTMLInputElement)) return;
  event.preventDefault();
  box.focus();
  box.select();
});
