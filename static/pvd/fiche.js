// The two buttons of the page of a commune: print it, and give its address of that day to somebody else.
"use strict";

const gestes = document.querySelector(".pvd-gestes");

async function partager({ adresse, titre }) {
  if (navigator.share) {
    await navigator.share({ title: titre, url: adresse });
    return "";
  }
  await navigator.clipboard.writeText(adresse);
  return "Adresse copiée : elle ouvre cette page, à cette date.";
}

function dire(texte) {
  gestes.querySelector("[role=status]").textContent = texte;
}

if (gestes) {
  gestes.hidden = false;
  gestes.querySelector("[data-geste=imprimer]").addEventListener("click", () => window.print());
  gestes.querySelector("[data-geste=partager]").addEventListener("click", ({ currentTarget }) => {
    // Whoever closes the window of sharing has chosen so; a browser that copies nothing shows the address.
    partager(currentTarget.dataset).then(dire, (refus) => {
      dire(refus.name === "AbortError" ? "" : currentTarget.dataset.adresse);
    });
  });
}
