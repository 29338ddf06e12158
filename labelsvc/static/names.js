// Offers names while somebody types: fills the datalist of an input with data-names, the address that knows them.
// Without it the form finds the name when it is sent.
for (const input of document.querySelectorAll("input[data-names]")) {
  let wait = 0;
  let asked = "";
  input.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(async () => {
      const typed = input.value.trim();
      if (typed.length < 2 || typed === asked) return;
      asked = typed;
      const answer = await fetch(`${input.dataset.names}?q=${encodeURIComponent(typed)}`).catch(() => null);
      if (!answer?.ok || typed !== asked) return;
      const options = (await answer.json()).map(({ name, place }) => {
        const option = document.createElement("option");
        option.value = name;
        option.label = place ? `${name} (${place})` : name;
        return option;
      });
      input.list.replaceChildren(...options);
    }, 200);
  });
}
