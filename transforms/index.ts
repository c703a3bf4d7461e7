import type { Catalogue } from '../src/catalogue/select.ts'
import expressAppDel from './express/app-del.ts'
import express from './express/provider.ts'

export const catalogue: Catalogue = { providers: [express], changes: { 'express/app-del': expressAppDel } }
