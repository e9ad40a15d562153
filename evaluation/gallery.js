const cards = [...document.querySelectorAll('.card')], count = document.getElementById('shown');
const wanted = document.getElementById('wanted-class'), wrong = document.getElementById('only-wrong');
const picture_of = number => 'data:image/jpeg;base64,' + windows[number].picture;
const sound_of = number => 'data:audio/ogg;base64,' + sounds[number];
function filter() {
  let shown = 0;
  for (const card of cards) {
    const fits = (!wanted.value || card.dataset.class === wanted.value) && (!wrong.checked || card.dataset.right === '0');
    card.hidden = !fits; shown += fits;
  }
  count.textContent = `${shown} of ${cards.length} windows shown`;
}
wanted.addEventListener('change', filter); wrong.addEventListener('change', filter); filter();
for (const picture of document.querySelectorAll('img[data-window]')) picture.src = picture_of(picture.dataset.window);
for (const sound of document.querySelectorAll('audio[data-window]')) sound.src = sound_of(sound.dataset.window);
const player = new Audio();
for (const button of document.querySelectorAll('button[data-window]'))
  button.addEventListener('click', () => { player.src = sound_of(button.dataset.window); player.play(); });
// One sound at a time.
document.addEventListener('play', event => {
  for (const sound of document.querySelectorAll('audio')) if (sound !== event.target) sound.pause();
  player.pause();
}, true);
player.addEventListener('play', () => { for (const sound of document.querySelectorAll('audio')) sound.pause(); });
function show(point) {
  const panel = point.closest('.map').querySelector('.shown-window'), number = point.dataset.window;
  const [picture, text, sound, link] = ['img', 'p', 'audio', 'a'].map(name => panel.querySelector(name));
  if (panel.dataset.window === number) return;
  panel.dataset.window = number;
  picture.src = picture_of(number); picture.alt = 'video frame of ' + windows[number].name;
  text.textContent = windows[number].name;
  sound.hidden = !(number in sounds);
  if (!sound.hidden) { sound.src = sound_of(number); sound.setAttribute('aria-label', 'sound of ' + windows[number].name); }
  link.hidden = !document.getElementById('window-' + number); link.href = '#window-' + number;
}
for (const link of document.querySelectorAll('.shown-window a'))
  link.addEventListener('click', () => {
    wanted.value = ''; wrong.checked = false; filter();
    document.querySelector(link.getAttribute('href')).focus();
  });
for (const plot of document.querySelectorAll('.map .points')) {
  const points = [...plot.querySelectorAll('path')];
  for (const point of points)
    for (const event of ['focus', 'mouseenter', 'click']) point.addEventListener(event, () => show(point));
  plot.addEventListener('keydown', event => {
    const now = points.indexOf(document.activeElement);
    const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
    if (step) {
      const next = points[(now + step + points.length) % points.length];
      points[now].tabIndex = -1; next.tabIndex = 0; next.focus(); event.preventDefault();
    } else if ((event.key === 'Enter' || event.key === ' ') && points[now].dataset.window in sounds) {
      plot.closest('.map').querySelector('audio').play(); event.preventDefault();
    }
  });
}
