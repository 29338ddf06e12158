// What stays on this device: one IndexedDB store of named values. Nothing of it goes into a cache.

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("labelsvc-inspect", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("kept");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T>}
 */
async function run(mode, act) {
  const store = (await database()).transaction("kept", mode).objectStore("kept");
  const request = act(store);
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {string} name @returns {Promise<any>} undefined where nothing is kept */
export function get(name) {
  return run("readonly", (store) => store.get(name));
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export function put(name, value) {
  return run("readwrite", (store) => store.put(value, name));
}

/** Forget everything on this device. */
export function clear() {
  return run("readwrite", (store) => store.clear());
}
