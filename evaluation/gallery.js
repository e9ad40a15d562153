const cards = [...document.querySelectorAll('.card')], count = document.getElementById('shown');
const wanted = document.getElementById('wanted-class'), wrong = document.getElementById('only-wrong');
function filter() {
  let shown = 0;
  for (const card of cards) {
    const fits = (!wanted.value || card.dataset.class === wanted.value) && (!wrong.checked || card.dataset.right === '0');
    card.hidden = !fits; shown += fits;
  }
  count.textContent = `${shown} of ${cards.length} windows shown`;
}
wanted.addEventListener('change', filter); wrong.addEventListener('change', filter); filter();
const window_of = new Map(thumbnails.map((source, number) => [String(number), source]));
function show(point) {
  const panel = point.closest('.map').querySelector('.shown-window');
  panel.querySelector('img').src = 'data:image/jpeg;base64,' + window_of.get(point.dataset.window);
  panel.querySelector('img').alt = 'video frame of ' + point.dataset.name;
  panel.querySelector('p').textContent = point.dataset.name;
}
for (const point of document.querySelectorAll('.map circle'))
  for (const event of ['focus', 'mouseenter', 'click']) point.addEventListener(event, () => show(point));
for (const plot of document.querySelectorAll('.map svg'))
  plot.addEventListener('keydown', event => {
    const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
    if (!step) return;
    const points = [...plot.querySelectorAll('circle')], now = points.indexOf(document.activeElement);
    points[(now + step + points.length) % points.length].focus(); event.preventDefault();
  });
