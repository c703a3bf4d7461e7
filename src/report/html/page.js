/*
 * The report in the browser. Everything that stems from a project reaches the page through `textContent` and through
 * addresses that were checked: this file builds elements and never markup.
 */
;(() => {
  const data = JSON.parse(document.getElementById('data').textContent)
  const { changes, labels, sites } = data
  const FACETS = [
    { key: 'outcome', title: 'Outcome', open: true, of: (site) => site.state, label: (value) => labels.states[value] },
    {
      key: 'breakage',
      title: 'Left alone',
      open: true,
      of: (site) => changes[site.change].breakage,
      label: (value) => labels.breakages[value],
    },
    { key: 'certainty', title: 'Certainty', open: true, of: (site) => site.certainty, label: (value) => value },
    {
      key: 'change',
      title: 'Change',
      open: true,
      of: (site) => site.change,
      label: (value) => value.slice(value.indexOf('/') + 1),
    },
    { key: 'package', title: 'Package', open: false, of: (site) => site.package, label: (value) => value },
    { key: 'file', title: 'File', open: false, of: (site) => site.file, label: (value) => value },
  ]
  const FEW_VALUES = 12
  /** Up to so many call sites are shown in full from the start. */
  const OPEN_FROM_START = 8
  const PRINTED_IN_FULL = 500

  const list = document.getElementById('sites')
  const search = document.getElementById('search')
  const shown = document.getElementById('shown')
  const empty = document.getElementById('empty')
  const state = { q: '', chosen: Object.fromEntries(FACETS.map(({ key }) => [key, new Set()])) }
  const rows = []
  const groups = []
  const facets = []

  /** An element with classes, and children that are elements or text. */
  function el(name, classes, ...children) {
    const element = document.createElement(name)
    if (classes) element.className = classes
    element.append(...children.filter((child) => child !== undefined && child !== ''))
    return element
  }

  /** Prose with its `code` as elements. */
  function prose(name, classes, text) {
    const element = el(name, `prose ${classes}`)
    text.split(/(`[^`]+`)/).forEach((piece, index) => {
      element.append(index % 2 === 1 ? el('code', '', piece.slice(1, -1)) : piece)
    })
    return element
  }

  function link(address, text) {
    if (!/^https?:\/\//.test(address)) return el('span', '', text)
    const anchor = el('a', '', text)
    anchor.href = address
    anchor.rel = 'noopener noreferrer'
    anchor.target = '_blank'
    return anchor
  }

  // ---- call sites ------------------------------------------------------------------------------------

  function build() {
    const byChange = new Map()
    for (const site of sites) {
      if (!byChange.has(site.change)) byChange.set(site.change, [])
      byChange.get(site.change).push(site)
    }
    for (const [id, members] of byChange) list.append(group(id, members))
  }

  function group(id, members) {
    const change = changes[id]
    const count = el('span', 'number')
    const head = el(
      'header',
      '',
      prose('h3', '', change.title),
      el(
        'p',
        'meta',
        el('span', `pill ${change.breakage}`, labels.breakages[change.breakage]),
        el('code', '', id),
        `since ${change.since}`,
        count,
        link(change.source, 'source'),
      ),
      change.why ? prose('p', 'why soft', change.why) : undefined,
    )
    const box = el('div', 'rows')
    const section = el('section', 'group', head, box)
    const own = members.map((site) => {
      const row = new Row(site)
      rows.push(row)
      box.append(row.element)
      return row
    })
    groups.push({ section, count, rows: own })
    return section
  }

  class Row {
    constructor(site) {
      this.site = site
      this.text = [site.file, site.change, site.message, site.before, site.after ?? '', site.package]
        .join('\n')
        .toLowerCase()
      const slash = site.file.lastIndexOf('/') + 1
      const where = el(
        'span',
        'where',
        site.file.slice(0, slash),
        el('strong', '', `${site.file.slice(slash)}:${site.line}`),
      )
      const outcome = el(
        'span',
        `outcome ${site.state}`,
        labels.states[site.state] + (site.certainty === 'proven' ? '' : `, ${site.certainty}`),
      )
      this.button = el('button', 'row', where, outcome, oneLine(site))
      this.button.type = 'button'
      this.button.setAttribute('aria-expanded', 'false')
      this.button.addEventListener('click', () => this.toggle())
      this.element = el('div', 'site', this.button)
    }

    get isOpen() {
      return this.element.classList.contains('is-open')
    }

    toggle(open = !this.isOpen) {
      if (open && !this.detail) {
        this.detail = detail(this.site)
        this.element.append(this.detail)
      }
      this.element.classList.toggle('is-open', open)
      this.button.setAttribute('aria-expanded', String(open))
      if (this.detail) this.detail.hidden = !open
    }

    focus() {
      this.button.focus({ preventScroll: true })
      this.element.scrollIntoView({ block: 'nearest' })
    }
  }

  function oneLine({ before, after, isAdded }) {
    const was = el('span', 'was', before)
    if (after === undefined) return el('span', 'one', was)
    return el('span', 'one', was, el('span', 'arrow', isAdded ? '+' : '→'), el('span', 'now', after))
  }

  function detail(site) {
    const facts = el('dl', 'facts')
    const fact = (name, ...values) => facts.append(el('dt', '', name), ...values.map((value) => el('dd', '', value)))
    fact(
      'place',
      site.link
        ? link(site.link, `${site.file}:${site.line}:${site.column}`)
        : el('code', '', `${site.file}:${site.line}:${site.column}`),
    )
    if (site.advice) fact('next', prose('span', '', site.advice))
    if (site.fix) fact('fix', prose('span', '', `${site.fix.title} (${site.fix.applicability})`))
    if (site.fix?.proof) fact('checked', prose('span', '', site.fix.proof))
    if (site.notWritten) fact('not written', prose('span', '', site.notWritten))
    if (site.because) fact('because', site.because)
    for (const note of site.notes) fact('note', prose('span', '', note))
    fact(site.certainty, chain(site))
    fact('explain', el('code', '', site.explain))
    return el('div', 'detail', prose('p', 'todo', site.message), code(site), facts)
  }

  function chain({ evidence }) {
    if (evidence.length === 0) return 'no chain of evidence'
    return el(
      'ol',
      'chain',
      ...evidence.map(({ what, at }) => {
        const item = prose('li', '', what)
        if (at) item.append(' ', el('span', 'at', at))
        return item
      }),
    )
  }

  const SIGNS = { context: ' ', removed: '−', added: '+' }

  function code({ lines, mark }) {
    const body = el('tbody', '')
    for (const [kind, number, text] of lines) {
      const cell = el('td', '')
      if (mark && mark.line === number && kind !== 'added') {
        cell.append(text.slice(0, mark.from), el('mark', '', text.slice(mark.from, mark.to)), text.slice(mark.to))
      } else cell.append(text)
      body.append(
        el('tr', kind, el('td', 'line', number === 0 ? '' : String(number)), el('td', 'sign', SIGNS[kind]), cell),
      )
    }
    const box = el('div', 'code', el('table', '', body))
    box.tabIndex = -1
    return box
  }

  // ---- filters ---------------------------------------------------------------------------------------

  function buildFacets() {
    const place = document.getElementById('facets')
    for (const facet of FACETS) {
      const values = [...new Set(sites.map(facet.of))]
      if (values.length < 2) continue
      const counts = new Map()
      for (const site of sites) counts.set(facet.of(site), (counts.get(facet.of(site)) ?? 0) + 1)
      values.sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1))
      const buttons = values.map((value) => facetButton(facet, value))
      const details = el('details', '', el('summary', '', facet.title), ...buttons.map(({ button }) => button))
      details.open = facet.open && window.innerWidth > 860
      if (buttons.length > FEW_VALUES) details.append(moreButton(buttons))
      place.append(details)
      facets.push({ ...facet, buttons })
    }
  }

  function facetButton(facet, value) {
    const count = el('span', 'count')
    const name = el('span', 'name', el('bdi', '', facet.label(value)))
    name.title = value
    const button = el('button', facet.key === 'file' ? 'facet path' : 'facet', name, count)
    button.type = 'button'
    button.addEventListener('click', () => {
      const chosen = state.chosen[facet.key]
      if (!chosen.delete(value)) chosen.add(value)
      apply(true)
    })
    return { value, button, count }
  }

  function moreButton(buttons) {
    const later = buttons.slice(FEW_VALUES)
    for (const { button } of later) button.hidden = true
    const more = el('button', 'facet faint', `${later.length} more`)
    more.type = 'button'
    more.addEventListener('click', () => {
      for (const { button } of later) button.hidden = false
      more.remove()
    })
    return more
  }

  /** True if a call site is wanted, but for what one facet says. */
  function matches(row, words, except) {
    if (!words.every((word) => row.text.includes(word))) return false
    return FACETS.every(
      ({ key, of }) => key === except || state.chosen[key].size === 0 || state.chosen[key].has(of(row.site)),
    )
  }

  function apply(remember) {
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean)
    let count = 0
    for (const { section, rows: own, count: label } of groups) {
      const visible = own.filter((row) => {
        const wanted = matches(row, words)
        row.element.hidden = !wanted
        row.element.classList.remove('first')
        return wanted
      })
      section.hidden = visible.length === 0
      visible[0]?.element.classList.add('first')
      label.textContent =
        visible.length === own.length ? places(own.length) : `${visible.length} of ${places(own.length)}`
      count += visible.length
    }
    shown.textContent =
      count === rows.length ? places(rows.length) : `${count.toLocaleString('en')} of ${places(rows.length)}`
    empty.hidden = count > 0
    for (const facet of facets) countFacet(facet, words)
    if (remember) history.replaceState(null, '', hash() || location.pathname + location.search)
  }

  function countFacet(facet, words) {
    const counts = new Map()
    for (const row of rows) {
      if (matches(row, words, facet.key)) counts.set(facet.of(row.site), (counts.get(facet.of(row.site)) ?? 0) + 1)
    }
    for (const { value, button, count } of facet.buttons) {
      count.textContent = String(counts.get(value) ?? 0)
      button.classList.toggle('none', !counts.has(value))
      button.setAttribute('aria-pressed', String(state.chosen[facet.key].has(value)))
    }
  }

  function places(count) {
    return `${count.toLocaleString('en')} ${count === 1 ? 'place' : 'places'}`
  }

  /** The filters as the part of the address behind `#`, so that a view can be sent to somebody. */
  function hash() {
    const parts = new URLSearchParams()
    if (state.q) parts.set('q', state.q)
    for (const { key } of FACETS) for (const value of state.chosen[key]) parts.append(key, value)
    const text = parts.toString()
    return text && `#${text}`
  }

  function readHash() {
    if (location.hash && !location.hash.includes('=')) return
    const parts = new URLSearchParams(location.hash.slice(1))
    state.q = parts.get('q') ?? ''
    search.value = state.q
    for (const { key } of FACETS) state.chosen[key] = new Set(parts.getAll(key))
    apply(false)
  }

  // ---- keyboard, theme, print ------------------------------------------------------------------------

  function step(by) {
    const visible = rows.filter((row) => !row.element.hidden)
    const now = visible.findIndex((row) => row.element.contains(document.activeElement))
    const next = now < 0 ? inView(visible) : Math.max(0, Math.min(visible.length - 1, now + by))
    visible[next]?.focus()
  }

  /** Where to start when nothing has the focus: the first call site that a person sees. */
  function inView(visible) {
    const below = visible.findIndex((row) => row.element.getBoundingClientRect().top >= 58)
    return below < 0 ? visible.length - 1 : below
  }

  function expandAll() {
    const visible = rows.filter((row) => !row.element.hidden)
    const open = visible.some((row) => !row.isOpen)
    for (const row of visible.slice(0, PRINTED_IN_FULL)) row.toggle(open)
  }

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => document.activeElement.classList.contains('row') && step(1),
    ArrowUp: () => document.activeElement.classList.contains('row') && step(-1),
    o: () => rows.find((row) => row.element.contains(document.activeElement))?.toggle(),
    e: () => expandAll(),
    c: () => clear(),
    t: () => turn(),
    '/': () => search.focus(),
    '?': () => document.getElementById('keys').showModal(),
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return
    if (event.target === search) {
      if (event.key === 'Escape') search.blur()
      if (event.key === 'Enter' || event.key === 'ArrowDown') step(1)
      return
    }
    if (Object.hasOwn(KEYS, event.key) && KEYS[event.key]() !== false) event.preventDefault()
  }

  function clear() {
    state.q = ''
    search.value = ''
    for (const { key } of FACETS) state.chosen[key].clear()
    apply(true)
  }

  function turn() {
    const root = document.documentElement
    const isDark = root.dataset.theme
      ? root.dataset.theme === 'dark'
      : matchMedia('(prefers-color-scheme: dark)').matches
    root.dataset.theme = isDark ? 'light' : 'dark'
  }

  build()
  buildFacets()
  if (rows.length <= OPEN_FROM_START) for (const row of rows) row.toggle(true)
  readHash()
  apply(false)

  let waiting
  search.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      state.q = search.value
      apply(true)
    }, 80)
  })
  document.addEventListener('keydown', onKey)
  document.getElementById('clear').addEventListener('click', clear)
  document.getElementById('theme').addEventListener('click', turn)
  document.getElementById('help').addEventListener('click', KEYS['?'])
  document.getElementById('close').addEventListener('click', () => document.getElementById('keys').close())
  window.addEventListener('hashchange', readHash)
  window.addEventListener('beforeprint', () => {
    for (const row of rows.filter((one) => !one.element.hidden).slice(0, PRINTED_IN_FULL)) row.toggle(true)
  })
  document.documentElement.dataset.ready = 'true'
})()
