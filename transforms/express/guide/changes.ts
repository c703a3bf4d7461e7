/**
 * What the official guide lists under "Removed methods and properties" and "Changed", in its order. The anchors are made of
 * its headings by the site (github-slugger). Its "Improvements" break nothing on purpose, and are no part of the list.
 * @see https://github.com/expressjs/expressjs.com/blob/main/src/content/pages/en/guide/migrating-5.mdx, August 2026
 */
export const guideChanges = [
  { anchor: 'appdel', title: 'app.del()' },
  { anchor: 'appparamfn', title: 'app.param(fn)' },
  { anchor: 'pluralized-method-names', title: 'Pluralized method names' },
  {
    anchor: 'leading-colon--in-the-name-for-appparamname-fn',
    title: 'Leading colon (:) in the name for app.param(name, fn)',
  },
  { anchor: 'reqparamname', title: 'req.param(name)' },
  { anchor: 'resjsonobj-status', title: 'res.json(obj, status)' },
  { anchor: 'resjsonpobj-status', title: 'res.jsonp(obj, status)' },
  { anchor: 'resredirecturl-status', title: 'res.redirect(url, status)' },
  { anchor: 'resredirectback-and-reslocationback', title: "res.redirect('back') and res.location('back')" },
  { anchor: 'ressendbody-status', title: 'res.send(body, status)' },
  { anchor: 'ressendstatus', title: 'res.send(status)' },
  { anchor: 'ressendfile', title: 'res.sendfile()' },
  { anchor: 'ressendfile-options', title: 'res.sendFile() options' },
  { anchor: 'expressstatic-options', title: 'express.static() options' },
  { anchor: 'routerparamfn', title: 'router.param(fn)', likewise: 'appparamfn' },
  { anchor: 'expressstaticmime', title: 'express.static.mime' },
  { anchor: 'mime-type-changes', title: 'MIME type changes' },
  { anchor: 'expressrouter-debug-logs', title: 'express:router debug logs' },
  { anchor: 'path-route-matching-syntax', title: 'Path route matching syntax' },
  {
    anchor: 'rejected-promises-handled-from-middleware-and-handlers',
    title: 'Rejected promises handled from middleware and handlers',
  },
  { anchor: 'expressurlencoded', title: 'express.urlencoded' },
  { anchor: 'expressstatic-dotfiles', title: 'express.static dotfiles' },
  { anchor: 'routerparam-with-an-array-of-names', title: 'router.param() with an array of names' },
  { anchor: 'applisten', title: 'app.listen' },
  { anchor: 'approuter', title: 'app.router' },
  { anchor: 'reqbody', title: 'req.body' },
  { anchor: 'reqhost', title: 'req.host' },
  { anchor: 'reqparams', title: 'req.params' },
  { anchor: 'reqquery', title: 'req.query' },
  { anchor: 'resclearcookie', title: 'res.clearCookie' },
  { anchor: 'resstatus', title: 'res.status' },
  { anchor: 'resvary', title: 'res.vary' },
]

/** Its other sections that a change may cite. */
export const otherSections = ['installation', 'resrender', 'brotli-encoding-support']
