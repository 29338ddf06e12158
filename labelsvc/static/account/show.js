// A box under each password field that shows what is typed. Without a script the field stays as it is.

const words = document.querySelector("script[data-show]")?.getAttribute("data-show") ?? "";

for (const input of document.querySelectorAll("input[type=password]")) {
  const box = document.createElement("input");
  box.type = "checkbox";
  const label = document.createElement("label");
  label.className = "reveal";
  label.append(box, " ", words);
  const show = () => input.setAttribute("type", box.checked ? "text" : "password");
  box.addEventListener("change", show);
  // Sent as a password: browsers offer to keep what a field of that kind holds.
  input.closest("form")?.addEventListener("submit", () => ((box.checked = false), show()));
  input.after(label);
}
