// When the server says that whoever looks is signed out, the page asks to sign in again; when it refuses a click, it says why.
(function () {
  'use strict';
  const send = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await send(...asked);
    if (answer.status !== 401 && answer.status !== 403) return answer;
    if (answer.status === 401 && document.querySelector('.account')) {
      location.href = '/sign-in?onward=' + encodeURIComponent(location.pathname + location.search);
    } else if (answer.status === 403) {
      const said = document.querySelector('#page-notices');
      if (said) {
        said.hidden = false;
        window.dash_clientside.set_props('page-notices', { children: (await answer.clone().text()).trim() });
      }
    }
    return answer;
  };
})();
