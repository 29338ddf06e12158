// "Near me": asks the browser where it is and compares with the places of the list. Nothing is sent.
(() => {
  const box = document.getElementById("near");
  if (!box || !navigator.geolocation) return;
  const [button, status, list] = ["button", "p", "ol"].map((tag) => box.querySelector(tag));
  box.hidden = false;

  const km = (place, at) => {
    const rad = Math.PI / 180;
    const x = (place[2] - at.longitude) * Math.cos(((place[1] + at.latitude) / 2) * rad);
    return Math.hypot(x, place[1] - at.latitude) * 111.32;
  };

  const show = (places, at) => {
    const near = places.map((place) => [km(place, at), place]).sort((a, b) => a[0] - b[0]).slice(0, 10);
    status.textContent = near.length ? "" : status.dataset.none;
    list.replaceChildren(...near.map(([far, place]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `/outlet/${place[0]}`;
      link.textContent = place[3];
      const said = far.toLocaleString(document.documentElement.lang, { maximumFractionDigits: far < 10 ? 1 : 0 });
      item.append(link, ` ${said} km`);
      return item;
    }));
  };

  button.addEventListener("click", () => {
    status.textContent = status.dataset.waiting;
    navigator.geolocation.getCurrentPosition(async (position) => {
      try {
        const answer = await fetch(box.dataset.source);
        show(await answer.json(), position.coords);
      } catch {
        status.textContent = status.dataset.refused;
      }
    }, () => { status.textContent = status.dataset.refused; }, { maximumAge: 60000, timeout: 15000 });
  });
})();
