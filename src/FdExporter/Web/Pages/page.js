// Fetches the page every few seconds and updates the parts that changed. Without this script the page is complete but static.
'use strict';
(() => {
  const intervalMs = 5000;
  const lateMs = 8000;
  const hint = matchMedia('(pointer: coarse)').matches
    ? 'Touch the chart for the numbers of a moment.'
    : 'Point at the chart, or use the arrow keys in it, for the numbers of a moment.';
  const status = document.getElementById('status');
  const pause = document.getElementById('pause');
  const refresh = document.getElementById('refresh');
  if (!pause) {
    return;
  }

  let isPaused = false;
  let timer = 0;
  let running = null;
  let chosen = -1; // moment of the chart
  let asOf = '';
  let timesOld = 0;

  function setStatus(text, isLost) {
    if (status.textContent !== text) {
      status.textContent = text;
      status.className = isLost ? 'lost' : '';
    }
  }

  // Changes only the nodes that differ: no flicker, and focus and selection stay.
  function morph(from, to) {
    if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName) {
      from.replaceWith(document.importNode(to, true));
      return;
    }

    if (from.nodeType !== Node.ELEMENT_NODE) {
      if (from.data !== to.data) {
        from.data = to.data;
      }

      return;
    }

    if (from.hasAttribute('data-keep')) {
      return;
    }

    for (const attribute of Array.from(from.attributes)) {
      if (!to.hasAttribute(attribute.name)) {
        from.removeAttribute(attribute.name);
      }
    }

    for (const attribute of to.attributes) {
      if (from.getAttribute(attribute.name) !== attribute.value) {
        from.setAttribute(attribute.name, attribute.value);
      }
    }

    const wanted = Array.from(to.childNodes);
    while (from.childNodes.length > wanted.length) {
      from.lastChild.remove();
    }

    wanted.forEach((child, i) => {
      if (i < from.childNodes.length) {
        morph(from.childNodes[i], child);
      } else {
        from.append(document.importNode(child, true));
      }
    });
  }

  // Adds buttons and readings to a page before it is shown or compared, so that a refresh leaves them as they are.
  function addControls(main) {
    for (const chart of main.querySelectorAll('svg.chart')) {
      const reading = document.createElement('p');
      reading.className = 'reading';
      reading.setAttribute('role', 'status');
      reading.setAttribute('data-keep', '');
      reading.textContent = hint;
      chart.nextElementSibling.after(reading);
    }

    for (const command of main.querySelectorAll('code.command')) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'copy';
      button.textContent = 'Copy';
      button.setAttribute('aria-label', 'Copy the command ' + command.textContent);
      command.after(button);
    }
  }

  // Marks a moment of the chart and writes its numbers below; -1 for none.
  function choose(index) {
    const chart = document.querySelector('svg.chart');
    if (!chart) {
      return;
    }

    const moments = Array.from(chart.querySelectorAll('.moment'));
    chosen = Math.min(index, moments.length - 1);
    moments.forEach((moment, i) => moment.classList.toggle('on', i === chosen));
    const text = chosen < 0 ? hint : moments[chosen].textContent.replaceAll('\n', ', ');
    const reading = document.querySelector('.reading');
    if (reading.textContent !== text) {
      reading.textContent = text;
    }
  }

  // Each answer is a new scan, so its time changes; else something between answers with what it has kept.
  function noteAge(main) {
    const time = main.querySelector('.as-of time');
    timesOld = time.dateTime === asOf ? timesOld + 1 : 0;
    asOf = time.dateTime;
    return timesOld > 1 ? 'Old data: unchanged since ' + time.textContent : null;
  }

  // Without TLS there is no clipboard; then the command is selected and copied as by hand.
  async function copy(button) {
    const command = button.previousElementSibling;
    let isCopied = false;
    try {
      await navigator.clipboard.writeText(command.textContent);
      isCopied = true;
    } catch {
      getSelection().selectAllChildren(command);
      isCopied = document.execCommand('copy');
    }

    button.textContent = isCopied ? 'Copied' : 'Selected';
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  }

  async function load() {
    clearTimeout(timer);
    if (running) {
      running.abort();
    }

    const current = new AbortController();
    running = current;
    const limit = setTimeout(() => current.abort(), 20000);
    const late = setTimeout(() => setStatus('No answer for ' + lateMs / 1000 + ' s; the page shows old data', true), lateMs);
    try {
      const answer = await fetch(location.href, {
        headers: { Accept: 'text/html' },
        cache: 'no-store',
        signal: current.signal,
      });
      if (!answer.ok) {
        throw new Error(answer.status === 404 ? (location.pathname.startsWith('/program/') ? 'The program is no longer listed' : 'The process has ended') : 'Refused: ' + answer.status);
      }

      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      addControls(page.querySelector('main'));
      morph(document.querySelector('main'), page.querySelector('main'));
      choose(chosen);
      const age = noteAge(page);
      setStatus(age ?? (isPaused ? 'Paused' : 'Live'), age !== null);
    } catch (error) {
      if (running !== current) {
        return; // replaced by a newer request
      }

      setStatus((error instanceof TypeError || current.signal.aborted ? 'No answer' : error.message) + '; the page shows old data', true);
    } finally {
      clearTimeout(limit);
      clearTimeout(late);
    }

    running = null;
    schedule();
  }

  function schedule() {
    clearTimeout(timer);
    if (!isPaused && !document.hidden) {
      timer = setTimeout(load, intervalMs);
    }
  }

  function go(url) {
    history.replaceState(null, '', url);
    load();
  }

  pause.hidden = false;
  pause.addEventListener('click', () => {
    isPaused = !isPaused;
    pause.setAttribute('aria-pressed', String(isPaused));
    setStatus(isPaused ? 'Paused' : 'Live');
    schedule();
  });
  refresh.addEventListener('click', (event) => {
    event.preventDefault();
    load();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || isPaused) {
      clearTimeout(timer);
    } else {
      load();
    }
  });
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button.copy');
    if (button) {
      copy(button);
      return;
    }

    const link = event.target.closest('a.sort, a.view');
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      const url = new URL(link.href);
      url.hash = '';
      go(url);
    }
  });

  const filter = document.getElementById('filter');
  if (filter) {
    let typing = 0;
    const apply = () => {
      const url = new URL(location.href);
      const text = filter.elements.q.value;
      url.searchParams.delete('offset');
      if (text) {
        url.searchParams.set('q', text);
      } else {
        url.searchParams.delete('q');
      }

      url.hash = '';
      go(url);
    };
    filter.addEventListener('submit', (event) => {
      event.preventDefault();
      apply();
    });
    filter.addEventListener('input', () => {
      clearTimeout(typing);
      typing = setTimeout(apply, 250);
    });
  }

  document.addEventListener('pointerover', (event) => {
    if (event.target.classList.contains('moment')) {
      choose(Array.from(event.target.parentNode.querySelectorAll('.moment')).indexOf(event.target));
    }
  });
  document.addEventListener('keydown', (event) => {
    if (event.target.classList.contains('chart')) {
      const last = event.target.querySelectorAll('.moment').length - 1;
      const steps = { ArrowLeft: chosen < 0 ? last : Math.max(0, chosen - 1), ArrowRight: Math.min(last, chosen + 1), Home: 0, End: last, Escape: -1 };
      if (event.key in steps) {
        event.preventDefault();
        choose(steps[event.key]);
      }
    }
  });

  addControls(document.querySelector('main'));
  noteAge(document.querySelector('main'));
  setStatus('Live');
  schedule();
})();
