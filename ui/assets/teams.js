// Which saved views stand side by side is in the address; files are read here and handed to the server as text.
(function () {
  'use strict';
  const SEPARATOR = '|';
  const MOST_BYTES = 256000;
  const at = (event, selector) => event.target.closest(selector);
  const wish = (what) => window.dash_clientside.set_props('teams-wish', { data: { n: Date.now(), ...what } });
  let back = null;

  const clientside = (window.dash_clientside = window.dash_clientside || {});
  clientside.teams = {
    // `seen`: the view that would be replaced, as the server found it under the name that was pressed.
    confirm: (name, seen) => [seen && seen.name === name ? 'Replace it' : 'Save', Boolean(seen) && seen.name !== name],
  };

  function choose(name) {
    const params = new URLSearchParams(location.search);
    const chosen = new Set((params.get('team') || '').split(SEPARATOR).filter(Boolean));
    if (!chosen.delete(name)) chosen.add(name);
    params.set('tab', 'teams');
    params.set('team', [...chosen].join(SEPARATOR));
    const link = document.createElement('a');
    link.href = '?' + params;
    link.dataset.nav = 'link';
    link.hidden = true;
    document.body.append(link);
    link.click();
    link.remove();
    back = '[data-team="' + CSS.escape(name) + '"]';
  }

  function pickFile() {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = '.json,application/json';
    input.addEventListener('change', async () => {
      const file = input.files[0];
      if (!file) return;
      wish({ do: 'import', text: file.size > MOST_BYTES ? 'x'.repeat(MOST_BYTES + 1) : await file.text() });
    });
    input.click();
  }

  document.addEventListener('click', (event) => {
    const team = at(event, '[data-team]');
    if (team) return choose(team.dataset.team);
    if (at(event, '[data-import-teams]')) return pickFile();
    const gone = at(event, '[data-delete-team]');
    if (!gone) return undefined;
    if (gone.dataset.sure) return wish({ do: 'delete', name: gone.dataset.deleteTeam, revision: gone.dataset.revision });
    gone.dataset.sure = '1'; // a second press within a few seconds means it
    const words = gone.title;
    gone.title = words + ': press again';
    gone.setAttribute('aria-label', words + ': press again');
    setTimeout(() => { delete gone.dataset.sure; gone.title = words; gone.setAttribute('aria-label', words); }, 5000);
    return undefined;
  });

  new MutationObserver(() => {
    if (!back || document.activeElement !== document.body) return;
    const target = document.querySelector(back);
    if (target) { back = null; target.focus({ preventScroll: true }); }
  }).observe(document.body, { childList: true, subtree: true });
})();
