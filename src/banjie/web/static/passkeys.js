/* Passkeys: a form with data-bj-passkey asks the device for a credential and sends it. Where the browser has no
   passkeys the form stays hidden and the page says so. Nothing is kept on the machine. */
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const create = async (options) => {
    const asked = options.publicKey;
    const made = await navigator.credentials.create({ publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: named(asked.excludeCredentials),
      authenticatorSelection: { ...asked.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" },
    } });
    return { ...common(made), response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    } };
  };
  const get = async (options) => {
    const asked = options.publicKey;
    const found = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: named(asked.allowCredentials) } });
    const told = found.response;
    return { ...common(found), response: {
      clientDataJSON: text(told.clientDataJSON),
      authenticatorData: text(told.authenticatorData),
      signature: text(told.signature),
      userHandle: told.userHandle ? text(told.userHandle) : null,
    } };
  };
  const common = (credential) => ({
    type: credential.type,
    id: credential.id,
    rawId: text(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
  const options = async (form) => {
    if (form.dataset.bjOptions) return JSON.parse(form.dataset.bjOptions);
    const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).request_options;
  };

  document.querySelectorAll("form[data-bj-passkey]").forEach((form) => {
    if (!window.PublicKeyCredential) return;
    form.hidden = false;
    document.querySelectorAll("[data-bj-no-passkey]").forEach((each) => { each.hidden = true; });
    form.addEventListener("submit", async (event) => {
      const place = form.elements.credential;
      if (place.value) return;
      event.preventDefault();
      event.stopPropagation();
      const status = form.querySelector("[data-bj-passkey-status]");
      try {
        const asked = await options(form);
        place.value = JSON.stringify(await (form.dataset.bjPasskey === "create" ? create(asked) : get(asked)));
        form.submit();
      } catch {
        // Cancelled, timed out, or no passkey of ours on this device: nothing was sent.
        status.textContent = form.dataset.bjPasskeyFailed;
      }
    });
  });
})();
