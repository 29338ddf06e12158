// Signing out clears what the inspector's application keeps here (Clear-Site-Data). Cases that no server has are
// evidence: they do not go without a word.

/** @returns {Promise<number>} cases that wait on this device */
function waiting() {
  return new Promise((resolve) => {
    const opening = indexedDB.open("labelsvc-inspect");
    opening.onerror = () => resolve(0);
    opening.onsuccess = () => {
      const kept = opening.result;
      const done = (/** @type {number} */ count) => (kept.close(), resolve(count));
      if (!kept.objectStoreNames.contains("kept")) return done(0);
      const asked = kept.transaction("kept").objectStore("kept").get("cases");
      asked.onsuccess = () => done((asked.result ?? []).length);
      asked.onerror = () => done(0);
    };
  });
}

for (const form of document.querySelectorAll("form[data-unsent]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = /** @type {HTMLElement} */ (form).dataset.unsent ?? "";
    if (!(await waiting()) || confirm(words)) /** @type {HTMLFormElement} */ (form).submit();
  });
}
