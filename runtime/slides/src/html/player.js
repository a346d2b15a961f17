// Shows one slide at a time.
//
// Next: →, ↓, Page Down, Space, Enter, a click or tap on the right part, a swipe to the left.
// Back: ←, ↑, Page Up, Backspace, Shift+Space, a click or tap on the left part, a swipe to the right.
// First and last: Home, End. Full screen: F. Notes: N. All slides: O; Escape goes back.
// The address has the slide, as in #slide-3.
(() => {
  "use strict";
  const root = document.documentElement;
  const slides = [...document.querySelectorAll(".slide")];
  if (slides.length === 0) return;
  const button = (name) => document.getElementById(name);
  const place = button("place");
  const isOverview = () => root.classList.contains("overview");
  let current = 0;
  let resting = 0;

  // Slides that aren't seen can still be found: the browser shows them when a search has a match there.
  const hide = (slide, isHidden) => {
    if (isHidden) slide.setAttribute("hidden", "until-found");
    else slide.removeAttribute("hidden");
  };

  const show = (index) => {
    current = Math.max(0, Math.min(slides.length - 1, index));
    slides.forEach((slide, number) => {
      slide.classList.toggle("current", number === current);
      hide(slide, !isOverview() && number !== current);
    });
    place.textContent = `${current + 1} / ${slides.length}`;
    button("previous").disabled = current === 0;
    button("next").disabled = current === slides.length - 1;
    if (isOverview()) slides[current].focus();
    else scrollTo(0, 0);
    try {
      history.replaceState(null, "", `#${slides[current].id}`);
    } catch {
      // A file that is shown within another page has no address of its own.
    }
  };

  const toggleOverview = (isOn) => {
    root.classList.toggle("overview", isOn);
    root.classList.toggle("playing", !isOn);
    button("overview").setAttribute("aria-pressed", String(isOn));
    for (const slide of slides) {
      if (isOn) slide.setAttribute("tabindex", "0");
      else slide.removeAttribute("tabindex");
    }
    show(current);
  };

  const toggleNotes = () => {
    const isOn = root.classList.toggle("with-notes");
    button("notes").setAttribute("aria-pressed", String(isOn));
  };

  const toggleFull = () => {
    const done = document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.();
    done?.catch(() => {});
  };

  const fromAddress = () => {
    const index = slides.findIndex((slide) => `#${slide.id}` === location.hash);
    if (index >= 0) show(index);
  };

  const wake = () => {
    root.classList.add("active");
    clearTimeout(resting);
    resting = setTimeout(() => root.classList.remove("active"), 2500);
  };

  const columns = () => {
    const top = slides[0].offsetTop;
    return isOverview() ? Math.max(1, slides.filter((slide) => slide.offsetTop === top).length) : 1;
  };

  const keys = {
    ArrowRight: () => show(current + 1),
    ArrowLeft: () => show(current - 1),
    ArrowDown: () => show(current + columns()),
    ArrowUp: () => show(current - columns()),
    PageDown: () => show(current + 1),
    PageUp: () => show(current - 1),
    " ": (event) => show(current + (event.shiftKey ? -1 : 1)),
    Backspace: () => show(current - 1),
    Enter: () => (isOverview() ? toggleOverview(false) : show(current + 1)),
    Home: () => show(0),
    End: () => show(slides.length - 1),
    Escape: () => isOverview() && toggleOverview(false),
    f: toggleFull,
    n: toggleNotes,
    o: () => toggleOverview(!isOverview()),
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isPress = event.key === "Enter" || event.key === " ";
    if (isPress && event.target.closest("a, button")) return;
    const index = slides.indexOf(event.target);
    if (isPress && isOverview() && index >= 0) {
      event.preventDefault();
      current = index;
      toggleOverview(false);
      return;
    }
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  });

  document.querySelector("main").addEventListener("click", (event) => {
    const slide = event.target.closest(".slide");
    if (isOverview() && slide) {
      current = slides.indexOf(slide);
      toggleOverview(false);
      return;
    }
    // Following a link, selecting text and reading notes aren't going on.
    if (event.target.closest("a, .notes") || !getSelection().isCollapsed) return;
    show(current + (event.clientX < innerWidth / 3 ? -1 : 1));
  });

  let touch = null;
  addEventListener("touchstart", (event) => { touch = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
  addEventListener("touchend", (event) => {
    if (!touch || isOverview() || event.target.closest(".notes")) return;
    const [x, y] = [event.changedTouches[0].clientX - touch.clientX, event.changedTouches[0].clientY - touch.clientY];
    if (Math.abs(x) > 50 && Math.abs(x) > 2 * Math.abs(y)) show(current + (x < 0 ? 1 : -1));
  }, { passive: true });

  for (const [index, slide] of slides.entries()) slide.addEventListener("beforematch", () => show(index));
  button("previous").addEventListener("click", () => show(current - 1));
  button("next").addEventListener("click", () => show(current + 1));
  button("overview").addEventListener("click", () => toggleOverview(!isOverview()));
  button("notes").addEventListener("click", toggleNotes);
  button("full").addEventListener("click", toggleFull);
  addEventListener("hashchange", fromAddress);
  addEventListener("mousemove", wake);
  root.classList.add("playing");
  show(slides.findIndex((slide) => `#${slide.id}` === location.hash));
})();
