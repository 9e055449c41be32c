// Every two seconds the page looks whether it has changed, unless nobody sees it.
setInterval(async () => {
  if (document.hidden) return;
  const main = document.querySelector("main");
  try {
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (fresh && fresh.innerHTML !== main.innerHTML && !String(getSelection())) main.replaceWith(fresh);
    document.body.classList.remove("gone");
  } catch { document.body.classList.add("gone"); }
}, 2000);
