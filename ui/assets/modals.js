/* What the modals do in the browser itself: their state, Escape, arrow keys in lists. */
(function () {
  "use strict";

  var clientside = (window.dash_clientside = window.dash_clientside || {});

  function triggered(id, prop) {
    return clientside.callback_context.triggered.some(function (each) {
      return each.prop_id === id + "." + prop;
    });
  }

  function pressed() {
    /* The id of the button that was really pressed: buttons that merely appeared have no clicks yet. */
    var found = clientside.callback_context.triggered.filter(function (each) {
      return each.value && /\.n_clicks$/.test(each.prop_id);
    });
    if (!found.length) return null;
    var id = found[0].prop_id.replace(/\.n_clicks$/, "");
    return id.charAt(0) === "{" ? JSON.parse(id) : id;
  }

  /* The page of a Data Center site on which its people make tokens, once the site's address is typed. */
  function tokenPage() {
    var box = document.getElementById("connection-url");
    var link = document.querySelector("[data-token-page]");
    if (!box || !link) return;
    var site = box.value.trim().replace(/\/+$/, "");
    if (/^https?:\/\/[^\s/]+/i.test(site) && !/\.atlassian\.net$/i.test(site)) {
      link.setAttribute("href", site + link.dataset.tokenPage);
    } else link.removeAttribute("href");
  }
  document.addEventListener("input", function (event) { if (event.target.id === "connection-url") tokenPage(); });
  document.addEventListener("focusin", tokenPage);

  var counter = 0;

  clientside.throughline_modals = {
    /* Somebody wants the mapping modal: the gear, or the button of a card. */
    ask: function () {
      var by = pressed();
      if (!by) return clientside.no_update;
      counter += 1;
      return { n: counter, metric: by.metric || null };
    },

    /* The wish to close or to save: these wait for choices that are still on their way, since the draft is an input. */
    leave: function (_clicks, draft) {
      if (pressed() !== "mapping-close") return;
      counter += 1;
      var changes = draft ? Object.keys(draft).length : 0;
      clientside.set_props("mapping-leave", { data: { n: counter, changes: changes } });
    },

    wish: function () {
      var by = pressed();
      if (!by) return;
      counter += 1;
      clientside.set_props("mapping-wish", { data: { n: counter, by: by } });
    },

    /* Where in the modal we are: {section, item, pane}. `pane` matters where list and choice take turns. */
    go: function (loaded, _clicks, place) {
      if (triggered("mapping-loaded", "data")) {
        if (!loaded || loaded.reason !== "opened") return clientside.no_update;
        return loaded.place;
      }
      var by = pressed();
      if (!by) return clientside.no_update;
      if (by.to === "list") return Object.assign({}, place, { pane: false });
      var cut = by.to.indexOf("/");
      var section = cut < 0 ? by.to : by.to.slice(0, cut);
      var item = cut < 0 ? "" : by.to.slice(cut + 1);
      return { section: section, item: item, pane: cut >= 0 || section === "workflow" || section === "types" };
    },

    /* The state machine of D-05: closed, loading, editing, validating, saving, saved, error. */
    state: function (session, loaded, draft, _save, _keep, checked, result, state) {
      var changes = draft ? Object.keys(draft).length : 0;
      if (triggered("mapping-session", "data")) state = session && session.open ? "loading" : "closed";
      if (triggered("mapping-loaded", "data") && state !== "saved") state = "editing";
      if (triggered("mapping-draft", "data") && state !== "loading" && state !== "closed") {
        if (!(state === "saved" && changes === 0)) state = "editing";
      }
      if (pressed()) state = "validating";
      if (triggered("mapping-checked", "data") && checked) state = checked.ok ? "saving" : "error";
      if (triggered("mapping-result", "data") && result) state = result.state === "saved" ? "saved" : "error";
      return [state, "mapping-frame is-" + state];
    },
  };

  function visible(element) {
    return element && element.getClientRects().length > 0;
  }

  function topModal() {
    var open = Array.prototype.filter.call(document.querySelectorAll(".tl-modal.show"), visible);
    return open[open.length - 1];
  }

  /* Escape: a list of choices closes itself first; then the question; then the modal, which asks when needed. */
  document.addEventListener("keydown", function (event) {
    var modal = topModal();
    if (!modal) return;
    if (event.key === "Escape" && !event.defaultPrevented) {
      if (document.querySelector("[data-radix-popper-content-wrapper], .dash-dropdown-content")) return;
      var ways = Array.prototype.filter.call(modal.querySelectorAll("[data-escape]"), visible);
      if (ways.length) {
        event.preventDefault();
        var typed = document.activeElement;
        if (typed && modal.contains(typed) && typed.matches("input, textarea")) typed.blur(); /* what is typed counts */
        ways[ways.length - 1].click();
      }
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp" || event.key === "Home" || event.key === "End") {
      var item = event.target.closest && event.target.closest(".list-item");
      if (!item) return;
      var all = Array.prototype.slice.call(modal.querySelectorAll(".list-item"));
      var at = all.indexOf(item);
      var to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
      var next = all[Math.max(0, Math.min(all.length - 1, to))];
      event.preventDefault();
      next.focus();
    }
  });

  /* What was focused is often drawn again by an answer of the server, or hidden where list and choice take turns:
     the same control gets the focus back, else the line or the title that stands for the place. */
  var last = null;
  var settling = false;

  document.addEventListener("focusin", function (event) {
    if (event.target.closest && event.target.closest(".tl-modal")) last = event.target.id || last;
  });

  function lost() {
    var now = document.activeElement;
    return !now || now === document.body || now.matches(".tl-modal") || !visible(now);
  }

  /* Dash gives a drop-down list the value as its only name: the label belongs in front of it. */
  function name() {
    document.querySelectorAll(".tl-modal .dash-dropdown:not([data-named])").forEach(function (button) {
      var label = Array.prototype.find.call(document.querySelectorAll(".tl-modal label"), function (each) {
        return each.htmlFor === button.id;
      });
      if (!label) return;
      label.id = label.id || "label-of-" + button.id.replace(/\W+/g, "-");
      var named = label.id + " " + (button.getAttribute("aria-labelledby") || "");
      button.setAttribute("aria-labelledby", named);
      button.dataset.named = "true";
      var target = button.parentElement.querySelector(".dash-dropdown-focus-target");
      if (target) {
        target.removeAttribute("aria-hidden");
        target.setAttribute("role", "combobox");
        target.setAttribute("aria-haspopup", "listbox");
        target.setAttribute("aria-expanded", "false");
        target.setAttribute("aria-labelledby", named);
      }
    });
  }

  function settle() {
    settling = false;
    name();
    var modal = topModal();
    if (!modal || !last || !lost()) return;
    var ways = [document.getElementById(last), modal.querySelector(".list-item.is-here"), modal.querySelector(".pane-title")];
    if (/"by":"(list|next|previous|tab)"/.test(last)) ways.splice(1, 1);
    var to = ways.filter(function (each) {
      return visible(each) && !each.disabled;
    })[0];
    if (to) to.focus({ preventScroll: true });
  }

  new MutationObserver(function () {
    if (settling || !document.body.classList.contains("modal-open")) return;
    settling = true;
    window.requestAnimationFrame(settle);
  }).observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });

  /* A question that appears takes the focus. */
  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      var element = change.target;
      if (change.attributeName === "hidden" && !element.hidden && element.matches(".modal-ask")) {
        var first = element.querySelector("[data-first]");
        if (first) first.focus();
      }
    });
  }).observe(document.documentElement, { subtree: true, attributes: true, attributeFilter: ["hidden"] });
})();
