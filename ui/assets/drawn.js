// After drawing a component Dash tells its store to forget what it knew of that place of the page, and every such word
// makes the store ask every component on the page: a thousand newly drawn ones cost a second. Mostly nothing is known
// of the place, so nothing would change; then the word goes no further.
(function () {
  'use strict';
  const FORGET = 'RESET_COMPONENT_STATE';

  function known(state, about) {
    const hashes = state && state.layoutHashes;
    const path = about && about.itempath;
    if (!hashes || !Array.isArray(path)) return true; // another Dash than the one this was written for: let it do as it likes
    const begins = path.join(',');
    return Object.keys(hashes).some((each) => each.startsWith(begins));
  }

  function quieten(store) {
    const dispatch = store.dispatch;
    store.dispatch = (action) => (
      action && action.type === FORGET && !known(store.getState(), action.payload) ? action : dispatch(action)
    );
  }

  const stores = (window.dash_stores = window.dash_stores || []); // Dash adds its store before it draws anything
  stores.forEach(quieten);
  const push = stores.push;
  stores.push = function (...more) {
    more.forEach(quieten);
    return push.apply(this, more);
  };
})();
