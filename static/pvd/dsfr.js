// Read by the State's design system when it starts: nothing in the console.
window.dsfr = { production: true };
