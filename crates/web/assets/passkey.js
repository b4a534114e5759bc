"use strict";
// Passkeys (WebAuthn). Every form works without this file, with the code of a token.
(() => {
  const form = document.querySelector("form[data-passkey]");
  const button = form?.querySelector("button[data-ask]");
  if (!button || !window.PublicKeyCredential || !window.isSecureContext) return;
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0));
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const fields = form.elements, site = location.hostname;
  const said = form.querySelector("[data-said]");
  const say = words => { said.textContent = words; said.hidden = !words; };
  const key = id => ({ type: "public-key", id: bytes(id) });

  // The authenticator signs the challenge: of a signing, that is the digest of the statement.
  const answer = async (challenge, ids) => {
    const got = await navigator.credentials.get({ publicKey: {
      challenge: bytes(challenge), rpId: site, userVerification: "required", timeout: 120000, allowCredentials: ids.map(key) } });
    fields.credential.value = text(got.rawId);
    fields.authenticator_data.value = text(got.response.authenticatorData);
    fields.client_data.value = text(got.response.clientDataJSON);
    fields.signature.value = text(got.response.signature);
  };

  const make = async () => {
    const { challenge, label, known } = form.dataset;
    // Who enrols with a code types who they are.
    const user = form.dataset.user ?? fields.person.value.trim(), name = form.dataset.name ?? user;
    const made = await navigator.credentials.create({ publicKey: {
      challenge: bytes(challenge), rp: { id: site, name: "dossier" }, attestation: "none", timeout: 120000,
      user: { id: new TextEncoder().encode(user), name: user, displayName: name },
      pubKeyCredParams: [-7, -8, -257].map(alg => ({ type: "public-key", alg })),
      excludeCredentials: (known ? known.split(" ") : []).map(key),
      authenticatorSelection: { residentKey: "required", userVerification: "required" } } });
    const spki = made.response.getPublicKey();
    if (!spki) throw new Error(`${label ?? "This authenticator"} makes a kind of key that is not taken here`);
    fields.public_key.value = text(spki);
    // A key that has just been made is tested before it counts.
    await answer(challenge, [text(made.rawId)]);
  };

  button.hidden = false;
  button.addEventListener("click", async () => {
    say("");
    const code = fields.code, needed = code?.required;
    const makes = form.dataset.passkey === "make";
    if (code && !makes) code.required = false;
    if (!form.reportValidity()) { if (code) code.required = needed; return; }
    try {
      const chosen = form.querySelector("input[name=role]:checked") ?? form;
      await (makes ? make() : answer(chosen.dataset.challenge, (form.dataset.known ?? "").split(" ").filter(Boolean)));
      if (code && !makes) code.value = "";
      form.submit();
    } catch (error) {
      if (code) code.required = needed;
      say(error.name === "NotAllowedError" ? "The passkey was not used: it took too long, or was refused. Nothing was sent." : `${error.message || error.name}. Nothing was sent.`);
    }
  });
})();
