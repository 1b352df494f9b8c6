/*
 * Passkeys: the browser makes one or signs with one, and the form sends what it says.
 *
 * <form data-passkey="create|get"> holds a button [data-passkey-button], hidden without this script,
 * a hidden input named "credential", and an element [data-passkey-problem] for what went wrong.
 * The options of the ceremony stand in <script type="application/json" id="passkey-options">, or
 * are fetched from the form's address, so that a page for everybody costs nothing.
 */

const WORDS = {
  NotAllowedError: "The passkey was not used. Try again, or choose another way.",
  InvalidStateError: "This device has a passkey for the portal already.",
  SecurityError: "Passkeys work at the portal's own https address only.",
};
const OTHERWISE = "That did not work. Try again, or choose another way.";

export function fromBase64url(text) {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
}

export function toBase64url(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const withBytes = (descriptors) => descriptors?.map((each) => ({ ...each, id: fromBase64url(each.id) }));

/** What the portal says of a passkey to make, as the browser wants it. */
export function creationOptions({ publicKey }) {
  return {
    publicKey: {
      ...publicKey,
      challenge: fromBase64url(publicKey.challenge),
      user: { ...publicKey.user, id: fromBase64url(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials),
      // Kept with the name of the account, so that it can stand for name and password.
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: "preferred",
        requireResidentKey: false,
      },
    },
  };
}

/** What the portal says of a passkey to sign with, as the browser wants it. */
export function requestOptions({ publicKey }) {
  return {
    publicKey: {
      ...publicKey,
      challenge: fromBase64url(publicKey.challenge),
      allowCredentials: withBytes(publicKey.allowCredentials),
    },
  };
}

/** A credential as JSON, the buffers of its response as base64url. */
export function credentialAsJson(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) {
      response[name] = toBase64url(credential.response[name]);
    }
  }
  return {
    id: credential.id,
    rawId: toBase64url(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

export function problemOf(error) {
  return WORDS[error?.name] ?? OTHERWISE;
}

async function optionsFor(form) {
  const element = document.getElementById("passkey-options");
  if (element) {
    return JSON.parse(element.textContent);
  }
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    throw new Error(`${answer.status} of ${form.action}`);
  }
  return answer.json();
}

async function credentialFor(form) {
  const options = await optionsFor(form);
  return form.dataset.passkey === "create"
    ? navigator.credentials.create(creationOptions(options.creation_options))
    : navigator.credentials.get(requestOptions(options.request_options));
}

async function useForm(form, button) {
  const problem = form.querySelector("[data-passkey-problem]");
  problem.hidden = true;
  const hadFocus = document.activeElement === button;
  button.disabled = true;
  try {
    const credential = await credentialFor(form);
    form.elements.credential.value = JSON.stringify(credentialAsJson(credential));
    form.submit();
  } catch (error) {
    problem.querySelector("span").textContent = problemOf(error);
    problem.hidden = false;
    button.disabled = false;
    // The browser takes it from a button that is disabled.
    if (hadFocus && document.activeElement === document.body) {
      button.focus();
    }
  }
}

export function initPasskeys() {
  if (!globalThis.PublicKeyCredential) {
    return;
  }
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("[data-passkey-button]");
    button.hidden = false;
    // A name typed and Enter pressed begin the same.
    form.addEventListener("submit", (event) => event.preventDefault());
    button.addEventListener("click", () => useForm(form, button));
  }
}
