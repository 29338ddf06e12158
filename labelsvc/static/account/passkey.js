// Passkeys: one element with data-passkey for each thing that a page does with one.
//
//   data-passkey   "get" (sign in, confirm) or "create" (set up)
//   data-options   address that gives the options of the ceremony
//   data-answer    address that takes what the authenticator said, and says where to go
//   data-stay      confirm within a form: no going anywhere, the form is sent next
//   data-name      id of the input with the new passkey's name
//   data-none, data-given-up, data-failed, data-given: sentences in the reader's language

const toBytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const toText = (buffer) => {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
  return btoa(letters.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

class Said extends Error {}

async function post(url, body, spoken) {
  const token = document.querySelector("input[name=csrf_token]").value;
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
    redirect: "error",
  });
  const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
  const found = isJson ? await answer.json() : {};
  if (!answer.ok) throw new Said([found.message, found.fix].filter(Boolean).join(" ") || spoken.failed);
  return found;
}

async function create(options) {
  const key = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: (options.excludeCredentials || []).map((one) => ({ ...one, id: toBytes(one.id) })),
    },
  });
  return {
    id: key.id,
    rawId: toText(key.rawId),
    type: key.type,
    response: {
      clientDataJSON: toText(key.response.clientDataJSON),
      attestationObject: toText(key.response.attestationObject),
      transports: key.response.getTransports ? key.response.getTransports() : [],
    },
  };
}

async function get(options) {
  const key = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: (options.allowCredentials || []).map((one) => ({ ...one, id: toBytes(one.id) })),
    },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = key.response;
  return {
    id: key.id,
    rawId: toText(key.rawId),
    type: key.type,
    response: {
      clientDataJSON: toText(clientDataJSON),
      authenticatorData: toText(authenticatorData),
      signature: toText(signature),
      userHandle: userHandle ? toText(userHandle) : null,
    },
  };
}

// Inside a form that asks for the factor: it was given, so nothing more is asked there.
function given(box, spoken) {
  const form = box.closest("form");
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  box.closest("[data-step-up]").replaceChildren(said);
  said.textContent = spoken.given;
  form.querySelector("button:not([type=button])")?.focus();
}

function serve(box) {
  const spoken = box.dataset;
  const button = box.querySelector("button");
  const status = box.querySelector("[role=status]");
  const name = spoken.name && document.getElementById(spoken.name);
  box.hidden = false;
  if (!window.PublicKeyCredential) {
    button.disabled = true;
    status.textContent = spoken.none;
    return;
  }
  button.addEventListener("click", async () => {
    if (name && !name.reportValidity()) return;
    status.textContent = "";
    button.setAttribute("aria-busy", "true");
    button.disabled = true;
    try {
      const options = await post(spoken.options, {}, spoken);
      const credential = await (spoken.passkey === "create" ? create : get)(options);
      const answer = await post(spoken.answer, { credential, name: name ? name.value : "" }, spoken);
      if ("stay" in spoken) given(box, spoken);
      else window.location.assign(answer.next);
      return;
    } catch (error) {
      // NotAllowedError is all that a browser says when the person gave up or had no passkey.
      const gaveUp = error.name === "NotAllowedError" || error.name === "AbortError";
      const known = error.name === "InvalidStateError" && spoken.known;
      status.textContent = error instanceof Said ? error.message : known || (gaveUp ? spoken.givenUp : spoken.failed);
    }
    button.disabled = false;
    button.removeAttribute("aria-busy");
    button.focus();
  });
}

document.querySelectorAll("[data-passkey]").forEach(serve);
