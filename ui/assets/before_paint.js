// Sets theme and tab before the first paint, so that nothing flashes.
(function () {
  var root = document.documentElement;
  var choice = 'auto';
  try { choice = localStorage.getItem('throughline-theme') || 'auto'; } catch (e) { /* storage is off */ }
  if (choice !== 'light' && choice !== 'dark') choice = 'auto';
  var dark = choice === 'dark' || (choice === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.setAttribute('data-bs-theme', dark ? 'dark' : 'light');
  root.setAttribute('data-theme-choice', choice);
  var asked = new URLSearchParams(location.search);
  if (asked.get('tab')) root.setAttribute('data-tab', asked.get('tab'));
  var about = asked.get('metric') || (asked.get('chart') ? 'chart ' + asked.get('chart') + ' ' + (asked.get('pick') || '') : '');
  if (asked.get('issue')) about = 'issue ' + asked.get('issue');
  if (asked.get('wall') === '1') root.setAttribute('data-wall', '1');
  if (about) root.setAttribute('data-detail', about);
})();
