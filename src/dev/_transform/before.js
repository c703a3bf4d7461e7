const library = require('library')

const app = library()
app.old('/') // want
